// Spins that all feel their average, E = −M²/(2N) − hM: mean field, the exact law of M, its chain; no page.

const { abs, atanh, exp, log, max, min, sqrt, tanh } = Math;
const CERTAIN = 2 ** 32; // a probability p is kept as p · 2³² and compared with 32 random bits

const part = (p) => p > 0 ? -p * log(p) : 0;

/** f(m) = −m²/2 − hm − T S(m) per spin, S the entropy of a coin whose mean is m. */
export const freeEnergy = (m, T, h) => -m * m / 2 - h * m - T * (part((1 + m) / 2) + part((1 - m) / 2));

/** The average of a spin that feels m + h: where it is m, f is level. */
export const response = (m, T, h) => tanh((m + h) / T);

/** The field at which m = tanh u solves m = tanh((m + h)/T). */
export const fieldAt = (u, T) => T * u - tanh(u);

/** The field at which the shallower minimum of f ends; 0 where there is one alone. */
export const spinodal = (T) => T < 1 ? sqrt(1 - T) - T * atanh(sqrt(1 - T)) : 0;

const HALVINGS = 60;

/** All m = tanh((m + h)/T) in order, each { m, stable }: minima of f are stable, its maximum is not. */
export function roots(T, h) {
  const far = (1 + abs(h)) / T + 1, turn = T < 1 ? atanh(sqrt(1 - T)) : 0;
  // Between its turns at ±u the field rises or falls, so each piece holds one root or none.
  const pieces = turn ? [[-far, -turn], [turn, -turn], [turn, far]] : [[-far, far]], found = [];
  pieces.forEach(([low, high], k) => {
    if (fieldAt(low, T) >= h || fieldAt(high, T) <= h) return;
    for (let n = 0; n < HALVINGS; n++) {
      const middle = (low + high) / 2;
      if (fieldAt(middle, T) < h) low = middle;
      else high = middle;
    }
    found.push({ m: tanh((low + high) / 2), stable: k !== 1 });
  });
  return found;
}

/** The roots with the lowest f: one, or two of opposite sign. */
export function lowest(T, h) {
  const stable = roots(T, h).filter((one) => one.stable).map(({ m }) => m);
  if (h === 0) return stable;
  return stable.filter((m) => m * h > 0);
}

let counted = [0]; // ln of the binomial coefficients, of the N that was asked for last
function ways(N) {
  if (counted.length === N + 1) return counted;
  counted = [0];
  for (let n = 0; n < N; n++) counted.push(counted[n] + log((N - n) / (n + 1)));
  return counted;
}

/** P(M = 2n − N) for n = 0 … N spins up, exactly. */
export function law(N, T, h) {
  const p = new Float64Array(N + 1), many = ways(N);
  let most = -Infinity, Z = 0;
  for (let n = 0; n <= N; n++) {
    const M = 2 * n - N;
    p[n] = many[n] + (M * M / (2 * N) + h * M) / T;
    most = max(most, p[n]);
  }
  for (let n = 0; n <= N; n++) Z += p[n] = exp(p[n] - most);
  for (let n = 0; n <= N; n++) p[n] /= Z;
  return p;
}

/** ⟨m⟩ and ⟨|m|⟩ under weights of n spins up, which need not add up to 1. */
export function averages(weights) {
  const N = weights.length - 1;
  let sum = 0, m = 0, size = 0;
  weights.forEach((p, n) => {
    const one = 2 * n / N - 1;
    sum += p;
    m += p * one;
    size += p * abs(one);
  });
  return { m: m / sum, size: size / sum };
}

/**
 * Heat bath on single spins drawn at random. Of all that it does M alone is kept: a chain on n = 0 … N spins up. A spin feels
 * the others, (M − s)/N + h, and not itself.
 */
export class Magnet {
  constructor(N, bits) {
    this.N = N;
    this.bits = bits;
    this.n = N;
    this.up = new Float64Array(N + 1); // · 2³²: that a spin is drawn that is down, and turns
    this.stay = new Float64Array(N + 1); // · 2³²: up to here nothing turns down
  }

  get m() {
    return 2 * this.n / this.N - 1;
  }

  put(m) {
    this.n = max(0, min(this.N, Math.round((1 + m) / 2 * this.N)));
  }

  setPoint(T, h) {
    const { N, up, stay } = this;
    for (let n = 0; n <= N; n++) {
      const M = 2 * n - N;
      up[n] = CERTAIN * (N - n) / N / (1 + exp(-2 * ((M + 1) / N + h) / T));
      stay[n] = CERTAIN - CERTAIN * n / N / (1 + exp(2 * ((M - 1) / N + h) / T));
    }
  }

  /** As many spins are drawn as there are. */
  sweep() {
    const { N, bits, up, stay } = this;
    let n = this.n;
    for (let k = 0; k < N; k++) {
      const r = bits();
      if (r < up[n]) n++;
      else if (r >= stay[n]) n--;
    }
    this.n = n;
  }
}

/** A field that runs up to `most` steps, down to −most and up again, and what m was on both ways. */
export class Drive {
  constructor(most, start) {
    this.most = most;
    this.at = start; // in steps
    this.way = start < most ? 1 : -1;
    this.rising = new Float64Array(2 * most + 1).fill(NaN);
    this.falling = this.rising.slice();
    this.area = NaN; // ∮ m dh in steps of the field, of the last two whole ways
  }

  /** Keep m where the field is, and go a step on. At the ends the ways meet. */
  go(m) {
    const { most, at, way, rising, falling } = this, end = abs(at) === most;
    if (way > 0 || end) rising[at + most] = m;
    if (way < 0 || end) falling[at + most] = m;
    if (at * way === most) this.turn();
    this.at += this.way;
  }

  turn() {
    this.way = -this.way;
    this.area = 0;
    for (let k = 1; k <= 2 * this.most; k++) {
      this.area += (this.falling[k - 1] + this.falling[k] - this.rising[k - 1] - this.rising[k]) / 2;
    }
  }
}
