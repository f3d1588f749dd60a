// Two inputs of a circle run through a random network: what each layer makes of them, and where they end in the plane
// of its two variances.
import { circle, contour, limits, network, passage, seen, theory } from "./depth.js";
import { graph, plane, strip } from "./drawing.js";
import { chooser } from "../kit/chooser.js";
import { handle } from "../kit/drag.js";
import { lab } from "../kit/lab.js";
import { fixed } from "../kit/numbers.js";
import { box, element, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

const NAME = "Depth of a random network";
const NOTE = "Each frame: what two units of that layer receive while the input goes once around the circle.";
const PACE = 4; // layers a second
const BUDGET = 8; // ms of the network's work between two looks at what the reader does
const STEP = 0.05, FINE = 0.01; // of an arrow key, and of a hand, in σ
const CONTOURS = { tanh: [0.5, 0.8, 1, 1.25, 1.5], relu: [0.5, 1, 2, 4] }; // values of χ₁ in the plane

const rounded = (x) => Number((Math.round(x / FINE) * FINE).toFixed(2));
const fit = (x, [least, most]) => Math.min(most, Math.max(least, x));

/** Let the browser do what it has to: no timer, so that nothing waits for a frame. */
const breath = () =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(port1.close());
    port2.postMessage(0);
  });

