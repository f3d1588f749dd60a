// A gas of weights: SGD with weight decay on a ball, its loss and its radius, and the run between the isotherms.
import { ground, layout, moving } from "./drawing.js";
import { Gas, Heights, share, theory } from "./gas.js";
import { chooser } from "../kit/chooser.js";
import { lab } from "../kit/lab.js";
import { along, fixed, plural, rounded } from "../kit/numbers.js";
import { picture, underlay } from "../kit/picture.js";
import { normals, randomBits } from "../kit/random.js";
import { box, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

const NAME = "Training as an ideal gas";
const RATE = 60; // ticks a second
const ANSWER = 120; // ticks that answer a change where nothing runs by itself
const BINS = 24; // of heights
const STEPS = 20; // of a slider, in a decade
const TRAIL = 240; // ticks that are seen of the run
const MARKS = 12;
const MEMORIES = 20; // until the run counts as settled
const HELD = { "fixed rate": "η, λ", "fixed effective rate": "η/r², λ", "fixed sphere": "η/r², V" };

const three = (x) => Number(x.toPrecision(3));
const number = (x) => fixed(x, Math.min(4, Math.max(2, 2 - Math.floor(Math.log10(Math.abs(x) || 1)))));

/** @param {Place} place */
function render(place) {
  const get = (key) => place.model.get(key), colours = get("colours"), constants = get("constants");
  const { protocols, lr, decay, volume, noise, steepest, walkers, paces, plane } = constants;
  const { isotherms, temperatures: [coldest, hottest] } = constants;
  const [rates, , sphere] = protocols;
  const colourOf = (T) => along(colours, Math.log(T / coldest) / Math.log(hottest / coldest));
  const fit = (x, [least, most]) => three(Math.min(most, Math.max(least, x)));
  const settings = () => ({
    protocol: get("protocol"),
    rate: get("lr"),
    decay: get("weight_decay"),
    volume: get("volume"),
    noise: get("noise"),
    height: get("k"),
  });

  let gas, heights, law, exact, way, steps = 0, pace = paces[0];
  let trail = [], marks = [], changes = 0;

  // --- what happens
  function laws() {
    const now = settings(), { protocol } = now, held = protocol === sphere ? "volume" : "decay";
    law = theory(now);
    exact = Array.from(
      { length: BINS },
      (_, k) => share(-1 + 2 * k / BINS, -1 + 2 * (k + 1) / BINS, law.T, now.height),
    );
    way = (protocol === sphere ? volume : decay).map((value) => {
      const { V, p } = theory({ ...now, [held]: value });
      return [V, p];
    });
    changes++;
    sliders();
  }
  function changed() {
    gas.set(settings());
    again();
  }
  function fresh() {
    gas = new Gas(settings(), walkers, normals(randomBits(get("seed"))));
    trail = [];
    again();
  }
  function again() {
    heights = new Heights(BINS);
    steps = 0;
    laws();
    follow();
  }
  function once() {
    gas.step();
    heights.add(gas);
    steps++;
  }
  function one() {
    once();
    follow();
  }
  function step() {
    for (let k = 0; k < pace / RATE; k++) once();
    follow();
  }
  /** Where the run is. On a sphere that has not moved yet the law says its pressure. */
  function follow() {
    trail.push([gas.volume, gas.pressure || law.p]);
    if (trail.length > TRAIL) trail.shift();
  }

  // --- what is seen
  const stays = underlay();
  const scene = picture((width) => layout(width).height, (pen, { width, ink }) => {
    const frames = layout(width), { w, radii, effective } = gas, now = effective * get("noise") ** 2 / 2;
    const state = { ink, plane, exact, law, way, height: get("k"), T: law.T };
    stays(pen, [width, changes], (under) => {
      const lines = isotherms.map((T) => [T, colourOf(T)]);
      ground(under, frames, { ...state, isotherms: lines, colour: colourOf(law.T) });
    });
    moving(pen, frames, { ...state, colour: colourOf(now), w, radii, shares: heights.shares, trail, marks });
  });

  const numbers = table(["", "measured", "gas law"], {
    T: "temperature T",
    p: "pressure p",
    V: "volume V",
    ratio: "pV / RT",
    U: "mean loss U",
  });
  function report() {
    const found = gas.measured(), { protocol, noise } = gas.settings, { T, p, V, U, ratio } = law;
    const held = { T: protocol !== rates, p: protocol !== sphere, V: protocol === sphere };
    const words = (one, key) => {
      if (held[key]) return [number(one.mean), "held"];
      return steps < settling() ? [number(one.mean), "settling"] : rounded(one);
    };
    const measured = (key) => found ? words(found[key], key) : ["—", ""];
    numbers.show("T", measured("T"), [number(T), protocol === rates ? "σ√(ηλ)/2" : "σ²η/(2r²)"]);
    numbers.show("p", measured("p"), [number(p), protocol === sphere ? "RT/V" : "λ"]);
    numbers.show("V", measured("V"), [number(V), protocol === sphere ? "r²/2" : "RT/p"]);
    numbers.show("ratio", measured("ratio"), ["1", `first order: ${fixed(ratio, 3)}`]);
    numbers.show("U", measured("U"), [number(U), "small steps"]);
    say(play.status, status());
    const now = gas.effective * noise ** 2 / 2, [volume, pressure] = trail.at(-1);
    scene.say(
      `${walkers} walkers on a sphere, at T = ${number(now)}, and a dot at V = ${number(volume)}, ` +
        `p = ${number(pressure)}, among isotherms; the law has it at V = ${number(V)}, p = ${number(p)}`,
    );
  }
  function status() {
    const { protocol } = gas.settings, since = `${plural(steps, "step")} since the last change`;
    const found = { [rates]: "V and T", [sphere]: "p" }[protocol] ?? "V";
    const held = `You hold ${HELD[protocol]} and σ; the gas finds ${found}.`;
    return `${held} ${since}; ${
      steps < settling() ? `settling takes about ${plural(settling(), "step")}` : "settled"
    }.`;
  }
  // What is counted begins a quarter of the time after the change, or later: by then e⁻⁵ of what was is left.
  const settling = () => Number((MEMORIES * Math.max(law.memory || 0, law.turning)).toPrecision(2));

  // --- controls
  const play = lab({
    place,
    name: NAME,
    keys: ["protocol", "lr", "weight_decay", "noise", "k", "volume"],
    fresh,
    step,
    paint: scene.paint,
    report,
    answer: ANSWER,
    rate: () => RATE,
    undo: () => {
      marks = [];
      pace = paces[0];
      speeds.select.value = String(pace);
    },
  });
  /** A slider over the decades between two values. */
  const over = (label, key, symbol, [least, most]) => {
    const digits = (k) => Number.isInteger(k) ? 2 : 3; // a step of the slider, or what the model has between two
    const at = (k) => Number((least * 10 ** (k / STEPS)).toPrecision(digits(k)));
    const one = play.slider(
      label,
      [0, Math.round(STEPS * Math.log10(most / least)), 1],
      (k) => `${symbol} = ${at(k)}`,
      (k) => play.update({ [key]: at(k) }),
    );
    return { ...one, show: (value) => one.show(STEPS * Math.log10(value / least)) };
  };
  const pressure = over("weight decay λ", "weight_decay", "λ", decay);
  const size = over("volume V", "volume", "V", volume);
  const plain = over("learning rate η", "lr", "η", lr);
  const effective = over("effective rate η/r²", "lr", "η/r²", lr);
  const kicks = over("noise σ", "noise", "σ", noise);
  const steep = play.slider(
    "height k of the loss",
    [0, steepest, 0.25],
    (k) => `k = ${fixed(k, 2)}`,
    (k) => play.update({ k }),
  );
  const first = box("", pressure.node), second = box("", plain.node);
  /** What is held has its slider, and stands where the model has it. */
  function sliders() {
    const protocol = get("protocol");
    const pair = [protocol === sphere ? size : pressure, protocol === rates ? plain : effective];
    [first, second].forEach((slot, k) => {
      if (slot.firstChild !== pair[k].node) slot.replaceChildren(pair[k].node);
    });
    pressure.show(get("weight_decay"));
    size.show(get("volume"));
    for (const one of [plain, effective]) one.show(get("lr"));
    kicks.show(get("noise"));
    steep.show(get("k"));
    held.forEach((node, k) => node.setAttribute("aria-pressed", String(protocols[k] === protocol)));
  }
  /** What will be held is what it is now, as far as a slider goes. */
  const held = protocols.map((protocol) =>
    play.button(`Hold ${HELD[protocol]}`, () => {
      const { volume: V, effective } = gas, now = {};
      if (protocol === get("protocol")) return;
      if (protocol === sphere) now.volume = fit(V, volume);
      if (protocol === rates) now.lr = fit(2 * V * effective, lr);
      else if (get("protocol") === rates) now.lr = fit(effective, lr);
      play.update({ ...now, protocol }); // last, or the walkers were put on another sphere
    })
  );
  const speeds = chooser(
    "pace",
    paces.map((steps) => [steps, `${plural(steps, "step")} a second`]),
    pace,
    (steps) => {
      pace = Number(steps);
    },
  );
  const mark = play.button("Mark", () => {
    const found = gas.measured();
    if (!found) return;
    const V = found.V.mean, p = found.p.mean, last = marks.at(-1);
    if (last?.V === V && last?.p === p) return;
    marks.push({ V, p, colour: colourOf(found.T.mean) });
    if (marks.length > MARKS) marks.shift();
  });
  for (const key of ["protocol", "lr", "weight_decay", "noise", "k", "volume"]) play.on(key, changed);

  return play.show(
    "thermo-gas",
    box("thermo-wide", scene.node),
    box(
      "thermo-controls",
      first,
      second,
      kicks.node,
      steep.node,
      box("thermo-buttons", play.runs, mark, play.stepping("Step", one), play.reset),
      box("thermo-buttons thermo-held", ...held),
      speeds.node,
    ),
    box("", numbers.node, play.status),
  );
}

export default { render };
