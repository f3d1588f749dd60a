// A circle of inputs on its way through a random network, and the maps of infinitely wide layers: physics alone, no page.
import { normals, randomBits } from "../kit/random.js";

const { PI, acos, cos, exp, log, max, min, sin, sqrt, tanh } = Math;

const PHI = { tanh, relu: (x) => max(0, x) };

/** Points around a circle in the plane, the first at angle 0; their two numbers, in turn, have mean square 1. */
export function circle(count) {
  const points = new Float64Array(2 * count);
  for (let k = 0; k < count; k++) {
    points[2 * k] = sqrt(2) * cos(2 * PI * k / count);
    points[2 * k + 1] = sqrt(2) * sin(2 * PI * k / count);
  }
  return points;
}

/**
 * Layers 1 … depth of a network of two inputs: weights of variance 1/fanIn, a row for each unit, then biases of
 * variance 1. A layer is made when it is first asked for, with all before it.
 */
export function network({ width, seed }) {
  const normal = normals(randomBits(seed)), layers = [];
  const drawn = (n, spread) => Float64Array.from({ length: n }, () => spread * normal());
  return {
    width,
    layer(l) {
      while (layers.length < l) {
        const fanIn = layers.length ? width : 2;
        layers.push({ fanIn, W: drawn(width * fanIn, 1 / sqrt(fanIn)), b: drawn(width, 1) });
      }
      return layers[l - 1];
    },
  };
}

/** h = σ_w W x + σ_b b of one layer, for every point in x: four at a time, which share what is read of W. */
function preactivations({ fanIn, W, b }, x, { sigma_w, sigma_b }) {
  const width = b.length, count = x.length / fanIn, h = new Float64Array(count * width);
  for (let i = 0; i < width; i++) {
    const row = i * fanIn, shift = sigma_b * b[i];
    for (let k = 0; k < count; k += 4) {
      const k1 = min(k + 1, count - 1), k2 = min(k + 2, count - 1), k3 = min(k + 3, count - 1);
      const at = k * fanIn, at1 = k1 * fanIn, at2 = k2 * fanIn, at3 = k3 * fanIn;
      let sum = 0, sum1 = 0, sum2 = 0, sum3 = 0;
      for (let j = 0; j < fanIn; j++) {
        const w = W[row + j];
        sum += w * x[at + j];
        sum1 += w * x[at1 + j];
        sum2 += w * x[at2 + j];
        sum3 += w * x[at3 + j];
      }
      h[k * width + i] = sigma_w * sum + shift;
      h[k1 * width + i] = sigma_w * sum1 + shift;
      h[k2 * width + i] = sigma_w * sum2 + shift;
      h[k3 * width + i] = sigma_w * sum3 + shift;
    }
  }
  return h;
}

/** What is kept of a layer, for each point: its first two numbers, their mean square q, its correlation c with the first. */
export function seen(h, width) {
  const count = h.length / width, dots = new Float64Array(count), q = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    for (let i = 0, at = k * width; i < width; i++, at++) {
      dots[k] += h[i] * h[at] / width;
      q[k] += h[at] * h[at] / width;
    }
  }
  return {
    two: [0, 1].map((unit) => q.map((_, k) => h[k * width + unit])),
    q,
    c: dots.map((dot, k) => dot / sqrt(q[0] * q[k])),
  };
}

/** The points' way through the network; every call of `next` is a layer, and returns what is seen of it. */
export function passage(net, points, setting) {
  let x = points, l = 0;
  return {
    layer: () => l,
    next() {
      const h = preactivations(net.layer(++l), x, setting);
      x = h.map(PHI[setting.phi]);
      return seen(h, net.width);
    },
  };
}

// Averages under a Gaussian, by the trapezoid. Its error, e^{−2πd/step}, is that of the pole of tanh(√q z) at distance
// d = π/(2√q), with q < 10 here: below 1e-10 in one dimension, 1e-4 in two.
function places(step, far) {
  const z = Float64Array.from({ length: 2 * Math.round(far / step) + 1 }, (_, k) => step * k - far);
  return { z, w: z.map((one) => step * exp(-one * one / 2) / sqrt(2 * PI)) };
}
const fine = places(0.1, 8), coarse = places(0.25, 6);

/** E φ², E φ′² and how fast E φ² grows with q, E (φ′² + φφ″), of inputs of mean square q. */
export function averages(phi, q) {
  if (phi === "relu") return { square: q / 2, slope: 1 / 2, growth: 1 / 2 };
  let square = 0, slope = 0, growth = 0;
  fine.z.forEach((z, k) => {
    const t = tanh(sqrt(q) * z) ** 2, w = fine.w[k];
    square += w * t;
    slope += w * (1 - t) ** 2;
    growth += w * (1 - t) * (1 - 3 * t);
  });
  return { square, slope, growth };
}

