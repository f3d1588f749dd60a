// A trained machine dreams in the page, at the reader's temperature; pixels that the reader holds stay, and it completes the rest.
import { energyPlot } from "./energy_plot.js";
import { Averages, Chains, unpacked } from "./machine.js";
import { chooser } from "../kit/chooser.js";
import { lab } from "../kit/lab.js";
import { along, fixed, plural, rounded } from "../kit/numbers.js";
import { picture } from "../kit/picture.js";
import { icon, mosaic, pixels } from "../kit/pixels.js";
import { randomBits } from "../kit/random.js";
import { box, element, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

const NAME = "Dreams of a Boltzmann machine";
const SPEED = 10; // steps a second
const ANSWER = 20; // steps that answer a drag where nothing runs by itself
const SEEN = 8; // chains in small, beside the one in large
const SETTLED = 20; // averaged steps before there is an error
const NEXT = { free: "on", on: "off", off: "free" }; // what a pixel becomes under a hand

/** @param {Place} place */
export function dreamView(place) {
  const get = (key) => place.model.get(key), colours = get("colours");
  const { temperatures, exact, patterns, machine: bytes, chains: N } = get("constants");
  const machine = unpacked(bytes), side = Math.sqrt(machine.visible), last = temperatures.length - 1;
  const pictures = patterns.map((text) => Uint8Array.from(text));
  const at = (T) => temperatures.indexOf(T), colour = () => along(colours, at(get("T")) / last);

  let chains, averages, speed = SPEED;

  // --- what is seen
  const held = () => chains.held.includes(1);
  const dream = pixels({
    name: "the large picture",
    side,
    state: () => ({ on: chains.v[0], held: chains.held, colour: colour() }),
    next: (k) => NEXT[chains.held[k] ? (chains.v[0][k] ? "on" : "off") : "free"],
    set: hold,
    done: () => report(),
  });
  const others = picture((width) => width / SEEN, (pen, { width }) => {
    const edge = width / SEEN, size = edge - 4;
    for (let k = 0; k < SEEN; k++) {
      mosaic(pen, { on: chains.v[k + 1], side, left: k * edge + 2, top: 2, size, colour: colour() });
    }
  });
  const plot = energyPlot(temperatures, exact, () => ({
    T: get("T"),
    colour: colour(),
    now: machine.energy(chains.v[0], chains.h[0]),
    mean: estimate(),
    held: held(),
  }));
  const numbers = table(["", `${N} chains`, "exact"], { E: "energy ⟨E⟩", off: "they differ by" });

  function paint() {
    dream.paint();
    others.paint();
  }

  function estimate() {
    const found = averages.estimate();
    return averages.steps - averages.discarded < SETTLED ? { ...found, stderr: NaN } : found;
  }

  function report() {
    const T = get("T"),
      mean = estimate(),
      truth = exact[at(T)],
      stays = chains.held.reduce((a, b) => a + b, 0);
    const off = Math.abs(mean.mean - truth) / mean.stderr;
    numbers.show(
      "E",
      rounded(mean).map((words, k) => words || (k ? "no error yet" : "…")),
      stays ? ["—", "none where pixels are held"] : [fixed(truth, 4), "all states summed"],
    );
    numbers.show("off", stays || Number.isNaN(off) ? "—" : `${fixed(off, 1)} errors`, "");
    const count = `${plural(averages.steps, "step")} at this temperature, the first ${
      averages.discarded.toLocaleString("en")
    } left out.`;
    const worth = stays
      ? ` ${plural(stays, "pixel")} held: the others are dreamt to go with ${stays === 1 ? "it" : "them"}.`
      : off > 4
      ? " Chance does not explain the difference: the chains have not reached equilibrium."
      : " The error is that of independent chains.";
    say(play.status, count + worth);
    const energy = fixed(machine.energy(chains.v[0], chains.h[0]), 1);
    dream.say(`A picture of ${side} by ${side} pixels that the machine dreams at T = ${T}: energy ${energy}`);
    others.say(`${SEEN} more chains of the same machine at the same temperature`);
    plot.paint();
    plot.say(
      `Mean energy against temperature: the exact curve, and at T = ${T} the chains’ mean ${
        rounded(mean).join(" ")
      }`,
    );
  }

  // --- what happens
  // Averages begin anew; the chains go on from where they are.
  function anew() {
    averages = new Averages(N);
    heat.show(at(get("T")));
  }
  function fresh() {
    const bits = randomBits(get("seed"));
    chains = new Chains(machine, N, () => bits() / 2 ** 32);
    chains.noise();
    if (pictures.length) chains.v.forEach((v, k) => v.set(pictures[k % pictures.length]));
    chains.up(machine, get("T"));
    anew();
  }
  function step() {
    chains.step(machine, get("T"));
    averages.push(chains.energies(machine));
  }
  function hold(k, brush) {
    chains.held[k] = Number(brush !== "free");
    if (brush !== "free") { for (const v of chains.v) v[k] = Number(brush === "on"); }
    averages = new Averages(N);
  }
  function begin(on) {
    if (on) { for (const v of chains.v) v.set(on); }
    else chains.noise();
    anew();
  }

  // --- controls
  const play = lab({
    place,
    name: NAME,
    keys: ["T"],
    fresh,
    step,
    paint,
    report,
    answer: ANSWER,
    rate: () => speed,
    undo: () => {
      speed = SPEED;
      speeds.select.value = String(SPEED);
    },
  });
  const heat = play.slider(
    "temperature T",
    [0, last, 1],
    (k) => `T = ${temperatures[k]}`,
    (k) => play.update({ T: temperatures[k] }),
    { colours, mark: { value: at(1), name: "as trained" } },
  );
  const speeds = chooser(
    "speed",
    [...[2, SPEED, 60].map((n) => [n, `${n} steps a second`]), ["Infinity", "as fast as it goes"]],
    SPEED,
    (steps) => {
      speed = Number(steps);
    },
  );
  const free = play.button("Let go", () => {
    chains.held.fill(0);
    anew();
  });
  const upper = play.button("Hold upper half", () => {
    for (let k = 0; k < side * Math.floor(side / 2); k++) hold(k, chains.v[0][k] ? "on" : "off");
    anew();
  });
  const starts = pictures.map((on, k) => {
    const button = play.button("", () => begin(on));
    button.setAttribute("aria-label", `Start from picture ${k + 1}`);
    button.append(icon(on, side).node);
    return button;
  });
  play.on("T", anew);

  return play.show(
    "thermo-dream",
    box("", dream.node, others.node),
    box(
      "thermo-controls",
      heat.node,
      box("thermo-buttons", play.runs, play.stepping("Step", step), upper, free, play.reset),
      box("thermo-buttons thermo-icons", ...starts, play.button("Noise", () => begin(null))),
      speeds.node,
      element(
        "p",
        { class: "thermo-note" },
        "Touch a pixel to hold it on, again to hold it off, a third time to let it go. Arrow keys move the cursor, space touches.",
      ),
    ),
    plot.node,
    box("", numbers.node, play.status),
  );
}
