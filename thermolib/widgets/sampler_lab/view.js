// The next word drawn at a temperature: logits under the hand, the exact distribution, and what the counts make of it.
import { Sampler, entropy } from "./sampler.js";
import { fixed } from "../kit/numbers.js";
import { player } from "../kit/player.js";
import { element, slider } from "../kit/slider.js";

const PER_FRAME = 10; // words drawn in a frame
const RECENT = 12; // words still shown

const four = ({ mean, stderr }) => `${fixed(mean, 4)} ± ${fixed(stderr, 4)}`;

function render({ model, el }) {
  const words = model.get("words"), colours = model.get("colours");
  const start = Object.fromEntries(["logits", "T", "top_p"].map((key) => [key, model.get(key)]));
  const update = (changes) => {
    for (const [key, value] of Object.entries(changes)) model.set(key, value);
    model.save_changes();
  };

  let sampler, recent = [], reported = 0;

  // --- what is seen
  const last = element("strong"), before = element("p", { class: "thermo-note thermo-recent" });
  const status = element("p", { class: "thermo-status" });
  const rows = words.map((word, i) => {
    const logit = slider({
      label: word, min: -6, max: 6, step: 0.05, value: model.get("logits")[i], words: (z) => fixed(z, 2),
      onmove: (z) => update({ logits: model.get("logits").with(i, z) }),
    });
    const bar = element("div", { class: "thermo-probability", role: "img" }, ...["exact", "uncut", "whisker", "count"].map((part) => element("i", { class: `thermo-${part}` })));
    const exact = element("b"), counted = element("span");
    return { logit, bar, exact, counted, node: element("div", { class: "thermo-word" }, logit.node, bar, element("p", {}, exact, counted)) };
  });
  const cells = {};
  const bias = element("small");
  const row = (key, ...words) => {
    cells[key] = [element("td"), element("td")];
    return element("tr", {}, element("th", { scope: "row" }, ...words), ...cells[key]);
  };
  const table = element("table", {},
    element("thead", {}, element("tr", {}, element("td"), element("th", { scope: "col" }, "nats"), element("th", { scope: "col" }, "bits"))),
    element("tbody", {},
      row("H", "entropy H"), row("uncut", "H before the cut"),
      row("surprise", "mean surprise", element("small", {}, "−ln p of the words drawn")), row("plugIn", "entropy of the counts", bias)));

  function paint() {
    const { p, uncut, n } = sampler;
    rows.forEach(({ bar }, i) => {
      const { mean, stderr } = n > 0 ? sampler.frequency(i) : { mean: 0, stderr: 0 };
      bar.classList.toggle("thermo-drawn", n > 0 && p[i] > 0);
      bar.classList.toggle("thermo-changed", p[i] !== uncut[i]);
      const low = Math.max(0, mean - stderr), high = Math.min(1, mean + stderr);
      for (const [name, x] of Object.entries({ p: p[i], uncut: uncut[i], mean, low, width: high - low })) bar.style.setProperty(`--${name}`, x.toFixed(4));
    });
  }

  function report() {
    const { p, uncut, n } = sampler, H = entropy(p);
    rows.forEach(({ bar, exact, counted, logit }, i) => {
      const cut = p[i] === 0 && uncut[i] > 0;
      exact.textContent = cut ? "cut" : fixed(p[i], 4);
      counted.textContent = cut ? `p was ${fixed(uncut[i], 4)}` : n > 0 ? four(sampler.frequency(i)) : "";
      bar.setAttribute("aria-label", `${words[i]}: ${cut ? "cut, " : `probability ${exact.textContent}${n > 0 ? ", counted " : ""}`}${counted.textContent}`);
      logit.node.classList.toggle("thermo-out", cut);
    });
    const drawn = sampler.surprise();
    const { H: counted, bias: low } = sampler.plugIn();
    [1, Math.LN2].forEach((unit, k) => { // nats, then bits
      cells.H[k].textContent = fixed(H / unit, 4);
      cells.uncut[k].textContent = fixed(entropy(uncut) / unit, 4);
      cells.surprise[k].textContent = n > 0 ? four({ mean: drawn.mean / unit, stderr: drawn.stderr / unit }) : "…";
      cells.plugIn[k].textContent = n > 0 ? fixed(counted / unit, 4) : "…";
    });
    bias.textContent = n > 0 ? `low by about ${fixed(low, 4)} on average` : "";
    const { value, degrees } = sampler.chiSquare();
    const test = degrees > 0 ? ` χ² = ${fixed(value, 1)} for ${degrees} degree${degrees > 1 ? "s" : ""} of freedom: ${degrees} ± ${fixed(Math.sqrt(2 * degrees), 1)} is expected.` : "";
    status.textContent = `Effective number of words e^H = ${fixed(Math.exp(H), 2)} of ${words.length}. `
      + (n === 0 ? "Nothing is drawn yet from this distribution." : `${n.toLocaleString("en")} word${n > 1 ? "s" : ""} drawn.${test}`);
    last.textContent = words[recent[0]] ?? "…";
    before.textContent = `drawn before: ${recent.slice(1).map((i) => words[i]).join(", ") || "nothing"}`;
  }

  // --- what happens
  function fresh() {
    sampler.setPoint(model.get("logits"), model.get("T"), model.get("top_p"));
    recent = [];
    const t = (Math.log10(model.get("T")) + 1) / 2;
    box.style.setProperty("--now", colours[Math.round(t * (colours.length - 1))]);
    redraw();
  }
  function draw(n) {
    for (let k = 0; k < n; k++) recent.unshift(sampler.draw());
    recent.length = Math.min(recent.length, RECENT);
  }
  function frame(seconds) {
    draw(PER_FRAME);
    paint();
    reported += seconds;
    if (reported > 0.25) {
      report();
      reported = 0;
    }
  }
  function redraw() {
    paint();
    report();
  }
  const button = (words, deed) => element("button", { type: "button", onclick: () => { deed(); redraw(); } }, words);
  const rest = (n) => () => { play.run(false); draw(n); };

  // --- controls
  const pause = button("Pause", () => play.run(!play.running));
  const heat = slider({
    label: "temperature T", min: -1, max: 1, step: 0.02, value: Math.log10(model.get("T")), colours, words: (x) => `T = ${(10 ** x).toPrecision(3)}`,
    onmove: (x) => update({ T: Number((10 ** x).toPrecision(3)) }),
  });
  const cut = slider({
    label: "top-p, the probability kept", min: 0.05, max: 1, step: 0.01, value: model.get("top_p"), words: (p) => (p === 1 ? "1.00 (all)" : fixed(p, 2)),
    onmove: (p) => update({ top_p: p }),
  });
  const seeded = () => { sampler = new Sampler(model.get("seed")); };
  const reset = () => {
    seeded();
    update(start);
    fresh();
  };
  const box = element("div", { class: "thermo-lab thermo-sampler", role: "group", "aria-label": "Next-word sampler" },
    element("div", {}, element("p", { class: "thermo-sentence" }, `${model.get("sentence")} `, last), before),
    element("div", { class: "thermo-words" }, ...rows.map(({ node }) => node),
      element("p", { class: "thermo-note" }, "Each slider is a word's logit z. Bar and first number: its exact probability, an outline where top-p changed it; "
        + "mark and second number: the counted frequency, ± one standard error √(p(1 − p)/n).")),
    element("div", { class: "thermo-controls" }, heat.node, cut.node,
      element("div", { class: "thermo-buttons" }, pause, button("Draw one", rest(1)), button("Draw 1000", rest(1000)), button("Reset", reset)),
      status),
    table,
    element("p", { class: "thermo-note" }, "A new logit, T or top-p starts the counts afresh. The mean surprise should agree with H within a few of its errors. "
      + "Counted frequencies look more certain than the distribution is: for K words and n draws, many of each, by (K − 1)/2n nats on average."));

  // --- the rest of the world
  const listeners = {
    "change:logits": () => { model.get("logits").forEach((z, i) => rows[i].logit.show(z)); fresh(); },
    "change:T": () => { heat.show(Math.log10(model.get("T"))); fresh(); },
    "change:top_p": () => { cut.show(model.get("top_p")); fresh(); },
  };
  for (const [event, listen] of Object.entries(listeners)) model.on(event, listen);
  const play = player(box, frame, (running) => {
    pause.textContent = running ? "Pause" : "Run";
    status.setAttribute("aria-live", running ? "off" : "polite"); // what changes four times a second is not read out
  });

  seeded();
  fresh();
  play.run(play.running);
  el.classList.add("thermo-widget");
  el.append(element("div", { class: "thermo-box" }, box));

  return () => {
    play.stop();
    for (const [event, listen] of Object.entries(listeners)) model.off(event, listen);
  };
}

export default { render };
