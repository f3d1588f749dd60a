// A restricted Boltzmann machine seen twice: one that was trained dreams, a small one learns.
import { dreamView } from "./dream_view.js";
import { learnView } from "./learn_view.js";

/** @param {Place} place */
const render = (place) => (place.model.get("constants").view === "learn" ? learnView : dreamView)(place);

export default { render };
