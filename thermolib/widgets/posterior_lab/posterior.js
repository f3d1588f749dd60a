// The posterior of y = w₂ tanh(w₁ x) with priors N(0, 1), exact and sampled: physics alone, no page.

const LOG_2PI = Math.log(2 * Math.PI);

// The network with its data: points [x, y], and the noise's standard deviation.
export class Network {
  constructor(points, noise) {
    this.x = Float64Array.from(points, ([x]) => x);
    this.y = Float64Array.from(points, ([, y]) => y);
    this.precision = 1 / noise ** 2;
    this.constant = -points.length * (Math.log(noise) + LOG_2PI / 2) - LOG_2PI;
  }

  /** ln p(y|w) + ln p(w), both normalised; its integral is the evidence. */
  logJoint(w1, w2) {
    const { x, y } = this;
    let squares = 0;
    for (let k = 0; k < x.length; k++) squares += (y[k] - w2 * Math.tanh(w1 * x[k])) ** 2;
    return this.constant - (this.precision * squares + w1 * w1 + w2 * w2) / 2;
  }

  /** Its gradient by w₁ and w₂, written to `into`. */
  gradient(w1, w2, into) {
    const { x, y } = this;
    let g1 = 0, g2 = 0;
    for (let k = 0; k < x.length; k++) {
      const t = Math.tanh(w1 * x[k]), residual = y[k] - w2 * t;
      g1 += residual * w2 * (1 - t * t) * x[k];
      g2 += residual * t;
    }
    into[0] = this.precision * g1 - w1;
    into[1] = this.precision * g2 - w2;
  }

  /** Given w₁, the log joint is top − curvature (w₂ − mean)²/2: the output is linear in w₂. */
  given(w1) {
    const { x, y } = this;
    let tt = 0, ty = 0, yy = 0;
    for (let k = 0; k < x.length; k++) {
      const t = Math.tanh(w1 * x[k]);
      tt += t * t;
      ty += t * y[k];
      yy += y[k] * y[k];
    }
    const curvature = 1 + this.precision * tt, mean = this.precision * ty / curvature;
    const top = this.constant - (this.precision * yy + w1 * w1 - curvature * mean * mean) / 2;
    return { curvature, mean, top };
  }
}

const COARSE = 600, FINE = 600; // places of w₁
const NEGLIGIBLE = 40; // e⁻⁴⁰ of the greatest density is left out

// p^{1/T} exactly: w₂ is integrated by hand, w₁ by the trapezoid rule, whose sums are taken from their logarithms. Turning
// both signs changes nothing, so that w₁ ≥ 0 is half of everything.
export class Exact {
  constructor(network, T) {
    this.network = network;
    this.T = T;
    const farthest = 12 * Math.max(1, Math.sqrt(T));
    const rule = (from, to, n) =>
      Array.from({ length: n + 1 }, (_, k) => {
        const w1 = from + (to - from) * k / n, one = network.given(w1);
        return { ...one, w1, log: (one.top / T) + Math.log(2 * Math.PI * T / one.curvature) / 2 };
      });
    const most = (nodes) => Math.max(...nodes.map(({ log }) => log));
    const coarse = rule(0, farthest, COARSE), least = most(coarse) - NEGLIGIBLE, step = farthest / COARSE;
    const seen = coarse.filter(({ log }) => log > least);
    const from = Math.max(0, seen[0].w1 - step), to = seen.at(-1).w1 + step;
    const nodes = this.nodes = rule(from, to, FINE), greatest = most(nodes), apart = (to - from) / FINE;
    let sum = 0;
    nodes.forEach((node, k) => {
      node.p = Math.exp(node.log - greatest) * (k === 0 || k === FINE ? 0.5 : 1);
      sum += node.p;
    });
    for (const node of nodes) node.p /= sum;
    this.logZ = greatest + Math.log(2 * apart * sum);
  }

  /** ⟨w₁²⟩. */
  get square() {
    return this.nodes.reduce((sum, { p, w1 }) => sum + p * w1 * w1, 0);
  }

