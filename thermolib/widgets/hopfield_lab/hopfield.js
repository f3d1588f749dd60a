// Hopfield's network of N units ±1, E = −½ Σ Jᵢⱼsᵢsⱼ with Hebb's J: it stores, and it recalls. Physics alone, no page.

/** @param {() => number} uniform */
export const coins = (n, uniform) => Int8Array.from({ length: n }, () => uniform() < 0.5 ? 1 : -1);

/** 0 … n − 1 in a random order. */
export function shuffled(n, uniform) {
  const order = Array.from({ length: n }, (_, k) => k);
  for (let k = n - 1; k > 0; k--) {
    const j = Math.floor(uniform() * (k + 1));
    [order[k], order[j]] = [order[j], order[k]];
  }
  return order;
}

/** A state with a share of its units turned over: the first in `order`, so that a larger share turns the same and more. */
export function noisy(s, share, order) {
  const found = Int8Array.from(s), n = Math.round(share * s.length);
  for (let k = 0; k < n; k++) found[order[k]] *= -1;
  return found;
}

/** A state of which the first `kept` units are left, the others fair coins. */
export function covered(s, kept, uniform) {
  const found = coins(s.length, uniform);
  found.set(Array.from(s).slice(0, kept));
  return found;
}

/** (1/N) a·b */
export function overlap(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum / a.length;
}

// All that is stored. Couplings and fields are N times those of the model, so they are whole numbers and sums are exact.
export class Network {
  /** @param {ArrayLike<number>[]} memories of ±1, at least one */
  constructor(memories) {
    const N = this.N = memories[0].length, J = this.J = new Int16Array(N * N);
    this.memories = memories.map((memory) => Int8Array.from(memory));
    for (const memory of this.memories) {
      for (let i = 1; i < N; i++) {
        for (let j = 0; j < i; j++) J[N * i + j] = J[N * j + i] += memory[i] * memory[j];
      }
    }
  }

  /** N times what each unit feels: of its own share in the overlaps it feels nothing. */
  fields(s) {
    const { N, memories } = this, found = Int32Array.from(s, (one) => -memories.length * one);
    for (const memory of memories) {
      const total = Math.round(N * overlap(memory, s));
      for (let i = 0; i < N; i++) found[i] += total * memory[i];
    }
    return found;
  }

  overlaps(s) {
    return this.memories.map((memory) => overlap(memory, s));
  }
}

// A state on its way: units one by one, each sweep in a random order, by the heat bath at T. At T = 0 a unit without a field stays.
export class Walk {
  constructor(network, s, uniform) {
    this.uniform = uniform;
    this.s = Int8Array.from(s);
    this.sweeps = 0;
    this.begin(network);
  }

  /** Other couplings for the same state, or another temperature: a sweep begins anew. */
  begin(network) {
    this.network = network;
    this.fields = network.fields(this.s);
    this.order = [];
    this.rests = false; // a whole sweep at T = 0 has turned no unit
  }

  turn(i) {
    const { s, fields } = this, { N, J } = this.network;
    s[i] = -s[i];
    for (let j = 0; j < N; j++) fields[j] += 2 * s[i] * J[N * i + j];
    this.turned++;
  }

  /** The next unit of the sweep. */
  update(T) {
    const { s, fields, uniform } = this, { N } = this.network;
    if (this.order.length === 0) {
      this.order = shuffled(N, uniform);
      this.turned = 0;
    }
    const i = this.order.pop(), field = fields[i] / N;
    const up = T > 0
      ? uniform() < 1 / (1 + Math.exp(-2 * field / T))
      : field > 0 || (field === 0 && s[i] > 0);
    if (up !== s[i] > 0) this.turn(i);
    if (this.order.length) return;
    this.sweeps++;
    this.rests = !(T > 0) && this.turned === 0;
  }

  /** The energy per unit. */
  energy() {
    const { s, fields } = this;
    return -fields.reduce((sum, field, i) => sum + field * s[i], 0) / (2 * s.length ** 2);
  }

  sweep(T) {
    do this.update(T); while (this.order.length);
  }
}

/** Of each memory what recall at T = 0 keeps of it that begins at itself: overlap and energy where no unit turns any more. */
export function kept(network, uniform, most = 100) {
  return network.memories.map((memory) => {
    const walk = new Walk(network, memory, uniform);
    while (!walk.rests && walk.sweeps < most) walk.sweep(0);
    return { m: overlap(memory, walk.s), E: walk.energy() };
  });
}

const RECALLED = 0.9, NEAR = 0.7, PART = 0.3; // overlaps

/**
 * What a state is, by its overlaps: { what, of }, with the numbers of the memories that it is told by, the nearest first.
 * Recalled, or its negative, from RECALLED on; near from NEAR on; a mixture of all from PART on, if they are three or more;
 * else near from 1/2 on; else lost.
 */
export function verdict(overlaps) {
  const sizes = overlaps.map(Math.abs), of = overlaps.map((_, k) => k).sort((a, b) => sizes[b] - sizes[a]);
  const [first] = of, largest = sizes[first], parts = of.filter((k) => sizes[k] >= PART);
  if (largest >= RECALLED) return { what: overlaps[first] > 0 ? "recalled" : "negative", of: [first] };
  if (largest >= NEAR) return { what: "near", of: [first] };
  if (parts.length > 2) return { what: "mixture", of: parts };
  return { what: largest >= 0.5 ? "near" : "lost", of: [first] };
}
