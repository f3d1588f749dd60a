// A text's letters counted, the next one drawn at a temperature, and how surprising a text is: no page in it.
import { randomBits } from "../kit/random.js";
import { nucleus, softmax } from "../sampler_lab/sampler.js";

const BATCH = 50; // letters whose mean surprise counts as one measurement: neighbours are not independent
const BATCHES = 10; // needed for an error

// A context: the places of the letters that follow it, and how often each letter does.
function context(at, letters, size) {
  const counts = new Uint32Array(size);
  let distinct = 0;
  for (const i of at) if (counts[letters[i]]++ === 0) distinct++;
  return { at, counts, distinct, n: at.length, longer: null };
}

export class Characters {
  // Places, in the alphabet, of the text's letters. A longer context is looked up in the places of a shorter one.
  constructor(text) {
    const all = [...text];
    this.alphabet = [...new Set(all)].sort((a, b) => a.codePointAt(0) - b.codePointAt(0));
    const place = new Map(this.alphabet.map((letter, i) => [letter, i]));
    this.places = (words) => [...words].map((letter) => place.get(letter));
    this.letters = Uint8Array.from(all, (letter) => place.get(letter));
    const everywhere = new Uint32Array(all.length).map((_, i) => i);
    this.root = context(everywhere, this.letters, this.alphabet.length);
  }

  // The contexts of j + 1 letters that end in this one of j, by the letter that they have more on the left.
  longer(node, j) {
    if (node.longer) return node.longer;
    const groups = this.alphabet.map(() => []);
    for (const i of node.at) if (i > j) groups[this.letters[i - j - 1]].push(i);
    return node.longer = groups.map((at) => at.length > 0 ? context(at, this.letters, groups.length) : null);
  }

  // Witten and Bell's mixture (thermolib.characters.probabilities): from all letters alike to the last k before.
  after(before, k) {
    const p = new Float64Array(this.alphabet.length).fill(1 / this.alphabet.length);
    let node = this.root;
    for (let j = 0; node; j++) {
      const { counts, distinct, n } = node;
      for (let i = 0; i < p.length; i++) p[i] = (p[i] * distinct + counts[i]) / (n + distinct);
      node = j < Math.min(k, before.length) ? this.longer(node, j)[before.at(-1 - j)] : null;
    }
    return p;
  }
}

// p^(1/T) divided by its sum, then top-p: a softmax of ln p.
export const temper = (p, T, mass) => nucleus(softmax(Array.from(p, Math.log), T), mass);

// The mean surprise of a text at T, given the letters before each; Infinity where top-p has cut one of them.
// Each context that occurs has a row of logarithms, which takes a while to make: `work` does a part of it.
export class Judge {
  constructor(model, text, k) {
    const rows = new Map();
    this.size = model.alphabet.length;
    this.right = model.places(text);
    this.row = this.right.map((_, i) => {
      const before = this.right.slice(Math.max(0, i - k), i), key = before.join();
      if (!rows.has(key)) rows.set(key, { number: rows.size, before });
      return rows.get(key).number;
    });
    this.logs = new Float64Array(rows.size * this.size);
    this.after = (before) => model.after(before, k);
    this.waiting = [...rows.values()].reverse();
  }

  get ready() {
    return this.waiting.length === 0;
  }

  // Make rows for so many milliseconds.
  work(budget) {
    const end = performance.now() + budget;
    while (!this.ready && performance.now() < end) {
      const { number, before } = this.waiting.pop();
      this.logs.set(this.after(before).map(Math.log), number * this.size);
    }
  }

  surprise(T, mass) {
    this.work(Infinity);
    const { logs, right, row, size } = this, n = logs.length / size, log_Z = new Float64Array(n), cut = [];
    for (let r = 0; r < n; r++) {
      let sum = 0;
      for (let i = r * size; i < (r + 1) * size; i++) sum += Math.exp(logs[i] / T);
      log_Z[r] = Math.log(sum);
    }
    let total = 0;
    for (let i = 0; i < right.length; i++) {
      const r = row[i];
      if (mass === 1) {
        total += log_Z[r] - logs[r * size + right[i]] / T;
        continue;
      }
      cut[r] ??= nucleus(softmax([...logs.subarray(r * size, (r + 1) * size)], T), mass);
      if (cut[r][right[i]] === 0) return Infinity;
      total -= Math.log(cut[r][right[i]]);
    }
    return total / right.length;
  }
}

// Σ_h π_h H(p_T(·|h)) of a memory of 0 or 1: π as by Grassmann, Taksar and Heyman (1985), without subtractions.
export function entropyRate(model, k, T) {
  const P = model.alphabet.map((_, h) => temper(model.after([h], k), T, 1)), A = P.map((row) => [...row]);
  for (let n = A.length - 1; n > 0; n--) {
    let leaves = 0;
    for (let i = 0; i < n; i++) leaves += A[n][i];
    for (let i = 0; i < n; i++) A[i][n] /= leaves;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) A[i][j] += A[i][n] * A[n][j];
  }
  const pi = [1];
  for (let n = 1; n < A.length; n++) pi.push(pi.reduce((sum, x, i) => sum + x * A[i][n], 0));
  const all = pi.reduce((a, b) => a + b, 0);
  const H = (row) => row.reduce((sum, x) => sum - (x > 0 ? x * Math.log(x) : 0), 0);
  return P.reduce((sum, row, h) => sum + (pi[h] / all) * H(row), 0);
}

export class Writer {
  constructor(model, seed, start) {
    this.model = model;
    this.next = randomBits(seed);
    this.before = model.places(start);
  }

  // Another distribution: what was written stays, the sums begin anew.
  setPoint(k, T, mass) {
    this.k = k;
    this.T = T;
    this.mass = mass;
    this.n = this.total = this.open = 0;
    this.batches = [];
  }

  // Where a uniform number falls among the summed probabilities; rounding may leave it above the last of them.
  write() {
    const p = temper(this.model.after(this.before, this.k), this.T, this.mass);
    let u = this.next() / 2 ** 32, letter = -1;
    for (let i = 0; i < p.length && u >= 0; i++) {
      if (p[i] === 0) continue;
      letter = i;
      u -= p[i];
    }
    const surprise = -Math.log(p[letter]);
    this.before = [...this.before, letter].slice(-8);
    this.n++;
    this.total += surprise;
    this.open += surprise;
    if (this.n % BATCH === 0) {
      this.batches.push(this.open / BATCH);
      this.open = 0;
    }
    return { letter: this.model.alphabet[letter], surprise };
  }

  // Mean surprise of what was written, with the error that the scatter of whole batches gives it.
  surprise() {
    const { n, total, batches } = this, m = batches.length;
    const mean = batches.reduce((a, b) => a + b, 0) / m;
    const variance = batches.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (m - 1);
    return { mean: total / n, stderr: m < BATCHES ? NaN : Math.sqrt(variance / m) };
  }
}
