// The majority rule on a square lattice with periodic edges, and fresh lattices by clusters: physics alone, no page.
export const FACTOR = 3; // nine spins are never tied

/**
 * Spins from bits, the highest of a byte first, rows one after the other. A bit says whether a spin differs from most
 * of three neighbours that came before it: above, to the left, and above to the right. Beyond an edge all are down.
 */
export function fromBits(bytes, size) {
  const spins = new Int8Array(size * size);
  for (let i = 0; i < spins.length; i++) {
    const x = i % size, above = i - size;
    const votes = (above < 0 ? -1 : spins[above]) + (x === 0 ? -1 : spins[i - 1]) +
      (above < 0 || x === size - 1 ? -1 : spins[above + 1]);
    const differs = (bytes[i >> 3] >> (7 - (i & 7))) & 1;
    spins[i] = (votes > 0) !== (differs === 1) ? 1 : -1;
  }
  return spins;
}

/** The lattice of the blocks: each is what most of its spins are. */
export function majority({ size, spins }) {
  const fewer = size / FACTOR, blocks = new Int8Array(fewer * fewer);
  for (let k = 0; k < blocks.length; k++) {
    const row = FACTOR * Math.floor(k / fewer), column = FACTOR * (k % fewer);
    let sum = 0;
    for (let y = row; y < row + FACTOR; y++) {
      for (let x = column; x < column + FACTOR; x++) sum += spins[y * size + x];
    }
    blocks[k] = sum > 0 ? 1 : -1;
  }
  return { size: fewer, spins: blocks };
}

/** A lattice, its blocks, the blocks of its blocks, until there are no more than `least` along a side. */
export function levels(lattice, least) {
  const found = [lattice];
  while (found.at(-1).size > least) found.push(majority(found.at(-1)));
  return found;
}

/** Means over a lattice: of the products of neighbours, right and below, and of the spins. */
export function means({ size, spins }) {
  let bonds = 0, magnetization = 0;
  for (let y = 0; y < size; y++) {
    const row = y * size, below = ((y + 1) % size) * size;
    for (let x = 0; x < size; x++) {
      bonds += spins[row + x] * (spins[row + ((x + 1) % size)] + spins[below + x]);
      magnetization += spins[row + x];
    }
  }
  return { correlation: bonds / (2 * size * size), magnetization: magnetization / (size * size) };
}

/** Energy per site of the infinite lattice, E = −Σ s s, at coupling K = 1/T (Onsager 1944), K > 0. */
export function onsager(K) {
  const tanh = Math.tanh(2 * K), kappa = 2 * tanh * tanh - 1;
  let a = 1, b = Math.abs(kappa); // (2/π) K(κ) is one over the arithmetic–geometric mean of 1 and κ'
  if (b === 0) return -1 / tanh;
  while (a - b > 1e-15 * a) [a, b] = [(a + b) / 2, Math.sqrt(a * b)];
  return -(1 + kappa / a) / tanh;
}

/**
 * The coupling of the infinite lattice of nearest neighbours whose neighbours have this correlation. Blocks feel farther
 * ones too, which it leaves out. It is odd, 0 for noise and ∞ for full order.
 */
export function coupling(correlation) {
  const c = Math.abs(correlation);
  if (c < 1e-3) return Math.atanh(correlation - 2 * correlation ** 3); // the first terms, where the closed form cancels
  let low = 0, high = 10;
  if (-onsager(high) / 2 <= c) return Math.sign(correlation) * Infinity;
  for (let k = 0; k < 60; k++) {
    const K = (low + high) / 2;
    if (-onsager(K) / 2 < c) low = K;
    else high = K;
  }
  return Math.sign(correlation) * low;
}

/** What sweeps of one lattice need: `next` returns 32 random bits. */
export const workshop = (sites, next) => ({
  parent: new Int32Array(sites),
  coin: new Int8Array(sites),
  next,
});

/**
 * Swendsen and Wang: bonds between equal spins are kept with 1 − exp(−2/T), and what they join gets one sign, by a fair
 * coin. Of the two signs of the whole lattice it keeps that in which most spins are up.
 */
export function sweep({ size, spins }, T, { parent, coin, next }) {
  const join = 2 ** 32 * (1 - Math.exp(-2 / T)), sites = size * size;
  const root = (i) => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]];
    return i;
  };
  const tie = (i, j) => { // the lower number stays the root
    const a = root(i), b = root(j);
    if (a < b) parent[b] = a;
    else parent[a] = b;
  };
  for (let i = 0; i < sites; i++) parent[i] = i;
  for (let y = 0, i = 0; y < size; y++) {
    const down = y + 1 < size ? size : size - sites;
    for (let x = 0; x < size; x++, i++) {
      const right = x + 1 < size ? i + 1 : i + 1 - size, below = i + down;
      if (spins[i] === spins[right] && next() < join) tie(i, right);
      if (spins[i] === spins[below] && next() < join) tie(i, below);
    }
  }
  let sum = 0;
  for (let i = 0; i < sites; i++) {
    const up = parent[i]; // at most i, and its coin is tossed already
    if (up === i) coin[i] = next() & 1 ? 1 : -1;
    else coin[i] = coin[up];
    sum += spins[i] = coin[i];
  }
  if (sum < 0) { for (let i = 0; i < sites; i++) spins[i] = -spins[i]; }
}
