// Error bars put to the test: many short runs by two moves, and how far their means lie from the exact energy.
import { meanAndErrors, Runner, Spread } from "./errors.js";
import { chooser } from "../kit/chooser.js";
import { lab } from "../kit/lab.js";
import { along, fixed, plural } from "../kit/numbers.js";
import { axes, line, picture, scale } from "../kit/picture.js";
import { box, element } from "../kit/slider.js";
import { table } from "../kit/table.js";

const LIMIT = 8, BINS = 32; // of the histograms of z: bins half an error wide
const SPEED = 10; // runs a second
const MANY = 20; // runs at one press of a button
const PARTS = 50; // of a run: a frame has no time for a whole one
const MOVES = { metropolis: "Metropolis", wolff: "Wolff" };

const normal = (z) => Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);

function render(place) {
  const { model } = place, get = (key) => model.get(key);
  const colours = get("colours"), { temperatures, exact, lengths, side } = get("constants");
  const last = temperatures.length - 1;
  const at = (T) => Math.round(((T - temperatures[0]) / (temperatures[last] - temperatures[0])) * last);
  const colour = () => along(colours, at(get("T")) / last);

  let runners, seen, speed = SPEED, underWay = null; // a run of each move

  // --- what is seen
  function histogram(move) {
    return picture((width) => Math.min(250, 0.62 * width), (pen, { width, height, ink }) => {
      const frame = { left: 34, right: width - 6, top: 22, bottom: height - 40 };
      const x = scale(-LIMIT, LIMIT, frame.left, frame.right);
      const y = scale(0, 0.5, frame.bottom, frame.top), wide = 2 * LIMIT / BINS;
      const { naive, honest } = seen[move];
      const steps = (spread) =>
        [...spread.density].flatMap((d, k) => {
          const left = -LIMIT + k * wide, top = y(Math.min(d, 0.5));
          return [[x(left), top], [x(left + wide), top]];
        });
      if (honest.n > 0) {
        pen.fillStyle = colour();
        const wanted = [[x(-LIMIT), y(0)], ...steps(honest), [x(LIMIT), y(0)]];
        pen.beginPath();
        wanted.forEach(([a, b]) => pen.lineTo(a, b));
        pen.fill();
        pen.lineWidth = 1.5;
        line(pen, steps(naive));
        pen.lineWidth = 1;
      }
      pen.fillStyle = ink;
      pen.setLineDash([5, 3]);
      pen.lineWidth = 2;
      line(pen, Array.from({ length: 161 }, (_, k) => [x(k / 10 - LIMIT), y(normal(k / 10 - LIMIT))]));
      pen.setLineDash([]);
      pen.lineWidth = 1;
      axes(pen, {
        ...frame,
        x: { at: x, ticks: [-8, -4, 0, 4, 8], name: "z = (mean − exact)/error" },
        y: { at: y, ticks: [0, 0.2, 0.4], name: MOVES[move] },
      });
      if (move !== "metropolis") return;
      const key = (row, words, draw) => {
        const top = frame.top + 8 + 18 * row;
        pen.fillStyle = ink;
        pen.textAlign = "left";
        pen.fillText(words, frame.left + 40, top + 4);
        draw(top);
      };
      key(0, "error with τ", (top) => {
        pen.fillStyle = colour();
        pen.fillRect(frame.left + 10, top - 5, 24, 10);
      });
      const stroke = (top) => line(pen, [[frame.left + 10, top], [frame.left + 34, top]]);
      key(1, "naive error", (top) => {
        pen.lineWidth = 1.5;
        stroke(top);
      });
      key(2, "normal", (top) => {
        pen.lineWidth = 2;
        pen.setLineDash([5, 3]);
        stroke(top);
        pen.setLineDash([]);
      });
    });
  }
  const pictures = { metropolis: histogram("metropolis"), wolff: histogram("wolff") };
  const numbers = table(["", ...Object.values(MOVES)], {
    tau: element("span", {}, "mean τ", element("small", {}, "autocorrelation time")),
    naive: "r.m.s. z, naive",
    honest: "r.m.s. z, with τ",
    within: "|z| < 1, with τ",
  });

  const each = (words) => Object.keys(MOVES).map((move) => (seen[move].honest.n ? words(seen[move]) : "…"));

  function report() {
    numbers.show(
      "tau",
      ...each(({ tau, honest }) => fixed(tau / honest.n, 1)).map((words, k) => [
        words,
        k ? "clusters" : "sweeps",
      ]),
    );
    numbers.show("naive", ...each(({ naive }) => fixed(naive.rms, 2)));
    numbers.show("honest", ...each(({ honest }) => fixed(honest.rms, 2)));
    numbers.show("within", ...each(({ honest }) => `${fixed(100 * honest.within / honest.n, 0)} %`));
    for (const [move, name] of Object.entries(MOVES)) {
      const { naive, honest } = seen[move];
      const found = honest.n
        ? `r.m.s. z ${fixed(naive.rms, 1)} with naive errors, ${fixed(honest.rms, 1)} with τ`
        : "no run yet";
      pictures[move].say(
        `${name} at T = ${get("T").toFixed(2)}: histograms of z after ${
          plural(honest.n, "run")
        }, beside the normal curve: ${found}`,
      );
    }
    play.status.textContent = `${plural(seen.wolff.honest.n, "run")} of each move, of ${
      get("length").toLocaleString("en")
    } sweeps or clusters. Right error bars give 1 for r.m.s. z, and 68 % for |z|\u00a0<\u00a01.`;
  }

  // --- what happens
  function anew() {
    underWay = null;
    seen = Object.fromEntries(
      Object.keys(MOVES).map((move) => [
        move,
        { naive: new Spread(LIMIT, BINS), honest: new Spread(LIMIT, BINS), tau: 0 },
      ]),
    );
    heat.show(at(get("T")));
    long.select.value = String(get("length"));
  }
  function fresh() {
    runners = Object.fromEntries(
      Object.keys(MOVES).map((move, k) => [move, new Runner(side, 2 * get("seed") + k)]),
    );
    anew();
  }
  // A part of a run of each move; after the last of them the run counts.
  function step() {
    const T = get("T"), n = get("length");
    underWay ??= Object.keys(MOVES).map((move) => runners[move].inParts(T, move, n, n / PARTS));
    const parts = underWay.map((run) => run.next());
    if (!parts.every(({ done }) => done)) return false;
    underWay = null;
    Object.values(seen).forEach((found, k) => {
      const { mean, naive, honest, tau } = meanAndErrors(parts[k].value);
      const off = mean - exact[at(T)];
      found.naive.push(off / naive);
      found.honest.push(off / honest);
      found.tau += tau;
    });
    return true;
  }
  function oneRun() {
    while (!step()) continue;
  }

  // --- controls
  const play = lab({
    place,
    name: "Errors one can watch",
    keys: ["T", "length"],
    fresh,
    step,
    report,
    answer: (MANY - 1) * PARTS,
    rate: () => speed * PARTS,
    paint: () => Object.values(pictures).forEach((one) => one.paint()),
    undo: () => {
      speed = SPEED;
      speeds.select.value = String(SPEED);
    },
  });
  const heat = play.slider(
    "temperature T",
    [0, last, 1],
    (k) => `T = ${temperatures[k].toFixed(2)}`,
    (k) => play.update({ T: temperatures[k] }),
    { colours },
  );
  const long = chooser(
    "length of a run",
    lengths.map((n) => [n, `${n.toLocaleString("en")} values`]),
    get("length"),
    (n) => play.update({ length: Number(n) }),
  );
  const speeds = chooser(
    "speed",
    [[2, "2 runs a second"], [SPEED, `${SPEED} a second`], ["Infinity", "as fast as it goes"]],
    SPEED,
    (runs) => {
      speed = Number(runs);
    },
  );
  for (const key of ["T", "length"]) {
    play.on(key, () => {
      anew();
      if (play.calm) oneRun(); // of the answer at least one, however long it takes
    });
  }
  const many = () => {
    for (let k = 0; k < MANY; k++) oneRun();
  };
  return play.show(
    "thermo-errors",
    pictures.metropolis.node,
    pictures.wolff.node,
    box(
      "thermo-controls",
      heat.node,
      box(
        "thermo-buttons",
        play.runs,
        play.stepping("One run", oneRun),
        play.stepping(`${MANY} runs`, many),
        play.reset,
      ),
      box("thermo-choices", long.node, speeds.node),
    ),
    box("", numbers.node, play.status),
  );
}

export default { render };
