// A square of pixels to be seen and drawn on: by mouse, by finger, and by a cursor that the arrow keys move.
import { stroke } from "./drag.js";
import { picture } from "./picture.js";
import { element } from "./slider.js";

const KEYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const SVG = "http://www.w3.org/2000/svg";
const GAP = 1; // px

/** Pixels on a pen: those that are on in full colour, the others in a tint of it. */
export function mosaic(pen, { on, side, left, top, size, colour, gap = 0 }) {
  const edge = size / side;
  pen.fillStyle = colour;
  for (let k = 0; k < side * side; k++) {
    pen.globalAlpha = on[k] ? 1 : 0.18;
    pen.fillRect(left + (k % side) * edge, top + Math.floor(k / side) * edge, edge - gap, edge - gap);
  }
  pen.globalAlpha = 1;
}

/** A picture in an icon's size, in the colour of the words around it. */
export function icon(on, side) {
  const node = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
  node.setAttribute("viewBox", `0 0 ${side} ${side}`);
  node.setAttribute("aria-hidden", "true");
  node.append(path);
  const show = (on) => {
    const squares = [...on].map((one, k) => one ? `M${k % side} ${Math.floor(k / side)}h1v1h-1z` : "");
    path.setAttribute("d", squares.join(""));
  };
  show(on);
  return { node, show };
}

/**
 * name: what a screen reader calls it. state() says what is seen: `on` and, if pixels can be held, `held`, with the colour.
 * next(k): what a stroke paints that begins at pixel k. set(k, brush): paint it. done(): a stroke or a keystroke has ended.
 * @param {{ name: string, side: number, next: (k: number) => string, set: (k: number, brush: string) => void, done: () => void,
 *   state: () => { on: ArrayLike<number>, held?: ArrayLike<number>, colour: string } }} options
 */
export function pixels({ name, side, state, next, set, done }) {
  let cursor = 0;
  const canvas = picture((width) => width, (pen, { width, ink }) => {
    const { on, held, colour } = state(), edge = width / side;
    mosaic(pen, { on, side, left: 0, top: 0, size: width, colour, gap: GAP });
    if (!held) return;
    pen.fillStyle = ink;
    for (let k = 0; k < side * side; k++) { // a dot: cut out of what is on, in ink on what is off
      if (!held[k]) continue;
      pen.globalCompositeOperation = on[k] ? "destination-out" : "source-over";
      pen.beginPath();
      pen.arc((k % side + 0.5) * edge, (Math.floor(k / side) + 0.5) * edge, edge / 6, 0, 7);
      pen.fill();
    }
    pen.globalCompositeOperation = "source-over";
  });

  const under = ({ clientX, clientY }) => {
    const { left, top, width } = canvas.node.getBoundingClientRect();
    const [x, y] = [clientX - left, clientY - top].map((z) =>
      Math.min(side - 1, Math.max(0, Math.floor(z / width * side)))
    );
    return side * y + x;
  };
  const dab = (event, brush) => {
    point(under(event));
    set(cursor, brush);
    tell();
    canvas.paint();
  };
  const words = (k) => {
    const { on, held } = state();
    return `row ${Math.floor(k / side) + 1}, column ${k % side + 1}, ${on[k] ? "on" : "off"}${
      held?.[k] ? ", held" : ""
    }, ${name}`;
  };
  function point(k) {
    cursor = k;
    button.style.left = `${(k % side + 0.5) / side * 100}%`;
    button.style.top = `${(Math.floor(k / side) + 0.5) / side * 100}%`;
  }
  const tell = () => button.setAttribute("aria-label", words(cursor));

  const button = element("button", {
    type: "button",
    class: "thermo-cursor",
    onkeydown(event) {
      const by = KEYS[event.key];
      if (!by) return;
      const row = Math.floor(cursor / side) + by[0], column = cursor % side + by[1];
      if (Math.min(row, column) >= 0 && Math.max(row, column) < side) point(side * row + column);
      tell();
      event.preventDefault();
    },
    onclick({ detail }) {
      if (detail) return; // a pointer's, which has painted already
      set(cursor, next(cursor));
      tell();
      canvas.paint();
      done();
    },
  });
  const node = element(
    "div",
    {
      class: "thermo-pixels",
      ...stroke({
        grab: (event) => next(under(event)),
        move: dab,
        drop: ({ type }) => type === "pointerup" && done(),
      }),
    },
    canvas.node,
    button,
  );
  point(0);

  return {
    node,
    paint: canvas.paint,
    say(said) {
      canvas.say(said);
      if (document.activeElement !== button) tell(); // or each change of a dream would be read out
    },
  };
}
