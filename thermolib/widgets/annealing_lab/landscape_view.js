// Walkers on a landscape under a schedule that the reader draws, beside their exact distribution.
import { PRESETS, Walkers, boltzmann, endDistribution, evolve, startAt, temperatures } from "./annealing.js";
import { chooser } from "../kit/chooser.js";
import { landscapePlot } from "./landscape_plot.js";
import { fixed } from "../kit/numbers.js";
import { player } from "../kit/player.js";
import { schedulePlot } from "./schedule_plot.js";
import { element, slider, uniqueId } from "../kit/slider.js";

const WALKERS = 1000;
const DURATION = 12; // seconds that a schedule takes
const LENGTHS = [100, 200, 500, 1000];
const COLDEST = 0.05, PER_DECADE = 50, TOP = 100; // a knot's slider: T = COLDEST · 10^(x / PER_DECADE), 0 ≤ x ≤ TOP
const KNOTS = ["first step", "after 20 %", "after 40 %", "after 60 %", "after 80 %", "last step"];

const three = (T) => Number(T.toPrecision(3)); // what is shown is what is
const words = (T) => `T = ${T.toPrecision(3)}`;
const onSlider = (T) => PER_DECADE * Math.log10(T / COLDEST);
const onKnot = (x) => three(COLDEST * 10 ** (Math.min(Math.max(Math.round(x), 0), TOP) / PER_DECADE));
const sum = (x) => x.reduce((a, b) => a + b);
const mean = (p, x) => sum(p.map((q, i) => q * x[i]));
const small = (p, digits) => (p > 0 && p < 0.5 * 10 ** -digits ? `< ${fixed(10 ** -digits, digits)}` : fixed(p, digits));

