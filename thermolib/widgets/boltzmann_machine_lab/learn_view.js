// A small machine learns the patterns that the reader draws, and everything about it is known exactly.
import { bound, Curve, drawn, Machine, Training } from "./machine.js";
import { chooser } from "../kit/chooser.js";
import { lab } from "../kit/lab.js";
import { fixed, plural } from "../kit/numbers.js";
import { axes, line, picture, scale } from "../kit/picture.js";
import { icon, mosaic, pixels } from "../kit/pixels.js";
import { randomBits } from "../kit/random.js";
import { box, element, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

const NAME = "Training of a Boltzmann machine";
const SPEED = 240; // updates a second
const ANSWER = 100; // updates that answer a drag where nothing runs by itself
const DREAMS = 16, IN_ROW = 8;
const METHODS = { cd: "CD-1", pcd: "PCD-1", exact: "exact gradient" };

const three = (x) => Number(x.toPrecision(3));
const percent = (p) => `${fixed(100 * p, p < 0.0995 ? 1 : 0)} %`;

/** @param {Place} place */
export function learnView(place) {
  const get = (key) => place.model.get(key), [colour] = get("colours");
  const { side, most, most_hidden: mostHidden, rates: [slowest, fastest], copies } = get("constants");
  const rateAt = (k) => Math.min(fastest, three(slowest * 10 ** (k / 20)));
  const placeOf = (rate) => 20 * Math.log10(rate / slowest);

  let machine,
    training,
    curve,
    updates,
    exact,
    uniform,
    numbersOfDreams,
    chosen = 0,
    again = 0,
    speed = SPEED;

  // --- what is seen
  const share = (v) => Math.exp(-machine.freeEnergy(v) - exact.logZ);
  const logLikelihood = ({ logZ } = machine.exact()) => {
    const patterns = get("patterns");
    return patterns.reduce((sum, v) => sum - machine.freeEnergy(v) - logZ, 0) / patterns.length;
  };
  const plot = picture((width) => Math.min(280, 0.75 * width), (pen, { width, height, ink }) => {
    const patterns = get("patterns"), highest = bound(patterns), coins = -side * side * Math.log(2);
    const frame = { left: 40, right: width - 24, top: 26, bottom: height - 42 };
    const end = Math.max(100, updates), low = 1.12 * coins, high = highest - 0.15 * coins;
    const x = scale(0, end, frame.left, frame.right), y = scale(low, high, frame.bottom, frame.top);
    const ticks = Array.from({ length: -Math.ceil(low) + 1 }, (_, k) => -k).filter((k) =>
      k < high && k % 2 === 0
    );
    axes(pen, {
      ...frame,
      x: { at: x, ticks: [[0, "0"], [end, end.toLocaleString("en")]], name: "updates" },
      y: { at: y, ticks, name: "mean ln p(v) of the patterns, exact" },
    });
    const limit = different(patterns) ? `−ln ${patterns.length}` : fixed(highest, 3);
    pen.textAlign = "right";
    for (const [value, words, away] of [[highest, `at best ${limit}`, -7], [coins, "fair coins", 16]]) {
      pen.setLineDash([5, 4]);
      line(pen, [[frame.left, y(value)], [frame.right, y(value)]]);
      pen.setLineDash([]);
      pen.fillText(words, frame.right, y(value) + away);
    }
    pen.save();
    pen.beginPath();
    pen.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
    pen.clip();
    Object.assign(pen, { strokeStyle: colour, fillStyle: ink, lineWidth: 2.5, lineJoin: "round" });
    exact = machine.exact();
    const points = [...curve.points, [updates, logLikelihood(exact)]];
    line(pen, points.map(([k, L]) => [x(k), y(L)]));
    pen.beginPath();
    pen.arc(x(updates), y(points.at(-1)[1]), 3.5, 0, 7);
    pen.fill();
    pen.restore();
  });
  const different = (patterns) => new Set(patterns.map(String)).size === patterns.length;
  const editor = pixels({
    name: "the chosen pattern",
    side,
    state: () => ({ on: get("patterns")[chosen], colour }),
    next: (k) => get("patterns")[chosen][k] ? "off" : "on",
    set: (k, brush) => {
      const patterns = get("patterns"), value = Number(brush === "on");
      if (patterns[chosen][k] === value) return;
      play.update({ patterns: patterns.with(chosen, patterns[chosen].with(k, value)) });
    },
    done: () => report(),
  });
  const dreams = picture((width) => DREAMS / IN_ROW * width / IN_ROW, (pen, { width, ink }) => {
    const edge = width / IN_ROW, size = edge - 10, known = new Set(get("patterns").map((v) => v.join("")));
    exact = machine.exact();
    numbersOfDreams.forEach((numbers, k) => {
      const on = drawn(exact, numbers),
        left = (k % IN_ROW) * edge + 5,
        top = Math.floor(k / IN_ROW) * edge + 2;
      mosaic(pen, { on, side, left, top, size, colour });
      pen.fillStyle = ink;
      if (known.has(on.join(""))) pen.fillRect(left, top + size + 2, size, 2);
    });
  });
  const numbers = table(["", "machine", "at best"], {
    likelihood: "mean ln p(v)",
    together: "probability of all patterns",
  });
  const list = box("thermo-buttons thermo-icons thermo-patterns");
  const icons = [];

  function paint() {
    plot.paint();
    dreams.paint();
  }

  function report() {
    const patterns = get("patterns"), highest = bound(patterns);
    exact = machine.exact();
    const L = logLikelihood(exact), each = Object.fromEntries(patterns.map((v) => [v.join(""), share(v)]));
    const together = Object.values(each).reduce((a, b) => a + b, 0);
    patterns.forEach((v, k) => {
      say(icons[k].share, percent(share(v)));
      icons[k].show(v);
      icons[k].button.setAttribute("aria-pressed", String(k === chosen));
      icons[k].button.setAttribute("aria-label", `pattern ${k + 1}, probability ${percent(share(v))}`);
    });
    numbers.show("likelihood", fixed(L, 4), [
      fixed(highest, 4),
      different(patterns) ? `−ln ${patterns.length}` : "some are equal",
    ]);
    numbers.show("together", percent(together), "100 %");
    const [method, rate] = [METHODS[get("method")], get("learning_rate")];
    const chains = get("method") === "exact" ? "all states summed" : plural(training.chains.n, "chain");
    const off = `${fixed(highest - L, 3)} nats below the best`;
    say(
      play.status,
      `${plural(updates, "update")}, now by ${method}, ${chains}, learning rate ${rate}: ${off}.`,
    );
    plot.say(
      `Exact mean log-likelihood of ${plural(patterns.length, "pattern")} after ${
        plural(updates, "update")
      }: ${fixed(L, 3)}, at best ${fixed(highest, 3)}`,
    );
    editor.paint();
    editor.say(`Pattern ${chosen + 1}, of ${side} by ${side} pixels`);
    const met = numbersOfDreams.filter((numbers) => drawn(exact, numbers).join("") in each).length;
    dreams.say(`${DREAMS} pictures drawn exactly from the machine: ${met} of them are patterns, underlined`);
  }

  // --- what happens
  function fresh() {
    const bits = randomBits(get("seed") + again);
    uniform = () => bits() / 2 ** 32;
    machine = Machine.random(side * side, get("hidden"), uniform);
    numbersOfDreams = Array.from(
      { length: DREAMS },
      () => Float64Array.from({ length: side * side + 1 }, uniform),
    );
    training = new Training(machine, get("patterns"), copies, uniform);
    learnt();
  }
  // What is asked of the machine is another thing now, and its curve begins anew.
  function learnt() {
    const patterns = get("patterns");
    chosen = Math.min(chosen, patterns.length - 1);
    if (training.patterns !== patterns) training.learn(patterns);
    while (icons.length > patterns.length) icons.pop().button.remove();
    while (icons.length < patterns.length) {
      const one = iconOf(icons.length);
      icons.push(one);
      list.append(one.button);
    }
    updates = 0;
    curve = new Curve();
    curve.push(0, logLikelihood);
    add.disabled = patterns.length === most;
    remove.disabled = patterns.length === 1;
    told();
  }
  function told() {
    units.show(get("hidden"));
    pace.show(placeOf(get("learning_rate")));
    method.select.value = get("method");
  }
  function iconOf(k) {
    const { node, show } = icon(get("patterns")[k], side), share = element("small");
    const button = play.button("", () => {
      chosen = k;
    });
    button.append(node, share);
    return { button, share, show };
  }
  function step() {
    training.step(get("method"), get("learning_rate"));
    curve.push(++updates, logLikelihood);
  }

  // --- controls
  const play = lab({
    place,
    name: NAME,
    keys: ["patterns", "method", "learning_rate", "hidden"],
    fresh,
    step,
    paint,
    report,
    answer: ANSWER,
    fps: 15,
    rate: () => speed,
    undo: () => {
      again = chosen = 0;
      speed = SPEED;
      speeds.select.value = String(SPEED);
    },
  });
  const pace = play.slider(
    "learning rate ε",
    [0, Math.round(placeOf(fastest)), 1],
    (k) => `ε = ${rateAt(k)}`,
    (k) => play.update({ learning_rate: rateAt(k) }),
  );
  const units = play.slider("hidden units", [1, mostHidden, 1], String, (hidden) => play.update({ hidden }));
  const method = chooser(
    "learning by",
    Object.entries(METHODS),
    get("method"),
    (method) => play.update({ method }),
  );
  const speeds = chooser(
    "speed",
    [[24, "24 updates a second"], [SPEED, `${SPEED} a second`], ["Infinity", "as fast as it goes"]],
    SPEED,
    (updates) => {
      speed = Number(updates);
    },
  );
  const add = play.button("Add pattern", () => {
    const patterns = get("patterns");
    if (patterns.length === most) return;
    chosen = patterns.length;
    play.update({ patterns: [...patterns, Array(side * side).fill(0)] });
  });
  const remove = play.button("Remove pattern", () => {
    const patterns = get("patterns");
    if (patterns.length > 1) play.update({ patterns: patterns.toSpliced(chosen, 1) });
  });
  const begin = play.button("Begin anew", () => {
    again++;
    fresh();
  });
  const redream = play.button("Other dreams", () => {
    for (const numbers of numbersOfDreams) numbers.forEach((_, k) => numbers[k] = uniform());
  });
  const many = () => {
    for (let k = 0; k < 1000; k++) step();
  };
  play.on("patterns", learnt);
  play.on("hidden", fresh);
  for (const key of ["method", "learning_rate"]) play.on(key, told);

  return play.show(
    "thermo-training",
    plot.node,
    box(
      "thermo-controls",
      pace.node,
      units.node,
      box("thermo-choices", method.node, speeds.node),
      box(
        "thermo-buttons",
        play.runs,
        play.stepping("Step", step),
        play.stepping("1000 steps", many),
        begin,
        play.reset,
      ),
    ),
    box(
      "thermo-drawing",
      editor.node,
      list,
      box("thermo-buttons", add, remove),
    ),
    box("thermo-controls", dreams.node, box("thermo-buttons", redream), box("", numbers.node, play.status)),
  );
}
