// Numbers in words: a true minus sign, none before a 0, and no digit that the error does not allow.
export const fixed = (x, digits) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");

// Two digits of the error, and the mean to the same place: [mean, error], the error empty where there is none.
/** @param {Estimate} estimate @returns {[string, string]} */
export function rounded({ mean, stderr }) {
  if (Number.isNaN(mean)) return ["…", ""];
  if (Number.isNaN(stderr)) return [`≈ ${fixed(mean, 2)}`, ""]; // too short a run to say more
  const digits = stderr > 0 ? Math.min(6, Math.max(2, 1 - Math.floor(Math.log10(stderr)))) : 4;
  return [fixed(mean, digits), `± ${stderr.toFixed(digits)}`];
}
export const withError = (estimate) => rounded(estimate).join(" ").trim();

// A whole number of things.
export const plural = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;

// What stands in a list at a fraction of its length.
export const along = (list, t) => list[Math.round(Math.min(Math.max(t, 0), 1) * (list.length - 1))];