  /** Mean and standard deviation of the output at x. */
  output(x) {
    let mean = 0, square = 0;
    for (const { p, w1, mean: w2, curvature } of this.nodes) {
      const t = Math.tanh(w1 * x);
      mean += p * t * w2;
      square += p * t * t * (w2 * w2 + this.T / curvature);
    }
    return { mean, sd: Math.sqrt(Math.max(0, square - mean * mean)) };
  }

  /** The density over its greatest value, in rows from the top, at the middles of wide × high cells of ±edge. */
  picture(wide, high, edge) {
    const cells = new Float64Array(wide * high), middle = (k, n) => edge * ((2 * k + 1) / n - 1);
    let greatest = -Infinity;
    for (let column = 0; column < wide; column++) {
      const { top, mean, curvature } = this.network.given(middle(column, wide));
      for (let row = 0; row < high; row++) {
        const log = (top - curvature * (-middle(row, high) - mean) ** 2 / 2) / this.T;
        cells[row * wide + column] = log;
        greatest = Math.max(greatest, log);
      }
    }
    return cells.map((log) => Math.exp(log - greatest));
  }
}

/**
 * What a sampler's variance is on the prior N(0, 1) at this step size, where that is known: SGLD's w ← (1 − ε)w + √(2εT)ξ
 * is at rest where v = (1 − ε)² v + 2εT; HMC's acceptance takes every bias away.
 */
export function priorVariance(sampler, step, T) {
  return { sgld: T / (1 - step / 2), hmc: T }[sampler] ?? null;
}

const FAR = 100; // a weight beyond it has diverged

// Particles, each a chain of its own.
export class Cloud {
  /** chance: normal() and uniform(), numbers from 0 to 1. They start as draws from the prior, their momenta from N(0, T). */
  constructor(n, { normal, uniform }, { leapfrogs, noise }, { T = 1, paths = 0 } = {}) {
    this.n = n;
    this.normal = normal;
    this.uniform = uniform;
    this.leapfrogs = leapfrogs;
    this.noise = noise;
    this.paths = paths;
    this.w = Float64Array.from({ length: 2 * n }, normal);
    this.p = Float64Array.from({ length: 2 * n }, () => Math.sqrt(T) * normal()); // the thermostat's momenta
    this.xi = new Float64Array(n).fill(noise); // and its frictions
    this.path = new Float64Array(2 * paths * (leapfrogs + 1)); // of the first particles' last trajectories
    this.accepted = this.proposed = this.diverged = 0;
  }

  step(network, sampler, step, T) {
    this[sampler](network, step, T);
    const { w, p } = this;
    for (let k = 0; k < this.n; k++) {
      if (Math.abs(w[2 * k]) < FAR && Math.abs(w[2 * k + 1]) < FAR) continue; // false for what is no number
      this.diverged++;
      for (const i of [2 * k, 2 * k + 1]) {
        w[i] = this.normal();
        p[i] = Math.sqrt(T) * this.normal();
      }
      this.xi[k] = this.noise;
    }
  }

  // Welling and Teh 2011, whose ε is twice this one.
  sgld(network, step, T) {
    const { w, normal } = this, g = [0, 0], sd = Math.sqrt(2 * step * T);
    for (let i = 0; i < w.length; i += 2) {
      network.gradient(w[i], w[i + 1], g);
      w[i] += step * g[0] + sd * normal();
      w[i + 1] += step * g[1] + sd * normal();
    }
  }

  // Fresh momenta, leapfrogs, and an acceptance by the energy's error.
  hmc(network, step, T) {
    const { w, normal, leapfrogs, path } = this, g = [0, 0], row = 2 * (leapfrogs + 1);
    for (let i = 0; i < w.length; i += 2) {
      let w1 = w[i], w2 = w[i + 1], p1 = Math.sqrt(T) * normal(), p2 = Math.sqrt(T) * normal();
      const before = network.logJoint(w1, w2) - (p1 * p1 + p2 * p2) / 2, drawn = i / 2 < this.paths;
      if (drawn) path.set([w1, w2], i / 2 * row);
      network.gradient(w1, w2, g);
      for (let k = 0; k < leapfrogs; k++) {
        p1 += step / 2 * g[0];
        p2 += step / 2 * g[1];
        w1 += step * p1;
        w2 += step * p2;
        network.gradient(w1, w2, g);
        p1 += step / 2 * g[0];
        p2 += step / 2 * g[1];
        if (drawn) path.set([w1, w2], i / 2 * row + 2 * (k + 1));
      }
      const after = network.logJoint(w1, w2) - (p1 * p1 + p2 * p2) / 2;
      this.proposed++;
      if (!(this.uniform() < Math.exp((after - before) / T))) continue; // nor what is no number
      this.accepted++;
      w[i] = w1;
      w[i + 1] = w2;
    }
  }