export function landscapeView({ model, update }) {
  const E = model.get("energies"), start = model.get("start"), colours = model.get("colours");
  const first = { schedule: model.get("schedule"), steps: model.get("steps") };
  const lowest = E.indexOf(Math.min(...E));
  const colour = (T) => colours[Math.round(Math.min(Math.max(onSlider(T) / TOP, 0), 1) * (colours.length - 1))];

  let schedule, knots, k, p, walkers, progress = 0, reported = 0;

  // --- what is seen
  const landscape = landscapePlot(E, start, lowest);
  const plot = schedulePlot(KNOTS.length, colours, (drawn) => {
    result.setAttribute("aria-live", "off");
    draw(drawn);
  }, () => result.setAttribute("aria-live", "polite"));
  const result = element("p", { class: "thermo-result", "aria-live": "polite" });
  const status = element("p", { class: "thermo-status" });
  const header = (...columns) => element("thead", {}, element("tr", {}, element("td"), ...columns.map((column) => element("th", { scope: "col" }, column))));
  const row = (name, n) => {
    const cells = Array.from({ length: n }, () => element("td"));
    return { cells, node: element("tr", {}, element("th", { scope: "row" }, name), ...cells) };
  };
  const inLowest = row(`in the lowest state, ${lowest}`, 3), energy = row("mean energy", 3);
  const equilibriumAt = element("th", { scope: "col" });
  const now = element("table", {}, header("exact", `${WALKERS} walkers`), element("tbody", {}, inLowest.node, energy.node));
  now.querySelector("tr").append(equilibriumAt);
  const rows = Object.fromEntries([...Object.keys(PRESETS), "drawn"].map((name) => [name, row(name, LENGTHS.length)]));
  const presets = element("table", {},
    element("caption", {}, `Exact probability to end in the lowest state, ${lowest}`),
    header(...LENGTHS.map((n) => `${n} steps`)), element("tbody", {}, ...Object.values(rows).map(({ node }) => node)));

  const endsLowest = (temperatures) => endDistribution(E, temperatures, start)[lowest];
  const compare = (name, choice) => LENGTHS.forEach((n, i) => { rows[name].cells[i].textContent = small(endsLowest(temperatures(choice, n)), 4); });

  function paint() {
    const T = schedule[Math.max(0, k - 1)], equilibrium = boltzmann(E, T);
    const fractions = walkers.frequencies(), errors = p.map((q) => Math.sqrt((q * (1 - q)) / WALKERS));
    landscape.show({
      p, equilibrium, fractions, errors, walker: walkers.states[0], colour: colour(T),
      words: `Step ${k}, temperature ${T.toPrecision(3)}. Probability of the states from 0 to ${E.length - 1}: ${p.map((q) => q.toFixed(3)).join(", ")}. `
        + `A walker is in state ${walkers.states[0]}.`,
    });
    plot.now(k / schedule.length);
    return { T, equilibrium, fractions, errors };
  }

  function report({ T, equilibrium, fractions, errors }) {
    const U = mean(p, E), spread = Math.sqrt(Math.max(0, mean(p, E.map((e) => (e - U) ** 2))) / WALKERS);
    const show = ({ cells }, values) => values.forEach((value, i) => { cells[i].textContent = value; });
    show(inLowest, [small(p[lowest], 4), `${fixed(fractions[lowest], 3)} ± ${fixed(errors[lowest], 3)}`, small(equilibrium[lowest], 4)]);
    show(energy, [fixed(U, 4), `${fixed(mean(fractions, E), 3)} ± ${fixed(spread, 3)}`, fixed(mean(equilibrium, E), 4)]);
    equilibriumAt.textContent = `Boltzmann, ${words(T)}`;
    const apart = sum(p.map((q, i) => Math.abs(q - equilibrium[i]))) / 2;
    status.textContent = `Step ${k} of ${schedule.length}, ${words(T)}. The exact distribution is ${fixed(apart, 3)} from Boltzmann’s (½ Σ|p − π|; 0 is equilibrium).`;
  }
  const redraw = () => report(paint());

  // --- what happens
  function restart() {
    k = progress = 0;
    p = startAt(E, start);
    walkers = new Walkers(E, WALKERS, start, model.get("seed"));
  }
  // Another schedule starts the walkers afresh.
  function fresh() {
    const choice = model.get("schedule"), n = model.get("steps"), name = typeof choice === "string" ? choice : "drawn";
    schedule = temperatures(choice, n);
    knots = name === "drawn" ? choice : KNOTS.map((_, j) => three(schedule[Math.round((j * (n - 1)) / (KNOTS.length - 1))]));
    handles.forEach((handle, j) => handle.show(onSlider(knots[j])));
    typed.value = knots.map((T) => T.toPrecision(3)).join(", ");
    refused.textContent = "";
    preset.select.value = name;
    length.select.value = n;
    compare("drawn", knots);
    for (const key of Object.keys(rows)) rows[key].node.firstChild.replaceChildren(key === name ? element("b", {}, key) : key);
    const end = small(endsLowest(schedule), 7);
    result.textContent = `This schedule ends in the lowest state with probability ${end}, exactly.`;
    plot.schedule(schedule, knots, `Schedule, ${name}: ${KNOTS.map((where, j) => `${words(knots[j])} ${where}`).join(", ")}`);
    restart();
    redraw();
  }
  const draw = (drawn) => update({ schedule: knots.map((T, j) => (j in drawn ? onKnot(onSlider(drawn[j])) : T)) });
  function step() {
    if (k === schedule.length) return;
    const T = schedule[k++];
    p = evolve(E, p, T);
    walkers.step(T);
  }
  function frame(seconds) {
    progress += (seconds * schedule.length) / DURATION;
    for (; progress >= 1; progress--) step();
    const seen = paint();
    reported += seconds;
    if (reported > 0.25) {
      report(seen);
      reported = 0;
    }
    if (k === schedule.length) {
      report(seen);
      play.run(false);
    }
  }
  const button = (name, deed) => element("button", { type: "button", onclick: () => { deed(); redraw(); } }, name);

  // --- controls
  const preset = chooser("schedule", [...Object.keys(PRESETS), "drawn"].map((name) => [name, name]), "drawn",
    (name) => update({ schedule: name === "drawn" ? knots : name }));
  const length = chooser("length", LENGTHS.map((n) => [n, `${n} steps`]), first.steps, (n) => update({ steps: Number(n) }));
  const handles = KNOTS.map((where, j) => slider({
    label: `T, ${where}`, min: 0, max: TOP, step: 1, value: 0, colours, words: (x) => (COLDEST * 10 ** (x / PER_DECADE)).toPrecision(3),
    onmove: (x) => draw({ [j]: onKnot(x) }),
  }));
  const typed = element("input", { type: "text", id: uniqueId(), autocomplete: "off", onchange() {
    const T = typed.value.split(/[\s,;]+/).filter(Boolean).map(Number);
    if (T.length === KNOTS.length && T.every((t) => t >= COLDEST && t <= onKnot(TOP))) update({ schedule: T.map(three) });
    else refused.textContent = `Expected ${KNOTS.length} temperatures from ${COLDEST} to ${onKnot(TOP)}, got “${typed.value}”.`;
  } });
  const refused = element("p", { class: "thermo-error", role: "alert" });
  const pause = button("Pause", () => {
    if (!play.running && k === schedule.length) restart();
    play.run(!play.running);
  });
  const box = element("div", { class: "thermo-lab thermo-annealing", role: "group", "aria-label": "Annealing on a landscape" },
    landscape.node,
    element("div", {}, plot.node, result,
      element("p", { class: "thermo-note" }, "Draw in the plot, move its six knots below, or type them; between them T runs geometrically.")),
    element("div", { class: "thermo-controls" },
      element("div", { class: "thermo-choices" }, preset.node, length.node),
      element("div", { class: "thermo-knots", role: "group", "aria-label": "Temperatures of the schedule" }, ...handles.map(({ node }) => node)),
      element("div", { class: "thermo-choice" }, element("label", { for: typed.id }, `${KNOTS.length} temperatures, typed`), typed, refused),
      element("div", { class: "thermo-buttons" }, pause,
        button("Step", () => { play.run(false); step(); }),
        button("To the end", () => { play.run(false); while (k < schedule.length) step(); }),
        button("Restart", restart), button("Reset", () => update(first))),
      status),
    element("div", { class: "thermo-numbers" }, now, element("p", { class: "thermo-note" },
      "Bars: the exact distribution p. Dashed: Boltzmann’s at the same temperature. Marks: the fraction of the walkers, ± one standard error √(p(1 − p)/n). Dot: one of them.")),
    element("div", { class: "thermo-numbers" }, presets, element("p", { class: "thermo-note" },
      "Geometric and linear: from 2 to 0.05. Logarithmic: T = 2/ln(k + 2), where 2 is the depth of the valley at the start. Quench: T = 2, then at once 0.05. Reheat: geometric twice.")));
  const play = player(box, frame, (running) => {
    pause.textContent = running ? "Pause" : "Run";
    status.setAttribute("aria-live", running ? "off" : "polite"); // what changes four times a second is not read out
  });

  for (const name of Object.keys(PRESETS)) compare(name, name);
  fresh();
  play.run(play.running);
  return { box, stop: play.stop, listeners: { "change:schedule": fresh, "change:steps": fresh } };
}
