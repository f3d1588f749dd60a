// A restricted Boltzmann machine of units 0 and 1, E(v, h) = −a·v − b·h − vᵀWh: it dreams, and it learns. Physics alone, no page.

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** Whole numbers of base64 text, one byte each, as weights: W row by row of its visible units, then a, then b. */
export function unpacked({ text, visible, hidden, scales }) {
  const bytes = Int8Array.from(atob(text), (c) => c.charCodeAt(0));
  const ends = [0, visible * hidden, visible * hidden + visible, bytes.length];
  const [W, a, b] = scales.map((scale, k) =>
    Float64Array.from(bytes.subarray(ends[k], ends[k + 1]), (x) => scale * x)
  );
  return new Machine(W, a, b);
}

export class Machine {
  /** W holds the weights of the first visible unit, then those of the second. */
  constructor(W, a, b) {
    this.W = Float64Array.from(W);
    this.a = Float64Array.from(a);
    this.b = Float64Array.from(b);
    this.visible = this.a.length;
    this.hidden = this.b.length;
  }

  /** Weights between −spread and spread, no biases. */
  static random(visible, hidden, uniform, spread = 0.1) {
    const W = Float64Array.from({ length: visible * hidden }, () => spread * (2 * uniform() - 1));
    return new Machine(W, new Float64Array(visible), new Float64Array(hidden));
  }

  /** b + vW, what each hidden unit feels. */
  felt(v, into) {
    const { W, b, visible, hidden } = this;
    into.set(b);
    for (let i = 0; i < visible; i++) {
      if (!v[i]) continue;
      for (let j = 0; j < hidden; j++) into[j] += W[i * hidden + j];
    }
    return into;
  }

  /** a + Wh, what each visible unit feels. */
  shown(h, into) {
    const { W, a, visible, hidden } = this;
    for (let i = 0; i < visible; i++) {
      let sum = a[i];
      for (let j = 0; j < hidden; j++) if (h[j]) sum += W[i * hidden + j];
      into[i] = sum;
    }
    return into;
  }

  energy(v, h) {
    const x = this.felt(v, new Float64Array(this.hidden));
    return -v.reduce((sum, one, i) => sum + one * this.a[i], 0) -
      x.reduce((sum, one, j) => sum + one * h[j], 0);
  }

  /** F(v) at T = 1: p(v) = e^{−F(v)}/Z. */
  freeEnergy(v) {
    const x = this.felt(v, new Float64Array(this.hidden));
    return -v.reduce((sum, one, i) => sum + one * this.a[i], 0) -
      x.reduce((sum, one) => sum + softplus(one), 0);
  }

  /** All hidden states at T = 1, the first unit the lowest bit: ln Z, their probabilities, and p(v = 1|h) in rows. */
  exact() {
    const { W, a, b, visible, hidden } = this, states = 2 ** hidden;
    const fields = new Float64Array(states * visible), log = new Float64Array(states);
    fields.set(a);
    for (let s = 1; s < states; s++) {
      const rest = s & (s - 1), j = Math.log2(s ^ rest); // the lowest unit that is on, and the state without it
      log[s] = log[rest] + b[j];
      for (let i = 0; i < visible; i++) {
        fields[s * visible + i] = fields[rest * visible + i] + W[i * hidden + j];
      }
    }
    let most = -Infinity;
    for (let s = 0; s < states; s++) {
      for (let i = 0; i < visible; i++) log[s] += softplus(fields[s * visible + i]);
      most = Math.max(most, log[s]);
    }
    const p = log.map((x) => Math.exp(x - most)), sum = p.reduce((a, b) => a + b);
    return { logZ: most + Math.log(sum), p: p.map((x) => x / sum), means: fields.map(sigmoid) };
  }
}

// Independent chains of block Gibbs steps. Pixels that are held stay as they are.
export class Chains {
  constructor(machine, n, uniform) {
    this.n = n;
    this.uniform = uniform;
    this.held = new Uint8Array(machine.visible);
    this.v = Array.from({ length: n }, () => new Uint8Array(machine.visible));
    this.h = Array.from({ length: n }, () => new Uint8Array(machine.hidden));
    this.x = new Float64Array(machine.hidden);
    this.y = new Float64Array(machine.visible);
  }

  /** Fair coins for the pixels that are not held. */
  noise() {
    for (const v of this.v) for (let i = 0; i < v.length; i++) if (!this.held[i]) v[i] = this.coin(0.5);
  }

  coin(p) {
    return this.uniform() < p ? 1 : 0;
  }

  /** Hidden units given the visible ones, of each chain. */
  up(machine, T) {
    const { v, h, x } = this;
    for (let k = 0; k < this.n; k++) {
      machine.felt(v[k], x);
      for (let j = 0; j < x.length; j++) h[k][j] = this.coin(sigmoid(x[j] / T));
    }
  }

  down(machine, T) {
    const { v, h, y, held } = this;
    for (let k = 0; k < this.n; k++) {
      machine.shown(h[k], y);
      for (let i = 0; i < y.length; i++) if (!held[i]) v[k][i] = this.coin(sigmoid(y[i] / T));
    }
  }

  step(machine, T) {
    this.up(machine, T);
    this.down(machine, T);
  }

  energies(machine) {
    return this.v.map((v, k) => machine.energy(v, this.h[k]));
  }
}

