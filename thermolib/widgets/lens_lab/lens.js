// The majority rule on a square lattice with periodic edges: physics alone, no page.
export const FACTOR = 3; // nine spins are never tied

/** Spins from bits, the highest of a byte first, rows one after the other: 1 is up. */
export function fromBits(bytes, sites) {
  return Int8Array.from({ length: sites }, (_, i) => (bytes[i >> 3] >> (7 - (i & 7))) & 1 ? 1 : -1);
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
