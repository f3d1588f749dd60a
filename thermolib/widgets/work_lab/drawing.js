// The picture of a pull: the beads in their trap on the left, on the right what their works were.
import { fixed } from "../kit/numbers.js";
import { axes, line, scale } from "../kit/picture.js";

const LOW = -3, HIGH = 5.25; // of the heights that are seen
const BINS = 40;
const GOLDEN = (Math.sqrt(5) - 1) / 2; // spreads the beads over the width
export const GRIP = 22; // half the handle, in px

const height = (width) => Math.min(340, 0.35 * width + 180);
const gap = (width) => Math.min(200, 0.36 * width); // between the two

/** Of a picture so wide: its height, the heights' frame, and where a height stands in it. */
export function layout(width) {
  const frame = { left: 20, right: gap(width), top: 18, bottom: height(width) - 42 };
  const perUnit = (frame.bottom - frame.top) / (HIGH - LOW);
  return { ...frame, height: height(width), perUnit, y: scale(LOW, HIGH, frame.bottom, frame.top) };
}

/**
 * The beads, their mean, the trap and the spring between the two, and the handle.
 * top: where B is. centre: of the trap; held: of the handle. waits: nothing was pulled yet.
 */
export function heights(pen, { left, right, top: upper, bottom, y }, state) {
  const { ink, colour, cloud, top, centre, held, waits } = state;
  const wide = right - left - 2 * GRIP, middle = left + wide, handle = right - GRIP;
  pen.textAlign = "right";
  pen.setLineDash([2, 4]);
  for (const [height, words] of [[0, "A"], [top, "B"]]) {
    line(pen, [[left, y(height)], [right, y(height)]]);
    pen.fillText(words, left - 6, y(height) + 4);
  }
  pen.setLineDash([]);
  pen.textAlign = "center";
  pen.fillText(`${cloud.length} beads`, left + wide / 2, bottom + 18);
  pen.fillText("trap", handle, bottom + 18);
  pen.save();
  pen.beginPath();
  pen.rect(left, upper - 10, right - left, bottom - upper + 14);
  pen.clip();
  pen.fillStyle = colour;
  pen.beginPath();
  cloud.forEach((x, k) => {
    const across = left + 4 + (wide - 8) * ((k + 1) * GOLDEN % 1);
    pen.moveTo(across + 3, y(x));
    pen.arc(across, y(x), 3, 0, 7);
  });
  pen.fill();
  const mean = cloud.reduce((a, b) => a + b, 0) / cloud.length, turns = 12, spring = [[middle, y(mean)]];
  for (let k = 1; k < turns; k++) {
    spring.push([middle + (k % 2 ? 4 : -4), y(mean + (centre - mean) * k / turns)]);
  }
  pen.lineWidth = 3;
  line(pen, [[left, y(centre)], [right, y(centre)]]);
  pen.lineWidth = 1.5;
  line(pen, [[left, y(mean)], ...spring, [middle, y(centre)]]);
  pen.fillStyle = ink;
  pen.beginPath();
  pen.arc(handle, y(held), 11, 0, 7);
  pen.fill();
  pen.fillStyle = ground(ink);
  pen.beginPath();
  for (const sign of [-1, 1]) {
    pen.moveTo(handle - 4, y(held) + 2.5 * sign);
    pen.lineTo(handle, y(held) + 7 * sign);
    pen.lineTo(handle + 4, y(held) + 2.5 * sign);
  }
  pen.fill();
  pen.fillStyle = ink;
  if (waits) {
    pen.textAlign = "right";
    pen.fillText("pull up", handle - GRIP - 6, y(1.8));
    pen.lineWidth = 2;
    line(pen, [[handle, y(0.9)], [handle, y(2.7)]]);
    line(pen, [[handle - 5, y(2.7) + 8], [handle, y(2.7)], [handle + 5, y(2.7) + 8]]);
  }
  pen.restore();
}

// What is seen on the ink.
function ground(ink) {
  const [r, g, b] = ink.match(/[\d.]+/g).map(Number);
  return 0.3 * r + 0.6 * g + 0.1 * b > 128 ? "#000" : "#fff";
}

// How far the axis goes to both sides of ΔF: few lengths, so that pulls can be compared.
function reachOf({ dissipated, sd }) {
  const least = dissipated + 4 * sd, power = 2 ** Math.ceil(Math.log2(Math.max(2, least)));
  return least < 0.75 * power ? 0.75 * power : power;
}

