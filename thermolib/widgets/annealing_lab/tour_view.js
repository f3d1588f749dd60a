// A tour of cities, annealed by 2-opt at display speed. It begins by cooling.
import { Tour } from "./annealing.js";
import { chooser } from "../kit/chooser.js";
import { lab } from "../kit/lab.js";
import { along, fixed, plural } from "../kit/numbers.js";
import { picture } from "../kit/picture.js";
import { box, element, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

const RATE = 6000; // proposals a second
const COOLING = 60000; // proposals of a cooling, over which T falls geometrically
const MARGIN = 1.08; // the map shows x and y from −MARGIN to MARGIN

export function tourView(place) {
  const { model } = place, get = (key) => model.get(key), colours = get("colours");
  const { places, optimum, coldest, hottest } = get("constants");
  const DECADES = Math.log10(hottest / coldest); // the slider: T = hottest · 10^(x − DECADES), 0 ≤ x ≤ DECADES
  const TAt = (x) => Number((hottest * 10 ** (x - DECADES)).toPrecision(3)),
    placeOf = (T) => DECADES + Math.log10(T / hottest);
  const T = () => (cooled < COOLING ? TAt(DECADES * (1 - cooled / COOLING)) : get("T"));

  let tour, cooled = COOLING;

  // --- what is seen
  const map = picture((width) => width, (pen, { width, ink }) => {
    const at = tour.cities.map((city) => city.map((x) => ((x + MARGIN) / (2 * MARGIN)) * width));
    pen.beginPath();
    for (const city of tour.order) pen.lineTo(at[city][0], at[city][1]);
    pen.closePath();
    pen.strokeStyle = along(colours, placeOf(T()) / DECADES);
    Object.assign(pen, { lineWidth: width / 100, lineJoin: "round", fillStyle: ink });
    pen.stroke();
    for (const [x, y] of at) {
      pen.beginPath();
      pen.arc(x, y, width / 80, 0, 7);
      pen.fill();
    }
  });
  const lengths = table(["", "length"], { now: "now", best: "shortest so far", optimum: "shortest of all" });

  function report() {
    heat.show(placeOf(T()));
    const exact = optimum[get("cities")];
    lengths.show("now", fixed(tour.length, 4));
    lengths.show("best", fixed(tour.best, 4));
    lengths.show("optimum", exact === null ? "not known" : `${fixed(exact, 4)}: 2n sin(π/n), the polygon`);
    const share = tour.proposed ? `${((100 * tour.accepted) / tour.proposed).toFixed(1)} % of ` : "";
    const proposals = plural(tour.proposed, "proposal");
    const cooling = cooled < COOLING ? "Cooling: " : "";
    say(play.status, `${cooling}T = ${T().toPrecision(3)}; ${share}${proposals} accepted.`);
    map.say(
      `A tour of ${tour.cities.length} cities of length ${tour.length.toFixed(4)} at temperature ${
        T().toPrecision(3)
      }`,
    );
  }

  // --- what happens
  function fresh() {
    tour = new Tour(places[get("cities")], get("seed"));
    choice.select.value = get("cities");
    cooled = 0;
  }
  function step() {
    tour.step(T());
    if (cooled < COOLING && ++cooled === COOLING) play.update({ T: TAt(0) });
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
    report,
    rate: () => RATE,
    answer: RATE / 2,
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
      lengths.node,
      play.status,
      element("p", { class: "thermo-note" }, how),
    ),
  );
}
