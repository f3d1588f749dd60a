// The plane of the data: points that can be moved, added and taken away, and the bands that are predicted.
import { handle } from "../kit/drag.js";
import { axes, line, picture, scale } from "../kit/picture.js";
import { element } from "../kit/slider.js";

const LEFT = 34, RIGHT = 6, TOP = 22, BOTTOM = 40; // px around the plane
const PLACES = 28; // of the curves, from x = 0 to one side
const STEP = 0.1, FINE = 0.05; // of an arrow key, and of a hand

const rounded = (x, step) => Number((Math.round(x / step) * step).toFixed(2));
const told = (x) => x.toFixed(2).replace("-", "−");

/**
 * farthest: of x and of y. most: points. at: the x at which a line stands. onchange: hears of the reader's points.
 * state() says what is seen: the points, the exact posterior, the particles, the noise and the colour of T.
 */
export function dataPlane({ name, farthest, most, at, onchange, state }) {
  const [wide, high] = farthest;
  const fit = ([x, y]) => [Math.min(wide, Math.max(-wide, x)), Math.min(high, Math.max(-high, y))];

  const plane = picture((width) => Math.min(320, 0.7 * width), (pen, { width, height, ink }) => {
    const { points, exact, cloud, noise, colour } = state();
    const frame = { left: LEFT, right: width - RIGHT, top: TOP, bottom: height - BOTTOM };
    const x = scale(-wide, wide, frame.left, frame.right), y = scale(-high, high, frame.bottom, frame.top);
    const half = Array.from({ length: PLACES }, (_, k) => wide * k / (PLACES - 1));
    const places = [...half.slice(1).reverse().map((at) => -at), ...half];
    // The output is odd in x.
    const outputs = (of) => {
      const right = half.map((at) => of.output(at));
      return [...right.slice(1).reverse().map(({ mean, sd }) => ({ mean: -mean, sd })), ...right];
    };
    if (drawn.exact !== exact) drawn = { exact, curves: outputs(exact) };
    const now = outputs(cloud);
    const curve = (curves, spread) => curves.map((one, k) => [x(places[k]), y(one.mean + spread(one))]);
    const withNoise = ({ sd }) => Math.hypot(sd, noise), alone = ({ sd }) => sd;
    pen.save();
    pen.beginPath();
    pen.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
    pen.clip();
    pen.fillStyle = pen.strokeStyle = colour;
    for (const spread of [withNoise, alone]) {
      pen.globalAlpha = spread === alone ? 0.45 : 0.2;
      const below = curve(drawn.curves, (one) => -spread(one)).reverse();
      pen.beginPath();
      [...curve(drawn.curves, spread), ...below].forEach(([a, b]) => pen.lineTo(a, b));
      pen.fill();
    }
    pen.globalAlpha = 1;
    pen.lineWidth = 3;
    line(pen, curve(drawn.curves, () => 0));
    pen.strokeStyle = pen.fillStyle = ink;
    pen.lineWidth = 1.25;
    line(pen, curve(now, () => 0));
    for (const sign of [-1, 1]) {
      line(pen, curve(now, ({ sd }) => sign * sd));
      pen.setLineDash([4, 4]);
      line(pen, curve(now, (one) => sign * withNoise(one)));
      pen.setLineDash([]);
    }
    pen.lineWidth = 1;
    pen.globalAlpha = 0.4;
    pen.setLineDash([2, 3]);
    line(pen, [[x(at), frame.top], [x(at), frame.bottom]]);
    pen.setLineDash([]);
    pen.globalAlpha = 1;
    points.forEach(([a, b], k) => {
      pen.beginPath();
      pen.arc(x(a), y(b), k === chosen ? 7 : 5, 0, 7);
      pen.fill();
    });
    pen.restore();
    axes(pen, {
      ...frame,
      x: { at: x, ticks: [-4, -2, 0, 2, 4], name: "x" },
      y: { at: y, ticks: [-2, 0, 2], name: "f and y ± sd: exact filled, particles as lines" },
    });
  });
  const handles = [];
  let drawn = { exact: null, curves: [] }, chosen = -1; // the point that was touched last

  const node = element(
    "div",
    { class: "thermo-dragged thermo-data", role: "group", "aria-label": "data points" },
    plane.node,
  );
  // Where a pointer is, in x and y.
  function under({ clientX, clientY }) {
    const { left, top, width, height } = plane.node.getBoundingClientRect();
    return [
      scale(left + LEFT, left + width - RIGHT, -wide, wide)(clientX),
      scale(top + height - BOTTOM, top + TOP, -high, high)(clientY),
    ];
  }
  const move = (k, [x, y], step) =>
    onchange(state().points.with(k, fit([rounded(x, step), rounded(y, step)])));

  function dot(k) {
    const point = () => state().points[k];
    return handle({
      onfocus: () => choose(k),
      ondblclick: () => remove(k),
      onkeydown(event) {
        if (event.key !== "Delete" && event.key !== "Backspace") return;
        remove(k);
        event.preventDefault();
      },
    }, {
      grab() {
        choose(k);
        return point();
      },
      move([x, y], right, down, { width, height }) {
        const across = right / (width - LEFT - RIGHT), up = -down / (height - TOP - BOTTOM);
        move(k, [x + 2 * wide * across, y + 2 * high * up], FINE);
      },
      arrows(right, up) {
        const [x, y] = point();
        move(k, [x + STEP * right, y + STEP * up], FINE);
      },
    });
  }

  function choose(k) {
    chosen = k;
    plane.paint();
  }
  function append(point) {
    const { points } = state();
    if (points.length === most) return;
    chosen = points.length;
    onchange([...points, fit(point)]);
  }
  function remove(k) {
    const { points } = state(), had = handles.includes(document.activeElement);
    if (!points.length) return;
    chosen = -1;
    onchange(points.toSpliced(k, 1)); // −1 is the last
    if (had) (handles[Math.min(k, handles.length - 1)] ?? add).focus();
  }
  plane.node.addEventListener("click", (event) => {
    const [x, y] = under(event);
    if (Math.abs(x) <= wide && Math.abs(y) <= high) append([rounded(x, FINE), rounded(y, FINE)]);
  });
  const add = element("button", {
    type: "button",
    onclick() {
      append([0, 0]);
      handles[chosen]?.focus();
    },
  }, "Add point");
  const taken = element("button", { type: "button", onclick: () => remove(chosen) }, "Remove point");

  return {
    node,
    add,
    remove: taken,
    paint: plane.paint,
    say: plane.say,
    /** As many buttons as there are points, each at its place and with its name. */
    show() {
      const { points } = state();
      while (handles.length > points.length) handles.pop().remove();
      while (handles.length < points.length) {
        handles.push(dot(handles.length));
        node.append(handles.at(-1));
      }
      if (chosen >= points.length) chosen = -1;
      points.forEach(([x, y], k) => {
        const across = `${LEFT}px + (100% - ${LEFT + RIGHT}px) * ${(x + wide) / (2 * wide)}`;
        const down = `${TOP}px + (100% - ${TOP + BOTTOM}px) * ${(high - y) / (2 * high)}`;
        handles[k].style.cssText = `left: calc(${across}); top: calc(${down})`;
        handles[k].setAttribute("aria-label", `point ${k + 1}, x = ${told(x)}, y = ${told(y)}, ${name}`);
      });
      add.disabled = points.length === most;
      taken.disabled = points.length === 0;
    },
  };
}
