// The square-lattice Ising model on an L × L torus, H = −Σ sᵢsⱼ − h Σ sᵢ, each bond once: physics alone, no page.
import { randomBits } from "./random.js";

const CERTAIN = 2 ** 32; // a probability p is kept as p · 2³² and compared with 32 random bits

export class Ising {
  // size is a power of two, so that a site is drawn, and wrapped around the torus, with a mask.
  constructor(size, seed) {
    this.size = size;
    this.sites = size * size;
    this.spins = new Int8Array(this.sites).fill(1);
    this.cluster = new Int32Array(this.sites);
    this.next = randomBits(seed);
    this.flip = new Float64Array(10); // Metropolis: by own spin and sum of neighbours
    this.up = new Float64Array(5); // heat bath: by sum of neighbours
    this.setPoint(Infinity, 0);
  }

  // Nothing is exponentiated while sweeping: a site has ten surroundings at most.
  setPoint(T, h) {
    this.T = T;
    this.h = h;
    for (let k = 0; k < 5; k++) {
      const field = 2 * k - 4 + h;
      this.up[k] = CERTAIN / (1 + Math.exp((-2 * field) / T));
      this.flip[k] = CERTAIN * Math.min(1, Math.exp((2 * field) / T)); // spin −1: ΔE = −2 · field
      this.flip[k + 5] = CERTAIN * Math.min(1, Math.exp((-2 * field) / T)); // spin +1: ΔE = 2 · field
    }
    this.join = CERTAIN * (1 - Math.exp(-2 / T));
    this.ghost = CERTAIN * (1 - Math.exp((-2 * Math.abs(h)) / T));
    this.clusters = 0; // per Wolff sweep: found anew at each point
    this.trials = [0, 0];
  }

  randomize() {
    for (let i = 0; i < this.sites; i++) this.spins[i] = this.next() & 1 ? 1 : -1;
  }

  // Set all spins within a distance of a place.
  dab(x, y, radius, spin) {
    const { spins, size } = this, edge = size - 1;
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        if (dx * dx + dy * dy <= radius * radius) spins[((y + dy) & edge) * size + ((x + dx) & edge)] = spin;
      }
    }
    this.measure();
  }

  sweep(algorithm) {
    if (algorithm === "metropolis") this.metropolis();
    else if (algorithm === "heat_bath") this.heatBath();
    else this.wolff();
    this.measure();
  }

  // Sites are drawn at random: a scan in order is not ergodic at T = ∞, and on small lattices not at all.
  metropolis() {
    const { spins, size, sites, next, flip } = this;
    const mask = sites - 1, edge = size - 1;
    for (let n = 0; n < sites; n++) {
      const i = next() & mask, x = i & edge, row = i - x;
      const around = spins[row + ((x + 1) & edge)] + spins[row + ((x - 1) & edge)] +
        spins[(i + size) & mask] + spins[(i - size) & mask];
      const p = flip[((spins[i] + 1) * 5 + around + 4) >> 1];
      if (p >= CERTAIN || next() < p) spins[i] = -spins[i];
    }
  }

  heatBath() {
    const { spins, size, sites, next, up } = this;
    const mask = sites - 1, edge = size - 1;
    for (let n = 0; n < sites; n++) {
      const i = next() & mask, x = i & edge, row = i - x;
      const around = spins[row + ((x + 1) & edge)] + spins[row + ((x - 1) & edge)] +
        spins[(i + size) & mask] + spins[(i - size) & mask];
      spins[i] = next() < up[(around + 4) >> 1] ? 1 : -1;
    }
  }

  // A Wolff sweep is a number of clusters that visit about every site once. The number is found in a hundred sweeps and
  // then held: to stop by what the clusters did would favour some states.
  wolff() {
    if (this.clusters) {
      for (let k = 0; k < this.clusters; k++) this.wolffCluster();
      return;
    }
    let visited = 0;
    for (; visited < this.sites; this.trials[1]++) visited += this.wolffCluster();
    if (++this.trials[0] === 100) this.clusters = Math.ceil(this.trials[1] / 100);
  }

  // Wolff 1989: bonds between equal spins join with 1 − e^{−2/T}. The field is one more spin, the ghost, bound to all with
  // h; the ghost never flips, so a cluster that it joins stays as it is.
  wolffCluster() {
    const { spins, cluster, size, sites, next, join, ghost } = this;
    const mask = sites - 1, edge = size - 1;
    const first = next() & mask, spin = spins[first], bound = spin * this.h > 0;
    cluster[0] = first;
    spins[first] = -spin;
    let length = 1;
    for (let k = 0; k < length; k++) {
      if (bound && next() < ghost) {
        for (let j = 0; j < length; j++) spins[cluster[j]] = spin;
        break;
      }
      const i = cluster[k], x = i & edge, row = i - x;
      const right = row + ((x + 1) & edge),
        left = row + ((x - 1) & edge),
        down = (i + size) & mask,
        above = (i - size) & mask;
      if (spins[right] === spin && next() < join) {
        spins[right] = -spin;
        cluster[length++] = right;
      }
      if (spins[left] === spin && next() < join) {
        spins[left] = -spin;
        cluster[length++] = left;
      }
      if (spins[down] === spin && next() < join) {
        spins[down] = -spin;
        cluster[length++] = down;
      }
      if (spins[above] === spin && next() < join) {
        spins[above] = -spin;
        cluster[length++] = above;
      }
    }
    return length;
  }

  // bonds = Σ sᵢsⱼ over right and lower neighbours, each bond once; magnetization = Σ sᵢ. Both are totals.
  measure() {
    const { spins, size, sites } = this;
    const mask = sites - 1, edge = size - 1;
    let bonds = 0, magnetization = 0;
    for (let i = 0; i < sites; i++) {
      const x = i & edge;
      bonds += spins[i] * (spins[i - x + ((x + 1) & edge)] + spins[(i + size) & mask]);
      magnetization += spins[i];
    }
    this.bonds = bonds;
    this.magnetization = magnetization;
  }
}

