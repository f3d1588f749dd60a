// The pictures of the magnet, three strips over the same m and m against the field: what stays, and what moves on it.
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

/** Where m and h, and what is drawn over them, stand in a layout. */
function scales({ strips: [crossing, energies, laws], loop }, { f, peak, roots, edge }) {
  const low = f.reduce((a, b) => Math.min(a, b)), high = f.reduce((a, b) => Math.max(a, b));
  // Of two minima one alone may have been seen so far: twice as often as both.
  const most = roots.length > 1 ? 2.1 * peak : 1.3 * peak;
  return {
    low,
    high,
    x: scale(-1, 1, crossing.left, crossing.right),
    answer: scale(-1, 1, crossing.bottom, crossing.top),
    energy: scale(low, high, energies.bottom - 10, energies.top + 6),
    share: scale(0, most, laws.bottom, laws.top),
    field: scale(-edge, edge, loop.left + 4, loop.right - 4),
    m: scale(-1, 1, loop.bottom - 4, loop.top + 4),
  };
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

const faintly = (pen, lines) => {
  pen.globalAlpha = 0.35;
  pen.setLineDash([2, 4]);
  for (const points of lines) line(pen, points);
  pen.setLineDash([]);
  pen.globalAlpha = 1;
};

/**
 * What stays while T, h and N do. places: the m of f and responses. roots: { m, f, stable }. p: of n spins up; peak: the highest.
 * curve: mean field's m against h, unstable between its spinodals. exact: ⟨m⟩ against h.
 */
export function ground(pen, frames, state) {
  const { ink, colour, N, places, roots, p, responses, f, curve, spinodal, exact, edge } = state;
  const { strips: [crossing, energies, laws], loop } = frames, at = scales(frames, state), { x } = at;
  faintly(pen, roots.map(({ m }) => [[x(m), crossing.top], [x(m), laws.bottom]]));
  const named = [
    [crossing, "y = m and y = tanh((m + h)/T)", at.answer, [-1, 0, 1]],
    [energies, "free energy per spin f(m)", at.energy, [at.low, at.high].map((one) => [one, fixed(one, 2)])],
    [laws, `P(m), ${N} spins: exact filled, so far a line`, at.share, [0]],
  ];
  for (const [frame, name, y, ticks] of named) {
    const below = frame === laws ? [-1, -0.5, 0, 0.5, 1] : [];
    axes(pen, { ...frame, x: { at: x, ticks: below, name: "" }, y: { at: y, ticks, name: "" } });
    pen.fillText(name, frame.left, frame.top - 8);
  }
  within(pen, crossing, 7, () => {
    line(pen, [[x(-1), at.answer(-1)], [x(1), at.answer(1)]]);
    pen.strokeStyle = colour;
    pen.lineWidth = 2.5;
    line(pen, responses.map((one, k) => [x(places[k]), at.answer(one)]));
    pen.strokeStyle = ink;
    pen.lineWidth = 1.5;
    for (const { m, stable } of roots) {
      dot(pen, x(m), at.answer(m), 4);
      if (stable) pen.fill();
      pen.stroke();
    }
  });
  pen.lineWidth = 2;
  line(pen, f.map((one, k) => [x(places[k]), at.energy(one)]));
  pen.lineWidth = 1;
  within(pen, laws, 2, () => {
    const width = (laws.right - laws.left) / N;
    pen.fillStyle = colour;
    pen.globalAlpha = 0.7;
    pen.beginPath();
    pen.moveTo(laws.left - width / 2, laws.bottom);
    p.forEach((one, k) => {
      pen.lineTo(laws.left + (k - 0.5) * width, at.share(one));
      pen.lineTo(laws.left + (k + 0.5) * width, at.share(one));
    });
    pen.lineTo(laws.right + width / 2, laws.bottom);
    pen.fill();
  });
  axes(pen, {
    ...loop,
    x: { at: at.field, ticks: [-edge, 0, edge], name: "field h" },
    y: { at: at.m, ticks: [-1, 0, 1], name: "" },
  });
  pen.fillText("m: mean field dashed, exact thin", loop.left, loop.top - 8);
  const ends = spinodal ? [-spinodal, spinodal] : [];
  faintly(pen, ends.map((h) => [[at.field(h), loop.top], [at.field(h), loop.bottom]]));
  within(pen, loop, 0, () => {
    line(pen, exact.map(([h, m]) => [at.field(h), at.m(m)]));
    pen.setLineDash([6, 4]);
    pen.lineWidth = 1.5;
    line(pen, curve.map(([h, m]) => [at.field(h), at.m(m)]));
  });
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
 * What moves. m: where the state is; answer: the response to it; f_m: its free energy. visits: of n spins up in so many sweeps.
 * drive: a field that ran, or null; steps: its fields.
 */
export function moving(pen, frames, state) {
  const { ink, colour, N, h, m, answer, f_m, visits, sweeps, drive, steps } = state;
  const { strips: [crossing, , laws], loop } = frames, at = scales(frames, state), x = at.x(m);
  // The pull on the average: from what it is to what it would be next.
  pen.lineWidth = 4;
  within(pen, crossing, 0, () => line(pen, [[x, at.answer(m)], [x, at.answer(answer)]]));
  pen.lineWidth = 1;
  within(pen, laws, 0, () => {
    const width = (laws.right - laws.left) / N;
    line(pen, shares(visits, sweeps).map(([n, share]) => [laws.left + n * width, at.share(share)]));
    pen.beginPath();
    pen.moveTo(x, laws.bottom - 8);
    pen.lineTo(x - 5, laws.bottom);
    pen.lineTo(x + 5, laws.bottom);
    pen.fill();
  });
  within(pen, loop, 0, () => {
    pen.strokeStyle = colour;
    pen.lineWidth = 3;
    for (const [values, way] of drive ? [[drive.rising, 1], [drive.falling, -1]] : []) {
      // What it is now and what it was a loop before do not join. Where it was not yet, NaN draws nothing.
      const points = Array.from(values, (one, k) => [at.field(steps[k]), at.m(one)]);
      const cut = way === drive.way ? drive.at + (steps.length - way) / 2 : 0;
      line(pen, points.slice(0, cut));
      line(pen, points.slice(cut));
    }
  });
  // The state, as a ball on f and as a point at its field.
  pen.lineWidth = 2;
  pen.fillStyle = colour;
  for (const [a, b] of [[x, at.energy(f_m) - 7], [at.field(h), at.m(m)]]) {
    dot(pen, a, b, 6);
    pen.fill();
    pen.stroke();
  }
  pen.strokeStyle = pen.fillStyle = ink;
}
