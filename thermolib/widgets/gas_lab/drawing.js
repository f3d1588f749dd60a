// The pictures of the gas: walkers on their sphere, how often they meet each loss, and the run between the isotherms.
import { axes, line, scale } from "../kit/picture.js";

const { cos, log, max, min, PI, sin, sqrt } = Math;
const TOP = 24;
const FROM_BELOW = 0.42; // how far, in radians, the sphere is seen from below its equator, so that the lowest point is seen
const LARGEST = 7, FLAT = 0.35; // radius that fills its place; radii are drawn as r^0.35, so that small ones are seen too

/** Of a picture so wide: its height, the ball's place, the frame of the heights, and that of the plane. */
export function layout(width) {
  const wide = width >= 640, size = wide ? 118 : min(80, 0.225 * width);
  const ball = { x: size + 2, y: TOP + size, size };
  const heights = {
    left: 2 * size + (wide ? 50 : 38),
    right: wide ? 2 * size + 160 : width - 10,
    top: TOP,
    bottom: TOP + 2 * size,
  };
  const plane = wide
    ? { left: heights.right + 68, right: width - 34, top: TOP, bottom: TOP + 2 * size }
    : { left: 50, right: width - 34, top: heights.bottom + 66, bottom: heights.bottom + 66 + 150 };
  return { ball, heights, plane, height: plane.bottom + 42 };
}

const logarithmic = ([low, high], from, to) => {
  const place = scale(log(low), log(high), from, to);
  return (value) => place(log(value));
};

/** Where V and p stand in the plane. */
const inPlane = ({ left, right, top, bottom }, { V, p }) => ({
  x: logarithmic(V, left, right),
  y: logarithmic(p, bottom, top),
});

function within(pen, { left, right, top, bottom }, draw) {
  pen.save();
  pen.beginPath();
  pen.rect(left, top, right - left, bottom - top);
  pen.clip();
  draw();
  pen.restore();
}

const dot = (pen, x, y, radius) => {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
};

/**
 * What stays while nothing is changed. isotherms: [T, its colour]. T, colour: of the present one; law: where it ends, V and p.
 * way: V and p along which the law goes as weight decay, or the volume, is turned. exact: shares of the heights' bins.
 */
export function ground(pen, frames, state) {
  const { ink, plane, isotherms, T, colour, law, way, exact, height } = state;
  const { heights, plane: frame } = frames, { x, y } = inPlane(frame, plane);
  const decades = ([low, high]) => [0.01, 0.1, 1, 10].filter((tick) => tick >= low && tick <= high);
  axes(pen, {
    ...frame,
    x: { at: x, ticks: decades(plane.V), name: "volume V = r²/2" },
    y: { at: y, ticks: decades(plane.p), name: "" },
  });
  pen.fillText("pressure p (weight decay)", frame.left - 40, frame.top - 10);
  const isotherm = (T) => plane.p.map((p) => [x(T / p), y(p)]); // R = 1
  within(pen, frame, () => {
    for (const [T, colour] of isotherms) {
      pen.strokeStyle = colour;
      line(pen, isotherm(T));
    }
    pen.strokeStyle = colour;
    pen.lineWidth = 3;
    line(pen, isotherm(T));
    pen.strokeStyle = ink;
    pen.lineWidth = 1;
    pen.setLineDash([2, 4]);
    line(pen, way.map(([V, p]) => [x(V), y(p)]));
    pen.setLineDash([]);
  });
  // Each named where it enters the frame, above its line; what is below the name makes room.
  pen.textAlign = "left";
  const down = 13, flatness = (x(10) - x(1)) / (y(1) - y(10));
  for (const [T] of isotherms) {
    const p = min(plane.p[1], T / plane.V[0]), words = T < 1 ? `${T}` : `T = ${T}`;
    if (p < 2 * plane.p[0]) continue;
    const left = x(T / p) + 5 + down * flatness, below = y(p) + down;
    pen.clearRect(left - 1, below - 11, pen.measureText(words).width + 2, 14);
    pen.fillText(words, left, below);
  }
  const place = [max(frame.left, min(frame.right, x(law.V))), max(frame.top, min(frame.bottom, y(law.p)))];
  pen.lineWidth = 1.5;
  line(pen, [[place[0] - 7, place[1]], [place[0] + 7, place[1]]]);
  line(pen, [[place[0], place[1] - 7], [place[0], place[1] + 7]]);
  pen.lineWidth = 1;

  // The heights: the exact shares, filled.
  const up = scale(-1, 1, heights.bottom, heights.top), most = exact.reduce((a, b) => max(a, b));
  const across = scale(0, 1.25 * most, heights.left, heights.right), each = 2 / exact.length;
  axes(pen, {
    ...heights,
    x: { at: across, ticks: [], name: "" },
    y: {
      at: up,
      ticks: [-1, 0, 1].map((z) => [z, String(Number((height * (1 + z)).toPrecision(3)))]).slice(
        0,
        height ? 3 : 1,
      ),
      name: "",
    },
  });
  pen.fillText("loss, exact filled", heights.left - 28, heights.top - 10);
  pen.fillStyle = colour;
  pen.globalAlpha = 0.6;
  pen.beginPath();
  pen.moveTo(heights.left, heights.bottom);
  exact.forEach((one, k) => {
    pen.lineTo(across(one), up(-1 + k * each));
    pen.lineTo(across(one), up(-1 + (k + 1) * each));
  });
  pen.lineTo(heights.left, heights.top);
  pen.fill();
  pen.globalAlpha = 1;
  pen.fillStyle = ink;
}