const BINS = 4096;

// A running series, kept as means of bins that double in width when there are too many.
export class Series {
  constructor() {
    this.bins = new Float64Array(BINS);
    this.width = 1;
    this.length = 0; // full bins
    this.sum = 0;
    this.waiting = 0;
  }

  push(x) {
    this.sum += x;
    if (++this.waiting < this.width) return;
    this.bins[this.length++] = this.sum / this.width;
    this.sum = this.waiting = 0;
    if (this.length < BINS) return;
    for (let k = 0; k < BINS / 2; k++) this.bins[k] = (this.bins[2 * k] + this.bins[2 * k + 1]) / 2;
    this.length = BINS / 2;
    this.width *= 2;
  }

  // Mean and standard error √(s²/(n/τ − 1)) after discarding the first quarter, and the hundred sweeps in which Wolff finds its
  // number. τ = 1 + 2Σρ by Geyer's initial monotone sequence (Statistical Science 7, 473 (1992)): sums of two neighbouring ρ, each
  // at most as large as the one before, up to the first that is not positive.
  // `samples`, n/τ in bins, is at most the number of sweeps averaged; below 20 the run is not stationary and has no error.
  estimate() {
    const start = Math.max(Math.ceil(this.length / 4), Math.ceil(100 / this.width));
    const x = this.bins.subarray(start, this.length), n = x.length;
    const first = start * this.width, averaged = n * this.width;
    if (n < 16) return { mean: NaN, stderr: NaN, samples: 0, first, averaged };
    const mean = x.reduce((a, b) => a + b) / n;
    const y = x.map((value) => value - mean);
    const covariance = (lag) => {
      let sum = 0;
      for (let k = lag; k < n; k++) sum += y[k] * y[k - lag];
      return sum / n;
    };
    const variance = covariance(0);
    if (variance === 0) return { mean, stderr: 0, samples: n, first, averaged };
    let tau = -1, pair = Infinity;
    for (let lag = 0; lag + 1 < n; lag += 2) {
      pair = Math.min(pair, (covariance(lag) + covariance(lag + 1)) / variance);
      if (pair <= 0) break;
      tau += 2 * pair;
    }
    const samples = n / Math.max(tau, 1);
    return {
      mean,
      stderr: samples < 20 ? NaN : Math.sqrt(variance / (samples - 1)),
      samples,
      first,
      averaged,
    };
  }
}

