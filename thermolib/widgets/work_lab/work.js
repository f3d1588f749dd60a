// A bead in a harmonic trap under a weight, E(x; λ) = k(x − λ)²/2 + wx, and what its works tell: physics alone, no page.
import { normals, randomBits } from "../kit/random.js";

export class Trap {
  /** weight: w. dt: the time that a step relaxes for, in units of friction over stiffness where both are 1. */
  constructor({ weight, T, dt, stiffness = 1, friction = 1 }) {
    this.weight = weight;
    this.T = T;
    this.stiffness = stiffness;
    this.sag = weight / stiffness;
    this.kept = Math.exp(-stiffness * dt / friction); // of a displacement, in a step
    this.spread = Math.sqrt(T / stiffness);
    this.kick = this.spread * Math.sqrt(1 - this.kept * this.kept);
  }

  /** A place in equilibrium. */
  start(centre, normal) {
    return centre - this.sag + this.spread * normal();
  }

  /** Where a bead at x is a step later: the exact law of Ornstein and Uhlenbeck. */
  relax(x, centre, normal) {
    const rest = centre - this.sag;
    return rest + this.kept * (x - rest) + this.kick * normal();
  }

  /** The energy's jump where the trap goes from one centre to the next. */
  work(from, to, x) {
    return this.stiffness * (to - from) * ((from + to) / 2 - x);
  }

  /** The work done on one bead, which starts in equilibrium: each step moves the trap, then relaxes. */
  pull(centres, normal) {
    let x = this.start(centres[0], normal), work = 0;
    for (let k = 1; k < centres.length; k++) {
      if (k > 1) x = this.relax(x, centres[k - 1], normal);
      work += this.work(centres[k - 1], centres[k], x);
    }
    return work;
  }

  /**
   * The exact law of the work: it is linear in normal numbers, so it is normal; and what a bead would give without chance
   * is its mean. Crooks' theorem then leaves one variance, 2T(mean − ΔF), and the way back has it too.
   */
  law(centres) {
    const mean = this.pull(centres, () => 0), deltaF = this.weight * (centres.at(-1) - centres[0]);
    const dissipated = Math.max(0, mean - deltaF);
    return { mean, deltaF, dissipated, sd: Math.sqrt(2 * this.T * dissipated) };
  }
}

// The works of one protocol, forwards and time-reversed: beads in pairs, each from equilibrium.
export class Repeats {
  constructor(trap, centres, seed, most) {
    this.trap = trap;
    this.up = centres;
    this.down = centres.toReversed();
    this.most = most;
    this.n = 0;
    this.normal = normals(randomBits(seed));
    this.all = { forward: new Float64Array(most), reverse: new Float64Array(most) };
  }

  /** One bead up, another one down. */
  pair() {
    if (this.n === this.most) return;
    this.all.forward[this.n] = this.trap.pull(this.up, this.normal);
    this.all.reverse[this.n++] = this.trap.pull(this.down, this.normal);
  }

  get forward() {
    return this.all.forward.subarray(0, this.n);
  }

  get reverse() {
    return this.all.reverse.subarray(0, this.n);
  }
}

const sum = (x) => x.reduce((a, b) => a + b, 0);

/** Mean and its error. */
export function average(x) {
  const n = x.length, mean = sum(x) / n, squares = sum(x.map((one) => (one - mean) ** 2));
  return { mean, stderr: n > 1 ? Math.sqrt(squares / (n - 1) / n) : NaN };
}

// An error is given where thermolib.free_energy gives one: there its coverage is proved.
const FEWEST = 10, LONGEST = 1.25, LEAST = 1;
const widened = (n) => (n - 1) / (n - 4);

