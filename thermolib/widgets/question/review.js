// Answered questions once more: what was wrong, and what was right long ago.
import { answers, due, forget, storage } from "./answers.js";
import { ask } from "./ask.js";
import { box, element, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

/** @type {View["render"]} */
function render({ model, el, still }) {
  /** @type {{ page: string, title: string, exercises: any[] }[]} */
  const pages = model.get("pages");
  const status = element("p", { role: "status", "aria-live": "polite" });
  const place = element("div");
  const next = element("button", { type: "button", onclick: () => pose() }, "Ask me");
  const clear = element("button", { type: "button", onclick: empty }, "Forget my answers");
  // Only the published page knows where the others are.
  const link = ({ page, title }) => still ? element("a", { href: page }, title) : title;
  const counts = table(
    ["page", "answered", "right", "to be asked again"],
    Object.fromEntries(pages.map((one, k) => [String(k), link(one)])),
  );
  let asked = null; // the question that stands there
  let sure = false;

  // The answered ones: those that are due first, and of these the one answered longest ago.
  function queue() {
    const kept = answers(), known = pages.flatMap((one) => one.exercises).filter(({ name }) => kept[name]);
    const rank = ({ name }) => [due(kept[name]) ? 0 : 1, kept[name].at];
    return known.map((one) => ({ one, rank: rank(one) }))
      .sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]).map(({ one }) => one);
  }

  function pose() {
    const [first, second] = queue();
    asked = first === asked ? second ?? first : first;
    place.replaceChildren(...(asked ? [ask(asked, true)] : []));
    next.textContent = "Another one";
  }

  // Two presses: what is forgotten is gone.
  function empty() {
    if (sure) {
      forget();
      place.replaceChildren();
      asked = null;
    }
    sure = !sure;
    clear.textContent = sure ? "Forget them all?" : "Forget my answers";
    count();
  }

  function count() {
    const kept = answers();
    let answered = 0, again = 0;
    pages.forEach(({ exercises }, k) => {
      const here = exercises.map(({ name }) => kept[name]).filter(Boolean);
      const wanted = here.filter((one) => due(one)).length;
      const right = here.filter(({ times }) => times > 0).length;
      counts.show(String(k), `${here.length} of ${exercises.length}`, String(right), String(wanted));
      answered += here.length;
      again += wanted;
    });
    next.disabled = !answered;
    clear.disabled = !answered;
    const wanted = again === 1 ? "One question is" : `${again || "No"} questions are`;
    say(
      status,
      (answered
        ? `${wanted} to be asked again.`
        : "You have answered no question yet: they stand in the chapters.") +
        (storage() ? "" : " This browser keeps nothing: answers are forgotten when the page is left."),
    );
  }

  addEventListener("thermo-answers", count);
  addEventListener("storage", count); // answered on another page
  count();
  el.classList.add("thermo-widget");
  el.append(box("thermo-review", status, place, box("thermo-buttons", next, clear), counts.node));
  return () => {
    removeEventListener("thermo-answers", count);
    removeEventListener("storage", count);
  };
}

export default { render };
