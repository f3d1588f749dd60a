// What was answered stays in the reader's browser, and nowhere else. Where that keeps nothing: until the page is left.

const KEY = "thermo-answers"; // assets/progress.js reads it too
const DAY = 86_400_000; // ms
const REST = [2, 7, 30, 90]; // days until a right answer is asked again: the first, the second in a row, and so on

let here = "{}"; // in place of a storage

/** The browser's storage, or null where there is none. */
export function storage() {
  try {
    localStorage.setItem(`${KEY}-try`, "");
    localStorage.removeItem(`${KEY}-try`);
    return localStorage;
  } catch {
    return null;
  }
}

/** @typedef {{ text: string, times: number, at: number }} Kept  the answer, how often right in a row, when (ms) */

/** @returns {Record<string, Kept>} by the exercises' names; what is no record of ours is left out */
export function answers() {
  try {
    const found = Object.entries(JSON.parse(storage()?.getItem(KEY) ?? here));
    return Object.fromEntries(
      found.filter(([, one]) =>
        typeof one?.text === "string" && Number.isInteger(one.times) && Number.isFinite(one.at)
      ),
    );
  } catch {
    return {};
  }
}

function write(all) {
  here = JSON.stringify(all);
  storage()?.setItem(KEY, here);
  dispatchEvent(new Event(KEY));
}

/** Whether to ask again: at once after a wrong answer, and ever later after right ones. */
export const due = ({ times, at }, now = Date.now()) =>
  times === 0 || now - at >= REST[Math.min(times, REST.length) - 1] * DAY;

/** Keep an answer. A right one counts again only where it was due. */
export function keep(name, text, right) {
  const all = answers(), before = all[name], now = Date.now();
  if (right && before && !due(before, now)) return;
  write({ ...all, [name]: { text, times: right ? (before?.times ?? 0) + 1 : 0, at: now } });
}

export const forget = () => write({});
