// A network in which the reader stores drawings, and that recalls them from a part: as long as they are not too many.
import { coins, covered, kept, Network, noisy, shuffled, verdict, Walk } from "./hopfield.js";
import { loadPlot, overlapPlot } from "./plots.js";
import { lab } from "../kit/lab.js";
import { along, fixed, plural } from "../kit/numbers.js";
import { icon, pixels } from "../kit/pixels.js";
import { randomBits } from "../kit/random.js";
import { box, element, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

const NAME = "Memories of a network";
const RATE = 48, UPDATES = 8; // steps a second, and units in each
const GAP = 12; // px between the field and the overlaps, as in view.css
const MORE = 5; // random memories at a time
const MANY = 100; // sweeps that "At once" takes at most

/** @param {Place} place */
function render(place) {
  const get = (key) => place.model.get(key), colours = get("colours");
  const { side, step: unit, hottest, most, most_random: mostRandom, theory } = get("constants");
  const N = side * side, [capacity] = theory[0];
  const colour = () => along(colours, get("T") / hottest);
  const ons = (s) => Uint8Array.from(s, (one) => Number(one > 0));

  let uniform, network, left, walk; // left: of each memory, what recall that begins at it keeps
  let base, cue, order, chosen, noise; // what the reader put into the field, and what noise makes of it
  let seen = new Map(); // what is kept, by the number of memories

  // --- what is seen
  const drawings = () => get("patterns").length;
  const name = (k) => k < drawings() ? `drawing ${k + 1}` : `random memory ${k - drawings() + 1}`;
  const mean = () => left.reduce((sum, { m }) => sum + m, 0) / left.length;
  const field = pixels({
    name: "the field",
    side,
    state: () => ({ on: ons(walk.s), colour: colour() }),
    next: (k) => walk.s[k] > 0 ? "off" : "on",
    set: (k, brush) => {
      if (brush !== (walk.s[k] > 0 ? "on" : "off")) walk.turn(k);
    },
    done: () => {
      put(walk.s, -1);
      redraw();
    },
  });
  const overlaps = overlapPlot({
    times: 2,
    gap: GAP,
    state: () => ({ overlaps: network.overlaps(walk.s), drawings: drawings(), colour: colour() }),
  });
  const loads = loadPlot({
    theory,
    most: (most + mostRandom) / N,
    state: () => ({
      seen: [...seen].map(([P, m]) => ({ load: P / N, m })),
      now: { load: left.length / N, m: mean() },
      colour: colour(),
    }),
  });
  const numbers = table(["", "now", "if recall began at it"], {
    m: "overlap with the nearest",
    E: "energy per unit",
  });
  const shelf = box("thermo-buttons thermo-icons"), icons = [];

  function paint() {
    field.paint();
    overlaps.paint();
  }
  function redraw() {
    paint();
    report();
  }

  function inWords(found, { what, of }) {
    const [first] = of, m = fixed(found[first], 2);
    const signed = (k) => (found[k] < 0 ? "negative " : "") + name(k);
    const list = of.slice(0, 3).map(signed).join(", ") + (of.length > 3 ? " and more" : "");
    const wrong = Math.round(N * (1 - Math.abs(found[first])) / 2);
    const near = found[first] > 0 ? name(first) : `the negative of ${name(first)}`;
    return {
      recalled: `${name(first)} is recalled, ${wrong ? `but for ${plural(wrong, "pixel")}` : "every pixel"}`,
      negative: `the negative of ${name(first)} is recalled`,
      near: `near ${near}, ${plural(wrong, "pixel")} differ`,
      mixture: `a mixture of ${list}`,
      lost: `lost, the largest overlap is ${m}, with ${name(first)}`,
    }[what];
  }

  function report() {
    const found = network.overlaps(walk.s), seenAs = verdict(found), [first] = seenAs.of;
    const words = inWords(found, seenAs), T = get("T");
    numbers.show("m", [fixed(found[first], 2), name(first)], [fixed(left[first].m, 2), "at T = 0"]);
    numbers.show("E", fixed(walk.energy(), 3), fixed(left[first].E, 3));
    const told = walk.rests
      ? `At rest after ${plural(walk.sweeps, "sweep")}: ${words}.`
      : walk.sweeps
      ? `Sweep ${walk.sweeps} at T = ${T.toFixed(2)}: ${words}.`
      : `The cue has overlap ${fixed(found[first], 2)} with ${name(first)}. Recall it.`;
    say(play.status, told);
    field.say(`Field of ${side} by ${side} pixels. ${told}`);
    overlaps.say(`Overlaps with all memories, the largest ${fixed(found[first], 2)} with ${name(first)}`);
    loads.paint();
    loads.say(
      `Overlap kept against load: ${fixed(mean(), 2)} at α = ${
        (left.length / N).toFixed(3)
      }, theory of large networks ends at ${capacity.toFixed(3)}`,
    );
    icons.forEach(({ button }, k) => button.setAttribute("aria-pressed", String(k === chosen)));
    store.disabled = drawings() === most ||
      get("patterns").some((one) => one.every((x, i) => x === walk.s[i]));
    forget.disabled = chosen < 0 || drawings() === 1;
    more.disabled = get("extra") === mostRandom;
    dirt.show(noise);
  }

  // --- what happens
  /** The reader's own state: from here on noise is counted, and here recall begins. */
  function put(s, number) {
    base = Int8Array.from(s);
    order = shuffled(N, uniform);
    noise = 0;
    chosen = number;
    begin(base);
  }
  function begin(s) {
    cue = Int8Array.from(s);
    walk = new Walk(network, cue, uniform);
  }
  /** What is stored, by the model: the state stays where it is. */
  function learn() {
    const bits = randomBits((get("seed") + 2 ** 31) % 2 ** 32), own = () => bits() / 2 ** 32; // the same at every load
    const random = Array.from({ length: get("extra") }, () => coins(N, own));
    network = new Network([...get("patterns"), ...random]);
    left = kept(network, own);
    seen.set(left.length, mean());
    if (chosen >= drawings()) chosen = -1;
    while (icons.length > drawings()) icons.pop().button.remove();
    while (icons.length < drawings()) icons.push(iconOf(icons.length));
    get("patterns").forEach((s, k) => icons[k].show(ons(s)));
    load.show(get("extra"));
    const full = Math.max(0, capacity * N - drawings()) / mostRandom;
    load.node.querySelector(".thermo-mark").setAttribute("style", `--at: ${full}`);
    walk?.begin(network);
  }
  function iconOf(k) {
    const { node, show } = icon([], side);
    const button = play.button("", () => put(get("patterns")[k], k));
    button.setAttribute("aria-label", `Show drawing ${k + 1}`);
    button.append(node, element("small", {}, String(k + 1)));
    shelf.append(button);
    return { button, show };
  }
  function first() {
    const bits = randomBits(get("seed"));
    uniform = () => bits() / 2 ** 32;
    seen = new Map();
    network = null;
  }
  function fresh() {
    if (network) return begin(cue);
    walk = null;
    learn();
    put(get("patterns")[0], 0);
    cover();
    heat.show(get("T"));
  }
  function cover() {
    begin(covered(base, side * Math.floor(side / 3), uniform));
    noise = 0;
  }
  function atOnce() {
    for (let k = 0; k < MANY && !walk.rests; k++) walk.sweep(get("T"));
  }

  // --- controls
  const play = lab({
    place,
    name: NAME,
    keys: ["patterns", "T", "extra"],
    fresh,
    step: () => {
      for (let k = 0; k < UPDATES && !walk.rests; k++) walk.update(get("T"));
    },
    paint,
    report,
    rate: () => RATE,
    over: () => walk.rests,
    undo: first,
    verb: "Recall",
    waits: true,
  });
  const heat = play.slider(
    "temperature T",
    [0, hottest, unit],
    (T) => `T = ${T.toFixed(2)}`,
    (T) => play.update({ T }),
    { colours },
  );
  const dirt = play.slider("noise", [0, 50, 1], (k) => `${k} % of pixels turned`, (k) => {
    begin(noisy(base, k / 100, order));
    noise = k;
    redraw();
  });
  const load = play.slider(
    "random memories",
    [0, mostRandom, 1],
    (extra) => `${extra}, load α = ${((drawings() + extra) / N).toFixed(3)}`,
    (extra) => play.update({ extra }),
    { mark: { value: 0, name: `α = ${capacity.toFixed(3)}` } },
  );
  const store = play.button("Store", () => {
    play.update({ patterns: [...get("patterns"), Array.from(walk.s)] });
    put(walk.s, drawings() - 1);
  });
  const forget = play.button("Forget", () => {
    play.update({ patterns: get("patterns").toSpliced(chosen, 1) });
    chosen = -1;
  });
  const more = play.button(
    `Add ${MORE} random`,
    () => play.update({ extra: Math.min(mostRandom, get("extra") + MORE) }),
  );
  for (const key of ["patterns", "extra"]) play.on(key, learn);
  play.on("T", () => {
    heat.show(get("T"));
    walk.begin(network);
  });
  first();

  return play.show(
    "thermo-hopfield",
    box("", box("thermo-field", field.node, box("thermo-overlaps", overlaps.node)), play.status),
    box(
      "thermo-controls",
      box(
        "thermo-buttons",
        play.runs,
        play.stepping("One sweep", () => walk.sweep(get("T"))),
        play.stepping("At once", atOnce),
      ),
      heat.node,
      dirt.node,
      box(
        "thermo-buttons",
        play.button("Cover two thirds", cover),
        play.button("Clear", () => put(new Int8Array(N).fill(-1), -1)),
        play.reset,
      ),
      shelf,
      box("thermo-buttons", store, forget),
      element(
        "p",
        { class: "thermo-note" },
        "Draw on the field: a touch turns a pixel, and a finger that sets out sideways draws. Arrow keys move the cursor, space turns.",
      ),
    ),
    box("thermo-controls", load.node, box("thermo-buttons", more), numbers.node),
    box(
      "",
      loads.node,
      element(
        "p",
        { class: "thermo-note" },
        `Line: very many units, random memories. Dots: this network of ${N}.`,
      ),
    ),
  );
}

export default { render };
