// The pictures of the lab: the circle in each layer, the plane of the two variances, and the two curves against depth.
import { axes, line, picture, scale } from "../kit/picture.js";

const SEEN = 2.6; // root mean squares from the middle of a cell to its edge
const ROOM = 520; // px from which ten cells stand in a row
const FRAME = { left: 44, right: 10, top: 28, bottom: 42 };
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/**
 * Discs for A, squares for B, with white rims: all of one colour at once.
 * @param {CanvasRenderingContext2D} pen
 * @param {number[][]} places
 */
function signs(pen, kind, places, r, colour) {
  pen.beginPath();
  for (const [x, y] of places) {
    pen.moveTo(x + r, y);
    if (kind === "A") pen.arc(x, y, r, 0, 2 * Math.PI);
    else pen.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
  }
  pen.fillStyle = colour;
  pen.fill();
  pen.strokeStyle = "#fff";
  pen.lineWidth = Math.min(2, r / 3);
  pen.stroke();
}

/** Lines through points, all at once. */
function lines(pen, all) {
  pen.beginPath();
  for (const points of all) points.forEach(([x, y], k) => k ? pen.lineTo(x, y) : pen.moveTo(x, y));
  pen.stroke();
}

const rms = (u, v) => Math.sqrt(u.reduce((sum, _, k) => sum + u[k] ** 2 + v[k] ** 2, 0) / (2 * u.length));

/** Layer 0, twice as large, and the others row by row beside it and below: what the circle is in two units of each. */
export function strip(depth, state) {
  const grid = (width) => {
    const columns = width >= ROOM ? 10 : 6, side = width / columns;
    return { columns, side, rows: (depth + 4) / columns };
  };
  const middle = (width) => grid(width).side;
  const radius = (width) => 0.58 * grid(width).side;
  const seen = picture((width) => grid(width).rows * grid(width).side, (pen, { width }) => {
    const { layers, shown, b, inks, at } = state(), { columns, side, rows } = grid(width);
    const cells = [];
    for (let k = 0; k < columns * rows; k++) {
      const column = k % columns, row = Math.floor(k / columns);
      if (column > 1 || row > 1) cells.push([column * side, row * side]);
    }
    const corner = (l) => l ? cells[l - 1] : [0, 0], wide = (l) => l ? side : 2 * side;
    const frame = (l) => pen.rect(corner(l)[0] + 1.5, corner(l)[1] + 1.5, wide(l) - 3, wide(l) - 3);
    pen.globalAlpha = 0.25;
    pen.beginPath();
    for (let l = 0; l <= depth; l++) frame(l);
    pen.stroke();
    pen.globalAlpha = 1;
    if (at !== null) {
      pen.lineWidth = 2;
      pen.beginPath();
      frame(at);
      pen.stroke();
    }
    const rings = layers.slice(0, shown + 1).map(({ two: [u, v] }, l) => {
      const unit = l ? side / 2 / SEEN / rms(u, v) : radius(width) / Math.SQRT2, most = wide(l) / 2 - 4;
      const middle = corner(l).map((x) => x + wide(l) / 2);
      const within = (x) => Math.min(most, Math.max(-most, unit * x)); // what lies outside stands at the rim
      return Array.from(u, (_, k) => [middle[0] + within(u[k]), middle[1] - within(v[k])]);
    });
    pen.lineWidth = 1;
    lines(pen, rings.map((ring) => [...ring, ring[0]]));
    pen.strokeStyle = inks.between;
    pen.lineWidth = 2.5;
    lines(pen, rings.map((ring) => ring.slice(0, b + 1)));
    pen.font = "11px system-ui, sans-serif";
    rings.forEach((_, l) => pen.fillText(l ? String(l) : "input", corner(l)[0] + 5, corner(l)[1] + 14));
    pen.textAlign = "center";
    for (const [name, k, turn] of [["A", 0, 0], ["B", b, 2 * Math.PI * b / rings[0].length]]) {
      const r = radius(width) - (k && k < 4 ? 30 : 18);
      pen.fillText(name, side + r * Math.cos(turn), side - r * Math.sin(turn) + 4);
    }
    // Both are seen where they meet.
    signs(pen, "A", rings.slice(0, 1).map((ring) => ring[0]), 9, inks.A);
    signs(pen, "B", rings.slice(0, 1).map((ring) => ring[b]), 7, inks.B);
    signs(pen, "A", rings.slice(1).map((ring) => ring[0]), 5, inks.A);
    signs(pen, "B", rings.slice(1).map((ring) => ring[b]), 3, inks.B);
  });
  return {
    ...seen,
    /** Where B's knob is, at an angle in degrees. */
    knob(width, angle) {
      const turn = angle * Math.PI / 180;
      return [middle(width) + radius(width) * Math.cos(turn), middle(width) - radius(width) * Math.sin(turn)];
    },
    /** Right and up from the circle's middle. */
    from: (x, y, width) => [x - middle(width), middle(width) - y],
  };
}

