// xoshiro128** of Blackman and Vigna; the seed is spread over the state by splitmix32. Returns 32 random bits.
export function randomBits(seed) {
  let z = seed >>> 0;
  const spread = () => {
    z = (z + 0x9e3779b9) | 0;
    let t = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
    return t ^ (t >>> 15);
  };
  const s = Int32Array.of(spread(), spread(), spread(), spread()); // plain variables would be boxed: ten times slower
  return () => {
    let r = Math.imul(s[1], 5);
    r = Math.imul((r << 7) | (r >>> 25), 9);
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return r >>> 0;
  };
}

/** Standard normal numbers of random bits, by Box and Muller: two of two. */
export function normals(bits) {
  let kept = NaN;
  return () => {
    if (!Number.isNaN(kept)) {
      const last = kept;
      kept = NaN;
      return last;
    }
    const radius = Math.sqrt(-2 * Math.log((bits() + 1) / 2 ** 32)), angle = 2 * Math.PI * bits() / 2 ** 32;
    kept = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
