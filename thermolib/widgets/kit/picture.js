// A picture drawn with a pen: as wide as its place, sharp on every screen, in the reader's colours.
import { element } from "./slider.js";

const FONT = "13px system-ui, sans-serif";

/**
 * height: of a width, both in CSS pixels. draw(pen, { width, height, ink }) draws on empty ground in the text's colour.
 * @param {(width: number) => number} height
 * @param {(pen: CanvasRenderingContext2D, place: { width: number, height: number, ink: string }) => void} draw
 */
export function picture(height, draw) {
  const node = element("canvas", { role: "img", class: "thermo-canvas" });
  const pen = node.getContext("2d");
  let width = 0;

  function paint() {
    if (!width) return; // it has no place yet
    const ink = getComputedStyle(node).color, scale = node.width / width;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height(width));
    Object.assign(pen, { fillStyle: ink, strokeStyle: ink, lineWidth: 1, font: FONT, textAlign: "left" });
    draw(pen, { width, height: height(width), ink });
  }

  new ResizeObserver(() => {
    if (node.clientWidth === width) return;
    width = node.clientWidth;
    node.style.height = `${height(width)}px`;
    node.width = width * devicePixelRatio;
    node.height = height(width) * devicePixelRatio;
    paint();
  }).observe(node);

  return {
    node,
    paint,
    say: (words) => node.setAttribute("aria-label", words),
  };
}

/**
 * What stays in a picture: drawn when the key of what it shows changes, and copied at each painting.
 * @returns {(pen: CanvasRenderingContext2D, key: unknown[], draw: (pen: CanvasRenderingContext2D) => void) => void}
 */
export function underlay() {
  const under = document.createElement("canvas");
  let drawn = "";
  return (pen, key, draw) => {
    const { width, height } = pen.canvas, wanted = [width, height, pen.strokeStyle, ...key].join();
    if (wanted !== drawn) {
      drawn = wanted;
      Object.assign(under, { width, height });
      const other = under.getContext("2d");
      other.setTransform(pen.getTransform());
      Object.assign(other, { fillStyle: pen.fillStyle, strokeStyle: pen.strokeStyle, font: pen.font });
      draw(other);
    }
    pen.save();
    pen.resetTransform();
    pen.drawImage(under, 0, 0);
    pen.restore();
  };
}

/** From the numbers a … b to places from … to. */
export const scale = (a, b, from, to) => (x) => from + ((x - a) / (b - a)) * (to - from);

/**
 * Two axes with their ticks and names. x and y say where a tick stands; a tick is a number, or [number, its words].
 * @param {CanvasRenderingContext2D} pen
 */
export function axes(pen, { left, right, top, bottom, x, y }) {
  const line = (...points) => {
    pen.beginPath();
    points.forEach(([a, b]) => pen.lineTo(a, b));
    pen.stroke();
  };
  const told = (tick) => (Array.isArray(tick) ? tick : [tick, String(tick).replace("-", "−")]);
  line([left, top], [left, bottom], [right, bottom]);
  pen.textBaseline = "alphabetic";
  pen.textAlign = "center";
  for (const [value, words] of x.ticks.map(told)) {
    line([x.at(value), bottom], [x.at(value), bottom + 4]);
    pen.fillText(words, x.at(value), bottom + 18);
  }
  pen.fillText(x.name, (left + right) / 2, bottom + 35);
  pen.textAlign = "right";
  for (const [value, words] of y.ticks.map(told)) {
    line([left, y.at(value)], [left - 4, y.at(value)]);
    pen.fillText(words, left - 8, y.at(value) + 4);
  }
  pen.textAlign = "left";
  pen.fillText(y.name, 0, top - 10);
}

/** A line through points. */
export function line(pen, points) {
  pen.beginPath();
  points.forEach(([x, y]) => pen.lineTo(x, y));
  pen.stroke();
}