/** ΔF = −T ln⟨e^{−W/T}⟩ (Jarzynski 1997), and how many works carry the mean. */
export function jarzynski(work, T) {
  const n = work.length, w = work.toSorted(), weights = w.map((W) => Math.exp((w[0] - W) / T));
  const { mean, stderr } = average(weights);
  const found = {
    mean: w[0] - T * Math.log(mean),
    stderr: NaN,
    effective: (n * mean) ** 2 / sum(weights.map((x) => x * x)),
  };
  if (n < FEWEST) return found;
  // The spread of the Gaussian whose lower tail is as long, in units of T.
  const tail = Math.min(Math.ceil(2 * Math.sqrt(n)), Math.floor(n / 2)), q = quantile((tail + 0.5) / n);
  const spread = (w[tail] - sum(w.subarray(0, tail)) / tail) / (density(q) / probability(q) + q) / T;
  if (spread > LONGEST / (1 + tail ** -0.5)) return found;
  const relative = Math.max(n * (stderr / mean) ** 2, Math.expm1(spread * spread));
  const variance = Math.log1p(relative / n);
  return { ...found, stderr: T * Math.sqrt((variance + variance * variance / 4) * widened(n)) };
}

/** Of the standard normal law: its density, what lies below x, by a series for |x| of a few, and the inverse of that. */
const density = (x) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
function probability(x) {
  let term = x, total = x;
  for (let k = 3; Math.abs(term) > 1e-17; k += 2) {
    term *= x * x / k;
    total += term;
  }
  return 0.5 + density(x) * total;
}
function quantile(p) {
  let x = 0;
  for (let k = 0; k < 20; k++) x -= (probability(x) - p) / density(x);
  return x;
}

/** The root of Bennett's equation (1976), by Newton's steps between bounds that close in. */
export function bar(forward, reverse, T) {
  const ratio = Math.log(forward.length / reverse.length), all = [...forward, ...reverse.map((W) => -W)];
  // The odds that a work is one of the way forward: as many are as there are.
  const odds = (F) => all.map((W) => 1 / (1 + Math.exp((F - W) / T - ratio)));
  let low = all.reduce((a, b) => Math.min(a, b)), high = all.reduce((a, b) => Math.max(a, b));
  let F = (low + high) / 2, shared = 0;
  for (let k = 0; k < 200; k++) {
    const p = odds(F), surplus = sum(p) - forward.length;
    shared = p.reduce((a, b) => a + b * (1 - b), 0);
    if (surplus > 0) low = F;
    else high = F;
    const newton = F + T * surplus / shared, last = F;
    F = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(F - last) <= 1e-13 * Math.max(T, Math.abs(F))) break;
  }
  const few = Math.min(forward.length, reverse.length), known = few >= FEWEST && shared >= LEAST;
  const variance = Math.max(0, 1 / shared - 1 / forward.length - 1 / reverse.length) * widened(few);
  return { mean: F, stderr: known ? T * Math.sqrt(variance) : NaN };
}

// What a hand does, as a protocol: where the trap is at each tick, held between the moves that are heard of.
export class Record {
  /** rate: ticks a second. end: where the pull is done. most: ticks. */
  constructor({ rate, end, most }) {
    this.rate = rate;
    this.end = end;
    this.most = most;
    this.centres = [0];
    this.place = 0;
    this.began = NaN;
  }

  /** Time passes, in seconds; returns the new ticks. */
  follow(time) {
    const ticks = Math.min(this.most, Math.floor((time - this.began) * this.rate)), had = this.centres.length;
    while (this.centres.length <= ticks && !this.done) this.centres.push(this.place); // none before it began
    return this.centres.slice(had);
  }

  /** The hand is at another place: the pull begins with the first, and ends where one reaches the end. */
  move(place, time) {
    const to = Math.round(1000 * Math.min(this.end, Math.max(0, place))) / 1000;
    if (Number.isNaN(this.began) && to > 0) this.began = time;
    const ticks = this.follow(time);
    this.place = to;
    if (to === this.end && !this.done) {
      this.centres.push(to);
      ticks.push(to);
    }
    return ticks;
  }

  get done() {
    return this.centres.at(-1) === this.end;
  }

  get late() {
    return this.centres.length > this.most && !this.done;
  }
}

/** A straight pull of so many steps. */
export const ramp = (end, steps) =>
  Array.from({ length: steps + 1 }, (_, k) => Math.round(1000 * end * k / steps) / 1000);
