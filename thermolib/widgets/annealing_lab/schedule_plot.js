// Temperature against step on a logarithmic scale, drawn by mouse, pen or finger.
import { uniqueId } from "../kit/slider.js";

const X0 = 46, X1 = 350, Y0 = 12, Y1 = 190; // the axes' box
const TICKS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5];

// heights and temperatures: y runs from the last of TICKS down to the first.
const SPAN = Math.log(TICKS.at(-1) / TICKS[0]);
const yOf = (T) => Y1 - ((Y1 - Y0) * Math.log(T / TICKS[0])) / SPAN;
const TOf = (y) => TICKS[0] * Math.exp((SPAN * Math.min(Math.max(Y1 - y, 0), Y1 - Y0)) / (Y1 - Y0));

// colours: of temperatures at equal ratios; ondraw({ knot: T, … }) tells of a stroke, onend that it has ended.
export function schedulePlot(knots, colours, ondraw, onend) {
  const xOf = (fraction) => X0 + (X1 - X0) * fraction;
  const place = (k) => xOf(k / (knots - 1));
  const gradient = uniqueId();
  const node = document.createElement("div");
  node.className = "thermo-plot thermo-schedule";
  const stops = colours.map((colour, k) => `<stop offset="${k / (colours.length - 1)}" stop-color="${colour}"/>`).join("");
  const ticks = TICKS.map((T) => `<path d="M${X0} ${yOf(T)}h-5"/><text x="${X0 - 9}" y="${yOf(T) + 4}" text-anchor="end">${T}</text>`).join("");
  node.innerHTML = `<svg viewBox="0 0 360 230" role="img">
    <defs><linearGradient id="${gradient}" gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="${Y1}" y2="${Y0}">${stops}</linearGradient></defs>
    <rect class="thermo-paper" x="${X0}" y="${Y0}" width="${X1 - X0}" height="${Y1 - Y0}"/>
    <g class="thermo-axes"><path d="M${X0} ${Y0}V${Y1}H${X1}"/>${ticks}
      <text x="${X0}" y="${Y1 + 18}">0</text><text class="thermo-steps" x="${X1}" y="${Y1 + 18}" text-anchor="end"></text>
      <text x="${(X0 + X1) / 2}" y="${Y1 + 34}" text-anchor="middle">step</text>
      <text transform="translate(12 ${(Y0 + Y1) / 2}) rotate(-90)" text-anchor="middle">temperature T</text></g>
    <path class="thermo-line" fill="none" stroke="url(#${gradient})" stroke-width="3"/>
    <path class="thermo-where"/>
    ${Array.from({ length: knots }, (_, k) => `<circle class="thermo-knot" r="5" cx="${place(k)}"/>`).join("")}</svg>`;
  const svg = node.querySelector("svg");

  // A stroke gives each knot that it passes the height at which it passes; a touch, the nearest.
  let last = null;
  function stroke(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const from = last ?? { x, y }, drawn = {};
    for (let k = 0; k < knots; k++) {
      const t = (place(k) - from.x) / (x - from.x);
      if (t >= 0 && t <= 1) drawn[k] = TOf(from.y + t * (y - from.y));
    }
    drawn[Math.min(Math.max(Math.round(((x - X0) / (X1 - X0)) * (knots - 1)), 0), knots - 1)] = TOf(y);
    last = { x, y };
    ondraw(drawn);
  }
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    svg.setPointerCapture(event.pointerId);
    stroke(event);
  });
  svg.addEventListener("pointermove", (event) => { if (last) stroke(event); });
  for (const end of ["pointerup", "pointercancel"]) {
    svg.addEventListener(end, () => {
      if (last) onend();
      last = null;
    });
  }

  return {
    node,
    schedule(temperatures, handles, words) {
      const n = temperatures.length;
      svg.setAttribute("aria-label", words);
      svg.querySelector(".thermo-steps").textContent = n;
      svg.querySelector(".thermo-line").setAttribute("d", temperatures.map((T, k) => `${k ? "L" : "M"}${xOf(k / (n - 1)).toFixed(1)} ${yOf(T).toFixed(1)}`).join(""));
      svg.querySelectorAll(".thermo-knot").forEach((circle, k) => circle.setAttribute("cy", yOf(handles[k])));
    },
    now(fraction) {
      svg.querySelector(".thermo-where").setAttribute("d", `M${xOf(fraction)} ${Y0}V${Y1}`);
    },
  };
}
