// A Gaussian in the reader's hand: what it costs in energy, what it gains in entropy, and how far it is from the best.
import { boltzmann, descend, ENERGIES, freeEnergy, gaussian } from "./free_energy.js";
import { chooser } from "../kit/chooser.js";
import { handle } from "../kit/drag.js";
import { lab } from "../kit/lab.js";
import { along, fixed, plural } from "../kit/numbers.js";
import { axes, line, picture, scale } from "../kit/picture.js";
import { box, element, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

const NAME = "A trial law and its free energy";
const SPEED = 12; // steps of the descent a second
const RATE = 0.3; // of the way that the natural gradient points
const LEFT = 34, RIGHT = 6, TOP = 22, BOTTOM = 40; // px around the curves
const PLACES = 240; // of the curves
const STEP = 0.05, FINE = 0.01; // of an arrow key, and of a hand, in x
const APART = 30; // px between the two knobs at least
const ENERGY = 12; // the energies that fit into the picture's height

const rounded = (x) => Number((Math.round(x / FINE) * FINE).toFixed(2));

/** @param {Place} place */
function render(place) {
  const get = (key) => place.model.get(key), colours = get("colours"), constants = get("constants");
  const { temperatures, exact, names, means, widths, edge } = constants;
  const last = temperatures.length - 1;
  const at = (T) => Math.round((T - temperatures[0]) / (temperatures[last] - temperatures[0]) * last);
  const colour = () => along(colours, at(get("T")) / last);
  const fit = (x, [least, most]) => Math.min(most, Math.max(least, x));
  const grid = Array.from({ length: PLACES + 1 }, (_, k) => edge * (2 * k / PLACES - 1));

  let q, E, F, U, steps, rests, held = false; // q is where it is now; the model knows where the reader put it
  let curves = { E: [], p: [], highest: 1, low: 0 };

  const now = () => freeEnergy(E, q, get("T"));

  // --- what is seen
  // The density that fits into the picture: of p, and of q where it is not too narrow.
  const high = () => Math.max(1.15 * curves.highest, Math.min(1.1 * gaussian(q)(q.mean), 2 * curves.highest));
  const knobs = (width, height) => { // in px, of the top of q and of its shoulder
    const x = scale(-edge, edge, LEFT, width - RIGHT),
      y = scale(0, high(), height - BOTTOM, TOP);
    const density = gaussian(q), down = (d) => Math.max(TOP, y(d));
    const top = [x(q.mean), down(density(q.mean))];
    const right = Math.min(width - RIGHT, Math.max(x(q.mean + q.width), top[0] + APART));
    return { top, side: [right, down(density(q.mean + q.width))], shoulder: x(q.mean + q.width) };
  };

  const tall = (width) => Math.min(320, 0.66 * width);
  const landscape = picture(tall, (pen, { width, height, ink }) => {
    const frame = { left: LEFT, right: width - RIGHT, top: TOP, bottom: height - BOTTOM };
    const x = scale(-edge, edge, frame.left, frame.right);
    const y = scale(0, high(), frame.bottom, frame.top);
    const energy = scale(curves.low, curves.low + ENERGY, frame.bottom - 8, frame.top);
    pen.save();
    pen.beginPath();
    pen.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
    pen.clip();
    pen.fillStyle = colour();
    pen.globalAlpha = 0.6;
    pen.beginPath();
    pen.moveTo(frame.left, frame.bottom);
    curves.p.forEach((p, k) => pen.lineTo(x(grid[k]), y(p)));
    pen.lineTo(frame.right, frame.bottom);
    pen.fill();
    pen.globalAlpha = 1;
    pen.setLineDash([5, 3]);
    line(pen, curves.E.map((one, k) => [x(grid[k]), energy(one)]));
    pen.setLineDash([]);
    pen.lineWidth = 2.5;
    const density = gaussian(q), reach = Math.max(4 * q.width, 0.1);
    line(
      pen,
      Array.from({ length: 121 }, (_, k) => q.mean + reach * (k / 60 - 1)).map((
        one,
      ) => [x(one), y(density(one))]),
    );
    pen.restore();
    const { top, side, shoulder } = knobs(width, height);
    pen.lineWidth = 1;
    line(pen, [[shoulder, side[1]], side]);
    for (const [a, b] of [top, side]) {
      pen.beginPath();
      pen.arc(a, b, 7, 0, 7);
      pen.fillStyle = "#fff";
      pen.fill();
      pen.lineWidth = 2.5;
      pen.stroke();
    }
    pen.lineWidth = 1;
    pen.fillStyle = ink;
    axes(pen, {
      ...frame,
      x: { at: x, ticks: [-4, -2, 0, 2, 4], name: "x" },
      y: { at: y, ticks: [0], name: "E dashed, p filled, q as a line" },
    });
  });

  const bars = picture((width) => Math.min(320, 0.56 * width), (pen, { width, height, ink }) => {
    const { U: mean, F: found } = now(), T = get("T");
    const frame = { left: LEFT + 8, right: width - RIGHT, top: TOP, bottom: height - 24 };
    const low = Math.min(0, F, U) - 0.7 * (1 + T), high = Math.max(0, F, U) + 1.8 * (1 + T);
    const scaled = scale(low, high, frame.bottom, frame.top);
    const y = (value) => fit(scaled(value), [frame.top, frame.bottom]);
    const wide = (frame.right - frame.left) / 3;
    const bar = (k, from, to, fill) => {
      const left = frame.left + (k + 0.2) * wide, a = y(from), b = y(to);
      pen.fillStyle = fill;
      pen.fillRect(left, Math.min(a, b), 0.6 * wide, Math.max(1.5, Math.abs(a - b)));
      pen.strokeRect(left, Math.min(a, b), 0.6 * wide, Math.max(1.5, Math.abs(a - b)));
      pen.fillStyle = ink;
    };
    pen.globalAlpha = 0.5;
    line(pen, [[frame.left, y(0)], [frame.right, y(0)]]);
    pen.globalAlpha = 1;
    bar(0, 0, mean, "transparent");
    bar(1, mean, found, colour());
    bar(2, found, F, ink);
    // From bar to bar the level goes on.
    for (const [k, level] of [[0, mean], [1, found]]) {
      line(pen, [[frame.left + (k + 0.8) * wide, y(level)], [frame.left + (k + 1.2) * wide, y(level)]]);
    }
    pen.setLineDash([5, 3]);
    line(pen, [[frame.left, y(F)], [frame.right, y(F)]]);
    pen.setLineDash([]);
    pen.textAlign = "center";
    ["U", "−TS", "gap T·KL"].forEach((words, k) => {
      pen.fillText(words, frame.left + (k + 0.5) * wide, frame.bottom + 18);
    });
    pen.textAlign = "right";
    for (const tick of ticks(low, high)) {
      line(pen, [[frame.left, y(tick)], [frame.left - 4, y(tick)]]);
      pen.fillText(String(tick).replace("-", "−"), frame.left - 8, y(tick) + 4);
    }
    line(pen, [[frame.left, frame.top], [frame.left, frame.bottom]]);
    pen.textAlign = "left";
    pen.fillText("0 → U → F[q] = U − TS; dashed: −T ln Z", 0, frame.top - 10);
  });
  const ticks = (low, high) => {
    const apart = high - low > 14 ? 4 : high - low > 6 ? 2 : 1, found = [];
    for (let tick = Math.ceil(low / apart) * apart; tick <= high; tick += apart) found.push(tick);
    return found;
  };

  const numbers = table(["", "q", "exact, of p"], {
    U: "energy U",
    TS: "T times entropy S",
    F: "F = U − TS",
    gap: "gap in F",
    KL: "KL(q‖p), nats",
  });

  function paint() {
    landscape.paint();
    bars.paint();
  }

  function report() {
    const T = get("T"), { U: mean, TS, F: found } = now(), gap = Math.max(0, found - F);
    numbers.show("U", fixed(mean, 3), fixed(U, 3));
    numbers.show("TS", fixed(TS, 3), fixed(U - F, 3));
    numbers.show("F", fixed(found, 3), [fixed(F, 3), "−T ln Z"]);
    numbers.show("gap", fixed(gap, 3), "0");
    numbers.show("KL", fixed(gap / T, 3), "0");
    const where = `q at ${fixed(q.mean, 2)} ± ${fixed(q.width, 2)}`;
    say(
      play.status,
      rests
        ? `After ${plural(steps, "step")} ${where} is at a minimum of F[q]: no small move lowers it.`
        : steps
        ? `${plural(steps, "step")} down: ${where}.`
        : `${where}, where you put it. Move it, or let it descend.`,
    );
    const words = `F is ${fixed(found, 2)}, ${fixed(gap, 2)} above −T ln Z`;
    landscape.say(
      `Landscape with ${names[get("landscape")]} at T = ${
        T.toFixed(2)
      }, Boltzmann's law and ${where}: ${words}`,
    );
    bars.say(`Bars: U ${fixed(mean, 2)}, −TS ${fixed(-TS, 2)}; ${words}`);
    placed();
    middle.show(q.mean);
    spread.show(q.width);
  }

  // --- the knobs under the hand
  const knob = (words, value, move) =>
    handle({ "aria-label": `${words}, ${NAME}` }, {
      grab() {
        held = true;
        return value();
      },
      move: (from, right, _, { width }) => move(from + right / (width - LEFT - RIGHT) * 2 * edge),
      drop: () => held = false,
      arrows: (right, up) => move(value() + STEP * (right + up)),
    });
  const put = (changes) => play.update({ mean: rounded(q.mean), width: rounded(q.width), ...changes });
  const top = knob("top of q", () => q.mean, (x) => put({ mean: fit(rounded(x), means) }));
  const side = knob("shoulder of q", () => q.width, (x) => put({ width: fit(rounded(x), widths) }));
  const hand = element(
    "div",
    { class: "thermo-dragged", role: "group", "aria-label": "the trial law q" },
    landscape.node,
    top,
    side,
  );
  function placed() {
    const width = landscape.node.clientWidth;
    if (!width) return;
    const at = knobs(width, tall(width));
    top.style.cssText = `left: ${at.top[0]}px; top: ${at.top[1]}px`;
    side.style.cssText = `left: ${at.side[0]}px; top: ${at.side[1]}px`;
  }
  new ResizeObserver(placed).observe(landscape.node);

  // --- what happens
  function fresh() {
    const T = get("T"), name = get("landscape"), k = at(T);
    q = { mean: get("mean"), width: get("width") };
    E = ENERGIES[name];
    F = exact[name].F[k];
    U = exact[name].U[k];
    const energies = grid.map(E), p = grid.map(boltzmann(E, T, F));
    curves = { E: energies, p, low: Math.min(...energies), highest: Math.max(...p) };
    steps = 0;
    rests = false;
    heat.show(k);
    which.select.value = name;
  }
  function step() {
    if (held) return;
    const { q: next, moved } = descend(E, q, get("T"), RATE, { means, widths });
    if (moved) steps++;
    else rests = true;
    q = next;
  }
  // The temperature and the landscape change beneath q, which stays where it is.
  function beneath() {
    const { mean, width } = q;
    fresh();
    q = { mean, width };
  }

  // --- controls
  const play = lab({
    place,
    name: NAME,
    keys: ["landscape", "T", "mean", "width"],
    fresh,
    step,
    paint,
    report,
    verb: "Descend",
    waits: true,
    over: () => rests,
    rate: () => SPEED,
  });
  const heat = play.slider(
    "temperature T",
    [0, last, 1],
    (k) => `T = ${temperatures[k].toFixed(2)}`,
    (k) => play.update({ T: temperatures[k] }),
    { colours },
  );
  const middle = play.slider(
    "mean of q",
    [...means, STEP],
    (x) => `μ = ${fixed(x, 2)}`,
    (x) => put({ mean: x }),
  );
  const spread = play.slider(
    "width of q",
    [...widths, STEP],
    (x) => `σ = ${fixed(x, 2)}`,
    (x) => put({ width: x }),
  );
  const which = chooser(
    "landscape",
    Object.entries(names),
    get("landscape"),
    (name) => play.update({ landscape: name }),
  );
  for (const key of ["mean", "width"]) play.on(key, fresh);
  for (const key of ["T", "landscape"]) play.on(key, beneath);

  return play.show(
    "thermo-free-energy",
    hand,
    bars.node,
    box(
      "thermo-controls",
      heat.node,
      middle.node,
      spread.node,
      which.node,
      box("thermo-buttons", play.runs, play.stepping("Step", step), play.reset),
    ),
    box("", numbers.node, play.status),
  );
}

export default { render };
