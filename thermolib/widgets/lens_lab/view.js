// Three lattices seen from farther and farther away: the pictures, and the flow of the coupling of their blocks.
import { coupling, FACTOR, fromBits, levels, means, sweep, workshop } from "./lens.js";
import { lab } from "../kit/lab.js";
import { fixed } from "../kit/numbers.js";
import { axes, line, picture, scale } from "../kit/picture.js";
import { randomBits } from "../kit/random.js";
import { box, element, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

const NAME = "Renormalisation lens", PACE = 0.3; // steps a second
const WHERE = ["below", "at", "above"], OUTER = [0, 2];
const MOST = 1; // of the couplings in the picture: beyond, a lattice is as good as ordered

async function unpacked(text) {
  const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const bytes = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(bytes).arrayBuffer());
}

const critical = () => element("span", {}, "T", element("sub", {}, "c"));
const called = (k) => element("span", {}, `${WHERE[k]} `, critical());

const told = (K) => Number.isFinite(K) ? fixed(K, 3) : K > 0 ? "∞" : "−∞";

async function render(place) {
  const get = (key) => place.model.get(key), size = get("size"), sites = size * size;
  const { places, critical: K_c, again, window: width, least, lattices } = get("constants");
  const packed = await Promise.all(lattices.map(unpacked));
  const last = Math.round(Math.log(size / least) / Math.log(FACTOR));
  const side = (k) => FACTOR ** k, blocks = (k) => k === 0 ? "1 × 1 (the spins)" : `${side(k)} × ${side(k)}`;
  const first = places.findIndex(({ off }) => off === get("off"));

  let level = 0, reached = 0, at = first;
  let all, measured, shop; // the lattices and their blocks; what is measured on them; what sampling needs
  let left = 0, frame = 0; // sweeps still to be made of each outer lattice, and the frame that makes the next

  function look(k) {
    all[k] = levels(all[k][0], least);
    measured[k] = all[k].map(means).map((one) => ({ ...one, K: coupling(one.correlation) }));
  }

  /** The lattices that came with the page. */
  function begin() {
    cancelAnimationFrame(frame);
    left = 0;
    at = first;
    shop = workshop(sites, randomBits(get("seed")));
    all = packed.map((bytes) => [{ size, spins: fromBits(bytes, size) }]);
    measured = [];
    WHERE.forEach((_, k) => look(k));
  }
  begin();

  // --- what is seen
  const views = WHERE.map((_, k) => {
    const canvas = element("canvas", { role: "img" }), frame = box("thermo-frame");
    const now = element("span");
    const name = element("span", {}, now, element("br"), called(k));
    return { canvas, frame, now, node: box("thermo-view", box("thermo-window", canvas, frame), name) };
  });

  function paintView({ canvas, frame }, k) {
    const colour = places[at].colours[k];
    canvas.style.setProperty("--now", colour);
    const { size, spins } = all[k][level], shown = Math.min(width, size), first = (size - shown) / 2;
    canvas.width = canvas.height = shown;
    const pen = canvas.getContext("2d"), image = pen.createImageData(shown, shown);
    const pixels = new Uint32Array(image.data.buffer);
    const [red, green, blue] = colour.match(/\w\w/g).map((hex) => parseInt(hex, 16));
    const ink = (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
    for (let i = 0; i < pixels.length; i++) {
      const y = first + Math.floor(i / shown), x = first + (i % shown);
      pixels[i] = spins[y * size + x] > 0 ? ink : 0; // down: the ground shows, a tint of it
    }
    pen.putImageData(image, 0, 0);
    // What the picture before showed; from the whole lattice to the whole lattice there is no frame.
    frame.hidden = level === 0 || all[k][level - 1].size <= width;
  }

  const flow = picture((width) => Math.min(260, 0.7 * width), (pen, { width, height, ink }) => {
    const place = { left: 34, right: width - 76, top: 26, bottom: height - 42 };
    const x = scale(0, last, place.left + 8, place.right - 8), y = scale(0, MOST, place.bottom, place.top);
    axes(pen, {
      ...place,
      x: { at: x, ticks: all[0].map((_, k) => [k, String(side(k))]), name: "side of a block, b" },
      y: { at: y, ticks: [0, 1], name: "coupling of neighbouring blocks, K′" },
    });
    const subscript = (words, a, b) => { // as in T_c
      const wide = pen.measureText(words).width;
      pen.fillText(words, a, b);
      pen.font = "10px system-ui, sans-serif";
      pen.fillText("c", a + wide, b + 3);
      pen.font = "13px system-ui, sans-serif";
    };
    pen.globalAlpha = 0.5;
    pen.setLineDash([3, 3]);
    line(pen, [[x(level), place.top], [x(level), place.bottom]]);
    line(pen, [[place.left, y(K_c)], [place.right, y(K_c)]]);
    pen.setLineDash([]);
    pen.globalAlpha = 1;
    pen.textAlign = "left";
    subscript("K", place.left - 24, y(K_c) + 4);
    measured.forEach((one, k) => {
      const points = one.slice(0, reached + 1).map(({ K }, j) => [x(j), y(Math.min(Math.max(K, 0), MOST))]);
      pen.strokeStyle = pen.fillStyle = places[at].colours[k];
      pen.lineWidth = 2;
      line(pen, points);
      points.forEach(([a, b]) => pen.fillRect(a - 3, b - 3, 6, 6));
      pen.fillStyle = ink;
      const [a, b] = points.at(-1), apart = reached ? 4 : 4 + 14 * (k - 1); // at the start all begin at one place
      subscript(`${WHERE[k]} T`, a + 8, b + apart);
    });
  });
  const numbers = table(
    ["", "correlation of neighbours", "coupling K′", "mean of the blocks"],
    Object.fromEntries(WHERE.map((_, k) => [k, called(k)])),
  );

  function paint() {
    views.forEach(paintView);
    flow.paint();
  }

  function report() {
    reach.show(level);
    distance.show(at);
    progress.value = again - left;
    progress.style.visibility = left ? "visible" : "hidden";
    const { T } = places[at];
    views.forEach(({ canvas, now }, k) => {
      const { correlation, K, magnetization } = measured[k][level];
      say(now, `T = ${fixed(T[k], 3)}`);
      numbers.show(k, fixed(correlation, 3), told(K), fixed(magnetization, 3));
      canvas.setAttribute(
        "aria-label",
        `T = ${fixed(T[k], 3)}, ${WHERE[k]} the critical temperature, blocks of ${side(level)} by ${
          side(level)
        }: correlation of neighbours ${fixed(correlation, 2)}, mean ${fixed(magnetization, 2)}`,
      );
    });
    const each = measured.map((one, k) =>
      `${WHERE[k]} T c ${one.slice(0, reached + 1).map(({ K }) => told(K)).join(", ")}`
    );
    flow.say(
      `Coupling of neighbouring blocks as they grow, from one over T; K c is ${fixed(K_c, 3)}: ${
        each.join("; ")
      }`,
    );
    if (left) {
      return say(play.status, `The outer two lattices are sampled afresh, by ${again} sweeps of clusters.`);
    }
    const n = all[0][level].size, shown = Math.min(width, n);
    const seen = shown === n ? `all ${n} × ${n}` : `${shown} × ${shown} of ${n} × ${n}`;
    say(
      play.status,
      level === 0
        ? `Each cell is one spin: ${seen}.`
        : `Each cell is the majority of ${FACTOR * FACTOR} cells before: ${seen} blocks of ${side(level)} × ${
          side(level)
        } spins.`,
    );
  }

  // --- what happens
  function go(k) {
    level = Math.min(Math.max(k, 0), last);
    reached = Math.max(reached, level);
  }
  function fresh() {
    level = reached = 0;
  }
  /** Both outer lattices by a sweep a frame, the one and then the other, and what is seen after both. */
  function sample(k = 0) {
    frame = requestAnimationFrame(() => {
      sweep(all[OUTER[k]][0], places[at].T[OUTER[k]], shop);
      look(OUTER[k]);
      if (k) {
        left--;
        paint();
        report();
      }
      if (left) sample(1 - k);
    });
  }

  // --- controls
  const play = lab({
    place,
    name: NAME,
    keys: [],
    fresh,
    undo: begin,
    step: () => go(level + 1),
    rate: () => PACE,
    over: () => level === last,
    paint,
    report,
  });
  const reach = play.slider("blocks of b × b spins", [0, last, 1], blocks, (k) => {
    play.run(false);
    go(k);
    paint();
    report();
  });
  const percent = (k) => `± ${+(100 * places[k].off).toFixed(2)} %`;
  const distance = play.slider(
    "distance from the critical temperature",
    [0, places.length - 1, 1],
    percent,
    (k) => {
      if (k === at) return;
      at = k;
      play.run(false);
      cancelAnimationFrame(frame);
      left = again;
      paint();
      report();
      sample();
    },
  );
  const progress = element("progress", { max: again, "aria-label": "sweeps made" });
  const out = play.stepping("Zoom out", () => go(level + 1));
  const back = play.stepping("Zoom back", () => go(level - 1));

  const away = play.show(
    "thermo-lens",
    box("thermo-wide thermo-views", ...views.map(({ node }) => node)),
    box(
      "thermo-wide thermo-controls",
      reach.node,
      box("", distance.node, progress),
      box("thermo-buttons", play.runs, out, back, play.reset),
    ),
    flow.node,
    box("", numbers.node, play.status),
  );
  return () => {
    cancelAnimationFrame(frame);
    away();
  };
}

export default { render };
