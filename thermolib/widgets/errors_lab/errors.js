// Many short runs of one lattice, and how far each mean lies from the exact value in units of its error: physics alone, no page.
import { Ising } from "../kit/ising.js";

// τ = 1 + 2Σρ of a series by Geyer's initial monotone sequence on the means of neighbouring values, which is the rule of
// `thermolib.chains`: ρ̄_t = (ρ_{t−1} + 2ρ_t + ρ_{t+1})/4, in pairs ρ̄_{2k−1} + ρ̄_{2k}, each at most as large as the one before,
// up to the first that is not positive.
export function autocorrelationTime(x) {
  if (x.every((value) => value === x[0])) return 1; // of which no τ can be estimated
  const n = x.length, mean = x.reduce((a, b) => a + b) / n;
  const y = Float64Array.from(x, (value) => value - mean);
  const covariance = (lag) => {
    let sum = 0;
    for (let k = lag; k < n; k++) sum += y[k] * y[k - lag];
    return sum;
  };
  const variance = covariance(0);
  let before = 1, at = covariance(1) / variance, after = covariance(2) / variance; // ρ at lag − 1, lag, lag + 1
  let tau = (1 + at) / 2, least = Infinity;
  for (let lag = 1; lag + 2 < n; lag += 2) {
    const next = covariance(lag + 2) / variance;
    least = Math.min(least, (before + 3 * at + 3 * after + next) / 4);
    if (least <= 0) break;
    tau += 2 * least;
    [before, at, after] = [after, next, covariance(lag + 3) / variance];
  }
  return tau;
}

/** Mean of a series, its error as if the values were independent, and with τ; and τ. */
export function meanAndErrors(x) {
  const n = x.length, mean = x.reduce((a, b) => a + b) / n;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const tau = autocorrelationTime(x), naive = Math.sqrt(variance / n);
  return { mean, naive, honest: naive * Math.sqrt(tau), tau };
}

const WARM_UP = { clusters: 200, sweeps: 20 };

// A lattice that is run again and again; each run begins where the warm-up after the last one ended.
export class Runner {
  constructor(side, seed) {
    this.lattice = new Ising(side, seed);
  }

  // Clusters turn the lattice over where it is cold, sweeps shake it where clusters are small.
  warmUp() {
    for (let k = 0; k < WARM_UP.clusters; k++) this.lattice.wolffCluster();
    for (let k = 0; k < WARM_UP.sweeps; k++) this.lattice.metropolis();
  }

  /** Energies per site after each of n sweeps of N proposals, or after each of n clusters; a rest after each `part` of them. */
  *inParts(T, move, n, part) {
    const { lattice } = this, energies = new Float64Array(n);
    lattice.setPoint(T, 0);
    this.warmUp();
    for (let k = 0; k < n; k++) {
      if (k > 0 && k % part === 0) yield;
      if (move === "wolff") lattice.wolffCluster();
      else lattice.metropolis();
      lattice.measure();
      energies[k] = -lattice.bonds / lattice.sites;
    }
    return energies;
  }
}

// How the deviations z of many runs are spread: counts in equal bins, the outer ones with all that lies beyond.
export class Spread {
  constructor(limit, bins) {
    this.limit = limit;
    this.counts = new Float64Array(bins);
    this.n = this.squares = this.within = 0;
  }

  push(z) {
    const last = this.counts.length - 1;
    const bin = Math.floor((z / this.limit + 1) / 2 * (last + 1));
    this.counts[Math.min(Math.max(bin, 0), last)]++;
    this.n++;
    this.squares += z * z;
    this.within += Math.abs(z) < 1 ? 1 : 0;
  }

  get density() {
    return this.counts.map((count) => count / this.n / (2 * this.limit / this.counts.length));
  }

  get rms() {
    return Math.sqrt(this.squares / this.n);
  }
}