/** E φ(u)φ(v) and E φ′(u)φ′(v), of Gaussian u and v of mean square q and correlation c. */
export function products(phi, q, c) {
  const other = sqrt(max(0, 1 - c * c)), { z, w } = coarse;
  if (phi === "relu") {
    const open = PI - acos(min(1, max(-1, c)));
    return { value: q * (other + c * open) / (2 * PI), slope: open / (2 * PI) };
  }
  let value = 0, slope = 0;
  const middle = (z.length - 1) / 2;
  for (let i = middle; i < z.length; i++) { // tanh is odd: the other half is the same
    const u = tanh(sqrt(q) * z[i]), here = (i === middle ? 1 : 2) * w[i];
    for (let j = 0; j < z.length; j++) {
      const v = tanh(sqrt(q) * (c * z[i] + other * z[j]));
      value += here * w[j] * u * v;
      slope += here * w[j] * (1 - u * u) * (1 - v * v);
    }
  }
  return { value, slope };
}

/** q and c of two inputs of mean square 1 in the layers 0 … depth, if these are infinitely wide; c is `cosine` at first. */
export function theory(setting, cosine, depth) {
  const { phi, sigma_w, sigma_b } = setting, w2 = sigma_w ** 2, b2 = sigma_b ** 2;
  const q = [1, w2 + b2], c = [cosine, (w2 * cosine + b2) / (w2 + b2)]; // the first layer is linear
  for (let l = 1; l < depth; l++) {
    q.push(w2 * averages(phi, q[l]).square + b2);
    c.push(min(1, (w2 * products(phi, q[l], c[l]).value + b2) / q[l + 1]));
  }
  return { q, c };
}

const ROUNDS = 60, ENOUGH = 1e-12, NEAR = 1e-6; // what Newton's steps leave is of the order of their squares

/**
 * Where the maps end: the fixed point q; χ₁ there; the correlation c that pairs tend to; ξ, in layers, of the
 * exponential by which they do. NaN is what is not defined: all but χ₁ where q tends to 0, or grows without end.
 */
export function limits({ phi, sigma_w, sigma_b }) {
  const w2 = sigma_w ** 2, b2 = sigma_b ** 2;
  let q = w2 + b2; // from above: the map of q is concave, so Newton's steps come down to its fixed point
  if (phi === "relu") q = w2 < 2 ? b2 / (1 - w2 / 2) : b2 > 0 || w2 > 2 ? Infinity : NaN;
  else {
    for (let k = 0; k < ROUNDS && q > ENOUGH; k++) {
      const { square, growth } = averages(phi, q), step = (w2 * square + b2 - q) / (1 - w2 * growth);
      q += step;
      if (-step < ENOUGH * q) break;
    }
    if (q < 1e-9) q = 0;
  }
  const chi = w2 * averages(phi, Number.isFinite(q) ? q : 1).slope;
  if (!(q > 0 && q < Infinity)) return { q, chi, c: NaN, xi: NaN };
  let c = 1, slope = chi;
  if (chi > 1) {
    c = 0; // the map of c is convex: from below Newton's steps go up to the lower of its fixed points
    for (let k = 0; k < ROUNDS; k++) {
      const found = products(phi, q, c), step = ((w2 * found.value + b2) / q - c) / (1 - w2 * found.slope);
      slope = w2 * found.slope;
      c += step;
      if (step < NEAR) break;
    }
  }
  return { q, chi, c, xi: slope === 1 ? Infinity : -1 / log(slope) };
}

/** The points (σ_w, σ_b) of the plane at which χ₁ has this value, along growing q; for relu the two ends of a line. */
export function contour(phi, chi, [, most]) {
  if (phi === "relu") return [0, most].map((sigma_b) => [sqrt(2 * chi), sigma_b]);
  const found = [];
  let before = null;
  for (let k = 0; k <= 204; k++) {
    const q = 10 ** (-4 + k / 40), { square, slope } = averages(phi, q), w2 = chi / slope;
    const b2 = q - w2 * square;
    if (b2 >= 0 && before?.b2 < 0) { // it comes up from the axis between the two
      found.push([sqrt(w2 - (w2 - before.w2) * b2 / (b2 - before.b2)), 0]);
    }
    if (b2 >= 0) found.push([sqrt(w2), sqrt(b2)]);
    before = { w2, b2 };
  }
  return found;
}