const T_C = 2 / Math.log(1 + Math.SQRT2);

// An upper bound of τ, in sweeps, for e and for |m|. It comes from outside the run: a run that judges its own length shows an
// error just when it underestimates τ, and then a wrong one.
// Local moves: c (1 + min(ξ, L/3)^2.17), with ξ the exact correlation length along an axis (McCoy and Wu 1973) and the dynamic exponent
// 2.17. Wolff: 10, divided in a field by the chance that a spin joins the ghost, for then most clusters stay as they are. The
// constants are fitted from above to the long runs that tests/widgets/test_ising_js.py lists.
// To this is added the time in which a cold lattice turns its first spin.
export function slowest({ size, sites, T, h }, algorithm) {
  const inverse = -Math.log(Math.tanh(1 / T)) - 2 / T;
  const xi = T > T_C ? 1 / inverse : -1 / (2 * inverse);
  const local = 1 + Math.min(xi, size / 3) ** 2.17;
  const first = Math.exp((8 + 2 * Math.abs(h)) / T) / sites;
  if (algorithm === "wolff") return (10 + first) / (h === 0 ? 1 : 1 - Math.exp((-2 * Math.abs(h)) / T));
  return (algorithm === "metropolis" ? 3 : 5) * local + first;
}

const CAPACITY = 2 ** 20; // sweeps that the file can hold

// What was measured at one temperature and field since they were last changed.
export class Record {
  constructor(lattice, algorithm) {
    this.T = lattice.T;
    this.h = lattice.h;
    this.size = lattice.size;
    this.sites = lattice.sites;
    this.algorithm = algorithm;
    this.totals = new Int32Array(2048); // bonds and magnetization by turns
    this.length = 0;
    this.energy = new Series();
    this.order = new Series(); // |m|
    this.total = 0; // Σm
    this.needed = 50 * slowest(lattice, algorithm); // sweeps averaged before there is an error
  }

  // After so many sweeps `needed` of them are averaged.
  get wait() {
    return Math.max(this.needed / 0.75, this.needed + 100);
  }

  push({ bonds, magnetization }) {
    this.energy.push((-bonds - this.h * magnetization) / this.sites);
    this.order.push(Math.abs(magnetization) / this.sites);
    this.total += magnetization;
    if (this.length < CAPACITY) {
      if (2 * this.length === this.totals.length) {
        const longer = new Int32Array(2 * this.totals.length);
        longer.set(this.totals);
        this.totals = longer;
      }
      this.totals[2 * this.length] = bonds;
      this.totals[2 * this.length + 1] = magnetization;
    }
    this.length++;
  }

  // ⟨e⟩ carries a little of the slow motion of |m|, too little to be seen in its own correlations: while |m| has no error
  // neither has ⟨e⟩. Below T_c a lattice magnetised against its field only waits for the first droplet that grows: it has none either.
  estimate() {
    const m = this.order.estimate(), e = this.energy.estimate();
    const against = this.T < T_C && this.h * this.total < 0;
    if (e.averaged < this.needed || against) m.stderr = NaN;
    if (Number.isNaN(m.stderr)) e.stderr = NaN;
    return { e, m };
  }

  csv() {
    const { T, h, size, sites, algorithm, totals } = this;
    const first = this.energy.estimate().first;
    const rows = ["sweep,T,h,L,algorithm,energy_per_site,magnetization_per_site,averaged"];
    for (let k = 0; k < Math.min(this.length, CAPACITY); k++) {
      const energy = (-totals[2 * k] - h * totals[2 * k + 1]) / sites;
      rows.push(
        [k + 1, T, h, size, algorithm, energy, totals[2 * k + 1] / sites, k >= first ? 1 : 0].join(","),
      );
    }
    return rows.join("\n") + "\n";
  }
}
