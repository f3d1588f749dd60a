// Temperature against step on a logarithmic scale; its knots are native sliders that stand upright in the plot.
import { axes, line, picture, scale } from "../kit/picture.js";
import { element } from "../kit/slider.js";

const TICKS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const LEFT = 36, RIGHT = 24, TOP = 30, BOTTOM = 42, HEIGHT = 230, THUMB = 44; // px; the style sheet knows THUMB too

/**
 * names: of the knots. step(T): the slider's step of a temperature, top the last. onmove(knot, step), and onend() when it is let go.
 * state() says what is seen: the schedule's temperatures, the colours of the scale, and how far the run has come.
 */
export function schedulePlot({ names, top, step, onmove, onend, state }) {
  const plot = picture(() => HEIGHT, (pen, { width, ink }) => {
    const { schedule, colours, progress } = state(), n = schedule.length;
    const box = { left: LEFT, right: width - RIGHT, top: TOP, bottom: HEIGHT - BOTTOM };
    const x = scale(0, 1, box.left, box.right),
      log = scale(Math.log(TICKS[0]), Math.log(TICKS.at(-1)), box.bottom, box.top);
    const y = (T) => log(Math.log(T));
    axes(pen, {
      ...box,
      x: { at: x, ticks: [[0, "0"], [1, String(n)]], name: "step" },
      y: { at: y, ticks: TICKS, name: "temperature T" },
    });
    pen.setLineDash([3, 3]);
    line(pen, [[x(progress), box.top], [x(progress), box.bottom]]);
    pen.setLineDash([]);
    const gradient = pen.createLinearGradient(0, box.bottom, 0, box.top);
    colours.forEach((colour, k) => gradient.addColorStop(k / (colours.length - 1), colour));
    Object.assign(pen, { strokeStyle: gradient, lineWidth: 3, lineJoin: "round", fillStyle: ink });
    line(pen, schedule.map((T, k) => [x(k / (n - 1)), y(T)]));
  });
  const knots = names.map((name, k) => {
    const input = element("input", {
      type: "range",
      min: 0,
      max: top,
      step: 1,
      "aria-label": name,
      class: "thermo-knot",
      oninput: () => onmove(k, Number(input.value)),
      onchange: onend,
    });
    const left = `${LEFT}px + (100% - ${LEFT + RIGHT}px) * ${k / (names.length - 1)} - ${THUMB / 2}px`;
    input.style.cssText = `left: calc(${left}); top: ${TOP - THUMB / 2}px; height: ${
      HEIGHT - TOP - BOTTOM + THUMB
    }px`;
    return input;
  });
  return {
    node: element("div", { class: "thermo-schedule" }, plot.node, ...knots),
    paint: plot.paint,
    say: plot.say,
    show: (temperatures) =>
      temperatures.forEach((T, k) => {
        knots[k].value = String(step(T));
        knots[k].setAttribute("aria-valuetext", `T = ${T.toPrecision(3)}`);
      }),
  };
}
