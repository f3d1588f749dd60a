// Mean field alive: where m meets its own response, f(m) with the state on it, the law at N, and m as the field moves.
import {
  averages,
  Drive,
  fieldAt,
  freeEnergy,
  law,
  lowest,
  Magnet,
  response,
  roots,
  spinodal,
} from "./mean_field.js";
import { ground, layout, moving } from "./drawing.js";
import { chooser } from "../kit/chooser.js";
import { stroke } from "../kit/drag.js";
import { lab } from "../kit/lab.js";
import { along, fixed, plural } from "../kit/numbers.js";
import { picture, underlay } from "../kit/picture.js";
import { randomBits } from "../kit/random.js";
import { box, element, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

const NAME = "Spins that feel their average";
const RATE = 60; // ticks a second
const TICKS = 4; // at each field while it runs
const ANSWER = 60; // ticks that answer a drag where nothing runs by itself
const PLACES = 100; // of the curves, to each side of 0
const HINT = "Drag along a strip to move the ball, along the last picture to move h.";

/** @param {Place} place */
function render(place) {
  const get = (key) => place.model.get(key), colours = get("colours"), constants = get("constants");
  const { temperatures: [coldest, hottest, degree], edge, step: apart, sizes, paces } = constants;
  const most = Math.round(edge / apart);
  const fit = (x, least, most) => Math.min(most, Math.max(least, x));
  const hundredth = (x) => Number(x.toFixed(2));
  const places = Array.from({ length: 2 * PLACES + 1 }, (_, k) => k / PLACES - 1);
  const steps = Array.from({ length: 2 * most + 1 }, (_, k) => hundredth((k - most) * apart));
  const bends = places.map((x) => 6 * x); // u of the curve h(tanh u)

  let magnet, bits, pace = paces[0];
  let drive = null, driving = false, ticks = 0; // the field that runs
  let held = false; // the ball, in the reader's hand
  let touched = false; // the picture, ever
  let visits, sweeps; // of each state, since something was changed
  let now, mean, sweep; // what is drawn: at T and h, and for all h
  let changes = 0; // of it

  // --- what happens
  /** What the pictures show at this field: the model's, but for a field that runs. */
  function at(h) {
    const T = get("T"), N = get("N"), p = law(N, T, h);
    now = { T, h, N };
    changes++;
    magnet.setPoint(T, h);
    mean = {
      f: places.map((m) => freeEnergy(m, T, h)),
      responses: places.map((m) => response(m, T, h)),
      roots: roots(T, h).map((one) => ({ ...one, f: freeEnergy(one.m, T, h) })),
      p,
      peak: p.reduce((a, b) => Math.max(a, b)),
      exact: averages(p),
    };
    forget();
  }
  function forget() {
    visits = new Float64Array(get("N") + 1);
    sweeps = 0;
  }
  /** T and N may be new: what was drawn of a sweep is of another magnet. */
  function anew() {
    const T = get("T"), N = get("N");
    if (magnet.N !== N) {
      const { m } = magnet;
      magnet = new Magnet(N, bits);
      magnet.put(m);
    }
    const rising = steps.slice(most).map((h) => [h, averages(law(N, T, h)).m]); // the other side is its mirror
    sweep = {
      spinodal: spinodal(T),
      curve: bends.map((u) => [fieldAt(u, T), Math.tanh(u)]),
      exact: [...rising.map(([h, m]) => [-h, -m]).reverse(), ...rising],
    };
    if (drive) drive = new Drive(most, drive.at);
    heat.show(T);
    count.show(sizes.indexOf(N));
    at(driving ? now.h : get("h"));
  }
  function fresh() {
    bits = randomBits(get("seed"));
    magnet = new Magnet(get("N"), bits);
    magnet.put(get("m"));
    drive = null;
    driving = false;
    anew();
    turned();
  }
  function step() {
    if (held) return;
    for (let k = 0; k < pace / RATE; k++) {
      magnet.sweep();
      visits[magnet.n]++;
      sweeps++;
    }
    if (!driving || ++ticks < TICKS) return;
    ticks = 0;
    drive.go(magnet.m);
    at(steps[drive.at + most]);
  }
  function put(m) {
    const before = held;
    held = true; // it stays where it is put, also where a drag is answered by steps
    magnet.put(m);
    forget();
    play.update({ m: Number(magnet.m.toFixed(3)) });
    held = before;
  }
  function tune(h) {
    halt();
    play.update({ h: hundredth(h) });
    if (now.h !== get("h")) at(get("h")); // the field ran, and is put back to where it began
  }

  // --- the field runs
  function halt() {
    driving = false;
    turned();
  }
  function toggle() {
    if (driving) {
      halt();
      return play.update({ h: now.h });
    }
    drive = new Drive(most, Math.round(now.h / apart));
    driving = true;
    ticks = 0;
    if (!play.calm) play.run(true);
    else { // a whole loop at once, whatever another finger holds
      held = false;
      while (Number.isNaN(drive.area)) step();
      tune(get("h"));
    }
    turned();
  }
  const turned = () => say(loops, driving ? "Stop the sweep" : "Sweep h");

  // --- what is seen
  const stays = underlay();
  const scene = picture((width) => layout(width).height, (pen, { width, ink }) => {
    const { m } = magnet, { T, h } = now, frames = layout(width);
    const state = { ink, colour: colour(), edge, places, steps, drive, m, ...now, ...mean, ...sweep };
    stays(pen, [width, changes], (under) => ground(under, frames, state));
    const since = { visits, sweeps: driving ? 0 : sweeps };
    moving(pen, frames, { ...state, ...since, answer: response(m, T, h), f_m: freeEnergy(m, T, h) });
  });
  const colour = () => along(colours, (get("T") - coldest) / (hottest - coldest));

  const numbers = table(["", "m", "|m|"], {
    now: "at this moment",
    far: "mean so far",
    exact: "exact mean",
    limit: "lowest f (N → ∞)",
  });
  function report() {
    const { T, h, N } = now, { m } = magnet, far = averages(visits), low = lowest(T, h);
    const both = low.length > 1 ? `±${fixed(low[1], 3)}` : fixed(low[0], 3);
    const over = driving ? "the field runs" : plural(sweeps, "sweep");
    numbers.show("now", fixed(m, 3), fixed(Math.abs(m), 3));
    numbers.show(
      "far",
      ...(sweeps && !driving ? [[fixed(far.m, 3), over], fixed(far.size, 3)] : [["—", over], "—"]),
    );
    numbers.show("exact", fixed(mean.exact.m, 3), fixed(mean.exact.size, 3));
    numbers.show("limit", both, fixed(Math.abs(low[0]), 3));
    field.show(h);
    for (const [node, value] of [[hands.m, m], [hands.h, h]]) {
      node.setAttribute("aria-valuenow", value.toFixed(2));
      node.setAttribute("aria-valuetext", fixed(value, 2));
    }
    say(play.status, `${driving ? running() : resting()} ${drive || touched ? spent() : HINT}`);
    scene.say(`${N} spins at T = ${fixed(T, 2)}, h = ${fixed(h, 2)}: m is ${fixed(m, 2)}; ${minima()}`);
  }
  function minima() {
    const stable = mean.roots.filter((one) => one.stable).map((one) => fixed(one.m, 2));
    return stable.length > 1
      ? `f has two minima, at m = ${stable.join(" and ")}`
      : `f has one minimum, at m = ${stable[0]}`;
  }
  function resting() {
    const top = mean.roots.find((one) => !one.stable);
    if (!top) return `${minima()}.`;
    const own = mean.roots.find((one) => one.stable && (one.m < top.m) === (magnet.m < top.m));
    const rise = top.f - own.f, steep = now.N * rise / now.T;
    return `${minima()}. From ${fixed(own.m, 2)} it is Δf = ${fixed(rise, 3)} up to the top: NΔf/T = ${
      fixed(steep, 1)
    }.`;
  }
  function running() {
    const { spinodal } = sweep;
    return `The field runs ${drive.way > 0 ? "up" : "down"}. ${
      spinodal ? `One of the minima ends at h = ±${fixed(spinodal, 3)}.` : "f has one minimum."
    }`;
  }
  function spent() {
    const area = drive ? drive.area * apart : NaN;
    return Number.isNaN(area) ? "" : `The loop encloses ${fixed(area, 3)}: work per spin, turned into heat.`;
  }

  // --- under the hand
  /** A button over a plot: along it `to` is told where, from `least` to `most`; by(): the way of an arrow key. */
  const hand = (words, [least, most], by, value, to) => {
    const there = ({ offsetX }) => to(fit(least + (most - least) * offsetX / node.clientWidth, least, most));
    const node = element("button", {
      type: "button",
      role: "slider",
      "aria-label": `${words}, ${NAME}`,
      "aria-orientation": "horizontal",
      "aria-valuemin": least,
      "aria-valuemax": most,
      ...stroke({
        move(event) {
          touched = true;
          held = to === put;
          there(event);
          redraw();
        },
        drop: () => held = false,
      }),
      onkeydown(event) {
        const { key } = event, x = value(), way = by();
        const next = {
          ArrowLeft: x - way,
          ArrowDown: x - way,
          ArrowRight: x + way,
          ArrowUp: x + way,
          PageDown: x - 10 * way,
          PageUp: x + 10 * way,
          Home: least,
          End: most,
        }[key];
        if (next === undefined) return;
        touched = true;
        to(fit(next, least, most));
        redraw();
        event.preventDefault();
      },
    });
    return node;
  };
  const redraw = () => {
    scene.paint();
    report();
  };
  const hands = {
    m: hand("the state m", [-1, 1], () => Math.max(2 / now.N, 0.02), () => magnet.m, put),
    h: hand("the field h in the picture", [-edge, edge], () => apart, () => now.h, tune),
  };
  const all = box("thermo-wide thermo-dragged", scene.node, hands.m, hands.h);
  new ResizeObserver(() => {
    const { strips: [first, , last], loop } = layout(scene.node.clientWidth);
    const over = (node, { left, right, top, bottom }) => {
      node.style.cssText = `left: ${left}px; top: ${top}px; width: ${right - left}px; height: ${
        bottom - top
      }px`;
    };
    over(hands.m, { ...first, bottom: last.bottom });
    over(hands.h, loop);
  }).observe(scene.node);

  // --- controls
  const play = lab({
    place,
    name: NAME,
    keys: ["T", "h", "N", "m"],
    fresh,
    step,
    paint: scene.paint,
    report,
    answer: ANSWER,
    rate: () => RATE,
    undo: () => {
      pace = paces[0];
      speeds.select.value = String(pace);
    },
  });
  const heat = play.slider(
    "temperature T",
    [coldest, hottest, degree],
    (T) => `T = ${T.toFixed(2)}`,
    (T) => play.update({ T: hundredth(T) }),
    { colours, mark: { value: 1, name: element("span", {}, "T", element("sub", {}, "c")) } },
  );
  const field = play.slider("field h", [-edge, edge, apart], (h) => `h = ${fixed(h, 2)}`, tune);
  const count = play.slider(
    "number of spins N",
    [0, sizes.length - 1, 1],
    (k) => `N = ${sizes[k].toLocaleString("en")}`,
    (k) => play.update({ N: sizes[k] }),
  );
  const speeds = chooser(
    "pace",
    paces.map((sweeps) => [sweeps, `${plural(sweeps, "sweep")} a second`]),
    pace,
    (sweeps) => {
      pace = Number(sweeps);
      if (drive) drive = new Drive(most, drive.at);
    },
  );
  const loops = play.button("Sweep h", toggle);
  for (const key of ["T", "N"]) play.on(key, anew);
  play.on("h", () => {
    halt();
    at(get("h"));
  });
  play.on("m", () => {
    magnet.put(get("m"));
    forget();
  });

  return play.show(
    "thermo-mean-field",
    all,
    box(
      "thermo-controls",
      heat.node,
      field.node,
      count.node,
      box("thermo-buttons", play.runs, loops, play.stepping("Step", step), play.reset),
      speeds.node,
    ),
    box("", numbers.node, play.status),
  );
}

export default { render };
