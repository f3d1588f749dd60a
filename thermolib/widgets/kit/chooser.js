// A labelled native choice.
import { element, uniqueId } from "./slider.js";

/**
 * @param {string} label
 * @param {(string | number)[][]} options each its value and its words
 * @param {string | number} value
 * @param {(value: string) => void} onchange
 */
export function chooser(label, options, value, onchange) {
  const id = uniqueId();
  const select = element("select", { id, onchange: () => onchange(select.value) });
  for (const [key, words] of options) select.append(element("option", { value: key }, String(words)));
  select.value = String(value);
  const node = element("div", { class: "thermo-choice" }, element("label", { for: id }, label), select);
  return { node, select };
}
