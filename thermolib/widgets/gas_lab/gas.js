// Training as an ideal gas, on a ball in three dimensions: L = k(1 + cos θ) of the direction alone, SGD with noise; no page.

const { abs, cosh, hypot, max, sinh, sqrt } = Math;

const D = 3;
export const R = (D - 1) / 2; // half the degrees of freedom of the direction
const RATES = "fixed rate", EFFECTIVE = "fixed effective rate", SPHERE = "fixed sphere";

/** coth x − 1/x, from 0 to 1 for 0 ≤ x ≤ ∞: minus the mean of cos θ where the density is e^{−x cos θ}. */
export function langevin(x) {
  if (x < 0.02) return x / 3 - x ** 3 / 45; // the next is 2x⁵/945
  return (x > 300 ? 1 : cosh(x) / sinh(x)) - 1 / x;
}

/** U = k(1 − coth(k/T)) + T, exactly, of the density e^{−L/T} on the ball. */
export const energy = (T, height) => height * (1 - langevin(height / T));

/** The share of e^{−L/T} between the heights a < b of the ball, −1 … 1, on which all heights have the same area. */
export function share(a, b, T, height) {
  const x = height / T;
  if (x < 1e-9) return (b - a) / 2;
  return (Math.exp(-x * (a + 1)) - Math.exp(-x * (b + 1))) / -Math.expm1(-2 * x);
}

/**
 * What the gas does once at rest, for small steps. protocol: "fixed rate" holds η and λ, "fixed effective rate" η/r² and λ,
 * "fixed sphere" η/r² and V = r²/2. rate: η or η/r². noise: σ, of a component. height: k.
 * ratio: pV/RT to first order in the step. memory: steps in which the radius forgets all but 1/e; NaN where it is held.
 * turning: in which the direction does, at most.
 */
export function theory({ protocol, rate, decay, volume, noise, height }) {
  const T = protocol === RATES
    ? sqrt(rate * decay * noise * noise / (2 * (D - 1)))
    : rate * noise * noise / 2;
  const p = protocol === SPHERE ? R * T / volume : decay;
  const V = protocol === SPHERE ? volume : R * T / decay;
  const effective = 2 * T / (noise * noise), U = energy(T, height);
  // ⟨|∇L|²⟩ = T⟨ΔL⟩ = (d − 1)T(k − U) adds to the noise; and a step of finite size grows and shrinks by more than its first order.
  const gradient = effective * (height - U) / 2;
  const step = { [RATES]: R, [EFFECTIVE]: R - 2, [SPHERE]: 0 }[protocol] * effective * T;
  // Δr² = −2ηλr² + 2(d − 1)ηT with T ∝ 1/r² where η is held, and η ∝ r² where T is; linear about its zero.
  const memory =
    { [RATES]: 1 / (4 * rate * decay), [EFFECTIVE]: 1 / (4 * R * rate * T), [SPHERE]: NaN }[protocol];
  // A direction of chance alone turns at the rate (d − 1)T, a cold one falls at the rate k.
  const turning = 1 / (effective * max((D - 1) * T, height));
  return { T, p, V, U, effective, ratio: 1 + gradient + step, memory, turning };
}

/**
 * Means over the time since the last change but for its beginning: what is old is dropped whenever the time has doubled,
 * so that of many steps the last half at least is counted, and the first quarter at least is not; each chain for itself.
 */
export class Means {
  constructor(chains, quantities) {
    this.chains = chains;
    this.old = new Float64Array(chains * quantities);
    this.recent = this.old.slice();
    this.forget();
  }

  forget() {
    this.old.fill(0);
    this.recent.fill(0);
    this.steps = 0;
    this.oldSteps = 0;
    this.recentSteps = 0;
    this.next = 16;
  }

  /** After all chains have added what they have to `recent`. */
  tick() {
    this.steps++;
    this.recentSteps++;
    if (this.steps < this.next) return;
    [this.old, this.recent] = [this.recent, this.old];
    this.recent.fill(0);
    this.oldSteps = this.recentSteps;
    this.recentSteps = 0;
    this.next *= 2;
  }

  /** The mean of a quantity over time, of each chain. */
  of(quantity) {
    const { chains, old, recent } = this, n = this.oldSteps + this.recentSteps, first = quantity * chains;
    return Float64Array.from({ length: chains }, (_, c) => (old[first + c] + recent[first + c]) / n);
  }
}

/** Mean over independent chains, and its error. */
export function average(x) {
  const n = x.length, mean = x.reduce((a, b) => a + b, 0) / n;
  const squares = x.reduce((a, b) => a + (b - mean) ** 2, 0);
  return { mean, stderr: sqrt(squares / (n - 1) / n) };
}

/** The quotient of two means over the same chains, and its error: they vary together. */
export function quotient(x, y) {
  const a = average(x).mean, b = average(y).mean;
  const { stderr } = average(x.map((one, c) => one / a - y[c] / b));
  return { mean: a / b, stderr: abs(a / b) * stderr };
}

const [SQUARE, RATE, LOSS, GRADIENT] = [0, 1, 2, 3];
const LATELY = 20; // steps