  // Ding et al. 2014, algorithm 2: the friction ξ grows while the momenta are hotter than T.
  thermostat(network, step, T) {
    const { w, p, xi, normal, noise } = this, g = [0, 0], sd = Math.sqrt(2 * noise * step * T);
    for (let i = 0; i < w.length; i += 2) {
      network.gradient(w[i], w[i + 1], g);
      for (let j = 0; j < 2; j++) {
        p[i + j] += step * (g[j] - xi[i / 2] * p[i + j]) + sd * normal();
        w[i + j] += step * p[i + j];
      }
      xi[i / 2] += step * ((p[i] ** 2 + p[i + 1] ** 2) / 2 - T);
    }
  }

  /** Mean and standard deviation of the outputs at x. */
  output(x) {
    const { n, w } = this;
    let sum = 0, squares = 0;
    for (let i = 0; i < w.length; i += 2) {
      const f = w[i + 1] * Math.tanh(w[i] * x);
      sum += f;
      squares += f * f;
    }
    return { mean: sum / n, sd: Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2)) };
  }
}

/** About how much of a relaxation time a step is, where the curvature is the prior's, the least there is; half a turn is none. */
export function relaxation(sampler, step, leapfrogs, acceptance) {
  if (sampler === "sgld") return step;
  if (sampler === "thermostat") return step / 2;
  return acceptance * (1 - Math.abs(Math.cos(step * leapfrogs)));
}

// Averages over time of w₁², f and f² of each particle. The particles are independent chains, so the spread of their
// averages is an honest error, however slowly each of them moves. Blocks of steps double; the last two are kept.
export class Averages {
  constructor(n, x) {
    this.n = n;
    this.x = x;
    this.discarded = 0; // steps
    this.length = 1;
    this.kept = this.block();
    this.now = this.block();
  }

  block() {
    return { steps: 0, diverged: 0, sums: [0, 1, 2].map(() => new Float64Array(this.n)) };
  }

  /** diverged: the particles of this step that were put back. */
  push({ w }, diverged = 0) {
    const { sums: [square, f, ff] } = this.now;
    for (let k = 0; k < this.n; k++) {
      const output = w[2 * k + 1] * Math.tanh(w[2 * k] * this.x);
      square[k] += w[2 * k] ** 2;
      f[k] += output;
      ff[k] += output * output;
    }
    this.now.steps++;
    this.now.diverged += diverged;
    if (this.now.steps < this.length) return;
    this.discarded += this.kept.steps;
    this.kept = this.now;
    this.now = this.block();
    this.length *= 2;
  }

  get steps() {
    return this.discarded + this.kept.steps + this.now.steps;
  }

  /** Of the steps averaged. */
  get diverged() {
    return this.kept.diverged + this.now.diverged;
  }

  /** ⟨w₁²⟩, ⟨f⟩ and the standard deviation of f, each with its error. */
  estimate() {
    const { n, kept, now } = this, steps = kept.steps + now.steps;
    const [square, f, ff] = kept.sums.map((sum, j) => sum.map((x, k) => (x + now.sums[j][k]) / steps));
    const mean = (x) => x.reduce((a, b) => a + b) / n;
    const error = (x) => {
      const middle = mean(x);
      return Math.sqrt(x.reduce((sum, one) => sum + (one - middle) ** 2, 0) / (n - 1) / n);
    };
    const middle = mean(f), sd = Math.sqrt(Math.max(0, mean(ff) - middle * middle));
    return {
      square: { mean: mean(square), stderr: error(square) },
      f: { mean: middle, stderr: error(f) },
      sd: { mean: sd, stderr: error(ff.map((x, k) => (x - 2 * middle * f[k]) / (2 * sd))) },
    };
  }
}
