// The pictures of the magnet: three strips over the same m, and m against the field.
import { fixed } from "../kit/numbers.js";
import { axes, line, scale } from "../kit/picture.js";

const LEFT = 48, RIGHT = 10, TOP = 22; // px around the plots
const GROUPS = 41; // of states, in the line of what was so far

/** Of a picture so wide: its height, the strips' frames and the loop's. */
export function layout(width) {
  const wide = width >= 640, tall = wide ? 106 : 76, apart = wide ? 30 : 26;
  const right = wide ? Math.round(0.55 * width) : width - RIGHT;
  const strips = [0, 1, 2].map((k) => {
    const top = TOP + k * (tall + apart);
    return { left: LEFT, right, top, bottom: top + tall };
  });
  const { bottom } = strips[2];
  const loop = wide
    ? { left: right + 58, right: width - RIGHT, top: TOP, bottom }
    : { left: LEFT, right, top: bottom + 48, bottom: bottom + 48 + 116 };
  return { strips, loop, height: loop.bottom + 42 };
}

const dot = (pen, x, y, radius) => {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
};

/** What may reach over its frame by `slack` px and no farther. */
function within(pen, { left, right, top, bottom }, slack, draw) {
  pen.save();
  pen.beginPath();
  pen.rect(left - slack, top - slack, right - left + 2 * slack, bottom - top + 2 * slack);
  pen.clip();
  draw();
  pen.restore();
}

/** The share of the sweeps spent in a state, [n, share], of neighbours together where there are many; none before the first. */
function shares(visits, sweeps) {
  const together = Math.ceil(visits.length / GROUPS), found = [];
  for (let n = 0; sweeps && n < visits.length; n += together) {
    const some = visits.subarray(n, n + together);
    found.push([n + (some.length - 1) / 2, some.reduce((a, b) => a + b) / some.length / sweeps]);
  }
  return found;
}

/**
 * The crossing, f(m) and P(m). places: the m of f and responses. roots: { m, f, stable }. p, visits: of n spins up; peak: the
 * highest p. m, n: where the state is; answer: the response to it.
 */
