// What a pointer moves: a handle over a picture, which is dragged, and an element along which it strokes.
import { element } from "./slider.js";

const BEYOND = 8; // px that a finger goes before a stroke begins
const ARROWS = { ArrowLeft: [-1, 0], ArrowDown: [0, -1], ArrowRight: [1, 0], ArrowUp: [0, 1] };

/** Listeners that follow a pointer from its main button's press until it is let go, or the browser takes it to scroll. */
function follow({ grab, move, drop }) {
  let held = null; // what `grab` found
  const letGo = (event) => {
    if (held) drop(event, held);
    held = null;
  };
  return {
    onpointerdown(event) {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      held = grab(event);
    },
    onpointermove: (event) => held && move(event, held),
    onpointerup: letGo,
    onpointercancel: letGo,
  };
}

/**
 * A round button over the knob that a picture draws; both stand in a box of the class `thermo-dragged`.
 * grab(): from what the drag sets out. move(from, right, down, size): the pointer has gone so many px since, over a picture
 * of this width and height. drop(): it is let go. arrows(right, up): an arrow key, a step to one side.
 * @param {Attributes} attributes
 * @param {{ grab: () => any, move: (from: any, right: number, down: number, size: DOMRect) => void, drop?: () => void,
 *   arrows?: (right: number, up: number) => void }} deeds
 */
export function handle(attributes, { grab, move, drop = () => {}, arrows }) {
  /** Where the pointer is, seen from the picture, which may scroll beneath it. */
  const at = ({ clientX, clientY }) => {
    const size = node.parentElement.getBoundingClientRect();
    return { x: clientX - size.left, y: clientY - size.top, size };
  };
  const node = element("button", {
    type: "button",
    class: "thermo-handle",
    ...attributes,
    ...follow({
      grab: (event) => ({ from: grab(), ...at(event) }),
      move(event, { from, x, y }) {
        const now = at(event);
        move(from, now.x - x, now.y - y, now.size);
      },
      drop: () => drop(),
    }),
  });
  if (arrows) {
    node.addEventListener("keydown", (event) => {
      const by = ARROWS[event.key];
      if (!by) return;
      arrows(by[0], by[1]);
      event.preventDefault();
    });
  }
  return node;
}

/**
 * Listeners of an element along which a pointer strokes. A mouse begins at once; a finger where it has gone sideways, or is
 * lifted: one that goes up or down scrolls the page (`touch-action: pan-y`), and moves nothing.
 * grab(event): what the stroke is of. move(event, of): it is here. drop(event): it has ended; a pointercancel may say so.
 * @param {{ grab?: (event: any) => any, move: (event: any, of: any) => void, drop?: (event: any) => void }} deeds
 */
export function stroke({ grab = () => {}, move, drop = () => {} }) {
  const go = (event, held) => {
    held.waits = false;
    move(event, held.of);
  };
  return follow({
    grab(event) {
      const { clientX: x, clientY: y, pointerType } = event;
      const held = { of: grab(event), x, y, waits: pointerType !== "mouse" };
      if (!held.waits) go(event, held);
      return held;
    },
    move(event, held) {
      const across = Math.abs(event.clientX - held.x);
      if (held.waits && (across < BEYOND || across < Math.abs(event.clientY - held.y))) return;
      go(event, held);
    },
    drop(event, held) {
      if (event.type === "pointerup") go(event, held);
      drop(event);
    },
  });
}
