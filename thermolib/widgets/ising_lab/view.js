// The Ising lattice alive: canvas, controls, running averages with their errors beside the exact values.
import { Ising, Record } from "./ising.js";
import { fixed, rounded, withError } from "../kit/numbers.js";
import { chooser } from "../kit/chooser.js";
import { element, slider } from "../kit/slider.js";
import { energyPlot } from "./energy_plot.js";
import { player } from "../kit/player.js";

const BUDGET = 12; // ms of a frame spent on sweeps
const HOT = 4, COLD = 1, SWEEPS_PER_STEP = 16; // annealing: from HOT to COLD, one step of the slider each 16 sweeps

function render({ model, el }) {
  const compact = model.get("compact"), temperatures = model.get("temperatures"), colours = model.get("colours");
  const exact = model.get("exact"), yang = model.get("yang");
  const start = Object.fromEntries(["size", "T", "h", "algorithm"].map((key) => [key, model.get(key)]));
  const place = (T) => Math.round(((T - temperatures[0]) / (temperatures.at(-1) - temperatures[0])) * (temperatures.length - 1));
  const colour = (T) => colours[Math.round((place(T) / (temperatures.length - 1)) * (colours.length - 1))];
  const update = (changes) => {
    for (const [key, value] of Object.entries(changes)) model.set(key, value);
    model.save_changes();
  };

  let lattice, record, pixels, image;
  let cooling = false, sweepsPerFrame = 4, reported = 0;

  // --- what is seen
  const canvas = element("canvas", { role: "img" });
  const context = canvas.getContext("2d");
  const plot = compact ? null : energyPlot(temperatures, colours);
  const status = element("p", { class: "thermo-status" });
  const cells = Object.fromEntries(["e", "eExact", "m", "mExact"].map((key) => [key, element("td")]));
  const table = element("table", {},
    element("thead", {}, element("tr", {}, element("td"), element("th", { scope: "col" }, "measured"), element("th", { scope: "col" }, "reference"))),
    element("tbody", {},
      element("tr", {}, element("th", { scope: "row" }, "energy per site ⟨e⟩"), cells.e, cells.eExact),
      element("tr", {}, element("th", { scope: "row" }, "magnetisation ⟨|m|⟩"), cells.m, cells.mExact)));

  function paint() {
    const hex = colour(lattice.T);
    const ink = (0xff000000 | (parseInt(hex.slice(5, 7), 16) << 16) | (parseInt(hex.slice(3, 5), 16) << 8) | parseInt(hex.slice(1, 3), 16)) >>> 0;
    const { spins } = lattice;
    for (let i = 0; i < spins.length; i++) pixels[i] = spins[i] > 0 ? ink : 0;
    context.putImageData(image, 0, 0);
  }

  const count = (n) => Math.max(0, Math.floor(n)).toLocaleString("en");
  // What the averages are worth, or when there will be an error.
  function worth(e, m, eExact) {
    if (record.length < record.wait) return `; errors are known after about ${count(Number(record.wait.toPrecision(2)))}`;
    if (Number.isNaN(e.stderr)) return "; the run is not stationary yet and has no errors";
    const apart = eExact !== null && e.stderr > 0 ? `; ⟨e⟩ is ${(Math.abs(e.mean - eExact) / e.stderr).toFixed(1)} standard errors from exact` : "";
    return `, as good as about ${count(e.samples)} independent energies and ${count(m.samples)} independent |m|${apart}`;
  }

  function report() {
    const { T, h, size, sites, bonds, magnetization } = lattice;
    const { e, m } = record.estimate();
    const eNow = (-bonds - h * magnetization) / sites, mNow = magnetization / sites;
    const eExact = h === 0 ? exact[size][place(T)] : null, mExact = h === 0 ? yang[place(T)] : null;
    canvas.setAttribute("aria-label", `Ising lattice of ${size} by ${size} spins at temperature ${T.toFixed(2)}, field ${h.toFixed(2)}: `
      + `energy per site ${eNow.toFixed(2)}, magnetisation per site ${mNow.toFixed(2)}`);
    if (compact) {
      status.textContent = cooling ? `cooling: energy per site ${fixed(eNow, 2)}`
        : `energy per site ${withError(e)}` + (eExact === null ? "" : ` (exact ${fixed(eExact, 4)})`) + `, |m| ${withError(m)}`;
      return;
    }
    const show = (cell, value, small) => cell.replaceChildren(value, element("small", {}, small)); // two lines at all times: nothing below may jump
    const measured = (cell, [value, error]) => show(cell, value, error || "no error yet");
    const known = (cell, x, whose) => (x === null ? show(cell, "none known", "in a field") : show(cell, fixed(x, 5), whose));
    measured(cells.e, rounded(e));
    measured(cells.m, rounded(m));
    known(cells.eExact, eExact, "Kaufman, this lattice");
    known(cells.mExact, mExact, "Yang, infinite lattice");
    status.textContent = cooling ? `Cooling, ${SWEEPS_PER_STEP} sweeps a step of 0.01: averages begin when the temperature rests.`
      : `${count(record.length)} sweep${record.length === 1 ? "" : "s"} here, the last ${count(record.length - e.first)} averaged${worth(e, m, eExact)}.`;
    plot.now(T, eNow);
    plot.measured(T, e, colour(T), `Energy per site against temperature: the exact curve at zero field, and at T = ${T.toFixed(2)} the measured ${withError(e)}`);
  }

  // --- what happens
  function restPoint() {
    lattice.setPoint(model.get("T"), model.get("h"));
    record = new Record(lattice, model.get("algorithm"));
  }

  // A fresh lattice is brought near equilibrium with a few Wolff sweeps.
  function newLattice() {
    const size = model.get("size");
    lattice = new Ising(size, model.get("seed"));
    restPoint();
    for (let k = 0; k < 20; k++) lattice.sweep("wolff");
    restPoint();
    canvas.width = canvas.height = size;
    image = context.createImageData(size, size);
    pixels = new Uint32Array(image.data.buffer);
    plot?.curve(exact[size]);
    fit();
  }

  function sweep() {
    lattice.sweep(model.get("algorithm"));
    record.push(lattice);
    if (cooling && record.length === SWEEPS_PER_STEP) {
      const k = place(lattice.T) - 1;
      cooling = k > place(COLD);
      update({ T: temperatures[k] });
    }
  }

  function frame(seconds) {
    const end = performance.now() + BUDGET;
    for (let k = 0; k < sweepsPerFrame && performance.now() < end; k++) sweep();
    paint();
    reported += seconds;
    if (reported > 0.25) {
      report();
      reported = 0;
    }
  }
  function redraw() {
    paint();
    report();
  }
  const act = (deed) => () => {
    cooling = false;
    deed();
    redraw();
  };
  const hot = (T) => {
    update({ T, h: 0 });
    lattice.randomize();
    lattice.measure();
    restPoint();
    play.run(true);
  };

  // --- controls
  const button = (words, deed) => element("button", { type: "button", onclick: act(deed) }, words);
  const pause = button("Pause", () => play.run(!play.running));
  const heat = slider({
    label: "temperature T", min: 0, max: temperatures.length - 1, step: 1, value: place(model.get("T")), colours,
    words: (k) => `T = ${temperatures[k].toFixed(2)}`,
    onmove: (k) => { cooling = false; update({ T: temperatures[k] }); },
  });
  const parts = [element("div", { class: "thermo-lattice" }, canvas)];
  let field, method, lengths;
  if (compact) parts.push(element("div", { class: "thermo-side" }, heat.node, status, element("div", { class: "thermo-buttons" }, pause)));
  else {
    field = slider({
      label: "field h", min: -0.5, max: 0.5, step: 0.01, value: model.get("h"), words: (h) => `h = ${fixed(h, 2)}`,
      onmove: (h) => { cooling = false; update({ h }); },
    });
    method = chooser("algorithm", [["metropolis", "Metropolis"], ["heat_bath", "heat bath"], ["wolff", "Wolff clusters"]], model.get("algorithm"),
      (algorithm) => update({ algorithm }));
    lengths = chooser("lattice", Object.keys(exact).map((size) => [size, `${size} × ${size}`]), model.get("size"), (size) => update({ size: Number(size) }));
    const speed = chooser("speed", [[1, "1 sweep a frame"], [4, "4 sweeps a frame"], ["Infinity", "as fast as it goes"]], 4,
      (sweeps) => { sweepsPerFrame = Number(sweeps); });
    const save = () => {
      const link = element("a", { href: URL.createObjectURL(new Blob([record.csv()], { type: "text/csv" })), download: `ising-L${lattice.size}-T${lattice.T.toFixed(2)}.csv` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    };
    parts.push(
      element("div", { class: "thermo-side" }, plot.node, table),
      element("div", { class: "thermo-controls" }, heat.node, field.node,
        element("div", { class: "thermo-choices" }, method.node, lengths.node, speed.node),
        element("div", { class: "thermo-buttons" }, pause,
          button("Step", () => { play.run(false); sweep(); }),
          button("Quench", () => hot(COLD)),
          button("Anneal", () => { hot(HOT); cooling = true; }),
          button("Reset", () => { update(start); newLattice(); }),
          element("button", { type: "button", onclick: save }, "Save CSV")),
        status,
        element("p", { class: "thermo-note" }, "Quench: a random lattice meets T = 1 at once. Anneal: it cools from T = 4 to 1 slowly. "
          + "The first quarter of a run, and at least 100 sweeps, is discarded. ± is one standard error and counts autocorrelation. It is shown after fifty of the longest "
          + "autocorrelation times. It supposes equilibrium, and stripes left by a quench are not that.")));
  }

  // --- the rest of the world
  const moved = () => { heat.show(place(model.get("T"))); restPoint(); redraw(); };
  const listeners = {
    "change:T": moved,
    "change:h": () => { field?.show(model.get("h")); restPoint(); redraw(); },
    "change:algorithm": () => { if (method) method.select.value = model.get("algorithm"); restPoint(); redraw(); },
    "change:size": () => { if (lengths) lengths.select.value = model.get("size"); newLattice(); redraw(); },
  };
  for (const [event, listen] of Object.entries(listeners)) model.on(event, listen);

  // Large spins keep their edges; spins smaller than a pixel are averaged.
  function fit() {
    const width = canvas.getBoundingClientRect().width * devicePixelRatio;
    canvas.style.imageRendering = width >= canvas.width ? "pixelated" : "auto";
  }
  const resized = new ResizeObserver(fit);
  resized.observe(canvas);
  const play = player(canvas, frame, (running) => { pause.textContent = running ? "Pause" : "Run"; });

  newLattice();
  redraw();
  play.run(play.running);
  el.classList.add("thermo-widget");
  el.append(element("div", { class: "thermo-box" },
    element("div", { class: `thermo-lab${compact ? " thermo-compact" : ""}`, role: "group", "aria-label": "Ising lattice" }, ...parts)));

  return () => {
    play.stop();
    resized.disconnect();
    for (const [event, listen] of Object.entries(listeners)) model.off(event, listen);
  };
}

export default { render };
