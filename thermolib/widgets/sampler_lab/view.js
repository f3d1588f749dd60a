// The next word drawn at a temperature: logits under the hand, the exact distribution, and what the counts make of it.
import { entropy, Sampler } from "./sampler.js";
import { lab } from "../kit/lab.js";
import { along, fixed, plural } from "../kit/numbers.js";
import { line, picture } from "../kit/picture.js";
import { box, element, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

const NAME = "Next-word sampler";
const RATE = 600; // words a second
const RECENT = 8; // words still shown
const ROW = 30; // px of a word's row: its bar stands beside it

const withError = ({ mean, stderr }, digits) => `${fixed(mean, digits)} ± ${fixed(stderr, digits)}`;

function render(place) {
  const { model } = place, get = (key) => model.get(key);
  const words = get("words"), colours = get("colours"), { decades, largest, least_mass } = get("constants");
  const [coldest, hottest] = decades, exponent = () => Math.log10(get("T"));
  const colour = () => along(colours, (exponent() - coldest) / (hottest - coldest));

  let sampler, recent = [];

  // --- what is seen
  const last = element("strong"), before = element("span");
  const bars = picture(() => ROW * words.length, (pen, { width, ink }) => {
    const { p, uncut, n } = sampler, x = (q) => q * (width - 2);
    words.forEach((_, i) => {
      const top = ROW * i + 6, height = ROW - 12, middle = top + height / 2;
      pen.globalAlpha = 0.1;
      pen.fillStyle = ink;
      pen.fillRect(0, top, width, height);
      pen.globalAlpha = 1;
      pen.fillStyle = colour();
      pen.fillRect(0, top, x(p[i]), height);
      pen.fillStyle = ink;
      if (p[i] !== uncut[i]) {
        pen.setLineDash([3, 2]);
        pen.strokeRect(0.5, top + 0.5, x(uncut[i]), height - 1);
        pen.setLineDash([]);
      }
      if (n === 0 || p[i] === 0) return;
      const { mean, stderr } = sampler.frequency(i);
      line(pen, [[x(Math.max(0, mean - stderr)), middle], [x(Math.min(1, mean + stderr)), middle]]);
      pen.fillRect(x(mean) - 1, top - 3, 2, height + 6);
    });
  });
  const chances = table(
    ["word", "probability", "exact", "counted"],
    Object.fromEntries(words.map((word, i) => [i, word])),
  );
  chances.node.classList.add("thermo-chances");
  chances.cells[0][0].setAttribute("rowspan", String(words.length)); // one picture beside all rows
  chances.cells[0][0].append(bars.node);
  words.slice(1).forEach((_, i) => chances.cells[i + 1][0].remove());
  const row = (i) => chances.cells[i][1].parentElement;
  const bias = element("small"), summary = document.createTextNode("");
  const sums = table(["", "nats", "bits"], {
    H: "entropy H",
    uncut: "H before the cut",
    surprise: element("span", {}, "mean surprise", element("small", {}, "−ln p of the words drawn")),
    plugIn: element("span", {}, "entropy of the counts", bias),
  });

  function report() {
    const { p, uncut, n } = sampler, H = entropy(p);
    const counted = words.map((_, i) => n > 0 ? withError(sampler.frequency(i), 3) : "");
    words.forEach((_, i) => {
      const cut = p[i] === 0 && uncut[i] > 0;
      row(i).classList.toggle("thermo-cut", cut);
      say(chances.cells[i][1], cut ? "cut" : fixed(p[i], 4));
      say(chances.cells[i][2], cut ? `was ${fixed(uncut[i], 4)}` : counted[i]);
    });
    const listed = words.map((word, i) => `${word} ${p[i] > 0 ? fixed(p[i], 4) : "cut"}`).join(", ");
    bars.say(`Exact probabilities as bars, marks for what was counted, ± one standard error: ${listed}`);
    const drawn = sampler.surprise(), { H: plugIn, bias: low } = sampler.plugIn();
    const both = (x) => [1, Math.LN2].map((unit) => fixed(x / unit, 4));
    const errors = [1, Math.LN2].map((u) => withError({ mean: drawn.mean / u, stderr: drawn.stderr / u }, 4));
    sums.show("H", ...both(H));
    sums.show("uncut", ...both(entropy(uncut)));
    sums.show("surprise", ...(n > 0 ? errors : ["…", "…"]));
    sums.show("plugIn", ...(n > 0 ? both(plugIn) : ["…", "…"]));
    say(bias, n > 0 ? `low by about ${fixed(low, 4)} on average` : "too low on average");
    const { value, degrees } = sampler.chiSquare();
    const expected = `${degrees} ± ${fixed(Math.sqrt(2 * degrees), 1)} is expected`;
    const test = ` χ² = ${fixed(value, 1)} for ${plural(degrees, "degree")} of freedom: ${expected}.`;
    const drawnYet = n === 0
      ? "Nothing is drawn yet."
      : `${plural(n, "word")} drawn.${degrees > 0 ? test : ""}`;
    summary.data = ` = ${fixed(Math.exp(H), 2)} of ${words.length}. ${drawnYet}`;
    say(last, words[recent[0]] ?? "…");
    const earlier = recent.slice(1).map((i) => words[i]).join(", ");
    say(before, earlier && `drawn before: ${earlier}`);
  }

  // --- what happens
  // Another distribution has counts of its own.
  function anew() {
    sampler.setPoint(get("logits"), get("T"), get("top_p"));
    recent = [];
    place.el.style.setProperty("--now", colour());
    heat.show(exponent());
    cut.show(get("top_p"));
    logits.forEach((logit, i) => logit.show(get("logits")[i]));
  }
  function fresh() {
    sampler = new Sampler(get("seed"));
    anew();
  }
  function step() {
    recent = [sampler.draw(), ...recent.slice(0, RECENT - 1)];
  }

  // --- controls
  const play = lab({
    place,
    name: NAME,
    keys: ["logits", "T", "top_p"],
    fresh,
    step,
    report,
    rate: () => RATE,
    paint: bars.paint,
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
  const logits = words.map((word, i) => {
    const moved = (z) => play.update({ logits: get("logits").with(i, z) });
    const name = `${word}, logit z, ${NAME}`;
    return play.slider(word, [-largest, largest, 0.05], (z) => fixed(z, 2), moved, { name });
  });
  for (const key of ["logits", "T", "top_p"]) play.on(key, anew);
  const many = () => {
    for (let k = 0; k < 1000; k++) step();
  };

  play.status.append("Effective number of words e", element("sup", {}, "H"), summary);
  return play.show(
    "thermo-sampler",
    box(
      "thermo-wide",
      element("p", { class: "thermo-sentence" }, `${get("sentence")} `, last, before),
      chances.node,
    ),
    box(
      "thermo-controls",
      heat.node,
      cut.node,
      box(
        "thermo-buttons",
        play.runs,
        play.stepping("Draw one", step),
        play.stepping("Draw 1000", many),
        play.reset,
      ),
    ),
    box("thermo-logits", element("p", {}, "Logit z of each word"), ...logits.map(({ node }) => node)),
    box("thermo-wide", sums.node, play.status),
  );
}

export default { render };