export function strips(pen, { strips: frames }, state) {
  const { ink, colour, N, m, n, answer, places, roots, p, peak, visits, sweeps, responses, f } = state;
  const [crossing, energies, laws] = frames, x = scale(-1, 1, crossing.left, crossing.right);
  const low = f.reduce((a, b) => Math.min(a, b)), high = f.reduce((a, b) => Math.max(a, b));
  const spent = shares(visits, sweeps), most = spent.reduce((a, [, share]) => Math.max(a, share), 0);
  const [atCrossing, atEnergy, atLaw] = [
    scale(-1, 1, crossing.bottom, crossing.top),
    scale(low, high, energies.bottom - 10, energies.top + 6),
    scale(0, 1.05 * Math.max(peak, Math.min(2 * peak, most)), laws.bottom, laws.top),
  ];
  const named = [
    ["y = m and y = tanh((m + h)/T)", [-1, 0, 1]],
    ["free energy per spin f(m)", [[low, fixed(low, 2)], [high, fixed(high, 2)]]],
    [`P(m), ${N} spins: exact filled, so far a line`, [0]],
  ];
  // The roots, through all three.
  pen.globalAlpha = 0.35;
  pen.setLineDash([2, 4]);
  for (const { m } of roots) line(pen, [[x(m), crossing.top], [x(m), laws.bottom]]);
  pen.setLineDash([]);
  pen.globalAlpha = 1;
  frames.forEach((frame, k) => {
    const [name, ticks] = named[k];
    axes(pen, {
      ...frame,
      x: { at: x, ticks: k === 2 ? [-1, [-0.5, "−0.5"], 0, [0.5, "0.5"], 1] : [], name: "" },
      y: { at: [atCrossing, atEnergy, atLaw][k], ticks, name: "" },
    });
    pen.fillText(name, frame.left, frame.top - 8);
  });
  within(pen, laws, 2, () => {
    const y = atLaw, width = (laws.right - laws.left) / N;
    pen.fillStyle = colour;
    pen.globalAlpha = 0.7;
    pen.beginPath();
    pen.moveTo(x(-1) - width / 2, y(0));
    p.forEach((one, k) => {
      const middle = laws.left + k * width;
      pen.lineTo(middle - width / 2, y(one));
      pen.lineTo(middle + width / 2, y(one));
    });
    pen.lineTo(x(1) + width / 2, y(0));
    pen.fill();
    pen.globalAlpha = 1;
    line(pen, spent.map(([k, share]) => [laws.left + k * width, y(share)]));
  });
  within(pen, crossing, 7, () => {
    const y = atCrossing;
    line(pen, [[x(-1), y(-1)], [x(1), y(1)]]);
    pen.strokeStyle = colour;
    pen.lineWidth = 2.5;
    line(pen, responses.map((one, k) => [x(places[k]), y(one)]));
    pen.strokeStyle = ink;
    // The pull on the average: from what it is to what it would be next.
    pen.lineWidth = 4;
    line(pen, [[x(m), y(m)], [x(m), y(answer)]]);
    pen.lineWidth = 1.5;
    for (const one of roots) {
      dot(pen, x(one.m), y(one.m), 4);
      if (one.stable) pen.fill();
      pen.stroke();
    }
  });
  within(pen, energies, 7, () => {
    const y = atEnergy;
    pen.lineWidth = 2;
    line(pen, f.map((one, k) => [x(places[k]), y(one)]));
    const k = (m + 1) / 2 * (f.length - 1), below = Math.min(f.length - 2, Math.floor(k));
    const height = f[below] + (k - below) * (f[below + 1] - f[below]);
    dot(pen, x(m), y(height) - 7, 6);
    pen.fillStyle = colour;
    pen.fill();
    pen.stroke();
  });
  pen.lineWidth = 1;
  pen.fillStyle = ink;
  pen.beginPath(); // the state, on the axis of m
  const at = laws.left + n * (laws.right - laws.left) / N;
  pen.moveTo(at, laws.bottom - 8);
  pen.lineTo(at - 5, laws.bottom);
  pen.lineTo(at + 5, laws.bottom);
  pen.fill();
}

/** m against h. curve: mean field's, between its spinodals unstable. exact: ⟨m⟩. drive: a field that ran, or null. */
export function loop(pen, frame, state) {
  const { colour, h, m, curve, spinodal, exact, steps, drive, edge } = state;
  const x = scale(-edge, edge, frame.left + 4, frame.right - 4),
    y = scale(-1, 1, frame.bottom - 4, frame.top + 4);
  axes(pen, {
    ...frame,
    x: { at: x, ticks: [[-edge, fixed(-edge, 1)], 0, edge], name: "field h" },
    y: { at: y, ticks: [-1, 0, 1], name: "" },
  });
  pen.fillText("m: mean field dashed, exact thin", frame.left, frame.top - 8);
  within(pen, frame, 0, () => {
    pen.globalAlpha = 0.35;
    pen.setLineDash([2, 4]);
    for (const side of spinodal ? [-1, 1] : []) {
      line(pen, [[x(side * spinodal), frame.top], [x(side * spinodal), frame.bottom]]);
    }
    pen.globalAlpha = 1;
    pen.setLineDash([6, 4]);
    pen.lineWidth = 1.5;
    line(pen, curve.map(([field, one]) => [x(field), y(one)]));
    pen.setLineDash([]);
    pen.lineWidth = 1;
    line(pen, exact.map(([field, one]) => [x(field), y(one)]));
    pen.strokeStyle = colour;
    pen.lineWidth = 3;
    for (const [values, way] of drive ? [[drive.rising, 1], [drive.falling, -1]] : []) {
      // What it is now and what it was a loop before do not join. Where it was not yet, NaN draws nothing.
      const points = Array.from(values, (one, k) => [x(steps[k]), y(one)]);
      const cut = way === drive.way ? drive.at + (steps.length - way) / 2 : 0;
      line(pen, points.slice(0, cut));
      line(pen, points.slice(cut));
    }
  });
  pen.lineWidth = 2;
  dot(pen, x(h), y(m), 6);
  pen.fillStyle = colour;
  pen.fill();
  pen.stroke();
}
