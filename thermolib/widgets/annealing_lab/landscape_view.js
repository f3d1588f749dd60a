// Walkers on a landscape under a schedule that the reader draws, beside their exact distribution.
import { boltzmann, endDistribution, evolve, presets, startAt, temperatures, Walkers } from "./annealing.js";
import { landscapePicture } from "./landscape.js";
import { asked, linkButton, written } from "./link.js";
import { schedulePlot } from "./schedule.js";
import { chooser } from "../kit/chooser.js";
import { lab } from "../kit/lab.js";
import { along, fixed } from "../kit/numbers.js";
import { box, element, say, uniqueId } from "../kit/slider.js";
import { table } from "../kit/table.js";

const NAME = "Annealing on a landscape", DURATION = 12; // seconds that a schedule takes

const three = (T) => Number(T.toPrecision(3)); // what is shown is what is
const sum = (x) => x.reduce((a, b) => a + b);
const mean = (p, x) => sum(p.map((q, i) => q * x[i]));
const small = (p, digits) => {
  const least = 10 ** -digits;
  return p > 0 && p < least / 2 ? `< ${fixed(least, digits)}` : fixed(p, digits);
};

export function landscapeView(place) {
  const get = (key) => place.model.get(key), colours = get("colours"), constants = get("constants");
  const { energies: E, start, walkers: n, lengths, coldest, hottest, knots: count } = constants;
  const lowest = E.indexOf(Math.min(...E)),
    known = presets(constants),
    names = [...Object.keys(known), "drawn"];
  const between = (k) => `after ${(100 * k) / (count - 1)} %`;
  const where = ["first step", ...Array.from({ length: count - 2 }, (_, k) => between(k + 1)), "last step"];

  // A knot's slider has fifty steps for each factor of ten.
  const PER_DECADE = 50, onSlider = (T) => PER_DECADE * Math.log10(T / coldest), top = onSlider(hottest);
  const onKnot = (x) => three(coldest * 10 ** (x / PER_DECADE));
  const colour = (T) => along(colours, onSlider(T) / top);

  let schedule, knots, k, p, walkers;
  const T = () => schedule[Math.max(0, k - 1)];

  // --- what is seen
  const landscape = landscapePicture(E, start, lowest, () => ({
    p,
    equilibrium: boltzmann(E, T()),
    counts: walkers.counts(),
    colour: colour(T()),
  }));
  const plot = schedulePlot({
    names: where.map((words) => `temperature T, ${words}, ${NAME}`),
    top,
    step: onSlider,
    state: () => ({ schedule, colours, progress: k / schedule.length }),
    onmove(j, x) {
      result.setAttribute("aria-live", "off"); // not read out at every step of a stroke
      play.update({ schedule: knots.with(j, onKnot(x)) });
    },
    onend() {
      result.setAttribute("aria-live", "polite");
      begin();
    },
  });
  const result = element("p", { class: "thermo-result", "aria-live": "polite" });
  const boltzmanns = element("span");
  const now = table(["", "exact", `${n} walkers`, boltzmanns], {
    lowest: `in the lowest state, ${lowest}`,
    energy: "mean energy",
  });
  const compared = table(
    ["schedule", ...lengths.map((length) => `${length} steps`)],
    Object.fromEntries(names.map((name) => [name, name])),
    `Exact probability to end in the lowest state, ${lowest}`,
  );
  const endsLowest = (temperatures) => endDistribution(E, temperatures, start)[lowest];
  const compare = (name, choice) =>
    compared.show(
      name,
      ...lengths.map((length) => small(endsLowest(temperatures(choice, length, known)), 4)),
    );

  function paint() {
    landscape.paint();
    plot.paint();
  }
  function report() {
    const equilibrium = boltzmann(E, T()), fractions = walkers.counts().map((c) => c / n);
    const U = mean(p, E), spread = Math.sqrt(Math.max(0, mean(p, E.map((e) => (e - U) ** 2))) / n);
    const error = Math.sqrt((p[lowest] * (1 - p[lowest])) / n);
    const inLowest = `${fixed(fractions[lowest], 3)} ± ${fixed(error, 3)}`;
    const energy = `${fixed(mean(fractions, E), 3)} ± ${fixed(spread, 3)}`;
    now.show("lowest", small(p[lowest], 4), inLowest, small(equilibrium[lowest], 4));
    now.show("energy", fixed(U, 4), energy, fixed(mean(equilibrium, E), 4));
    const words = `T = ${T().toPrecision(3)}`, apart = sum(p.map((q, i) => Math.abs(q - equilibrium[i]))) / 2;
    say(boltzmanns, `Boltzmann, ${words}`);
    const distance = `${
      fixed(apart, 3)
    } from Boltzmann’s (half the sum of all absolute differences; 0 is equilibrium)`;
    say(play.status, `Step ${k} of ${schedule.length}, ${words}. The exact distribution is ${distance}.`);
    const listed = p.map((q) => q.toFixed(3)).join(", ");
    landscape.say(`Step ${k}, ${words}. Probability of the states from 0 to ${E.length - 1}: ${listed}.`);
  }

  // --- what happens
  function fresh() {
    k = 0;
    p = startAt(E, start);
    walkers = new Walkers(E, n, start, get("seed"));
    settle();
  }
  // The controls say what the model knows.
  function settle() {
    const choice = get("schedule"), name = typeof choice === "string" ? choice : "drawn";
    schedule = temperatures(choice, get("steps"), known);
    knots = name === "drawn"
      ? choice
      : where.map((_, j) => three(schedule[Math.round((j * (schedule.length - 1)) / (count - 1))]));
    plot.show(knots);
    const listed = where.map((words, j) => `T = ${knots[j].toPrecision(3)}, ${words}`).join("; ");
    plot.say(`Schedule, ${name}: ${listed}`);
    typed.value = knots.map((T) => T.toPrecision(3)).join(", ");
    refused.textContent = "";
    preset.select.value = name;
    length.select.value = String(schedule.length);
    compare("drawn", knots);
    for (const row of names) {
      compared.cells[row][0].parentElement.classList.toggle("thermo-chosen", row === name);
    }
    const end = endsLowest(schedule), rivals = Object.keys(known).filter((rival) => rival !== name);
    const theirs = rivals.map((rival) => endsLowest(known[rival](schedule.length))),
      most = Math.max(...theirs);
    const beaten = theirs.filter((other) => end > other).length, best = rivals[theirs.indexOf(most)];
    result.textContent =
      `This schedule ends in the lowest state with probability ${
        small(end, 7)
      }, exactly. It beats ${beaten} of ` +
      `the ${rivals.length} ${name === "drawn" ? "" : "other "}presets in ${schedule.length} steps; ` +
      `the best of them, ${best}, has ${small(most, 4)}.`;
    link.forget();
  }
  function step() {
    if (k === schedule.length) return;
    p = evolve(E, p, schedule[k]);
    walkers.step(schedule[k]);
    k++;
  }

  // Who chooses a schedule sees it run.
  const begin = (changes = {}) => {
    play.update(changes);
    if (!play.calm) play.run(true);
  };

  // --- controls
  const play = lab({
    place,
    name: NAME,
    keys: ["schedule", "steps"],
    fresh,
    step,
    paint,
    report,
    rate: () => schedule.length / DURATION,
    over: () => k === schedule.length,
    answer: Infinity,
  });
  const choices = names.map((name) => [name, name]);
  const preset = chooser(
    "schedule",
    choices,
    "drawn",
    (name) => begin({ schedule: name === "drawn" ? knots : name }),
  );
  const longs = lengths.map((length) => [length, `${length} steps`]);
  const length = chooser("length", longs, lengths[0], (steps) => begin({ steps: Number(steps) }));
  const typed = element("input", { type: "text", id: uniqueId(), autocomplete: "off", onchange: read });
  const wanted = `${count} temperatures from ${coldest} to ${hottest}`;
  function drawn(text) {
    const T = text.split(/[\s,;]+/).filter(Boolean).map(Number);
    return T.length === count && T.every((t) => t >= coldest && t <= hottest) ? T.map(three) : null;
  }
  function read() {
    const schedule = drawn(typed.value);
    if (schedule) begin({ schedule });
    else refused.textContent = `Expected ${wanted}, got “${typed.value}”.`;
  }
  const refused = element("p", { class: "thermo-error", role: "alert" });
  const link = linkButton(() => written(get("schedule"), get("steps")));
  // A schedule that came with the page's address; the page's own comes back with Reset.
  function follow() {
    const found = asked(location.hash, { names: Object.keys(known), lengths, drawn });
    if (!found) return;
    if (!found.refused) begin(found);
    else {
      refused.textContent =
        `The link’s schedule is not used: expected a number of steps (${lengths.join(", ")}), a colon, and ` +
        `a preset’s name or ${wanted}; got “${found.refused}”.`;
    }
    requestAnimationFrame(() => place.el.scrollIntoView());
  }
  for (const key of ["schedule", "steps"]) play.on(key, fresh);
  for (const name of Object.keys(known)) compare(name, name);
  const end = () => {
    while (k < schedule.length) step();
  };

  const alone = Boolean(place.still); // a page without a kernel: a notebook's address is not ours
  const label = element("label", { for: typed.id }, `${count} temperatures, typed or dragged`);
  const steps = [
    play.stepping("Step", step),
    play.stepping("To the end", end),
    play.button("Restart", fresh),
  ];
  const gone = play.show(
    "thermo-annealing",
    box("thermo-wide", landscape.node),
    box("", plot.node, result),
    box(
      "thermo-controls",
      box("thermo-buttons", play.runs, ...steps, play.reset, ...(alone ? [link.button] : [])),
      box("thermo-choices", preset.node, length.node),
      box("thermo-choice", label, typed, refused),
      link.node,
    ),
    box("thermo-wide", play.status, now.node, compared.node),
  );
  if (!alone) return gone;
  follow();
  addEventListener("hashchange", follow);
  return () => {
    removeEventListener("hashchange", follow);
    gone();
  };
}
