// A landscape of states with a walker on it; below, the exact distribution, Boltzmann's, and the walkers' fractions.
import { fixed } from "../kit/numbers.js";

const LEFT = 46, WIDTH = 304, E_TOP = 12, E_BOTTOM = 112, P_TOP = 140, P_BOTTOM = 290;

export function landscapePlot(E, start, lowest) {
  const column = WIDTH / E.length, middle = (i) => LEFT + column * (i + 0.5);
  const high = Math.max(...E), low = Math.min(...E);
  const yE = (e) => E_BOTTOM - ((E_BOTTOM - E_TOP) * (e - low)) / (high - low);
  const yP = (p) => P_BOTTOM - (P_BOTTOM - P_TOP) * p;
  const tick = (y, words) => `<path d="M${LEFT} ${y}h-5"/><text x="${LEFT - 9}" y="${y + 4}" text-anchor="end">${words}</text>`;
  const all = (draw) => E.map((e, i) => draw(i, e)).join("");
  const node = document.createElement("div");
  node.className = "thermo-plot";
  node.innerHTML = `<svg viewBox="0 0 360 330" role="img">
    <g class="thermo-axes"><path d="M${LEFT} ${E_TOP - 6}V${E_BOTTOM + 6}M${LEFT} ${P_TOP}V${P_BOTTOM}H${LEFT + WIDTH}"/>
      ${[-1, 0, 1].map((e) => tick(yE(e), fixed(e, 0))).join("")}${[0, 0.5, 1].map((p) => tick(yP(p), p)).join("")}
      ${all((i) => `<text x="${middle(i)}" y="${P_BOTTOM + 16}" text-anchor="middle">${i}</text>`)}
      <text x="${LEFT + WIDTH / 2}" y="${P_BOTTOM + 34}" text-anchor="middle">state</text>
      <text transform="translate(12 ${(E_TOP + E_BOTTOM) / 2}) rotate(-90)" text-anchor="middle">energy E</text>
      <text transform="translate(12 ${(P_TOP + P_BOTTOM) / 2}) rotate(-90)" text-anchor="middle">probability</text>
      <text x="${middle(start)}" y="${yE(E[start]) + 16}" text-anchor="middle">start</text>
      <text x="${middle(lowest)}" y="${yE(E[lowest]) + 16}" text-anchor="middle">lowest</text></g>
    <path class="thermo-ground" d="${all((i, e) => `${i ? "V" : `M${LEFT} `}${yE(e)}h${column}`)}"/>
    <circle class="thermo-walker" r="6"/>
    ${all((i) => `<rect class="thermo-p" x="${middle(i) - 7}" width="14"/>`)}
    ${all((i) => `<rect class="thermo-equilibrium" x="${middle(i) - 8.5}" width="17"/>`)}
    ${all(() => `<path class="thermo-fraction"/>`)}</svg>`;
  const svg = node.querySelector("svg");
  const [bars, outlines, marks] = [".thermo-p", ".thermo-equilibrium", ".thermo-fraction"].map((name) => svg.querySelectorAll(name));
  const set = (bar, p) => {
    bar.setAttribute("y", yP(p));
    bar.setAttribute("height", P_BOTTOM - yP(p));
  };

  return {
    node,
    show({ p, equilibrium, fractions, errors, walker, colour, words }) {
      svg.setAttribute("aria-label", words);
      svg.style.setProperty("--now", colour);
      svg.querySelector(".thermo-walker").setAttribute("transform", `translate(${middle(walker)} ${yE(E[walker]) - 6})`);
      for (let i = 0; i < E.length; i++) {
        set(bars[i], p[i]);
        set(outlines[i], equilibrium[i]);
        const up = yP(Math.min(1, fractions[i] + errors[i])), down = yP(Math.max(0, fractions[i] - errors[i]));
        marks[i].setAttribute("d", `M${middle(i) - 5} ${yP(fractions[i])}h10M${middle(i)} ${up}V${down}`);
      }
    },
  };
}