export class Gas {
  /** Walkers in directions of their own, all with r² = 2 volume. */
  constructor(settings, walkers, normal) {
    this.walkers = walkers;
    this.normal = normal;
    this.w = new Float64Array(D * walkers);
    this.radii = new Float64Array(walkers);
    this.means = new Means(walkers, 4);
    this.growth = NaN;
    this.settings = settings;
    for (let k = 0; k < this.w.length; k++) this.w[k] = normal();
    this.put(settings.volume);
  }

  /** All on one sphere. */
  put(volume) {
    const { w } = this, r = sqrt(2 * volume);
    for (let c = 0; c < this.walkers; c++) {
      const k = D * c, scale = r / hypot(w[k], w[k + 1], w[k + 2]);
      for (let j = 0; j < D; j++) w[k + j] *= scale;
      this.radii[c] = r;
    }
    this.means.forget();
  }

  /** Other settings: the walkers stay where they are, but for a sphere, on which they are put. */
  set(settings) {
    this.settings = settings;
    if (settings.protocol === SPHERE) this.put(settings.volume);
    this.means.forget();
    this.growth = NaN;
  }

  /**
   * One step of each walker, w ← w − η(g + λw), where g = (∇L(u) + σξ)/r on the tangent plane at u = w/r; on the sphere
   * w is brought back to r, and how much it would have grown is what pushes.
   */
  step() {
    const { w, radii, means, normal, walkers } = this, { recent } = means;
    const { protocol, rate, decay, noise, height } = this.settings;
    let squares = 0;
    for (let c = 0; c < walkers; c++) {
      const k = D * c, r = radii[c], x = w[k] / r, y = w[k + 1] / r, z = w[k + 2] / r;
      const a = normal(), b = normal(), h = normal(), along = a * x + b * y + h * z;
      const gx = noise * (a - along * x) - height * z * x;
      const gy = noise * (b - along * y) - height * z * y;
      const gz = noise * (h - along * z) + height * (1 - z * z);
      const lr = protocol === RATES ? rate : rate * r * r;
      const kept = protocol === SPHERE ? 1 : max(0, 1 - lr * decay); // beyond 1 it would turn w round, and lengthen it
      recent[c] += r * r;
      recent[RATE * walkers + c] += lr / (r * r);
      recent[LOSS * walkers + c] += height * (1 + z);
      const square = gx * gx + gy * gy + gz * gz;
      squares += square / walkers;
      recent[GRADIENT * walkers + c] += square;
      w[k] = kept * w[k] - lr * gx / r;
      w[k + 1] = kept * w[k + 1] - lr * gy / r;
      w[k + 2] = kept * w[k + 2] - lr * gz / r;
      const now = hypot(w[k], w[k + 1], w[k + 2]);
      if (protocol === SPHERE) {
        for (let j = 0; j < D; j++) w[k + j] *= r / now;
      } else radii[c] = now;
    }
    means.tick();
    this.growth = Number.isNaN(this.growth) ? squares : this.growth + (squares - this.growth) / LATELY;
  }

  /** V of this moment. */
  get volume() {
    return this.radii.reduce((sum, r) => sum + r * r, 0) / (2 * this.walkers);
  }

  /** η/r² of this moment. */
  get effective() {
    const { protocol, rate } = this.settings;
    if (protocol !== RATES) return rate;
    return this.radii.reduce((sum, r) => sum + rate / (r * r), 0) / this.walkers;
  }

  /** p of the last steps: weight decay, or on the sphere the one that would stop the walkers' growth. */
  get pressure() {
    const { protocol, decay, rate, volume } = this.settings;
    return protocol === SPHERE ? rate * this.growth / (4 * volume) : decay;
  }

  /** What was measured since the last change: T, p, V, U and pV/RT, each { mean, stderr }; null where there is nothing yet. */
  measured() {
    const { means, settings: { protocol, decay, volume, noise } } = this;
    if (!means.steps) return null;
    const held = (mean) => ({ mean, stderr: 0 });
    const T = means.of(RATE).map((rate) => rate * noise * noise / 2);
    const V = means.of(SQUARE).map((square) => square / 2);
    const push = means.of(GRADIENT).map((square, c) => 2 * T[c] * square / (4 * noise * noise * volume));
    const sphere = protocol === SPHERE, p = sphere ? push : V.map(() => decay);
    return {
      T: protocol === RATES ? average(T) : held(T[0]),
      p: sphere ? average(p) : held(decay),
      V: sphere ? held(volume) : average(V),
      U: average(means.of(LOSS)),
      ratio: quotient(p.map((one, c) => one * V[c] / R), T),
    };
  }
}

/** How often each of so many bins of height, from the ball's lowest point up, was visited lately. */
export class Heights {
  constructor(bins) {
    this.bins = bins;
    this.means = new Means(1, bins);
  }

  add({ w, radii, walkers }) {
    const { recent } = this.means;
    for (let c = 0; c < walkers; c++) {
      const k = Math.floor((1 + w[D * c + 2] / radii[c]) / 2 * this.bins);
      recent[max(0, Math.min(this.bins - 1, k))] += 1 / walkers;
    }
    this.means.tick();
  }

  /** The shares of all bins; zeros where nothing was seen yet. */
  get shares() {
    const { steps } = this.means;
    return Array.from({ length: this.bins }, (_, k) => steps ? this.means.of(k)[0] : 0);
  }
}
