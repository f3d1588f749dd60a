// A trap that the reader pulls up, the beads in it, and the works that one pull costs forwards and backwards.
import { GRIP, heights, histograms, layout } from "./drawing.js";
import { described, estimates, estimatesTable, rows, sentence } from "./telling.js";
import { ramp, Record, Repeats, Trap } from "./work.js";
import { handle } from "../kit/drag.js";
import { lab } from "../kit/lab.js";
import { along, fixed } from "../kit/numbers.js";
import { picture } from "../kit/picture.js";
import { normals, randomBits } from "../kit/random.js";
import { box, say } from "../kit/slider.js";

const NAME = "Work of a pull";
const SLOWLY = 128; // pairs that come one by one, so that the eye can follow
const TOGETHER = 8; // pairs a tick after that
const REST = 24; // ticks that the beads wait at each end
const ANSWER = 400; // ticks that answer a drag where nothing runs by itself
const BY = { ArrowUp: 0.25, ArrowRight: 0.25, ArrowDown: -0.25, ArrowLeft: -0.25, PageUp: 1, PageDown: -1 };

const three = (x) => Number(x.toPrecision(3));

/** @param {Place} place */
function render(place) {
  const get = (key) => place.model.get(key), colours = get("colours"), constants = get("constants");
  const { temperatures: [coldest, hottest], heaviest, top, rate, unit, most, beads, ticks, durations } =
    constants;
  const { shortest, fast, usual, slow, longest } = durations;
  const TAt = (k) => three(coldest * (hottest / coldest) ** (k / 30));
  const placeOfT = (T) => 30 * Math.log(T / coldest) / Math.log(hottest / coldest);
  const secondsAt = (k) => Math.min(longest, three(shortest * 2 ** (k / 4)));
  const placeOf = (seconds) => 4 * Math.log2(seconds / shortest);
  const colour = () => along(colours, placeOfT(get("T")) / 30);
  const now = () => performance.now() / 1000;

  let trap, law, repeats, again = 0, maker = "", refused = "";
  let found = null, shown = null, before = null; // estimates; the table's rows of this pull, and of the one before
  let record = null; // the pull that the reader's hand is at
  let cloud, normal, route, at, rest, played; // the beads that are seen: where they go, and how far they are
  let cost = 0; // the mean work on them, of the pull that the hand is at

  // --- what is seen
  let drawn = layout(0), gripped = "";
  const scene = picture((width) => layout(width).height, (pen, { width, ink }) => {
    drawn = layout(width);
    const held = record?.place ?? 0, centre = record ? held : route[at]; // the handle waits at A while others pull
    const both = { ink, colour: colour() }, spent = record ? spentSoFar() : NaN;
    heights(pen, drawn, { ...both, cloud, top, centre, held, waits: !record && !repeats });
    histograms(pen, width, { ...both, law, repeats, most, found, spent });
    grip(held);
  });

  // The handle's button follows the ring; nothing is asked of the page.
  function grip(height) {
    const style = `translate(${Math.round(drawn.right - GRIP)}px, ${Math.round(drawn.y(height))}px)`;
    if (style !== gripped) knob.style.transform = gripped = style;
  }
  function name() {
    const height = record?.place ?? 0;
    knob.setAttribute("aria-valuenow", String(height));
    knob.setAttribute("aria-valuetext", `height ${fixed(height, 2)} of ${top}`);
  }

  const numbers = estimatesTable();
  function report() {
    found = repeats && estimates(repeats, get("T"), law.deltaF);
    const seconds = ((get("centres").length - 1) / rate).toFixed(2);
    const told = rows({ pull: repeats && [maker, `${seconds} s`], law, found });
    for (const [key, words] of Object.entries(told)) numbers.show(key, words, before?.[key] ?? "—");
    shown = found && told;
    say(play.status, status());
    scene.say(described(found, beads, law));
  }
  function status() {
    if (record) return `The trap is in your hand. The pull ends at B, height ${top}.`;
    if (refused) return refused;
    if (repeats) return sentence(repeats.n, found);
    return "Pull the trap from A up to B, by its handle or by the arrow keys; or let the machine pull.";
  }

  // --- what happens
  const settle = (centre) => {
    for (let k = 0; k < beads; k++) cloud[k] = trap.start(centre, normal);
  };
  // The beads that are seen go along `centres` from its first.
  function follow(centres, waited = 0) {
    route = centres;
    at = 0;
    rest = waited;
    settle(centres[0]);
  }
  /** The model's pull and trap, from the first bead on. */
  function anew() {
    const centres = get("centres");
    trap = new Trap({ weight: get("weight"), T: get("T"), dt: unit / rate });
    law = trap.law(centres.length ? centres : ramp(top, rate));
    repeats = centres.length ? new Repeats(trap, centres, get("seed") + again, most) : null;
    found = null;
    record = null;
    played = 0;
    follow(centres.length ? centres : [0]);
    heat.show(placeOfT(get("T")));
    load.show(get("weight"));
    name();
  }
  function fresh() {
    if (repeats?.n) again++;
    cloud = new Float64Array(beads);
    normal = normals(randomBits((get("seed") + 2 ** 31) % 2 ** 32));
    refused = "";
    anew();
  }
  const home = () => at === route.length - 1 && route[at] === 0; // back from a way up and down
  const over = () => !record && repeats?.n === most && played > 1 && home();

  function walk(centre) {
    for (let k = 0; k < beads; k++) cloud[k] = trap.relax(cloud[k], centre, normal);
  }
  function step() {
    if (record) return heard(record.follow(now()));
    if (rest) rest--;
    else if (at < route.length - 1) at++;
    else if (repeats && !over()) {
      played++;
      if (!over()) follow(route.toReversed(), REST);
    }
    walk(route[at]);
    for (let k = 0; repeats && k < (repeats.n < SLOWLY ? 1 : TOGETHER); k++) repeats.pair();
  }

  // --- the hand
  function redraw() {
    scene.paint();
    report();
  }
  const jump = (from, to) => cloud.reduce((sum, x) => sum + trap.work(from, to, x), 0) / beads;
  const spentSoFar = () => cost + jump(record.centres.at(-1), record.place); // with the jump that waits for its tick
  /** The new ticks of the record: its beads follow. */
  function heard(centres) {
    let from = record.centres.at(-centres.length - 1);
    for (const centre of centres) {
      cost += jump(from, centre);
      walk(centre);
      from = centre;
    }
    if (record.done) finish();
    else if (record.late) putBack(`A pull of more than ${Math.round(ticks / rate)} s is put back to A.`);
  }
  function grasp() {
    if (record) return;
    record = new Record({ rate, end: top, most: ticks });
    refused = "";
    cost = 0;
    settle(0);
    if (!play.calm) play.run(true);
  }
  function move(height) {
    heard(record.move(height, now()));
    name();
    if (play.calm) redraw();
  }
  function putBack(words) {
    record = null;
    refused = words;
    follow(repeats ? get("centres") : [0]);
    name();
    redraw();
  }
  function finish() {
    const { centres } = record;
    pulled(centres, "by hand");
    // They are at B already, and go down first.
    played = 1;
    follow(centres.toReversed(), REST);
  }
  /** A pull takes the place of the last one, which is remembered. */
  function pulled(centres, by) {
    before = shown;
    record = null;
    refused = "";
    maker = by;
    news = false;
    play.update({ centres });
    if (!news) anew(); // the same pull once more
  }
  let news = false;
  const knob = handle({
    role: "slider",
    "aria-label": `height of the trap, ${NAME}`,
    "aria-orientation": "vertical",
    "aria-valuemin": 0,
    "aria-valuemax": top,
    onkeydown(event) {
      const { key } = event;
      if (key in BY) {
        grasp();
        move(record.place + BY[key]);
      } else if (key === "End") {
        grasp();
        move(top);
      } else if (key === "Home" || key === "Escape") {
        if (record) putBack("The trap is put back to A.");
      } else return;
      event.preventDefault();
    },
  }, {
    grab() {
      grasp();
      return { pull: record, place: record.place };
    },
    move({ pull, place }, _, down) {
      if (pull === record) move(place - down / drawn.perUnit); // else that pull is over
    },
    drop() {
      if (record && Number.isNaN(record.began)) putBack("");
    },
  });

  // --- controls
  const begin = (changes) => {
    before = null; // of another trap
    play.update(changes);
    if (!play.calm) play.run(true);
  };
  const machine = (duration) => {
    pace.show(placeOf(duration));
    pulled(ramp(top, Math.round(duration * rate)), "by machine");
    if (!play.calm) play.run(true);
  };
  const all = () => {
    while (repeats && repeats.n < most) repeats.pair();
  };
  const play = lab({
    place,
    name: NAME,
    keys: ["T", "weight", "centres"],
    fresh,
    step,
    paint: scene.paint,
    report,
    answer: ANSWER,
    rate: () => rate,
    over,
    undo: () => {
      again = 0;
      repeats = before = null;
      maker = "by program";
      pace.show(placeOf(usual));
    },
  });
  const heat = play.slider(
    "temperature T",
    [0, 30, 1],
    (k) => `T = ${TAt(k)}`,
    (k) => begin({ T: TAt(k) }),
    { colours },
  );
  const load = play.slider("weight", [0, heaviest, 0.05], (w) => fixed(w, 2), (weight) => begin({ weight }));
  const pace = play.slider(
    "machine’s pull",
    [0, placeOf(longest), 1],
    (k) => `${secondsAt(k)} s`,
    (k) => machine(secondsAt(k)),
  );
  // Where motion is not wanted the answer is there at once.
  const button = (words, seconds) =>
    play.button(words, () => {
      machine(seconds);
      if (play.calm) all();
    });
  for (const key of ["T", "weight", "centres"]) {
    play.on(key, () => {
      news = true;
      anew();
    });
  }
  maker = "by program";
  pace.show(placeOf(usual));

  return play.show(
    "thermo-work",
    box("thermo-wide thermo-dragged", scene.node, knob),
    box(
      "thermo-controls",
      pace.node,
      box("thermo-buttons", button("Pull fast", fast), button("Pull slowly", slow)),
      heat.node,
      load.node,
      box(
        "thermo-buttons",
        play.runs,
        play.stepping("One bead", () => repeats?.pair()),
        play.stepping(`${most} beads`, all),
        play.reset,
      ),
    ),
    box("", numbers.node, play.status),
  );
}

export default { render };
