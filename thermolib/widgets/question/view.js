// A question on its page.
import { ask } from "./ask.js";

/** @type {View["render"]} */
function render({ model, el }) {
  el.classList.add("thermo-widget");
  el.append(ask(model.get("exercise")));
}

export default { render };
