// Words drawn from logits through temperature and nucleus, and what their counts say: physics alone, no page.
import { randomBits } from "../kit/random.js";

const sum = (x) => x.reduce((a, b) => a + b, 0);

// p_i = exp(z_i/T) / Σ_j exp(z_j/T), Boltzmann's with E = −z. The largest is taken out, so that nothing overflows.
export function softmax(logits, T) {
  const largest = Math.max(...logits);
  const weights = logits.map((z) => Math.exp((z - largest) / T));
  const total = sum(weights);
  return weights.map((w) => w / total);
}

// Top-p: the fewest most probable words that hold `mass` together (Holtzman et al., arXiv:1904.09751), renormalised.
// Of equally probable words the earlier is kept first. Of ten equal words .3 is three, whatever their sum is rounded to.
export function nucleus(p, mass) {
  if (mass === 1) return [...p];
  const kept = p.map(() => 0);
  let held = 0;
  for (const i of [...p.keys()].sort((a, b) => p[b] - p[a] || a - b)) {
    if (held >= mass * (1 - 1e-12)) break;
    kept[i] = p[i];
    held += p[i];
  }
  return kept.map((x) => x / held);
}

const surprise = (x) => (x > 0 ? -Math.log(x) : 0); // what is impossible never surprises: 0 ln 0 = 0
export const entropy = (p) => sum(p.map((x) => x * surprise(x)));

export class Sampler {
  constructor(seed) {
    this.next = randomBits(seed);
  }

  // A new distribution has counts of its own.
  setPoint(logits, T, mass) {
    this.uncut = softmax(logits, T);
    this.p = nucleus(this.uncut, mass);
    this.counts = this.p.map(() => 0);
    this.n = 0;
  }

  // Where a uniform number falls among the summed probabilities; rounding may leave it above the last of them.
  draw() {
    let u = this.next() / 2 ** 32, word = -1;
    for (let i = 0; i < this.p.length && u >= 0; i++) {
      if (this.p[i] === 0) continue;
      word = i;
      u -= this.p[i];
    }
    this.counts[word]++;
    this.n++;
    return word;
  }

  // The frequency of word i, with the standard error that the exact probability gives it.
  frequency(i) {
    return { mean: this.counts[i] / this.n, stderr: Math.sqrt((this.p[i] * (1 - this.p[i])) / this.n) };
  }

  // Mean surprise of the words drawn: its expectation is H, its variance that of −ln p over n.
  surprise() {
    const { p, counts, n } = this, H = entropy(p);
    const variance = sum(p.map((x) => x * (surprise(x) - H) ** 2));
    return { mean: sum(p.map((x, i) => counts[i] * surprise(x))) / n, stderr: Math.sqrt(variance / n) };
  }

  // Entropy of the counted frequencies: too low on average, by (K − 1)/2n for K words and many draws (Miller 1955).
  plugIn() {
    const kept = this.p.filter((x) => x > 0).length;
    return { H: entropy(this.counts.map((c) => c / this.n)), bias: (kept - 1) / (2 * this.n) };
  }

  // Pearson's χ². Words expected fewer than five times are counted together, the rarest first: only then is its law χ²'s.
  chiSquare() {
    const { p, counts, n } = this, cells = [];
    let open = true;
    for (const i of [...p.keys()].filter((k) => p[k] > 0).sort((a, b) => p[a] - p[b])) {
      if (open) cells.push({ expected: 0, counted: 0 });
      const cell = cells.at(-1);
      cell.expected += n * p[i];
      cell.counted += counts[i];
      open = cell.expected >= 5;
    }
    if (!open && cells.length > 1) { // what is left over joins the cell before
      const rest = cells.pop();
      cells.at(-1).expected += rest.expected;
      cells.at(-1).counted += rest.counted;
    }
    return {
      value: sum(cells.map(({ expected, counted }) => (counted - expected) ** 2 / expected)),
      degrees: cells.length - 1,
    };
  }
}