/**
 * The works of all beads beside their exact laws, and the estimates of ΔF above them.
 * law: of the work. repeats: the works, null where there are none. most: as many as there will be. found: the estimates.
 * spent: the mean work of the pull that the hand is at, NaN where it is at none.
 */
export function histograms(pen, width, state) {
  const { ink, colour, law, repeats, most, found, spent } = state,
    { deltaF } = law,
    pulling = !Number.isNaN(spent);
  const left = gap(width) + 22, right = width - 8, upper = 84, bottom = height(width) - 42;
  const reach = reachOf(law), x = scale(deltaF - reach, deltaF + reach, left, right);
  const step = reach / 2, first = Math.ceil((deltaF - reach) / step - 1e-9);
  const ticks = [0, 1, 2, 3, 4].map((k) => (first + k) * step).filter((W) => W <= deltaF + reach + 1e-9);
  const peak = 1 / law.sd / Math.sqrt(2 * Math.PI), y = scale(0, 1.2 * peak, bottom, upper);
  pen.textAlign = "left";
  pen.fillStyle = colour;
  pen.fillRect(left, 7, 11, 11);
  pen.fillStyle = ink;
  pen.fillText("W, up", left + 16, 17);
  pen.strokeRect(left + 0.5, 24.5, 10, 10);
  pen.fillText("−W, down", left + 16, 34);
  axes(pen, {
    left,
    right,
    top: bottom,
    bottom,
    x: { at: x, ticks, name: pulling ? `mean W so far: ${fixed(spent, 1)}` : "work" },
    y: { at: y, ticks: [], name: "" },
  });
  pen.setLineDash([4, 4]);
  line(pen, [[x(deltaF), 24], [x(deltaF), bottom]]);
  pen.setLineDash([]);
  pen.textAlign = "center";
  pen.fillText("ΔF", x(deltaF), 17);
  if (pulling) pen.fillRect(x(0), bottom - 10, Math.min(right, x(spent)) - x(0), 7);
  if (!repeats) return;
  pen.save();
  pen.beginPath();
  pen.rect(left, 40, right - left, bottom - 40);
  pen.clip();
  // As high as all of them would be: they fill what is known exactly.
  const wide = (right - left) / BINS, each = BINS / (2 * reach) / most, faint = pulling ? 0.3 : 1; // the pull before
  const outline = (works, sign) => {
    const counts = new Float64Array(BINS);
    for (const W of works) counts[Math.floor((sign * W - deltaF + reach) / (2 * reach) * BINS)]++;
    return Array.from(counts, (n, k) => [left + k * wide, y(n * each)]);
  };
  pen.globalAlpha = 0.75 * faint;
  pen.fillStyle = colour;
  pen.beginPath();
  for (const [a, b] of outline(repeats.forward, 1)) pen.rect(a, b, wide, bottom - b);
  pen.fill();
  pen.globalAlpha = faint;
  pen.lineWidth = 1.5;
  line(pen, outline(repeats.reverse, -1).flatMap(([a, b]) => [[a, b], [a + wide, b]]));
  pen.lineWidth = 1;
  const deviations = Array.from({ length: 81 }, (_, k) => k / 10 - 4);
  for (const side of [1, -1]) {
    const middle = deltaF + side * law.dissipated;
    pen.setLineDash(side > 0 ? [] : [5, 3]);
    line(pen, deviations.map((z) => [x(middle + law.sd * z), y(peak * Math.exp(-z * z / 2))]));
  }
  pen.setLineDash([]);
  pen.fillStyle = ink;
  pen.lineWidth = 1.5;
  if (found) marks(pen, found, x);
  pen.restore();
}

// What the works say of ΔF: ▲ and ▼ by one direction alone, ● by both.
function marks(pen, { up, down, both }, x) {
  for (const [row, one, side] of [[48, up, -1], [60, down, 1], [72, both, 0]]) {
    const place = x(one.mean);
    if (one.stderr) line(pen, [[x(one.mean - one.stderr), row], [x(one.mean + one.stderr), row]]);
    pen.beginPath();
    if (side) {
      pen.moveTo(place - 4.5, row - 3.5 * side);
      pen.lineTo(place + 4.5, row - 3.5 * side);
      pen.lineTo(place, row + 3.5 * side);
    } else pen.arc(place, row, 4, 0, 7);
    pen.fill();
  }
}
