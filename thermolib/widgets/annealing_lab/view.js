// Annealing seen twice: walkers on a landscape, a tour of cities.
import { landscapeView } from "./landscape_view.js";
import { tourView } from "./tour_view.js";

/** @param {Place} place */
const render = (place) => (place.model.get("view") === "tour" ? tourView : landscapeView)(place);

export default { render };
