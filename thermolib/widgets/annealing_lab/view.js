// Annealing seen twice: walkers on a landscape, a tour of cities.
import { landscapeView } from "./landscape_view.js";
import { tourView } from "./tour_view.js";
import { element } from "../kit/slider.js";

function render({ model, el }) {
  const update = (changes) => {
    for (const [key, value] of Object.entries(changes)) model.set(key, value);
    model.save_changes();
  };
  const { box, stop, listeners } = (model.get("view") === "tour" ? tourView : landscapeView)({ model, update });
  for (const [event, listen] of Object.entries(listeners)) model.on(event, listen);
  el.classList.add("thermo-widget");
  el.append(element("div", { class: "thermo-box" }, box));

  return () => {
    stop();
    for (const [event, listen] of Object.entries(listeners)) model.off(event, listen);
  };
}

export default { render };
