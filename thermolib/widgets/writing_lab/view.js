// A machine that writes: letters drawn one after another, each with its surprise as a bar below it.
import { Characters, entropyRate, Judge, Writer } from "./characters.js";
import { lab } from "../kit/lab.js";
import { along, fixed, plural } from "../kit/numbers.js";
import { box, element, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

const RATE = 25; // letters a second: as fast as one reads
const FIRST = 420; // letters there at the beginning
const TALLEST = 8; // bits of the highest bar
const SLICE = 8; // ms of reading the unread chapter at a time: the page stays at the reader's hand
const START = "\n"; // what precedes the first letter: a paragraph begins

function render(place) {
  const { model } = place, get = (key) => model.get(key);
  const colours = get("colours"), { decades, least_mass, longest } = get("constants");
  const [coldest, hottest] = decades, exponent = () => Math.log10(get("T"));
  const colour = () => along(colours, (exponent() - coldest) / (hottest - coldest));
  const characters = new Characters(get("text")), judges = {};

  let writer, fresh_letters = [], unread, exact, reading = 0;

  // --- what is seen
  const sheet = element("p");
  const page = element("div", { class: "thermo-page", role: "img" }, sheet);
  const sums = table(["", "surprise, nats per letter", "perplexity"], {
    written: element("span", {}, "what it writes"),
    exact: element("span", {}, "what it would write for ever"),
    unread: element("span", {}, get("unread_name")),
  });

  // Letters are added at the end. A line that has left the page goes as a whole, so that no other line breaks anew.
  function paint() {
    const added = fresh_letters.map(({ letter, surprise }) => {
      const node = element("span", {}, letter === "\n" ? "¶\n" : letter);
      node.style.setProperty("--high", Math.min(1, surprise / Math.LN2 / TALLEST).toFixed(3));
      return node;
    });
    fresh_letters = [];
    if (added.length === 0) return;
    sheet.append(...added);
    while (sheet.offsetHeight > 2 * page.clientHeight && page.clientHeight > 0) {
      const nodes = [...sheet.querySelectorAll("span")], top = nodes[0].offsetTop;
      const second = nodes.findIndex((node) => node.offsetTop > top);
      if (second < 0) break;
      nodes.slice(0, second).forEach((node) => node.remove());
    }
  }

  function report() {
    const written = writer.surprise(), { n } = writer;
    const both = (H) => Number.isFinite(H) ? [fixed(H, 3), fixed(Math.exp(H), 2)] : ["∞", "∞"];
    const { mean, stderr } = written;
    const error = Number.isNaN(stderr) ? ["", ""] : [stderr, stderr * Math.exp(mean)];
    const told = (x, e, digits) =>
      e === "" ? `≈ ${fixed(x, digits)}` : `${fixed(x, digits)} ± ${fixed(e, digits)}`;
    if (n > 0) sums.show("written", told(mean, error[0], 3), told(Math.exp(mean), error[1], 2));
    else sums.show("written", "…", "…");
    if (exact === null) sums.show("exact", "known for k = 0 and 1", "");
    else sums.show("exact", ...both(exact));
    sums.show("unread", ...(unread === null ? ["…", "…"] : both(unread)));
    const cut = unread === null
      ? "It reads the unread chapter."
      : Number.isFinite(unread)
      ? `The unread chapter surprises it like a fair choice among ${fixed(Math.exp(unread), 2)} letters.`
      : "Top-p has cut letters that the unread chapter has: for this machine they are impossible.";
    say(play.status, `${plural(n, "letter")} written at this setting. ${cut}`);
    page.setAttribute("aria-label", `What it wrote last: ${sheet.textContent.slice(-160)}`);
  }

  // --- what happens
  function step() {
    fresh_letters.push(writer.write());
  }
  function many(n) {
    for (let i = 0; i < n; i++) step();
  }
  function read(judge) {
    if (judge.ready) {
      unread = judge.surprise(get("T"), get("top_p"));
      report();
      return;
    }
    judge.work(SLICE);
    reading = setTimeout(read, 0, judge);
  }
  // The text goes on, the sums begin anew.
  function anew() {
    const k = get("k"), T = get("T"), mass = get("top_p");
    writer.setPoint(k, T, mass);
    judges[k] ??= new Judge(characters, get("unread"), k);
    unread = null;
    clearTimeout(reading);
    read(judges[k]);
    exact = k < 2 && mass === 1 ? entropyRate(characters, k, T) : null;
    place.el.style.setProperty("--now", colour());
    heat.show(exponent());
    cut.show(mass);
    memory.show(k);
  }
  function fresh() {
    writer = new Writer(characters, get("seed"), START);
    sheet.replaceChildren();
    fresh_letters = [];
    anew();
    many(FIRST);
  }

  // --- controls
  const play = lab({
    place,
    name: "Writing machine",
    keys: ["k", "T", "top_p"],
    fresh,
    step,
    report,
    rate: () => RATE,
    paint,
    answer: 100,
  });
  const heat = play.slider(
    "temperature T",
    [...decades, 0.02],
    (x) => `T = ${(10 ** x).toPrecision(3)}`,
    (x) => play.update({ T: Number((10 ** x).toPrecision(3)) }),
    { colours },
  );
  const cut = play.slider(
    "top-p, the probability kept",
    [least_mass, 1, 0.01],
    (p) => (p === 1 ? "1.00 (all)" : fixed(p, 2)),
    (p) => play.update({ top_p: p }),
  );
  const memory = play.slider(
    "memory k",
    [0, longest, 1],
    (k) => plural(k, "letter"),
    (k) => play.update({ k }),
  );
  for (const key of ["k", "T", "top_p"]) play.on(key, anew);

  const leave = play.show(
    "thermo-writing",
    box("thermo-wide", page),
    box("thermo-controls", heat.node, memory.node),
    box(
      "thermo-controls",
      cut.node,
      box(
        "thermo-buttons",
        play.runs,
        play.stepping("Write one", step),
        play.stepping("Write 1000", () => many(1000)),
        play.reset,
      ),
    ),
    box("thermo-wide", sums.node, play.status),
  );
  return () => {
    clearTimeout(reading);
    leave();
  };
}

export default { render };
