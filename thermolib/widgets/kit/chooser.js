// A labelled native choice.
import { element, uniqueId } from "./slider.js";

export function chooser(label, options, value, onchange) {
  const id = uniqueId();
  const select = element("select", { id, onchange: () => onchange(select.value) });
  for (const [key, words] of options) select.append(element("option", { value: key }, words));
  select.value = value;
  return { node: element("div", { class: "thermo-choice" }, element("label", { for: id }, label), select), select };
}
