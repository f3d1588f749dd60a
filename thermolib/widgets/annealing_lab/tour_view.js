// A tour of cities, annealed by 2-opt at display speed.
import { Tour } from "./annealing.js";
import { chooser } from "../kit/chooser.js";
import { fixed } from "../kit/numbers.js";
import { player } from "../kit/player.js";
import { element, slider } from "../kit/slider.js";

const RATE = 6000; // proposals a second
const COOLING = 60000; // proposals of a cooling, over which T falls geometrically
const HOTTEST = 10, DECADES = 3; // the slider: T = HOTTEST · 10^(x − DECADES), 0 ≤ x ≤ DECADES
const MARGIN = 1.08; // the map shows x and y from −MARGIN to MARGIN

const TAt = (x) => Number((HOTTEST * 10 ** (x - DECADES)).toPrecision(3));
const placeOf = (T) => DECADES + Math.log10(T / HOTTEST);

export function tourView({ model, update }) {
  const colours = model.get("colours"), places = model.get("places"), optimum = model.get("optimum");
  const first = { cities: model.get("cities"), T: model.get("T") };
  let tour, cooled = COOLING, owed = 0, reported = 0;

  // --- what is seen
  const map = element("div", { class: "thermo-map" });
  map.innerHTML = `<svg viewBox="${-MARGIN} ${-MARGIN} ${2 * MARGIN} ${2 * MARGIN}" role="img"><path/><g></g></svg>`;
  const [svg, path, dots] = ["svg", "path", "g"].map((name) => map.querySelector(name));
  const status = element("p", { class: "thermo-status" });
  const cells = {};
  const row = (key, name) => element("tr", {}, element("th", { scope: "row" }, name), cells[key] = element("td"));
  const table = element("table", {}, element("tbody", {},
    row("now", "length now"), row("best", "shortest so far"), row("optimum", "shortest of all")));

  const T = () => (cooled < COOLING ? TAt(DECADES * (1 - cooled / COOLING)) : model.get("T"));
  function paint() {
    const points = tour.order.map((city) => tour.cities[city].map((x) => x.toFixed(3)).join(" "));
    path.setAttribute("d", `M${points.join("L")}Z`);
    svg.style.setProperty("--now", colours[Math.round((placeOf(T()) / DECADES) * (colours.length - 1))]);
    if (cooled < COOLING) heat.show(placeOf(T()));
  }
  function report() {
    const exact = optimum[model.get("cities")];
    cells.now.textContent = fixed(tour.length, 4);
    cells.best.textContent = fixed(tour.best, 4);
    cells.optimum.textContent = exact === null ? "not known" : `${fixed(exact, 4)}: 2n sin(π/n), the polygon`;
    const share = tour.proposed ? `${((100 * tour.accepted) / tour.proposed).toFixed(1)} % of ` : "";
    status.textContent = `${cooled < COOLING ? "Cooling: " : ""}T = ${T().toPrecision(3)}; ${share}${tour.proposed.toLocaleString("en")} proposal${tour.proposed === 1 ? "" : "s"} accepted.`;
    svg.setAttribute("aria-label", `A tour of ${tour.cities.length} cities of length ${tour.length.toFixed(4)} at temperature ${T().toPrecision(3)}`);
  }
  function redraw() {
    paint();
    report();
  }

  // --- what happens
  function fresh() {
    tour = new Tour(places[model.get("cities")], model.get("seed"));
    cooled = COOLING;
    dots.innerHTML = tour.cities.map(([x, y]) => `<circle cx="${x}" cy="${y}" r=".028"/>`).join("");
    choice.select.value = model.get("cities");
    heat.show(placeOf(model.get("T")));
    redraw();
  }
  function propose(n) {
    for (let k = 0; k < n; k++) {
      tour.step(T());
      if (cooled < COOLING && ++cooled === COOLING) update({ T: TAt(0) });
    }
  }
  function frame(seconds) {
    owed += RATE * seconds;
    propose(Math.floor(owed));
    owed %= 1;
    paint();
    reported += seconds;
    if (reported > 0.25) {
      report();
      reported = 0;
    }
  }
  const cool = () => {
    cooled = 0;
    tour.shuffle();
  };
  const button = (name, deed) => element("button", { type: "button", onclick: () => { deed(); redraw(); } }, name);

  // --- controls
  const heat = slider({
    label: "temperature T", min: 0, max: DECADES, step: 0.02, value: 0, colours, words: (x) => `T = ${TAt(x).toPrecision(3)}`,
    onmove: (x) => { cooled = COOLING; update({ T: TAt(x) }); },
  });
  const choice = chooser("cities", [["random", "at random in a square"], ["circle", "on a circle"]], first.cities, (cities) => update({ cities }));
  const pause = button("Pause", () => play.run(!play.running));
  const box = element("div", { class: "thermo-lab thermo-annealing", role: "group", "aria-label": "Annealing a tour" },
    map,
    element("div", { class: "thermo-side" }, heat.node, choice.node, table, status,
      element("div", { class: "thermo-buttons" }, pause,
        button("Step", () => { play.run(false); propose(1); }),
        button("Cool", () => { cool(); play.run(true); }),
        button("Cool at once", () => { play.run(false); cool(); propose(COOLING); }),
        button("Reset", () => { update(first); fresh(); })),
      element("p", { class: "thermo-note" }, `A proposal reverses a stretch of the tour; ΔE is what that adds to its length. Cool: from a random tour, T falls geometrically from ${HOTTEST} `
        + `to ${TAt(0)} in ${COOLING.toLocaleString("en")} proposals. On the circle even T → 0 at once would do: a tour that no reversal shortens does not cross itself, and there only the polygon does not. `
        + "Among random cities such tours are many, most of them too long.")));
  const play = player(box, frame, (running) => {
    pause.textContent = running ? "Pause" : "Run";
    status.setAttribute("aria-live", running ? "off" : "polite"); // what changes four times a second is not read out
  });

  fresh();
  play.run(play.running);
  return {
    box, stop: play.stop,
    listeners: { "change:cities": fresh, "change:T": () => { heat.show(placeOf(model.get("T"))); redraw(); } },
  };
}
