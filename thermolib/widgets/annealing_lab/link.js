// A schedule in the page's address, to be sent to somebody: #schedule=1000:2,1,0.5,0.25,0.1,0.05, or a preset's name.
import { element, uniqueId } from "../kit/slider.js";

const KEY = "#schedule=";

/** @param {string | number[]} schedule @param {number} steps */
export const written = (schedule, steps) => `${KEY}${steps}:${schedule}`;

/**
 * What an address asks for: null where it is about something else. `drawn` makes knots of a text, or null.
 * @param {string} hash @param {{ names: string[], lengths: number[], drawn: (text: string) => number[] | null }} known
 */
export function asked(hash, { names, lengths, drawn }) {
  if (!hash.startsWith(KEY)) return null;
  const [steps, text = ""] = hash.slice(KEY.length).split(":");
  const schedule = names.includes(text) ? text : drawn(text.replaceAll("%20", " "));
  return schedule && lengths.includes(Number(steps)) ? { schedule, steps: Number(steps) } : { refused: hash };
}

/**
 * A button that copies the page's address with the schedule in it, and shows it where it may not be copied.
 * @param {() => string} hash of the schedule that is seen
 */
export function linkButton(hash) {
  const id = uniqueId();
  const field = element("input", { type: "text", id, readonly: "", onfocus: () => field.select() });
  const shown = element("div", { class: "thermo-choice" }, element("label", { for: id }, "link"), field);
  const said = element("p", { class: "thermo-note", role: "status" });
  const node = element("div", {}, said);
  async function copy() {
    history.replaceState(history.state, "", hash());
    field.value = location.href;
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "Copied: whoever opens the link sees this schedule.";
      shown.remove();
    } catch { // no leave, or no clipboard
      said.textContent = "It may not be copied from here: copy the line above.";
      node.prepend(shown);
      field.focus();
    }
  }
  const button = element("button", { type: "button", onclick: copy }, "Copy link");
  const forget = () => {
    said.textContent = "";
    shown.remove();
  };
  return { button, node, forget };
}