/** @param {Place} place */
async function render(place) {
  const get = (key) => place.model.get(key);
  const { width: units, depth, points, weights, biases, names, inks } = get("constants");
  const apiece = 360 / points; // degrees from point to point
  const setting = () => ({
    phi: get("phi"),
    sigma_w: get("sigma_w"),
    sigma_b: get("sigma_b"),
  });
  const other = () => get("angle") / apiece; // B's place on the circle; A has place 0
  const cosine = () => Math.cos(get("angle") * Math.PI / 180);
  const inputs = circle(points);

  let net, seed, way = null, stale = false, gone = false; // the network; the way through it that is being made
  const layers = [seen(inputs, 2)]; // what was seen of each
  let at = null; // the layer that a run has come to; null where all are shown
  let wide, ends, contours; // of infinitely wide layers
  const shown = () => Math.min(at ?? depth, layers.length - 1);

  // --- the network's work, some layers at a time
  function begin() {
    if (!net || seed !== get("seed")) net = network({ width: units, seed: seed = get("seed") });
    way = passage(net, inputs, setting());
    stale = false;
  }
  function work() {
    const end = performance.now() + BUDGET;
    while (way && performance.now() < end) {
      const found = way.next();
      layers[way.layer()] = found;
      if (way.layer() < depth) continue;
      way = null;
      if (stale) begin(); // what was changed meanwhile
    }
  }
  let working = null;
  async function through() {
    front.setAttribute("aria-busy", "true");
    for (await breath(); way && !gone; await breath()) work();
    working = null;
    front.removeAttribute("aria-busy");
    paint();
    report();
  }
  /** Make the way anew, where nothing else moves at once as far as there is time. */
  function remake() {
    if (way) stale = true;
    else begin();
    if (play.calm) work();
    if (way) working ??= through();
  }

  // --- what is seen
  const state = () => ({ layers, shown: shown(), b: other(), inks, wide, at });
  const rings = strip(depth, state);
  const map = plane({ weights, biases }, () => ({ ...setting(), contours, accent: inks.between }));
  const curves = graph(depth, state);
  const numbers = table(["", "this network", "infinitely wide"], {
    q: "mean square q",
    c: "correlation c of A and B",
    fixed: "fixed point q*",
    chi: "factor χ₁",
    xi: "depth scale ξ",
  });

  let theme = ""; // in which the plane is drawn; null where something in it has moved
  function paint() {
    rings.paint();
    curves.paint();
    const now = getComputedStyle(map.node).color;
    if (now !== theme) map.paint();
    theme = now;
  }

  const size = (x) => x === Infinity ? "∞" : x >= 1e4 || (x < 1e-3 && x > 0) ? power(x) : fixed(x, 3);
  const power = (x) => x.toExponential(1).replace("e+", "e").replace("e-", "e−");

  function phase() {
    const { q, chi } = ends, small = "a small 1 − c";
    if (get("phi") === "relu") {
      return q === Infinity
        ? `q grows by the factor ${fixed(chi, 2)} a layer, and c creeps towards 1.`
        : q > 0
        ? `Order: ${small} shrinks by the factor ${fixed(chi, 2)} a layer.`
        : chi > 0.97
        ? "The edge: in wide layers q keeps its size, and c creeps towards 1."
        : `q shrinks by the factor ${fixed(chi, 2)} a layer, and c creeps towards 1.`;
    }
    if (Math.abs(chi - 1) < 0.03) return `The edge of chaos: χ₁ = ${fixed(chi, 2)}, and ${small} lasts long.`;
    if (q === 0) return `The signal fades: q shrinks by the factor ${fixed(chi, 2)} a layer.`;
    return chi < 1
      ? `Order: ${small} shrinks by the factor ${fixed(chi, 2)} a layer.`
      : `Chaos: ${small} grows by the factor ${fixed(chi, 2)} a layer.`;
  }
  function report() {
    const l = shown(), b = other(), { q, c } = layers[l];
    numbers.show("q", [size(q[0]), `A, layer ${l}`], size(wide.q[l]));
    numbers.show("c", [fixed(c[b], 3), `layer ${l}`], fixed(wide.c[l], 3));
    numbers.show("fixed", "—", size(ends.q));
    numbers.show("chi", "—", fixed(ends.chi, 3));
    numbers.show(
      "xi",
      "—",
      Number.isNaN(ends.xi) ? "—" : ends.xi > 999 ? "> 999 layers" : `${fixed(ends.xi, 1)} layers`,
    );
    const from = `c = ${fixed(cosine(), 2)} before the first layer`;
    const went = l ? `${from}, ${fixed(c[b], 2)} after ${l}` : from;
    say(play.status, `${phase()} A and B: ${went}.`);
    rings.say(
      `A circle of inputs in two units of the layers 0 to ${l}, with A and B ${get("angle")}° apart: ${went}`,
    );
    curves.say(
      `Correlation c and mean square q against the layer: ${went}; if infinitely wide ${fixed(wide.c[l], 2)}`,
    );
    map.say(
      `Plane of the spread of weights, ${fixed(get("sigma_w"), 2)}, and of biases, ${
        fixed(get("sigma_b"), 2)
      }, with lines of equal χ₁: here ${fixed(ends.chi, 2)}`,
    );
    placed();
    ofWeights.show(get("sigma_w"));
    ofBiases.show(get("sigma_b"));
    apart.show(get("angle"));
    which.select.value = get("phi");
  }

  // --- the knobs under the hand
  let places = [[0, 0], [0, 0]]; // of B and of the plane's point, in px
  const knob = (words, picture, k, move, arrows) =>
    handle({ "aria-label": `${words}, ${NAME}` }, {
      grab: () => places[k],
      move: ([x, y], right, down, { width }) => move(...picture.from(x + right, y + down, width)),
      arrows,
    });
  const turn = (degrees) => play.update({ angle: fit(Math.round(degrees / apiece) * apiece, [0, 180]) });
  const put = (w, b) => play.update({ sigma_w: fit(rounded(w), weights), sigma_b: fit(rounded(b), biases) });
  const ofB = knob(
    "input B",
    rings,
    0,
    (right, up) => turn(up >= 0 ? Math.atan2(up, right) * 180 / Math.PI : right > 0 ? 0 : 180),
    (right, up) => turn(get("angle") + apiece * (up - right)),
  );
  const ofPoint = knob(
    "spread of weights and biases",
    map,
    1,
    put,
    (right, up) => put(get("sigma_w") + STEP * right, get("sigma_b") + STEP * up),
  );
  const front = box("thermo-wide thermo-dragged", rings.node, ofB);
  const back = box("thermo-dragged", map.node, ofPoint);
  let widths = [0, 0];
  /** The buttons follow what is drawn; the page is written only where one has moved. */
  function placed() {
    const now = [rings.knob(widths[0], get("angle")), map.knob(widths[1], setting())];
    const next = now.map((place) => place.map(Math.round));
    if (next.join() === places.join()) return;
    places = next;
    [ofB, ofPoint].forEach((button, k) => button.style.transform = `translate(${places[k].join("px, ")}px)`);
  }
  const sizes = new ResizeObserver(() => {
    widths = [rings, map].map(({ node }) => node.clientWidth);
    placed();
  });
  for (const { node } of [rings, map]) sizes.observe(node);

  // --- what happens
  function turned() {
    at = null;
    wide = theory(setting(), cosine(), depth);
  }
  function changed() {
    turned();
    theme = null;
    ends = limits(setting());
    remake();
  }
  function bent() {
    contours = CONTOURS[get("phi")].map((chi) => ({ chi, points: contour(get("phi"), chi, biases) }));
    changed();
  }

  // --- controls
  const play = lab({
    place,
    name: NAME,
    keys: ["phi", "sigma_w", "sigma_b", "angle", "seed"],
    fresh: bent,
    step: () => {
      const next = at === null ? 0 : at + 1;
      if (next < layers.length) at = next;
    },
    paint,
    report,
    waits: true,
    over: () => at === depth,
    rate: () => PACE,
  });
  const spread = (words, index, key, range) =>
    play.slider(
      `${words}, σ${index}`,
      [...range, FINE],
      (x) => fixed(x, 2),
      (x) => play.update({ [key]: x }),
      { label: element("span", {}, `${words}, σ`, element("sub", {}, index)) },
    );
  const ofWeights = spread("spread of the weights", "w", "sigma_w", weights);
  const ofBiases = spread("spread of the biases", "b", "sigma_b", biases);
  const apart = play.slider("angle between A and B", [0, 180, apiece], (x) => `${x}°`, turn);
  const which = chooser("nonlinearity", Object.entries(names), get("phi"), (phi) => play.update({ phi }));
  for (const key of ["sigma_w", "sigma_b", "seed"]) play.on(key, changed);
  play.on("angle", turned);
  play.on("phi", bent);
  const another = play.button("New weights", () => play.update({ seed: (get("seed") + 1) % 2 ** 32 }));
  const buttons = box(
    "thermo-buttons",
    play.runs,
    play.stepping("Next layer", () => {
      at = at === null || at === depth ? 0 : at + 1;
    }),
    play.reset,
  );

  const away = play.show(
    "thermo-depth",
    front,
    element("p", { class: "thermo-note thermo-wide" }, NOTE),
    box(
      "thermo-controls",
      ofWeights.node,
      ofBiases.node,
      apart.node,
      box("thermo-buttons", which.node, another),
      buttons,
    ),
    back,
    curves.node,
    box("", numbers.node, play.status),
  );
  await working; // a first picture is whole
  return () => {
    gone = true;
    sizes.disconnect();
    away();
  };
}

export default { render };
