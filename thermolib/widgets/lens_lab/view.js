// Three lattices seen from farther and farther away: the pictures, and the correlation of neighbouring blocks.
import { FACTOR, fromBits, levels, means } from "./lens.js";
import { lab } from "../kit/lab.js";
import { fixed } from "../kit/numbers.js";
import { axes, line, picture, scale } from "../kit/picture.js";
import { box, element, say } from "../kit/slider.js";
import { table } from "../kit/table.js";

const NAME = "Renormalisation lens", PACE = 0.3; // steps a second
const WHERE = ["below", "at", "above"];

async function unpacked(text) {
  const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const bytes = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(bytes).arrayBuffer());
}

const critical = () => element("span", {}, "T", element("sub", {}, "c"));
const called = (k) => element("span", {}, `${WHERE[k]} `, critical());

async function render(place) {
  const get = (key) => place.model.get(key), colours = get("colours"), size = get("size");
  const { T, window: width, least, lattices } = get("constants");
  const all = await Promise.all(
    lattices.map(async (text) => levels({ size, spins: fromBits(await unpacked(text), size * size) }, least)),
  );
  const measured = all.map((one) => one.map(means)), last = all[0].length - 1;
  const side = (k) => FACTOR ** k, blocks = (k) => k === 0 ? "1 × 1 (the spins)" : `${side(k)} × ${side(k)}`;

  let level = 0, reached = 0;

  // --- what is seen
  const views = all.map((_, k) => {
    const canvas = element("canvas", { role: "img" }), frame = box("thermo-frame");
    canvas.style.setProperty("--now", colours[k]);
    const name = element("span", {}, `T = ${fixed(T[k], 3)}`, element("br"), called(k));
    return { canvas, frame, node: box("thermo-view", box("thermo-window", canvas, frame), name) };
  });

  function paintView({ canvas, frame }, k) {
    const { size, spins } = all[k][level], shown = Math.min(width, size), first = (size - shown) / 2;
    canvas.width = canvas.height = shown;
    const pen = canvas.getContext("2d"), image = pen.createImageData(shown, shown);
    const pixels = new Uint32Array(image.data.buffer);
    const [red, green, blue] = colours[k].match(/\w\w/g).map((hex) => parseInt(hex, 16));
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
    const x = scale(0, last, place.left + 8, place.right - 8), y = scale(0, 1, place.bottom, place.top);
    axes(pen, {
      ...place,
      x: { at: x, ticks: all[0].map((_, k) => [k, String(side(k))]), name: "side of a block, b" },
      y: { at: y, ticks: [0, 0.5, 1], name: "correlation of neighbouring blocks" },
    });
    pen.globalAlpha = 0.3;
    pen.setLineDash([3, 3]);
    line(pen, [[x(level), place.top], [x(level), place.bottom]]);
    pen.setLineDash([]);
    pen.globalAlpha = 1;
    measured.forEach((one, k) => {
      const points = one.slice(0, reached + 1).map(({ correlation }, j) => [x(j), y(correlation)]);
      pen.strokeStyle = pen.fillStyle = colours[k];
      pen.lineWidth = 2;
      line(pen, points);
      points.forEach(([a, b]) => pen.fillRect(a - 3, b - 3, 6, 6));
      pen.fillStyle = ink;
      pen.textAlign = "left";
      const [, end] = points.at(-1), apart = reached ? 4 : 4 + 14 * (k - 1); // at the start all begin at one place
      pen.fillText(`${WHERE[k]} T`, points.at(-1)[0] + 8, end + apart);
      const wide = pen.measureText(`${WHERE[k]} T`).width;
      pen.font = "10px system-ui, sans-serif";
      pen.fillText("c", points.at(-1)[0] + 8 + wide, end + apart + 3);
      pen.font = "13px system-ui, sans-serif";
    });
  });
  const numbers = table(
    ["", "correlation of neighbouring blocks", "mean of the blocks"],
    Object.fromEntries(WHERE.map((_, k) => [k, called(k)])),
  );

  function paint() {
    views.forEach(paintView);
    flow.paint();
  }

  function report() {
    reach.show(level);
    views.forEach(({ canvas }, k) => {
      const { correlation, magnetization } = measured[k][level];
      numbers.show(k, fixed(correlation, 3), fixed(magnetization, 3));
      canvas.setAttribute(
        "aria-label",
        `T = ${fixed(T[k], 3)}, ${WHERE[k]} the critical temperature, blocks of ${side(level)} by ${
          side(level)
        }: correlation of neighbours ${fixed(correlation, 2)}, mean ${fixed(magnetization, 2)}`,
      );
    });
    const each = measured.map((one, k) =>
      `${WHERE[k]} T c ${
        one.slice(0, reached + 1).map(({ correlation }) => fixed(correlation, 2)).join(", ")
      }`
    );
    flow.say(`Correlation of neighbouring blocks as they grow: ${each.join("; ")}`);
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

  // --- controls
  const play = lab({
    place,
    name: NAME,
    keys: [],
    fresh,
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
  const out = play.stepping("Zoom out", () => go(level + 1));
  const back = play.stepping("Zoom back", () => go(level - 1));

  return play.show(
    "thermo-lens",
    box("thermo-wide thermo-views", ...views.map(({ node }) => node)),
    box("thermo-wide thermo-controls", reach.node, box("thermo-buttons", play.runs, out, back, play.reset)),
    flow.node,
    box("", numbers.node, play.status),
  );
}

export default { render };
