// The free energy of a Gaussian trial law in a landscape, and its descent: physics alone, no page.

const { exp, log, log1p, max, min, sqrt, abs, PI } = Math;

const logAddExp = (a, b) => max(a, b) + log1p(exp(-abs(a - b)));

/** E(x), in units in which k_B = 1. */
export const ENERGIES = {
  well: (x) => x * x / 2,
  double: (x) => 3 * ((x / 1.8) ** 2 - 1) ** 2 + x / 4,
  unequal: (x) => -logAddExp(1.5 - 8 * (x - 1.8) ** 2, -((x + 1.2) ** 2) / 2),
};

// Averages under a Gaussian: the trapezoid of 8 standard deviations to either side, which converges exponentially.
const PLACES = 400, FAR = 8;
const z = Float64Array.from({ length: 2 * PLACES + 1 }, (_, k) => FAR * (k / PLACES - 1));
const weights = z.map((one) => exp(-one * one / 2) * FAR / PLACES / sqrt(2 * PI));

/**
 * U = ⟨E⟩, and by Stein's identity its slopes: σ⟨E′⟩ = ⟨zE⟩ with the mean, σ²⟨E″⟩ = ⟨(z² − 1)E⟩ with ln σ.
 * @param {(x: number) => number} E
 */
export function energy(E, { mean, width }) {
  let U = 0, first = 0, second = 0;
  for (let k = 0; k < z.length; k++) {
    const one = weights[k] * E(mean + width * z[k]);
    U += one;
    first += one * z[k];
    second += one * (z[k] * z[k] - 1);
  }
  return { U, first, second };
}

/** S of a Gaussian, in nats. */
export const entropy = (width) => (1 + log(2 * PI)) / 2 + log(width);

/** U, TS and F = U − TS of q at T. */
export function freeEnergy(E, q, T) {
  const { U } = energy(E, q), TS = T * entropy(q.width);
  return { U, TS, F: U - TS };
}

const LONGEST = 0.1; // of a step, in widths and in ln σ: so that a descent can be watched
const HALVINGS = 30;

/**
 * One step down the natural gradient of F/T, Δμ = −rate σ⟨zE⟩/T and Δln σ = −(rate/2)(⟨(z² − 1)E⟩/T − 1), cut short
 * until F falls. Returns where q is then, and whether it moved: where not, no step leads down.
 * bounds: of mean and width.
 */
export function descend(E, q, T, rate, { means, widths }) {
  const { first, second } = energy(E, q), { F } = freeEnergy(E, q, T);
  let along = -rate * first / T, wider = -rate / 2 * (second / T - 1);
  const shorter = min(1, LONGEST / max(abs(along), abs(wider)));
  along *= shorter;
  wider *= shorter;
  if (max(abs(along), abs(wider)) < 1e-6) return { q, moved: false };
  for (let k = 0; k < HALVINGS; k++, along /= 2, wider /= 2) {
    const next = {
      mean: min(means[1], max(means[0], q.mean + along * q.width)),
      width: min(widths[1], max(widths[0], q.width * exp(wider))),
    };
    if (freeEnergy(E, next, T).F < F) return { q: next, moved: true };
  }
  return { q, moved: false };
}

/** The densities at x: p from its exact free energy, and q. */
export const boltzmann = (E, T, F) => (x) => exp((F - E(x)) / T);
export const gaussian = ({ mean, width }) => (x) =>
  exp(-(((x - mean) / width) ** 2) / 2) / (width * sqrt(2 * PI));