/** σ_w to the right, σ_b up; lines of equal χ₁, the edge of chaos thick; and the network's point. */
export function plane({ weights, biases }, state) {
  const tall = (width) => Math.min(320, 0.9 * width);
  const scales = (width) => ({
    x: scale(...weights, FRAME.left, width - FRAME.right),
    y: scale(...biases, tall(width) - FRAME.bottom, FRAME.top),
  });
  const map = picture(tall, (pen, { width, height }) => {
    const { phi, sigma_w, sigma_b, contours, accent } = state(), { x, y } = scales(width);
    const box = {
      left: FRAME.left,
      right: width - FRAME.right,
      top: FRAME.top,
      bottom: height - FRAME.bottom,
    };
    pen.save();
    pen.beginPath();
    pen.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    pen.clip();
    for (const { chi, points } of contours) {
      pen.lineWidth = chi === 1 ? 3 : 1;
      pen.globalAlpha = chi === 1 ? 1 : 0.5;
      line(pen, points.map(([w, b]) => [x(w), y(b)]));
    }
    pen.restore();
    pen.lineWidth = 1;
    pen.textAlign = "center";
    pen.font = "12px system-ui, sans-serif";
    for (const { chi, points } of contours) { // each named where it leaves the picture above
      const above = points.find(([, b]) => b >= biases[1] - 1e-9);
      if (above && above[0] >= weights[0] && above[0] <= weights[1]) {
        pen.fillText(String(chi), x(above[0]), box.top - 10);
      }
    }
    pen.font = "italic 14px system-ui, sans-serif";
    const [left, right] = phi === "relu" ? ["q falls", "q grows"] : ["order", "chaos"];
    pen.fillText(left, x(0.72), y(0.85));
    pen.fillText(right, x(phi === "relu" ? 2.4 : 2.6), y(0.3));
    pen.font = "13px system-ui, sans-serif";
    axes(pen, {
      ...box,
      x: { at: x, ticks: [0.5, 1, 1.5, 2, 2.5, 3], name: "spread of the weights" },
      y: { at: y, ticks: [0, 0.5, 1], name: "" },
    });
    pen.fillText("χ₁ =", 0, box.top - 10);
    pen.save();
    pen.translate(10, (box.top + box.bottom) / 2);
    pen.rotate(-Math.PI / 2);
    pen.textAlign = "center";
    pen.fillText("spread of the biases", 0, 0);
    pen.restore();
    signs(pen, "A", [[x(sigma_w), y(sigma_b)]], 8, accent);
  });
  return {
    ...map,
    knob: (width, { sigma_w, sigma_b }) => [scales(width).x(sigma_w), scales(width).y(sigma_b)],
    /** The spreads at a place of the picture. */
    from(x, y, width) {
      const low = tall(width) - FRAME.bottom, high = FRAME.top;
      return [
        scale(FRAME.left, width - FRAME.right, ...weights)(x),
        scale(low, high, ...biases)(y),
      ];
    },
  };
}

/** c above and q below against the layer: dots of this network, lines of infinitely wide layers. */
export function graph(depth, state) {
  return picture((width) => Math.min(340, 0.95 * width), (pen, { width, height, ink }) => {
    const { layers, shown, b, inks, wide, at } = state();
    const x = scale(0, depth, FRAME.left + 4, width - FRAME.right);
    const cut = 0.58 * height; // between the two
    const box = { left: FRAME.left, right: width - FRAME.right };
    const dots = (place, colour, kind, r = 3.5) => {
      signs(pen, kind, layers.slice(0, shown + 1).map((_, l) => [x(l), place(l)]), r, colour);
      pen.strokeStyle = pen.fillStyle = ink;
      pen.lineWidth = 1;
    };
    const curve = (of) => {
      pen.lineWidth = 1.5;
      line(pen, of.map((y, l) => [x(l), y]));
      pen.lineWidth = 1;
    };
    const ticks = [0, 5, 10, 15, 20, 25];

    const c = scale(-1, 1, cut - 22, FRAME.top);
    axes(pen, {
      ...box,
      top: FRAME.top,
      bottom: cut - 22,
      x: { at: x, ticks: ticks.map((l) => [l, ""]), name: "" },
      y: { at: c, ticks: [-1, 0, 1], name: "correlation c of A and B; line: infinitely wide" },
    });
    pen.globalAlpha = 0.3;
    line(pen, [[box.left, c(0)], [box.right, c(0)]]);
    pen.globalAlpha = 1;
    curve(wide.c.map(c));
    dots((l) => c(layers[l].c[b]), inks.between, "A");

    const present = layers.slice(0, shown + 1).flatMap(({ q }) => [q[0], q[b]]);
    const logs = [...wide.q, ...present].map(Math.log10);
    const low = Math.floor(Math.min(...logs, -1)),
      high = Math.ceil(Math.max(...logs, 1)),
      each = Math.ceil((high - low) / 4);
    const q = scale(low, high, height - FRAME.bottom, cut + 18), level = (value) => q(Math.log10(value));
    const decades = Array.from({ length: Math.floor((high - low) / each) + 1 }, (_, k) => low + k * each);
    axes(pen, {
      ...box,
      top: cut + 18,
      bottom: height - FRAME.bottom,
      x: { at: x, ticks, name: "layer" },
      y: {
        at: q,
        ticks: decades.map((k) => [k, `10${String(k).replace(/./g, (one) => RAISED[one])}`]),
        name: "mean square q of A and of B",
      },
    });
    curve(wide.q.map(level));
    dots((l) => level(layers[l].q[0]), inks.A, "A", 4.5);
    dots((l) => level(layers[l].q[b]), inks.B, "B", 2.5);
    if (at === null) return;
    pen.globalAlpha = 0.5;
    pen.setLineDash([3, 3]);
    line(pen, [[x(at), FRAME.top], [x(at), height - FRAME.bottom]]);
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  });
}