/**
 * What moves. w, radii: of the walkers. shares: of the heights. trail: where the run was, [V, p], the last where it is.
 * marks: what the reader marked, { V, p, T's colour }.
 */
export function moving(pen, frames, state) {
  const { ink, colour, w, radii, shares, exact, trail, marks, plane } = state;
  const { ball, heights, plane: frame } = frames, { x, y } = inPlane(frame, plane);
  walkers(pen, ball, { ink, colour, w, radii });

  const up = scale(-1, 1, heights.bottom, heights.top), most = exact.reduce((a, b) => max(a, b));
  const across = scale(0, 1.25 * most, heights.left, heights.right), each = 2 / shares.length;
  within(pen, { ...heights, right: heights.right + 2 }, () => {
    pen.lineWidth = 1.5;
    line(
      pen,
      shares.flatMap((one, k) => [-1 + k * each, -1 + (k + 1) * each].map((z) => [across(one), up(z)])),
    );
    pen.lineWidth = 1;
  });

  const inside = ([V, p]) => [
    max(frame.left, min(frame.right, x(V))),
    max(frame.top, min(frame.bottom, y(p))),
  ];
  for (const { V, p, colour } of marks) {
    const [a, b] = inside([V, p]);
    pen.fillStyle = colour;
    pen.fillRect(a - 4, b - 4, 8, 8);
    pen.strokeRect(a - 4, b - 4, 8, 8);
  }
  pen.globalAlpha = 0.55;
  line(pen, trail.map(inside));
  pen.globalAlpha = 1;
  const [a, b] = inside(trail.at(-1));
  dot(pen, a, b, 6);
  pen.fillStyle = colour;
  pen.fill();
  pen.lineWidth = 2;
  pen.stroke();
  pen.fillStyle = ink;
}

// Seen from a little below: across is x, up is a mix of z and y. Those behind are faint.
function walkers(pen, { x: middle, y: centre, size }, { ink, colour, w, radii }) {
  const up = cos(FROM_BELOW), over = sin(FROM_BELOW), n = radii.length;
  const drawn = (r) => size * min(1, (r / LARGEST) ** FLAT);
  const mean = sqrt(radii.reduce((sum, r) => sum + r * r, 0) / n), big = drawn(mean);
  pen.globalAlpha = 0.5;
  dot(pen, middle, centre, big);
  pen.stroke();
  pen.globalAlpha = 0.25;
  for (const z of [-0.6, 0, 0.6]) {
    const wide = big * sqrt(1 - z * z);
    pen.beginPath();
    pen.ellipse(middle, centre - big * z * up, wide, wide * over, 0, 0, 2 * PI);
    pen.stroke();
  }
  pen.globalAlpha = 1;
  pen.fillStyle = pen.strokeStyle = colour;
  const near = [[], []];
  for (let c = 0; c < n; c++) {
    const part = drawn(radii[c]) / radii[c], a = w[3 * c], b = w[3 * c + 1], z = w[3 * c + 2];
    near[Number(b * up - z * over > 0)].push([middle + part * a, centre - part * (z * up + b * over)]);
  }
  near.forEach((points, front) => {
    pen.beginPath();
    for (const [a, b] of points) {
      pen.moveTo(a + 3, b);
      pen.arc(a, b, 3, 0, 7);
    }
    pen.globalAlpha = front ? 1 : 0.4;
    pen.fill();
  });
  // The lowest point of the loss.
  pen.strokeStyle = pen.fillStyle = ink;
  const bottom = centre + big * up;
  line(pen, [[middle - 4, bottom - 4], [middle + 4, bottom + 4]]);
  line(pen, [[middle - 4, bottom + 4], [middle + 4, bottom - 4]]);
}
