// The Ising lattice alive: canvas, controls, running averages with their errors beside the exact values.
import { Ising, Record } from "../kit/ising.js";
import { energyPlot } from "./energy_plot.js";
import { chooser } from "../kit/chooser.js";
import { stroke } from "../kit/drag.js";
import { lab } from "../kit/lab.js";
import { along, fixed, plural, rounded, withError } from "../kit/numbers.js";
import { box, element, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

const NAME = "Ising lattice", SPEED = 240; // sweeps a second

const count = (n) => Math.max(0, Math.floor(n)).toLocaleString("en");

// What is to be seen, where no numbers are shown.
function looks(T, T_c) {
  if (Math.abs(T - T_c) < 0.2) return "Near the critical temperature: islands of every size.";
  return T < T_c
    ? "Cold: neighbours agree, and one colour spreads."
    : "Hot: each cell turns almost as it likes.";
}

// What the averages are worth, or when there will be an error.
function worth(record, { e, m }, eExact) {
  if (record.length < record.wait) {
    return `; errors are known after about ${count(Number(record.wait.toPrecision(2)))}`;
  }
  if (Number.isNaN(e.stderr)) return "; the run is not stationary yet and has no errors";
  const off = eExact !== null && e.stderr > 0
    ? `; ⟨e⟩ is ${(Math.abs(e.mean - eExact) / e.stderr).toFixed(1)} standard errors from exact`
    : "";
  return `, as good as about ${count(e.samples)} independent energies and ${
    count(m.samples)
  } independent |m|${off}`;
}

function save(record) {
  const href = URL.createObjectURL(new Blob([record.csv()], { type: "text/csv" }));
  element("a", { href, download: `ising-L${record.size}-T${record.T.toFixed(2)}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}

function render(place) {
  const { model } = place, get = (key) => model.get(key);
  const compact = get("compact"), colours = get("colours");
  const { temperatures, exact, yang, T_c, hot, cold, sweeps_per_step } = get("constants");
  const last = temperatures.length - 1;
  const at = (T) => Math.round(((T - temperatures[0]) / (temperatures[last] - temperatures[0])) * last);
  const colour = (T) => along(colours, at(T) / last);

  let lattice, record, pixels, image, cooling = false, speed = SPEED;

  // --- what is seen
  const canvas = element("canvas", {
    role: "img",
    class: "thermo-spins",
    ...stroke({
      grab: other,
      move: dab,
      drop: ({ type }) => type === "pointerup" && report(),
    }),
  });
  const context = canvas.getContext("2d");
  const now = () => (-lattice.bonds - lattice.h * lattice.magnetization) / lattice.sites;
  const plot = energyPlot(temperatures, T_c, () => ({
    exact: exact[lattice.size],
    T: lattice.T,
    colour: colour(lattice.T),
    now: now(),
    mean: record.estimate().e,
  }));
  const numbers = table(["", "measured", "reference"], {
    e: "energy per site ⟨e⟩",
    m: "magnetisation ⟨|m|⟩",
  });

  function paint() {
    const bytes = colour(lattice.T).match(/\w\w/g).map((hex) => parseInt(hex, 16));
    const ink = (0xff000000 | (bytes[2] << 16) | (bytes[1] << 8) | bytes[0]) >>> 0;
    const { spins } = lattice;
    for (let i = 0; i < spins.length; i++) pixels[i] = spins[i] > 0 ? ink : 0; // down: the ground shows, a tint of it
    context.putImageData(image, 0, 0);
  }

  function report() {
    const { T, h, size, sites, magnetization } = lattice, means = record.estimate(), { e, m } = means;
    const known = h === 0, eExact = known ? exact[size][at(T)] : null, mExact = yang[at(T)];
    const words =
      `${NAME} of ${size} by ${size} spins at temperature ${T.toFixed(2)}, field ${h.toFixed(2)}: ` +
      `energy per site ${now().toFixed(2)}, magnetisation per site ${(magnetization / sites).toFixed(2)}`;
    canvas.setAttribute("aria-label", words);
    canvas.style.setProperty("--now", colour(T));
    if (compact) {
      say(play.status, cooling ? "Cooling." : looks(T, T_c));
      return;
    }
    const measured = ([value, error]) => [value, error || "no error yet"];
    const noted = (x, words) => known ? [fixed(x, 5), words] : ["none known", "in a field"];
    numbers.show("e", measured(rounded(e)), noted(eExact, "Kaufman, this lattice"));
    numbers.show(
      "m",
      measured(rounded(m)),
      noted(mExact, mExact > 0 ? "Yang, infinite lattice" : "infinite lattice; a finite one keeps some"),
    );
    const averaged = count(record.length - e.first);
    say(
      play.status,
      cooling
        ? `Cooling, ${sweeps_per_step} sweeps a step of 0.01: averages begin when the temperature rests.`
        : `${plural(record.length, "sweep")} here, the last ${averaged} averaged${
          worth(record, means, eExact)
        }.`,
    );
    plot.paint();
    plot.say(
      `Energy per site against temperature: the exact curve at zero field, and at T = ${
        T.toFixed(2)
      } the measured ${withError(e)}`,
    );
  }

  // --- what happens
  function restPoint() {
    lattice.setPoint(get("T"), get("h"));
    record = new Record(lattice, get("algorithm"));
    heat.show(at(get("T")));
    field.show(get("h"));
    method.select.value = get("algorithm");
    lengths.select.value = String(get("size"));
  }

  // A fresh lattice is brought near equilibrium with a few Wolff sweeps.
  function fresh() {
    const size = get("size");
    cooling = false;
    lattice = new Ising(size, get("seed"));
    lattice.setPoint(get("T"), get("h"));
    for (let k = 0; k < 20; k++) lattice.sweep("wolff");
    restPoint();
    canvas.width = canvas.height = size;
    image = context.createImageData(size, size);
    pixels = new Uint32Array(image.data.buffer);
    fit();
  }

  function step() {
    lattice.sweep(get("algorithm"));
    record.push(lattice);
    if (!cooling || record.length < sweeps_per_step) return;
    const k = at(lattice.T) - 1;
    cooling = k > at(cold);
    play.update({ T: temperatures[k] });
  }

  function heated(T) {
    play.update({ T, h: 0 });
    lattice.randomize();
    lattice.measure();
    restPoint();
    play.run(true);
  }

  // Large spins keep their edges; spins smaller than a pixel are averaged.
  function fit() {
    const width = canvas.getBoundingClientRect().width * devicePixelRatio;
    canvas.style.imageRendering = width >= canvas.width ? "pixelated" : "auto";
  }
  new ResizeObserver(fit).observe(canvas);

  // A stroke along the lattice paints: in the colour that the spin under its beginning has not.
  const site = ({ offsetX, offsetY }) => {
    const { size } = lattice, { clientWidth: width, clientHeight: height } = canvas; // of which the middle may show
    return [offsetX, offsetY + (width - height) / 2].map((x) =>
      Math.min(size - 1, Math.max(0, Math.floor((x / width) * size)))
    );
  };
  function other(event) {
    const [x, y] = site(event);
    return -lattice.spins[y * lattice.size + x];
  }
  function dab(event, brush) {
    const [x, y] = site(event);
    lattice.dab(x, y, lattice.size >> 5, brush);
    record = new Record(lattice, get("algorithm"));
    paint();
  }

  // --- controls
  const play = lab({
    place,
    name: NAME,
    keys: ["size", "T", "h", "algorithm"],
    fresh,
    step,
    paint,
    report,
    answer: 100,
    fps: 60,
    rate: () => speed,
    undo: () => {
      speed = SPEED;
      speeds.select.value = String(SPEED);
    },
  });
  const moved = (changes) => {
    cooling = false;
    play.update(changes);
  };
  const heat = play.slider(
    "temperature T",
    [0, last, 1],
    (k) => `T = ${temperatures[k].toFixed(2)}`,
    (k) => moved({ T: temperatures[k] }),
    { colours, mark: { value: at(T_c), name: element("span", {}, "T", element("sub", {}, "c")) } },
  );
  const field = play.slider("field h", [-0.5, 0.5, 0.01], (h) => `h = ${fixed(h, 2)}`, (h) => moved({ h }));
  const method = chooser(
    "algorithm",
    [["metropolis", "Metropolis"], ["heat_bath", "heat bath"], ["wolff", "Wolff clusters"]],
    get("algorithm"),
    (algorithm) => moved({ algorithm }),
  );
  const lengths = chooser(
    "lattice",
    Object.keys(exact).map((size) => [size, `${size} × ${size}`]),
    get("size"),
    (size) => moved({ size: Number(size) }),
  );
  const speeds = chooser(
    "speed",
    [[30, "30 sweeps a second"], [SPEED, `${SPEED} sweeps a second`], ["Infinity", "as fast as it goes"]],
    SPEED,
    (sweeps) => {
      speed = Number(sweeps);
    },
  );
  const quench = play.button("Quench", () => {
    cooling = false;
    heated(cold);
  });
  const anneal = play.button("Anneal", () => {
    heated(hot);
    cooling = true;
  });
  const file = element("button", { type: "button", onclick: () => save(record) }, "Save CSV");
  for (const key of ["T", "h", "algorithm"]) play.on(key, restPoint);
  play.on("size", fresh);

  if (compact) {
    return play.show("thermo-compact", canvas, heat.node, box("thermo-buttons", play.runs, play.status));
  }
  return play.show(
    "thermo-ising",
    canvas,
    box(
      "thermo-controls",
      heat.node,
      box("thermo-buttons", play.runs, play.stepping("Step", step), quench, anneal, play.reset, file),
      field.node,
      box("thermo-choices", method.node, lengths.node, speeds.node),
    ),
    plot.node,
    box("", numbers.node, play.status),
  );
}

export default { render };
