// Energy per site against temperature: the exact curve, the point measured, its error bar.
import { uniqueId } from "../kit/slider.js";

const WIDTH = 360, HEIGHT = 250, LEFT = 64, RIGHT = 10, TOP = 12, BOTTOM = 46;
const E_LOW = -2.5, T_CRITICAL = 2 / Math.log(1 + Math.SQRT2);

export function energyPlot(temperatures, colours) {
  const hottest = temperatures[temperatures.length - 1];
  const x = (T) => LEFT + (T / hottest) * (WIDTH - LEFT - RIGHT);
  const y = (e) => TOP + (e / E_LOW) * (HEIGHT - TOP - BOTTOM);
  const gradient = uniqueId();
  const node = document.createElement("div");
  node.className = "thermo-plot";
  const stops = colours.map((colour, k) => `<stop offset="${k / (colours.length - 1)}" stop-color="${colour}"/>`).join("");
  const minus = (value) => String(value).replace("-", "−");
  const ticks = [1, 2, 3, 4, 5].map((T) => `<path d="M${x(T)} ${y(E_LOW)}v5"/><text x="${x(T)}" y="${y(E_LOW) + 18}" text-anchor="middle">${T}</text>`).join("")
    + [0, -0.5, -1, -1.5, -2, -2.5].map((e) => `<path d="M${LEFT} ${y(e)}h-5"/><text x="${LEFT - 9}" y="${y(e) + 4}" text-anchor="end">${minus(e)}</text>`).join("");
  node.innerHTML = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
    <defs><linearGradient id="${gradient}" gradientUnits="userSpaceOnUse" x1="${x(temperatures[0])}" x2="${x(hottest)}" y1="0" y2="0">${stops}</linearGradient></defs>
    <g class="thermo-axes"><path d="M${LEFT} ${TOP}V${y(E_LOW)}H${WIDTH - RIGHT}"/>${ticks}
      <text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">temperature T (J/k<tspan dy="3" font-size="9">B</tspan><tspan dy="-3">)</tspan></text>
      <text transform="translate(13 ${(TOP + y(E_LOW)) / 2}) rotate(-90)" text-anchor="middle">energy per site e (J)</text>
      <path class="thermo-critical" d="M${x(T_CRITICAL)} ${TOP}V${y(E_LOW)}"/><text x="${x(T_CRITICAL) + 6}" y="${y(E_LOW) - 8}">T<tspan dy="3" font-size="9">c</tspan></text></g>
    <path class="thermo-curve" fill="none" stroke="url(#${gradient})" stroke-width="3"/>
    <text class="thermo-curve-name" x="${x(3.1)}" text-anchor="start">exact, h = 0</text>
    <circle class="thermo-now" r="2.5"/>
    <g class="thermo-point"><path class="thermo-bar"/><circle r="4.5"/></g></svg>`;
  const find = (selector) => node.querySelector(selector);

  return {
    node,
    // The curve of a lattice, at the temperatures of the slider.
    curve(energies) {
      find(".thermo-curve").setAttribute("d", energies.map((e, k) => `${k ? "L" : "M"}${x(temperatures[k]).toFixed(1)} ${y(e).toFixed(2)}`).join(""));
      find(".thermo-curve-name").setAttribute("y", y(energies[temperatures.findIndex((T) => T >= 3.1)]) + 22);
    },
    now(T, e) {
      find(".thermo-now").setAttribute("transform", `translate(${x(T)} ${y(e)})`);
    },
    measured(T, { mean, stderr }, colour, words) {
      const point = find(".thermo-point");
      point.setAttribute("visibility", Number.isFinite(stderr) ? "visible" : "hidden");
      find("svg").setAttribute("aria-label", words);
      if (!Number.isFinite(stderr)) return;
      const bar = y(-stderr) - y(0);
      point.setAttribute("transform", `translate(${x(T)} ${y(mean)})`);
      find(".thermo-bar").setAttribute("d", `M0 ${-bar}V${bar}M-4 ${-bar}H4M-4 ${bar}H4`);
      point.querySelector("circle").setAttribute("fill", colour);
    },
  };
}
