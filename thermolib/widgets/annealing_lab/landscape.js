// Sand on a landscape: all walkers as dots piled on their states, behind them the exact distribution, dashed Boltzmann's.
import { fixed } from "../kit/numbers.js";
import { line, picture, scale } from "../kit/picture.js";

const LEFT = 36, TOP = 18, BOTTOM = 62; // px

/** state() says what is seen: p, equilibrium and counts by state, and the temperature's colour. */
export function landscapePicture(E, start, lowest, state) {
  const low = Math.min(...E), high = Math.max(...E);
  return picture((width) => Math.min(460, 200 + 0.4 * width), (pen, { width, height, ink }) => {
    const { p, equilibrium, counts, colour } = state();
    const column = (width - LEFT - 2) / E.length,
      left = (i) => LEFT + column * i,
      middle = (i) => left(i) + column / 2;
    const y = scale(low, high, height - BOTTOM, 0.52 * height), ground = E.map(y);
    const tall = Math.min(ground[start], ground[lowest]) - TOP; // of a pile of all walkers
    const steps = (of) => line(pen, E.flatMap((_, i) => [[left(i), of(i)], [left(i + 1), of(i)]]));
    pen.globalAlpha = 0.07;
    E.forEach((_, i) => pen.fillRect(left(i), ground[i], column, height - 40 - ground[i]));
    pen.globalAlpha = 1;
    pen.fillText("energy E", 0, y(high) - 18);
    pen.textAlign = "right";
    for (const e of [-1, 0, 1]) pen.fillText(fixed(e, 0), LEFT - 6, y(e) + 4);
    pen.textAlign = "center";
    E.forEach((_, i) => pen.fillText(String(i), middle(i), height - 22));
    pen.fillText("state", (left(0) + width) / 2, height - 5);
    pen.fillText("start", middle(start), ground[start] + 16);
    pen.fillText("lowest", middle(lowest), ground[lowest] + 16);
    ["dots: walkers", "bars: exact", "dashed: Boltzmann"].forEach((words, k) =>
      pen.fillText(words, middle(7.5), TOP + 17 * k)
    );
    line(pen, [[middle(6.5), TOP + 44], [middle(6.5), TOP + 44 + 0.2 * tall]]); // how high 0.2 is
    pen.textAlign = "left";
    pen.fillText("probability 0.2", middle(6.5) + 6, TOP + 48 + 0.1 * tall);

    pen.globalAlpha = 0.22;
    p.forEach((q, i) => pen.fillRect(left(i) + 1, ground[i] - q * tall, column - 2, q * tall));
    pen.globalAlpha = 1;
    pen.fillStyle = colour;
    const walkers = counts.reduce((a, b) => a + b), room = column - 3;
    const abreast = Math.ceil(Math.sqrt((room * walkers) / tall)); // so that a dot has as much room up as across
    const across = room / abreast, up = (abreast * tall) / walkers, size = 0.75 * across;
    pen.beginPath();
    counts.forEach((count, i) => {
      for (let k = 0; k < count; k++) {
        const row = Math.floor(k / abreast) + 1;
        pen.rect(left(i) + 2 + across * (k % abreast), ground[i] - 1 - up * row, size, size);
      }
    });
    pen.fill();
    pen.fillStyle = ink;
    pen.setLineDash([3, 3]);
    steps((i) => ground[i] - equilibrium[i] * tall);
    pen.setLineDash([]);
    pen.lineWidth = 2;
    steps((i) => ground[i]);
  });
}
