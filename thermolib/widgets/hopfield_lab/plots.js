// The overlaps with all memories beside the field, and what is left of the memories against the load.
import { fixed } from "../kit/numbers.js";
import { axes, line, picture, scale } from "../kit/picture.js";

const TOP = 20, BOTTOM = 22; // px above and below the bars
const LEAST = 13; // px of a bar that has a number
const LABELS = 18; // px left of them, for the numbers of drawings

/**
 * As high as a field of pixels that has `times` its width, the gap between them included.
 * state(): the overlaps, how many of them are drawings', and the colour.
 * @param {{ times: number, gap: number, state: () => { overlaps: number[], drawings: number, colour: string } }} options
 */
export const overlapPlot = ({ times, gap, state }) =>
  picture((width) => times * (width + gap), (pen, { width, height, ink }) => {
    const { overlaps, drawings, colour } = state(), bottom = height - BOTTOM;
    const x = scale(-1, 1, LABELS, width - 1), room = bottom - TOP, few = Math.max(overlaps.length, 8);
    const high = Math.max(LEAST, room / few); // of a drawing's bar, with its number; the random ones have what is left
    const low = (room - drawings * high) / Math.max(few - drawings, 1);
    pen.fillText("overlap", LABELS, 12);
    pen.textAlign = "center";
    for (const m of [-1, 0, 1]) {
      pen.globalAlpha = 0.4;
      line(pen, [[x(m), TOP], [x(m), bottom + 4]]);
      pen.globalAlpha = 1;
      pen.fillText(fixed(m, 0), Math.min(x(m), width - 5), height - 5);
    }
    pen.textAlign = "right";
    overlaps.forEach((m, k) => {
      const pitch = k < drawings ? high : low, thick = Math.max(1, 0.76 * pitch);
      const top = TOP + Math.min(k, drawings) * high + Math.max(k - drawings, 0) * low;
      pen.fillStyle = colour;
      pen.globalAlpha = k < drawings ? 1 : 0.55;
      pen.fillRect(Math.min(x(0), x(m)), top + (pitch - thick) / 2, Math.abs(x(m) - x(0)), thick);
      pen.globalAlpha = 1;
      pen.fillStyle = ink;
      if (k < drawings) pen.fillText(String(k + 1), LABELS - 4, top + pitch / 2 + 4.5);
    });
  });

/**
 * theory: (α, m) from the capacity down. state(): the loads that were seen, with the mean overlap at each, and the present one.
 * @typedef {{ load: number, m: number }} Kept
 * @param {{ theory: number[][], most: number, state: () => { seen: Kept[], now: Kept, colour: string } }} options
 */
export const loadPlot = ({ theory, most, state }) =>
  picture((width) => Math.min(250, 0.66 * width), (pen, { width, height, ink }) => {
    const { seen, now, colour } = state(), [capacity] = theory[0];
    const frame = { left: 34, right: width - 10, top: 26, bottom: height - 42 };
    const x = scale(0, most, frame.left, frame.right), y = scale(0, 1, frame.bottom, frame.top + 6);
    axes(pen, {
      ...frame,
      x: { at: x, ticks: [0, 0.1, 0.2, 0.3].filter((a) => a <= most), name: "load α, memories per unit" },
      y: { at: y, ticks: [0, 0.5, 1], name: "overlap kept at T = 0, mean over the memories" },
    });
    pen.setLineDash([5, 4]);
    line(pen, [[x(capacity), frame.bottom], [x(capacity), y(theory[0][1])]]);
    pen.setLineDash([]);
    pen.lineWidth = 2;
    line(pen, theory.map(([a, m]) => [x(a), y(m)]));
    pen.lineWidth = 1;
    pen.textAlign = "left";
    pen.fillText(`theory ends at ${capacity.toFixed(3)}`, x(capacity) + 6, frame.bottom - 8);
    const dot = ({ load, m }, radius, fill) => {
      pen.beginPath();
      pen.arc(x(load), y(m), radius, 0, 7);
      pen.fillStyle = fill;
      pen.fill();
    };
    for (const one of seen) dot(one, 3, ink);
    dot(now, 6, colour);
    pen.stroke();
  });
