// Searches that cool: schedules, the exact distribution and the walkers on a path of states, a tour of cities. Physics alone, no page.
import { randomBits } from "../kit/random.js";

// --- schedules: n temperatures, one for each proposal
const repeat = (n, f) => Array.from({ length: n }, (_, k) => f(k));
const linear = (T0, T1, n) => repeat(n, (k) => T0 + ((T1 - T0) * k) / (n - 1));
const geometric = (T0, T1, n) => repeat(n, (k) => T0 * (T1 / T0) ** (k / (n - 1)));
const logarithmic = (c, n) => repeat(n, (k) => c / Math.log(k + 2));

export const presets = ({ hot, cold, depth }) => ({
  geometric: (n) => geometric(hot, cold, n),
  linear: (n) => linear(hot, cold, n),
  logarithmic: (n) => logarithmic(depth, n),
  quench: (n) => repeat(n, (k) => (k < n / 2 ? hot : cold)),
  reheat: (n) => [...geometric(hot, cold, Math.ceil(n / 2)), ...geometric(hot, cold, Math.floor(n / 2))],
});

// Through knots at equal distances, geometric between two of them: straight where T is drawn on a logarithmic axis.
function drawn(knots, n) {
  return repeat(n, (k) => {
    const x = ((knots.length - 1) * k) / (n - 1), i = Math.min(Math.floor(x), knots.length - 2);
    return knots[i] * (knots[i + 1] / knots[i]) ** (x - i);
  });
}

// A schedule is a preset's name or the knots of a drawn one.
export const temperatures = (schedule, n, known) =>
  typeof schedule === "string" ? known[schedule](n) : drawn(schedule, n);

// --- on a path of states

// One Metropolis step of a distribution: neighbours are proposed with probability ½ each, beyond the ends none is.
export function evolve(E, p, T) {
  const next = [...p];
  for (let i = 0; i + 1 < E.length; i++) {
    const rise = E[i + 1] - E[i];
    const right = (p[i] / 2) * Math.exp(Math.min(0, -rise / T));
    const left = (p[i + 1] / 2) * Math.exp(Math.min(0, rise / T));
    next[i] += left - right;
    next[i + 1] += right - left;
  }
  return next;
}

export const startAt = (E, start) => E.map((_, i) => Number(i === start));
export const endDistribution = (E, schedule, start) =>
  schedule.reduce((p, T) => evolve(E, p, T), startAt(E, start));

export function boltzmann(E, T) {
  const lowest = Math.min(...E);
  const weights = E.map((e) => Math.exp((lowest - e) / T));
  const Z = weights.reduce((a, b) => a + b);
  return weights.map((w) => w / Z);
}

export class Walkers {
  constructor(E, n, start, seed) {
    this.E = E;
    this.next = randomBits(seed);
    this.states = new Int8Array(n).fill(start);
  }

  step(T) {
    const { E, states, next } = this;
    for (let w = 0; w < states.length; w++) {
      const i = states[w], j = next() < 2 ** 31 ? i - 1 : i + 1;
      if (j < 0 || j >= E.length) continue;
      if (E[j] <= E[i] || next() / 2 ** 32 < Math.exp((E[i] - E[j]) / T)) states[w] = j;
    }
  }

  counts() {
    const counts = this.E.map(() => 0);
    for (const i of this.states) counts[i]++;
    return counts;
  }

  frequencies() {
    return this.counts().map((c) => c / this.states.length);
  }
}

// --- a tour of cities

const tourLength = (cities, order) =>
  order.reduce((sum, city, k) => sum + distance(cities[city], cities[order[(k + 1) % order.length]]), 0);
const distance = ([x, y], [u, v]) => Math.hypot(x - u, y - v);

export class Tour {
  constructor(cities, seed) {
    this.cities = cities;
    this.next = randomBits(seed);
    this.best = Infinity;
    this.shuffle();
  }

  below(n) {
    return Math.floor((this.next() / 2 ** 32) * n);
  }

  // A random tour (Fisher and Yates). Proposals are counted from here; the shortest length is kept.
  shuffle() {
    const order = [...this.cities.keys()];
    for (let k = order.length - 1; k > 0; k--) {
      const l = this.below(k + 1);
      [order[k], order[l]] = [order[l], order[k]];
    }
    this.order = order;
    this.length = tourLength(this.cities, order);
    this.best = Math.min(this.best, this.length);
    this.proposed = this.accepted = 0;
  }

  // One more city, between the neighbours where it costs least. Another problem: counts and the best begin anew.
  add(city) {
    const { cities, order } = this, at = (k) => cities[order[k % order.length]];
    const cost = order.map((_, k) =>
      distance(at(k), city) + distance(city, at(k + 1)) - distance(at(k), at(k + 1))
    );
    this.order = order.toSpliced(cost.indexOf(Math.min(...cost)) + 1, 0, cities.length);
    this.cities = [...cities, city];
    this.length = this.best = tourLength(this.cities, this.order);
    this.proposed = this.accepted = 0;
  }

  // 2-opt: two legs that share no city are drawn, every pair of legs alike, and the stretch between them is reversed.
  propose() {
    const n = this.order.length, i = this.below(n), j = (i + 2 + this.below(n - 3)) % n;
    return i < j ? [i, j] : [j, i];
  }

  // What reversing order[i + 1 … j] adds to the length.
  change(i, j) {
    const { cities, order } = this, at = (k) => cities[order[k]];
    const a = at(i), b = at(i + 1), c = at(j), d = at((j + 1) % order.length);
    return distance(a, c) + distance(b, d) - distance(a, b) - distance(c, d);
  }

  step(T) {
    const { order } = this;
    const [i, j] = this.propose();
    const dE = this.change(i, j);
    this.proposed++;
    if (dE > 0 && this.next() / 2 ** 32 >= Math.exp(-dE / T)) return;
    for (let k = i + 1, l = j; k < l; k++, l--) [order[k], order[l]] = [order[l], order[k]];
    this.length += dE;
    this.accepted++;
    this.best = Math.min(this.best, this.length);
  }
}
