// Energy per site against temperature: the exact curve, where the lattice is now, and the mean with its error bar.
import { axes, line, picture, scale } from "../kit/picture.js";

/** state() says what is seen: the exact energies, the temperature, its colour, the energy now and the mean. */
export function energyPlot(temperatures, T_c, state) {
  return picture((width) => Math.min(280, 0.75 * width), (pen, { width, height, ink }) => {
    const box = { left: 42, right: width - 8, top: 26, bottom: height - 42 };
    const x = scale(0, temperatures.at(-1), box.left, box.right), y = scale(-2.5, 0, box.bottom, box.top);
    const { exact, T, colour, now, mean } = state();
    axes(pen, {
      ...box,
      x: { at: x, ticks: [1, 2, 3, 4, 5], name: "temperature T" },
      y: { at: y, ticks: [0, -0.5, -1, -1.5, -2, -2.5], name: "energy per site e" },
    });
    pen.textAlign = "left";
    pen.fillText("T", x(T_c) + 5, box.bottom - 6);
    pen.fillText("exact, h = 0", x(3), y(exact[temperatures.indexOf(3)]) + 24);
    pen.font = "10px system-ui, sans-serif";
    pen.fillText("c", x(T_c) + 13, box.bottom - 3);
    pen.setLineDash([3, 3]);
    line(pen, [[x(T_c), box.top], [x(T_c), box.bottom]]);
    pen.setLineDash([]);
    pen.lineWidth = 2;
    line(pen, exact.map((e, k) => [x(temperatures[k]), y(e)]));
    const dot = (e, size, fill) => {
      pen.fillStyle = fill;
      pen.beginPath();
      pen.arc(x(T), y(e), size, 0, 7);
      pen.fill();
    };
    dot(now, 2.5, ink);
    if (!Number.isFinite(mean.stderr)) return;
    const [low, high] = [mean.mean - mean.stderr, mean.mean + mean.stderr].map(y), at = x(T);
    for (const bar of [[at - 4, low, at + 4, low], [at - 4, high, at + 4, high], [at, low, at, high]]) {
      line(pen, [bar.slice(0, 2), bar.slice(2)]);
    }
    dot(mean.mean, 5, colour);
    pen.stroke();
  });
}
