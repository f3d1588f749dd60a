// The landscape and a walker on it; below, all walkers as dots piled in their states, the exact distribution, Boltzmann's.
import { fixed } from "../kit/numbers.js";
import { axes, line, picture, scale } from "../kit/picture.js";

const LEFT = 36;

/** state() says what is seen: p, equilibrium and counts by state, where one walker is, and the temperature's colour. */
export function landscapePicture(E, start, lowest, state) {
  const low = Math.min(...E), high = Math.max(...E);
  return picture((width) => Math.min(440, 200 + 0.4 * width), (pen, { width, height, ink }) => {
    const { p, equilibrium, counts, walker, colour } = state();
    const column = (width - LEFT - 2) / E.length,
      left = (i) => LEFT + column * i,
      middle = (i) => left(i) + column / 2;
    const ground = 0.36 * height, top = ground + 38, bottom = height - 40;
    const yE = scale(low, high, ground, 30), yP = scale(0, 1, bottom, top);
    const steps = (y) => line(pen, E.flatMap((_, i) => [[left(i), y(i)], [left(i + 1), y(i)]]));
    pen.fillText("energy E", 0, 14);
    pen.textAlign = "right";
    for (const e of [-1, 0, 1]) pen.fillText(fixed(e, 0), LEFT - 6, yE(e) + 4);
    axes(pen, {
      left: LEFT,
      right: width - 2,
      top,
      bottom,
      x: { at: middle, ticks: E.map((_, i) => i), name: "state" },
      y: { at: yP, ticks: [0, 0.5, 1], name: "probability" },
    });
    pen.textAlign = "center";
    pen.fillText("start", middle(start), yE(E[start]) + 16);
    pen.fillText("lowest", middle(lowest), yE(E[lowest]) + 16);
    ["dots: walkers", "line: exact", "dashed: Boltzmann"].forEach((words, k) =>
      pen.fillText(words, middle(7), top + 8 + 17 * k)
    );

    pen.fillStyle = colour;
    const walkers = counts.reduce((a, b) => a + b), room = column - 3;
    const abreast = Math.ceil(Math.sqrt((room * walkers) / (bottom - top))); // so that a dot has as much room up as across
    const across = room / abreast, up = (abreast * (bottom - top)) / walkers, size = 0.75 * across;
    pen.beginPath();
    counts.forEach((count, i) => {
      for (let k = 0; k < count; k++) {
        pen.rect(
          left(i) + 2 + across * (k % abreast),
          bottom - up * (Math.floor(k / abreast) + 1),
          size,
          size,
        );
      }
    });
    pen.fill();
    pen.setLineDash([3, 3]);
    steps((i) => yP(equilibrium[i]));
    pen.setLineDash([]);
    pen.lineWidth = 2;
    steps((i) => yP(p[i]));
    steps((i) => yE(E[i]));
    pen.beginPath();
    pen.arc(middle(walker), yE(E[walker]) - 7, 5, 0, 7);
    pen.fill();
    pen.strokeStyle = ink;
    pen.lineWidth = 1.5;
    pen.stroke();
  });
}