// The mean over time of a number of each chain. The chains are independent, so the spread of their means is an honest
// error, however slowly each of them moves. Blocks of steps double; the last two are kept.
export class Averages {
  constructor(n) {
    this.n = n;
    this.discarded = 0; // steps
    this.length = 1;
    this.kept = this.block();
    this.now = this.block();
  }

  block() {
    return { steps: 0, sums: new Float64Array(this.n) };
  }

  push(values) {
    for (let k = 0; k < this.n; k++) this.now.sums[k] += values[k];
    this.now.steps++;
    if (this.now.steps < this.length) return;
    this.discarded += this.kept.steps;
    this.kept = this.now;
    this.now = this.block();
    this.length *= 2;
  }

  get steps() {
    return this.discarded + this.kept.steps + this.now.steps;
  }

  /** The mean and its error; NaN before the first step. */
  estimate() {
    const { n, kept, now } = this, steps = kept.steps + now.steps;
    const means = kept.sums.map((sum, k) => (sum + now.sums[k]) / steps);
    const mean = means.reduce((a, b) => a + b) / n;
    const squares = means.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    return { mean, stderr: Math.sqrt(squares / (n - 1) / n) };
  }
}

/** The highest mean ln p(v) that any distribution reaches: −ln n of n patterns that differ. */
export function bound(patterns) {
  const counts = {};
  for (const v of patterns) counts[v.join("")] = (counts[v.join("")] ?? 0) + 1;
  return Object.values(counts).reduce(
    (sum, n) => sum + n / patterns.length * Math.log(n / patterns.length),
    0,
  );
}

// A machine that learns its patterns by steps along the gradient of their mean ln p(v), or along what stands for it.
export class Training {
  /** copies: chains of each pattern, with which CD-1 begins anew at every step; PCD has as many, which go on. */
  constructor(machine, patterns, copies, uniform) {
    this.machine = machine;
    this.uniform = uniform;
    this.copies = copies;
    this.learn(patterns);
  }

  /** Other patterns for the same machine; the chains of PCD begin at fair coins. */
  learn(patterns) {
    this.patterns = patterns;
    const n = this.copies * patterns.length;
    this.chains = new Chains(this.machine, n, this.uniform);
    this.chains.noise();
    this.restarted = new Chains(this.machine, n, this.uniform);
  }

  /** ⟨vh⟩, ⟨v⟩, ⟨h⟩ over pictures, with p(h = 1|v) for h. */
  statistics(pictures) {
    const { machine } = this, { visible, hidden } = machine, x = new Float64Array(hidden);
    const found = {
      W: new Float64Array(visible * hidden),
      a: new Float64Array(visible),
      b: new Float64Array(hidden),
    };
    for (const v of pictures) {
      machine.felt(v, x);
      for (let j = 0; j < hidden; j++) found.b[j] += x[j] = sigmoid(x[j]) / pictures.length;
      for (let i = 0; i < visible; i++) {
        if (!v[i]) continue;
        found.a[i] += 1 / pictures.length;
        for (let j = 0; j < hidden; j++) found.W[i * hidden + j] += x[j];
      }
    }
    return found;
  }

  /** The same three under the machine itself, summed over all its states. */
  expected() {
    const { visible, hidden } = this.machine, { p, means } = this.machine.exact();
    const found = {
      W: new Float64Array(visible * hidden),
      a: new Float64Array(visible),
      b: new Float64Array(hidden),
    };
    p.forEach((p, s) => {
      for (let j = 0; j < hidden; j++) if (s >> j & 1) found.b[j] += p;
      for (let i = 0; i < visible; i++) {
        const both = p * means[s * visible + i];
        found.a[i] += both;
        for (let j = 0; j < hidden; j++) if (s >> j & 1) found.W[i * hidden + j] += both;
      }
    });
    return found;
  }

  /** What the machine dreams, as the method sees it. */
  dreamt(method) {
    if (method === "exact") return this.expected();
    const { machine, patterns, copies, restarted, chains } = this;
    if (method === "cd") restarted.v.forEach((v, k) => v.set(patterns[Math.floor(k / copies)]));
    const walk = method === "cd" ? restarted : chains;
    walk.step(machine, 1);
    return this.statistics(walk.v);
  }

  gradient(method) {
    const awake = this.statistics(this.patterns), asleep = this.dreamt(method);
    return Object.fromEntries(
      ["W", "a", "b"].map((key) => [key, awake[key].map((x, k) => x - asleep[key][k])]),
    );
  }

  step(method, rate) {
    for (const [key, slope] of Object.entries(this.gradient(method))) {
      const of = this.machine[key];
      for (let k = 0; k < of.length; k++) of[k] += rate * slope[k];
    }
  }
}

/** A visible state of the machine, drawn exactly: `numbers` are one for the hidden state, then one for each pixel. */
export function drawn({ p, means }, numbers) {
  const visible = numbers.length - 1;
  let s = 0;
  for (let left = numbers[0] - p[0]; left >= 0 && s < p.length - 1;) left -= p[++s];
  return Uint8Array.from({ length: visible }, (_, i) => Number(numbers[i + 1] < means[s * visible + i]));
}

// A curve that grows for ever and stays short: where it is full every second point goes.
export class Curve {
  constructor(most = 200) {
    this.most = most;
    this.every = 1;
    this.points = [];
  }

  /** value() is asked for only where a point is kept. */
  push(step, value) {
    if (step % this.every) return;
    this.points.push([step, value()]);
    if (this.points.length <= this.most) return;
    this.every *= 2;
    this.points = this.points.filter(([step]) => step % this.every === 0);
  }
}
