// A trap that the reader pulls up, the beads in it, and the works that one pull costs forwards and backwards.
import { average, bar, jarzynski, ramp, Record, Repeats, Trap } from "./work.js";
import { lab } from "../kit/lab.js";
import { along, fixed, plural, rounded } from "../kit/numbers.js";
import { axes, line, picture, scale } from "../kit/picture.js";
import { normals, randomBits } from "../kit/random.js";
import { box, element, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

const NAME = "Work of a pull";
const LOW = -3, HIGH = 5.25; // of what is seen of the heights
const BINS = 40;
const SLOWLY = 128; // pairs that come one by one, so that the eye can follow
const TOGETHER = 8; // pairs a tick after that
const REST = 24; // ticks that the beads wait at each end
const ANSWER = 400; // ticks that answer a drag where nothing runs by itself
const GRIP = 22; // half the handle, in px
const BY = { ArrowUp: 0.25, ArrowRight: 0.25, ArrowDown: -0.25, ArrowLeft: -0.25, PageUp: 1, PageDown: -1 };
const GOLDEN = (Math.sqrt(5) - 1) / 2; // spreads the beads over the width

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

  let trap, law, repeats, again = 0, seconds = usual, maker = "", before = null, refused = "";
  let record = null; // the pull that the reader's hand is at
  let cloud, normal, route, at, rest, played; // the beads that are seen: where they go, and how far they are
  let cost = 0; // the mean work on them, of the pull that the hand is at

  // --- what is seen
  const half = () => {
    const least = law.dissipated + 4 * law.sd, power = 2 ** Math.ceil(Math.log2(Math.max(2, least)));
    return least < 0.75 * power ? 0.75 * power : power; // few of them, so that pulls can be compared
  };
  const trapNow = () => record ? record.place : route[at];
  let frame, gripped = "";
  const scene = picture((width) => Math.min(340, 0.35 * width + 180), (pen, { width, height, ink }) => {
    const wide = Math.min(200, 0.36 * width), bottom = height - 42;
    frame = { left: 20, right: wide, top: 18, bottom };
    heights(pen, ink);
    histograms(pen, ink, { left: wide + 22, right: width - 8, top: 84, bottom });
    grip();
  });

  const y = (x) => scale(LOW, HIGH, frame.bottom, frame.top)(x);
  function heights(pen, ink) {
    const { left, right, top: upper, bottom } = frame, centre = trapNow(), wide = right - left - 2 * GRIP;
    pen.textAlign = "right";
    pen.setLineDash([2, 4]);
    for (const [height, words] of [[0, "A"], [top, "B"]]) {
      line(pen, [[left, y(height)], [right, y(height)]]);
      pen.fillText(words, left - 6, y(height) + 4);
    }
    pen.setLineDash([]);
    pen.textAlign = "center";
    pen.fillText(`${beads} beads`, left + wide / 2, bottom + 18);
    pen.fillText("trap", right - GRIP, bottom + 18);
    pen.save();
    pen.beginPath();
    pen.rect(left, upper - 10, right - left, bottom - upper + 14);
    pen.clip();
    let sum = 0;
    pen.fillStyle = colour();
    pen.beginPath();
    cloud.forEach((x, k) => {
      const across = left + 4 + (wide - 8) * ((k + 1) * GOLDEN % 1);
      pen.moveTo(across + 3, y(x));
      pen.arc(across, y(x), 3, 0, 7);
      sum += x;
    });
    pen.fill();
    // The trap's height, the beads' mean, and the spring between them.
    const mean = sum / beads, middle = left + wide;
    pen.fillStyle = ink;
    pen.lineWidth = 3;
    line(pen, [[left, y(centre)], [right, y(centre)]]);
    pen.lineWidth = 1.5;
    line(pen, [[left, y(mean)], [middle, y(mean)]]);
    const turns = 12, spring = [[middle, y(mean)]];
    for (let k = 1; k < turns; k++) {
      spring.push([middle + (k % 2 ? 4 : -4), y(mean + (centre - mean) * k / turns)]);
    }
    line(pen, [...spring, [middle, y(centre)]]);
    // The handle waits at A while the machine pulls.
    const held = record ? centre : 0;
    pen.beginPath();
    pen.arc(right - GRIP, y(held), 11, 0, 7);
    pen.fill();
    pen.fillStyle = pen.strokeStyle = contrast(ink);
    pen.beginPath();
    for (const sign of [-1, 1]) {
      pen.moveTo(right - GRIP - 4, y(held) + 2.5 * sign);
      pen.lineTo(right - GRIP, y(held) + 7 * sign);
      pen.lineTo(right - GRIP + 4, y(held) + 2.5 * sign);
    }
    pen.fill();
    pen.strokeStyle = pen.fillStyle = ink;
    if (!record && !repeats) {
      pen.textAlign = "right";
      pen.fillText("pull up", right - 2 * GRIP - 6, y(1.8));
      arrow(pen, right - GRIP, y(0.9), y(2.7));
    }
    pen.restore();
  }
  const contrast = (ink) => {
    const [r, g, b] = ink.match(/[\d.]+/g).map(Number);
    return 0.3 * r + 0.6 * g + 0.1 * b > 128 ? "#000" : "#fff";
  };
  function arrow(pen, x, from, to) {
    pen.lineWidth = 2;
    line(pen, [[x, from], [x, to]]);
    line(pen, [[x - 5, to + 8], [x, to], [x + 5, to + 8]]);
  }

  function histograms(pen, ink, { left, right, top: upper, bottom }) {
    const deltaF = get("weight") * top, reach = half();
    const x = scale(deltaF - reach, deltaF + reach, left, right);
    const step = reach / 2, first = Math.ceil((deltaF - reach) / step - 1e-9);
    const ticks = [0, 1, 2, 3, 4].map((k) => (first + k) * step).filter((W) => W <= deltaF + reach + 1e-9);
    const peak = law.sd ? 1 / law.sd / Math.sqrt(2 * Math.PI) : 1, high = scale(0, 1.2 * peak, bottom, upper);
    pen.textAlign = "left";
    pen.fillStyle = colour();
    pen.fillRect(left, 7, 11, 11);
    pen.fillStyle = ink;
    pen.fillText("W, up", left + 16, 17);
    pen.strokeRect(left + 0.5, 24.5, 10, 10);
    pen.fillText("−W, down", left + 16, 34);
    axes(pen, {
      left,
      right,
      top: bottom,
      bottom,
      x: {
        at: x,
        ticks: ticks.map((W) => three(W)),
        name: record ? `mean W so far: ${fixed(cost, 1)}` : "work",
      },
      y: { at: high, ticks: [], name: "" },
    });
    pen.setLineDash([4, 4]);
    line(pen, [[x(deltaF), 24], [x(deltaF), bottom]]);
    pen.setLineDash([]);
    pen.textAlign = "center";
    pen.fillText("ΔF", x(deltaF), 17);
    if (record) {
      pen.fillRect(x(0), bottom - 10, Math.min(right, x(cost)) - x(0), 7);
    }
    if (!repeats) return;
    pen.globalAlpha = record ? 0.3 : 1; // of the pull before
    pen.save();
    pen.beginPath();
    pen.rect(left, 40, right - left, bottom - 40);
    pen.clip();
    // As high as all of them would be: they fill what is known exactly.
    const width = (right - left) / BINS, each = BINS / (2 * reach) / most;
    const outline = (works, sign) => {
      const counts = new Float64Array(BINS);
      for (const W of works) counts[Math.floor((sign * W - deltaF + reach) / (2 * reach) * BINS)]++;
      return Array.from(counts, (n, k) => [left + k * width, high(n * each)]);
    };
    pen.beginPath();
    pen.fillStyle = colour();
    pen.globalAlpha *= 0.75;
    for (const [a, b] of outline(repeats.forward, 1)) pen.rect(a, b, width, bottom - b);
    pen.fill();
    pen.globalAlpha /= 0.75;
    pen.lineWidth = 1.5;
    line(pen, outline(repeats.reverse, -1).flatMap(([a, b]) => [[a, b], [a + width, b]]));
    pen.lineWidth = 1;
    for (const side of [1, -1]) {
      const places = Array.from(
        { length: 81 },
        (_, k) => deltaF + side * law.dissipated + law.sd * (k / 10 - 4),
      );
      pen.setLineDash(side > 0 ? [] : [5, 3]);
      line(pen, places.map((W, k) => [x(W), high(peak * Math.exp(-((k / 10 - 4) ** 2) / 2))]));
    }
    pen.setLineDash([]);
    marks(pen, ink, x);
    pen.restore();
    pen.globalAlpha = 1;
  }

  // What the works say of ΔF: ▲ and ▼ by one direction alone, ● by both.
  function marks(pen, ink, x) {
    if (!found) return;
    const { up, down, both } = found;
    for (const [row, one, draw] of [[48, up, -1], [60, down, 1], [72, both, 0]]) {
      const place = x(one.mean);
      pen.fillStyle = ink;
      pen.lineWidth = 1.5;
      if (one.stderr) line(pen, [[x(one.mean - one.stderr), row], [x(one.mean + one.stderr), row]]);
      pen.beginPath();
      if (draw) {
        pen.moveTo(place - 4.5, row - 3.5 * draw);
        pen.lineTo(place + 4.5, row - 3.5 * draw);
        pen.lineTo(place, row + 3.5 * draw);
      } else pen.arc(place, row, 4, 0, 7);
      pen.fill();
    }
  }

  // The handle's button follows the ring; nothing is asked of the page.
  function grip() {
    const x = frame.right - 2 * GRIP, down = y(record?.place ?? 0) - GRIP;
    const style = `translate(${Math.round(x)}px, ${Math.round(down)}px)`;
    if (style !== gripped) handle.style.transform = gripped = style;
  }
  function name() {
    const height = record?.place ?? 0;
    handle.setAttribute("aria-valuenow", String(height));
    handle.setAttribute("aria-valuetext", `height ${fixed(height, 2)} of ${top}`);
  }

  const numbers = table(["", "this pull", "the pull before"], {
    pull: "pulled",
    up: "mean W up",
    down: "mean −W down",
    lost: "dissipated up",
    jarzynski: "▲ Jarzynski",
    reverse: "▼ reversed",
    both: "● BAR",
    exact: "exact ΔF",
  });

  let found = null, shown = null;
  function estimates() {
    const { forward, reverse, n } = repeats, T = get("T");
    if (!n) return null;
    const back = jarzynski(reverse, T);
    return {
      n,
      W: average(forward),
      back: opposite(average(reverse)),
      up: jarzynski(forward, T),
      down: { ...opposite(back), effective: back.effective },
      both: bar(forward, reverse, T),
      below: forward.reduce((k, W) => k + Number(W < law.deltaF), 0) / n,
    };
  }
  const opposite = ({ mean, stderr }) => ({ mean: -mean, stderr });

  function report() {
    const deltaF = get("weight") * top, told = rows(deltaF);
    for (const [key, words] of Object.entries(told)) numbers.show(key, words, before?.[key] ?? "—");
    shown = repeats?.n ? told : null;
    say(play.status, sentence());
    scene.say(picturesque(deltaF));
  }
  function rows(deltaF) {
    const none = Object.fromEntries(Object.keys(numbers.cells).map((key) => [key, ["—", "\u00a0"]]));
    const exact = [fixed(deltaF, 2), "weight × height"];
    if (!repeats) return { ...none, exact };
    const pull = [maker, `${fixed((get("centres").length - 1) / rate, 2)} s`];
    found = estimates();
    if (!found) return { ...none, pull, exact };
    const { W, back, up, down, both } = found;
    const value = (one) => rounded(one).join(" ").trim();
    const carried = (one) => [
      value(one),
      `${Number.isNaN(one.stderr) ? "no error: " : ""}worth ${
        fixed(one.effective, one.effective < 9.5 ? 1 : 0)
      }`,
    ];
    return {
      pull,
      up: [value(W), `exactly ${fixed(law.mean, 2)}`],
      down: [value(back), `exactly ${fixed(law.deltaF - law.dissipated, 2)}`],
      lost: [value({ mean: W.mean - deltaF, stderr: W.stderr }), `exactly ${fixed(law.dissipated, 2)}`],
      jarzynski: carried(up),
      reverse: carried(down),
      both: [value(both), Number.isNaN(both.stderr) ? "no error" : "both ways"],
      exact,
    };
  }
  function sentence() {
    if (record) {
      return `The trap is in your hand, at height ${fixed(record.place, 2)}: the pull ends at ${top}.`;
    }
    if (refused) return refused;
    if (!repeats) {
      return "Pull the trap from A up to B, by its handle or by the arrow keys; or let the machine pull.";
    }
    const { n } = repeats, many = n.toLocaleString("en");
    const pairs = `${plural(n, "bead")} up and ${many} down by this one pull and its reverse`;
    if (!n) return `${pairs}.`;
    return `${pairs}: works of other pulls are not mixed in. ${
      fixed(100 * found.below, 1)
    }\u00a0% of those up cost ` +
      "less than ΔF.";
  }
  function picturesque(deltaF) {
    if (!repeats?.n) {
      return `${beads} beads in a trap at height 0, and no works yet; exactly ΔF = ${fixed(deltaF, 2)}`;
    }
    const { n, W, back, both } = found;
    return `Histograms of the work on ${n} beads up, mean ${
      fixed(W.mean, 2)
    }, and of minus the work on as many ` +
      `down, mean ${fixed(back.mean, 2)}. They cross at ΔF: by BAR ${fixed(both.mean, 2)}, exactly ${
        fixed(deltaF, 2)
      }`;
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
  let held = null; // where the trap is, seen from the pointer that holds it
  /** The new ticks of the record: its beads follow. */
  function heard(centres) {
    let from = record.centres.at(-centres.length - 1);
    for (const centre of centres) {
      for (const x of cloud) cost += trap.work(from, centre, x) / beads;
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
    if (play.calm || !record) scene.paint();
  }
  function putBack(words) {
    record = held = null;
    refused = words;
    follow(repeats ? get("centres") : [0]);
    name();
  }
  function finish() {
    const { centres } = record;
    held = null;
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
  const handle = element("button", {
    type: "button",
    role: "slider",
    "aria-label": `height of the trap, ${NAME}`,
    "aria-orientation": "vertical",
    "aria-valuemin": 0,
    "aria-valuemax": top,
    onpointerdown(event) {
      if (event.button !== 0) return;
      grasp();
      held = { from: event.clientY, place: record.place, scale: (frame.bottom - frame.top) / (HIGH - LOW) };
      handle.setPointerCapture(event.pointerId);
    },
    onpointermove({ clientY }) {
      if (held && record) move(held.place + (held.from - clientY) / held.scale);
    },
    onpointerup: letGo,
    onpointercancel: letGo,
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
  });
  function letGo() {
    held = null;
    if (record && Number.isNaN(record.began)) putBack("");
  }

  // --- controls
  const begin = (changes) => {
    before = null; // of another trap
    play.update(changes);
    if (!play.calm) play.run(true);
  };
  const machine = (duration) => {
    seconds = duration;
    pace.show(placeOf(seconds));
    pulled(ramp(top, Math.max(1, Math.round(seconds * rate))), "by machine");
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
    fps: 60,
    undo: () => {
      again = 0;
      repeats = before = null;
      maker = "by program";
      seconds = usual;
      pace.show(placeOf(seconds));
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
  pace.show(placeOf(seconds));

  return play.show(
    "thermo-work",
    element("div", { class: "thermo-wide thermo-scene" }, scene.node, handle),
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
