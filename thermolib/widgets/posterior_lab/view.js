// A posterior that can be seen whole: particles on its landscape, what they predict, and data that can be moved.
import { Averages, Cloud, Exact, Network, priorVariance, relaxation } from "./posterior.js";
import { dataPlane } from "./data_plane.js";
import { chooser } from "../kit/chooser.js";
import { lab } from "../kit/lab.js";
import { along, fixed, plural, rounded } from "../kit/numbers.js";
import { axes, picture, scale } from "../kit/picture.js";
import { normals, randomBits } from "../kit/random.js";
import { box, element, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

const NAME = "The posterior of two weights";
const SPEED = 240; // gradients a second, of each particle
const ANSWER = 60; // steps that answer a drag where nothing runs by itself
const AT = 3; // where the prediction is put into numbers
const EDGE = 4; // the weights are seen from −EDGE to EDGE
const CELLS = 96; // of the landscape, along a side
const PATHS = 40; // trajectories drawn of HMC
const SETTLED = 5; // relaxation times that are discarded before there is an error
const SAMPLERS = { sgld: "SGLD", hmc: "HMC", thermostat: "thermostat" };
const FORMULAS = {
  sgld: "T/(1 − ε/2)",
  hmc: "T: what is accepted has no bias",
  thermostat: "not known in closed form",
};

const three = (x) => Number(x.toPrecision(3));

/** @param {Place} place */
function render(place) {
  const get = (key) => place.model.get(key), colours = get("colours"), constants = get("constants");
  const { temperatures: [coldest, hottest], steps: [shortest, longest], usual, particles } = constants;
  const decades = Math.log10(hottest / coldest);
  const TAt = (k) => Math.min(hottest, three(coldest * 10 ** (k / 50))),
    placeOfT = (T) => 50 * Math.log10(T / coldest);
  const stepAt = (k) => three(shortest * 10 ** (k / 20)),
    placeOfStep = (step) => 20 * Math.log10(step / shortest);
  const colour = () => along(colours, Math.log10(get("T") / coldest) / decades);

  let network, exact, cloud, averages, relaxed, before, speed = SPEED, image = null, data = get("points");

  // --- what is seen
  const landscape = picture((width) => Math.min(320, 0.7 * width), (pen, { width, height }) => {
    const frame = { left: 34, right: width - 6, top: 22, bottom: height - 40 };
    const x = scale(-EDGE, EDGE, frame.left, frame.right), y = scale(-EDGE, EDGE, frame.bottom, frame.top);
    const { n, w, path } = cloud;
    pen.save();
    pen.beginPath();
    pen.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
    pen.clip();
    image ??= shaded();
    pen.drawImage(image, frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
    if (get("sampler") === "hmc" && cloud.proposed) {
      pen.globalAlpha = 0.3;
      pen.beginPath();
      for (let i = 0, each = path.length / PATHS; i < path.length; i += 2) {
        if (i % each === 0) pen.moveTo(x(path[i]), y(path[i + 1]));
        else pen.lineTo(x(path[i]), y(path[i + 1]));
      }
      pen.stroke();
      pen.globalAlpha = 1;
    }
    for (let i = 0; i < 2 * n; i += 2) pen.fillRect(x(w[i]) - 1, y(w[i + 1]) - 1, 2, 2);
    pen.restore();
    axes(pen, {
      ...frame,
      x: { at: x, ticks: [-4, -2, 0, 2, 4], name: "w₁" },
      y: { at: y, ticks: [-4, -2, 0, 2, 4], name: "w₂" },
    });
  });

  // The density at the reader's T, in the colour of T. What is seen is its root, or the tails were not.
  function shaded() {
    const canvas = element("canvas", { width: CELLS, height: CELLS }), pen = canvas.getContext("2d");
    const rgb = colour().match(/\w\w/g).map((hex) => parseInt(hex, 16));
    const pixels = pen.createImageData(CELLS, CELLS);
    exact.picture(CELLS, CELLS, EDGE).forEach((p, k) => {
      pixels.data.set([...rgb, Math.round(220 * Math.sqrt(p))], 4 * k);
    });
    pen.putImageData(pixels, 0, 0);
    return canvas;
  }

  const plane = dataPlane({
    name: NAME,
    farthest: constants.farthest,
    most: constants.most,
    at: AT,
    onchange: (points) => play.update({ points }),
    state: () => ({ points: get("points"), exact, cloud, noise: get("noise_std"), colour: colour() }),
  });
  const numbers = table(["", `${particles} particles`, "exact"], {
    mean: `mean f(${AT})`,
    sd: `standard deviation of f(${AT})`,
    square: "mean w₁²",
    biased: "w₁² at this step size",
    logZ: "ln Z",
    acceptance: "accepted",
  });

  function paint() {
    landscape.paint();
    plane.paint();
  }

  function estimate() {
    const found = averages.estimate(), settled = relaxed.discarded >= SETTLED && averages.diverged === 0;
    if (!settled) { for (const one of Object.values(found)) one.stderr = NaN; }
    return found;
  }

  function report() {
    const T = get("T"), step = get("step"), sampler = get("sampler"), points = get("points");
    const { f, sd, square } = estimate(), truth = exact.output(AT);
    const measured = (estimate) => rounded(estimate).map((words, k) => words || (k ? "no error yet" : "…"));
    numbers.show("mean", measured(f), fixed(truth.mean, 4));
    numbers.show("sd", measured(sd), fixed(truth.sd, 4));
    numbers.show("square", measured(square), fixed(exact.square, 4));
    const formula = points.length ? null : priorVariance(sampler, step, T);
    const off = formula ? Math.abs(square.mean - formula) / square.stderr : NaN;
    if (points.length) numbers.show("biased", ["—", "press “No data”"], ["—", "known for the prior"]);
    else if (formula === null) numbers.show("biased", ["—", "as measured above"], ["—", FORMULAS[sampler]]);
    else {
      const found = Number.isNaN(off)
        ? ["…", "no error yet"]
        : [`${fixed(off, 1)} errors off`, "the formula"];
      numbers.show("biased", found, [fixed(formula, 4), FORMULAS[sampler]]);
    }
    numbers.show("logZ", "—", [fixed(exact.logZ, 6), T === 1 ? "the evidence" : "of p(y, w)^(1/T)"]);
    const proposed = cloud.proposed - before.proposed;
    const share = proposed ? (cloud.accepted - before.accepted) / proposed : NaN;
    numbers.show(
      "acceptance",
      sampler === "hmc" ? (proposed ? `${fixed(100 * share, 1)} %` : "…") : "all steps",
      "—",
    );
    const lost = averages.diverged;
    say(
      play.status,
      lost
        ? `${plural(lost, "time")} a particle diverged and was put back at a draw from the prior: ` +
          "the step size is too large here, and the averages mean nothing."
        : `${plural(averages.steps, "step")} here, the first ${
          averages.discarded.toLocaleString("en")
        } left out. The error is that of ${particles} independent chains.`,
    );
    const where = `${SAMPLERS[sampler]} at T = ${T.toPrecision(3)}, ε = ${step.toPrecision(3)}`;
    const meanSquare = Number.isNaN(square.mean) ? "not known yet" : fixed(square.mean, 2);
    landscape.say(
      `The exact density of w₁ and w₂, and ${particles} particles under ${where}: mean of w₁² ${meanSquare}, exactly ${
        fixed(exact.square, 2)
      }`,
    );
    const now = cloud.output(AT);
    plane.say(
      `${plural(points.length, "data point")}; at x = ${AT} the particles give ${fixed(now.mean, 2)} ± ${
        fixed(now.sd, 2)
      }, exactly ${fixed(truth.mean, 2)} ± ${fixed(truth.sd, 2)}`,
    );
  }

  // --- what happens
  // The controls say what the model knows; averages begin anew, and the particles go on from where they are.
  function anew() {
    const points = get("points");
    network = new Network(points, get("noise_std"));
    exact = new Exact(network, get("T"));
    image = null;
    averages = new Averages(particles, AT);
    relaxed = { all: 0, discarded: 0 };
    const { accepted, proposed } = cloud;
    before = { accepted, proposed };
    heat.show(placeOfT(get("T")));
    size.show(placeOfStep(get("step")));
    method.select.value = get("sampler");
    plane.show();
    if (points.length) data = points;
    nothing.textContent = points.length ? "No data" : "Data again";
  }
  function fresh() {
    const bits = randomBits(get("seed"));
    cloud = new Cloud(
      particles,
      { normal: normals(bits), uniform: () => bits() / 2 ** 32 },
      constants,
      { T: get("T"), paths: PATHS },
    );
    anew();
  }
  function step() {
    const sampler = get("sampler"), step = get("step"), { accepted, proposed, diverged } = cloud;
    cloud.step(network, sampler, step, get("T"));
    averages.push(cloud, cloud.diverged - diverged);
    const share = (cloud.accepted - accepted) / (cloud.proposed - proposed || 1);
    relaxed.all += relaxation(sampler, step, cloud.leapfrogs, share);
    relaxed.discarded = relaxed.all * averages.discarded / averages.steps;
  }

  // --- controls
  const play = lab({
    place,
    name: NAME,
    keys: ["points", "T", "step", "sampler"],
    fresh,
    step,
    paint,
    report,
    answer: ANSWER,
    rate: () => speed / (get("sampler") === "hmc" ? constants.leapfrogs : 1),
    undo: () => {
      speed = SPEED;
      speeds.select.value = String(SPEED);
    },
  });
  const heat = play.slider(
    "temperature T",
    [0, Math.ceil(50 * decades), 1],
    (k) => `T = ${three(coldest * 10 ** (k / 50))}`,
    (k) => play.update({ T: TAt(k) }),
    { colours, mark: { value: placeOfT(1), name: "Bayes" } },
  );
  const size = play.slider(
    "step size ε",
    [0, Math.round(placeOfStep(longest)), 1],
    (k) => `ε = ${stepAt(k)}`,
    (k) => play.update({ step: stepAt(k) }),
  );
  const method = chooser(
    "sampler",
    Object.entries(SAMPLERS),
    get("sampler"),
    (sampler) => play.update({ sampler, step: usual[sampler] }),
  );
  const speeds = chooser(
    "speed",
    [[20, "20 gradients a second"], [SPEED, `${SPEED} a second`], ["Infinity", "as fast as it goes"]],
    SPEED,
    (gradients) => {
      speed = Number(gradients);
    },
  );
  const nothing = play.button("No data", () => play.update({ points: get("points").length ? [] : data }));
  for (const key of ["points", "T", "step", "sampler"]) play.on(key, anew);
  const many = () => {
    for (let k = 0; k < 100; k++) step();
  };

  return play.show(
    "thermo-posterior",
    landscape.node,
    plane.node,
    box(
      "thermo-controls",
      heat.node,
      size.node,
      box("thermo-choices", method.node, speeds.node),
      box(
        "thermo-buttons",
        play.runs,
        play.stepping("Step", step),
        play.stepping("100 steps", many),
        play.reset,
      ),
      box("thermo-buttons", plane.add, plane.remove, nothing),
    ),
    box("", numbers.node, play.status),
  );
}

export default { render };
