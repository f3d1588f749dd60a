// A tour of cities, annealed by 2-opt at display speed. It begins by cooling; the reader may add cities.
import { Tour } from "./annealing.js";
import { chooser } from "../kit/chooser.js";
import { lab } from "../kit/lab.js";
import { along, fixed, plural } from "../kit/numbers.js";
import { line, picture } from "../kit/picture.js";
import { box, element, say, uniqueId } from "../kit/slider.js";
import { table } from "../kit/table.js";

const SECONDS = 10; // of a cooling
const ANSWER = 3000; // proposals that answer a drag where nothing runs by itself
const WARM = 2 / 3; // of a cooling is over where it begins again for a new city
const MOST = 300; // cities
const MARGIN = 1.08; // the map shows x and y from −MARGIN to MARGIN

export function tourView(place) {
  const { model } = place, get = (key) => model.get(key), colours = get("colours");
  const { places, optimum, coldest, hottest, cooling: COOLING } = get("constants"); // proposals, over which T falls geometrically
  const DECADES = Math.log10(hottest / coldest); // the slider: T = hottest · 10^(x − DECADES), 0 ≤ x ≤ DECADES
  const TAt = (x) => Number((hottest * 10 ** (x - DECADES)).toPrecision(3)),
    placeOf = (T) => DECADES + Math.log10(T / hottest);
  const T = () => (cooled < COOLING ? hottest * (coldest / hottest) ** (cooled / COOLING) : get("T"));

  let tour, cooled = COOLING, added, painted; // in which colour

  // --- what is seen
  const colour = () => along(colours, placeOf(T()) / DECADES);
  const map = picture((width) => width, (pen, { width, ink }) => {
    const at = tour.cities.map(([x, y]) => [x, -y].map((z) => ((z + MARGIN) / (2 * MARGIN)) * width));
    pen.strokeStyle = painted = colour();
    Object.assign(pen, { lineWidth: width / 200, fillStyle: ink });
    // Each stretch by itself: one path with hundreds of crossings takes a slow processor three times as long.
    tour.order.forEach((city, k) => line(pen, [at[tour.order.at(k - 1)], at[city]]));
    for (const [x, y] of at) {
      pen.beginPath();
      pen.arc(x, y, width / 160, 0, 7);
      pen.fill();
    }
  });
  map.node.classList.add("thermo-cities");
  map.node.addEventListener("click", ({ offsetX, offsetY }) => {
    const place = (x) => Number(((2 * MARGIN * x) / map.node.clientWidth - MARGIN).toFixed(4));
    add([place(offsetX), -place(offsetY)]);
  });
  const lengths = table(["", "length"], { now: "now", best: "shortest so far", optimum: "shortest of all" });

  function report() {
    heat.show(placeOf(T()));
    const n = tour.cities.length, exact = added ? null : optimum[get("cities")];
    lengths.show("now", fixed(tour.length, 4));
    lengths.show("best", fixed(tour.best, 4));
    lengths.show("optimum", exact ? `${fixed(exact, 4)}: ${2 * n} sin(π/${n}), the polygon` : "not known");
    const cities = `${n} cities`;
    const share = tour.proposed ? `${((100 * tour.accepted) / tour.proposed).toFixed(1)} % of ` : "";
    const proposals = plural(tour.proposed, "proposal");
    const cooling = cooled < COOLING ? "Cooling: " : "";
    say(play.status, `${cities}. ${cooling}T = ${T().toPrecision(3)}; ${share}${proposals} accepted.`);
    map.say(
      `A tour of ${cities} of length ${tour.length.toFixed(4)} at temperature ${T().toPrecision(3)}`,
    );
  }

  // --- what happens
  function fresh() {
    tour = new Tour(places[get("cities")], get("seed"));
    choice.select.value = get("cities");
    cooled = added = 0;
  }
  // A new city warms the tour, which cools again.
  function add(city) {
    if (tour.cities.length === MOST) return refuse(`More than ${MOST} cities are too many for this map.`);
    refuse("");
    tour.add(city);
    added++;
    cooled = Math.min(cooled, Math.round(WARM * COOLING));
    if (play.calm) { while (cooled < COOLING) step(); }
    else play.run(true);
    map.paint();
    report();
  }
  function read() {
    const city = typed.value.split(/[\s,;]+/).filter(Boolean).map((x) => Number(x.replace("−", "-")));
    if (city.length === 2 && city.every((x) => Math.abs(x) <= 1)) add(city);
    else refuse(`Expected two numbers from −1 to 1, got “${typed.value}”.`);
  }
  const refuse = (words) => {
    refused.textContent = words;
  };
  // What is cold stands still: nothing of it is painted anew.
  function step() {
    const { accepted } = tour;
    tour.step(T());
    if (cooled < COOLING && ++cooled === COOLING) play.update({ T: TAt(0) });
    return tour.accepted > accepted || colour() !== painted;
  }
  function cool() {
    cooled = 0;
    tour.shuffle();
  }

  // --- controls
  const play = lab({
    place,
    name: "Annealing a tour",
    keys: ["cities", "T"],
    fresh,
    step,
    paint: map.paint,
    fps: 20,
    report,
    rate: () => COOLING / SECONDS,
    answer: ANSWER,
  });
  const moved = (x) => {
    cooled = COOLING;
    play.update({ T: TAt(x) });
  };
  const words = (x) => `T = ${TAt(x).toPrecision(3)}`;
  const heat = play.slider("temperature T", [0, DECADES, 0.02], words, moved, { colours });
  const kinds = [["random", "at random in a square"], ["circle", "on a circle"]];
  const choice = chooser("cities", kinds, get("cities"), (cities) => play.update({ cities }));
  play.on("cities", fresh);
  play.on("T", () => {});
  const typed = element("input", {
    type: "text",
    id: uniqueId(),
    autocomplete: "off",
    value: "0, 0",
    onkeydown: ({ key }) => key === "Enter" && read(),
  });
  const refused = element("p", { class: "thermo-error", role: "alert" });
  const label = element("label", { for: typed.id }, "add a city at x, y, or touch the map");
  const cools = play.button("Cool", () => {
    cool();
    play.run(true);
  });
  cools.classList.add("thermo-main");
  const atOnce = () => {
    cool();
    for (let k = 0; k < COOLING; k++) step();
  };

  const how = `Cool: from a random tour, T falls geometrically from ${hottest} to ${coldest} ` +
    `in ${COOLING.toLocaleString("en")} proposals, each to reverse a stretch.`;
  const steps = [play.stepping("Step", step), play.stepping("Cool at once", atOnce)];
  return play.show(
    "thermo-annealing",
    map.node,
    box(
      "thermo-controls",
      heat.node,
      box("thermo-buttons", cools, play.runs, ...steps, play.reset),
      choice.node,
      box("thermo-choice", label, typed, play.button("Add the city", read), refused),
      lengths.node,
      play.status,
      element("p", { class: "thermo-note" }, how),
    ),
  );
}
