// Mean energy against temperature: the exact curve, and where the chains are.
import { axes, line, picture, scale } from "../kit/picture.js";

const TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10];

// Two or three round numbers between low and high.
function round(low, high) {
  const raw = (high - low) / 3, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((k) => k * power).find((x) => x >= raw);
  const first = Math.ceil(low / step), n = Math.floor(high / step) - first + 1;
  return Array.from({ length: n }, (_, k) => (first + k) * step).map((x) => Number(x.toPrecision(6)));
}

/**
 * exact: ⟨E⟩ at each of the temperatures. state() says what is seen: T and its colour, the energy of the large picture,
 * the chains' mean with its error, and whether pixels are held: then the curve is another machine's.
 */
export function energyPlot(temperatures, exact, state) {
  const low = Math.min(...exact), high = Math.max(...exact), more = 0.15 * (high - low || 1);
  return picture((width) => Math.min(260, 0.7 * width), (pen, { width, height, ink }) => {
    const { T, colour, now, mean, held } = state();
    const box = { left: 44, right: width - 8, top: 26, bottom: height - 42 };
    const log = scale(Math.log(TICKS[0]), Math.log(TICKS.at(-1)), box.left, box.right);
    const x = (T) => log(Math.log(T)), y = scale(low - more, high + more, box.bottom, box.top);
    const inside = (E) => Math.min(box.bottom, Math.max(box.top, y(E)));
    axes(pen, {
      ...box,
      x: { at: x, ticks: TICKS, name: "temperature T" },
      y: { at: y, ticks: round(low - more, high + more), name: "mean energy ⟨E⟩" },
    });
    pen.textAlign = "left";
    pen.fillText(held ? "exact, no pixel held" : "exact", box.left + 8, y(exact[0]) - 8);
    pen.setLineDash(held ? [5, 4] : []);
    pen.lineWidth = 2;
    line(pen, exact.map((E, k) => [x(temperatures[k]), y(E)]));
    pen.setLineDash([]);
    const dot = (E, size, fill) => {
      pen.fillStyle = fill;
      pen.beginPath();
      pen.arc(x(T), inside(E), size, 0, 7);
      pen.fill();
    };
    dot(now, 2.5, ink);
    if (Number.isNaN(mean.mean)) return;
    pen.lineWidth = 1;
    const [below, above] = [-1, 1].map((sign) => inside(mean.mean + sign * (mean.stderr || 0))), at = x(T);
    for (const [a, b] of [[[-4, below], [4, below]], [[-4, above], [4, above]], [[0, below], [0, above]]]) {
      line(pen, [[at + a[0], a[1]], [at + b[0], b[1]]]);
    }
    dot(mean.mean, 5, colour);
    pen.stroke();
  });
}
