// What the works of a pull say of ΔF, in numbers and in words.
import { average, bar, jarzynski } from "./work.js";
import { fixed, plural, rounded } from "../kit/numbers.js";
import { table } from "../kit/table.js";

const NONE = ["—", "\u00a0"]; // as high as a number with its small print

const opposite = (one) => ({ ...one, mean: -one.mean });
const value = (one) => rounded(one).join(" ").trim();
const exactly = (x) => `exactly ${fixed(x, 2)}`;

/** Of the beads so far: their mean works and estimates; null where there are none. */
export function estimates({ forward, reverse, n }, T, deltaF) {
  if (!n) return null;
  return {
    n,
    W: average(forward),
    back: opposite(average(reverse)),
    up: jarzynski(forward, T),
    down: opposite(jarzynski(reverse, T)),
    both: bar(forward, reverse, T),
    below: forward.reduce((k, W) => k + Number(W < deltaF), 0) / n,
  };
}

export const estimatesTable = () =>
  table(["", "this pull", "the pull before"], {
    pull: "pulled",
    up: "mean W up",
    down: "mean −W down",
    lost: "dissipated up",
    jarzynski: "▲ Jarzynski",
    reverse: "▼ reversed",
    both: "● BAR",
    exact: "exact ΔF",
  });

/** The table's rows. pull: who pulled, and how long; null where nobody did. */
export function rows({ pull, law, found }) {
  const { deltaF, dissipated, mean } = law, exact = [fixed(deltaF, 2), "weight × height"];
  const empty = { up: NONE, down: NONE, lost: NONE, jarzynski: NONE, reverse: NONE, both: NONE };
  if (!found) return { pull: pull ?? NONE, ...empty, exact };
  const { W, back, up, down, both } = found;
  const carried = (one) => {
    const worth = `worth ${fixed(one.effective, one.effective < 9.5 ? 1 : 0)}`;
    return [value(one), Number.isNaN(one.stderr) ? `no error: ${worth}` : worth];
  };
  return {
    pull,
    up: [value(W), exactly(mean)],
    down: [value(back), exactly(deltaF - dissipated)],
    lost: [value({ ...W, mean: W.mean - deltaF }), exactly(dissipated)],
    jarzynski: carried(up),
    reverse: carried(down),
    both: [value(both), Number.isNaN(both.stderr) ? "no error" : "both ways"],
    exact,
  };
}

/** What was done to so many beads, and how many of them seem to break the second law. */
export function sentence(n, found) {
  const beads = `${plural(n, "bead")} up and ${n.toLocaleString("en")} down by this one pull and its reverse`;
  if (!n || !found) return `${beads}.`;
  const below = `${fixed(100 * found.below, 1)}\u00a0%`;
  return `${beads}: works of other pulls are not mixed in. ${below} of those up cost less than ΔF.`;
}

/** The picture, for those who do not see it. */
export function described(found, beads, { deltaF }) {
  const exact = `exactly ΔF = ${fixed(deltaF, 2)}`;
  if (!found) return `${beads} beads in a trap, and no works yet; ${exact}`;
  const { n, W, back, both } = found, up = fixed(W.mean, 2), down = fixed(back.mean, 2);
  const works = `the work on ${n} beads up, mean ${up}, and of minus the work on as many down, mean ${down}`;
  return `Histograms of ${works}. They cross at ΔF, by BAR ${fixed(both.mean, 2)}, ${exact}`;
}
