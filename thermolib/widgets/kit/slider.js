// A labelled native slider with its value in words, its track painted with the temperature scale.

// Ids are numbered by the page, so any number of widgets may stand on it.
export const uniqueId = () => `thermo-${(globalThis.thermoIds = (globalThis.thermoIds ?? 0) + 1)}`;

const CONTROLS = ["input", "select", "button"];

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  if (CONTROLS.includes(tag)) node.dataset.lmSuppressShortcuts = "true"; // or JupyterLab takes the arrow keys
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// colours: how the track runs from left to right; none for a quantity that is no temperature.
export function slider({ label, name, min, max, step, value, colours, words, onmove }) {
  const id = uniqueId();
  const input = element("input", { type: "range", id, min, max, step });
  if (name) input.setAttribute("aria-label", name);
  const output = element("output", { for: id });
  const show = (x) => {
    input.value = x;
    input.setAttribute("aria-valuetext", words(x));
    output.textContent = words(x);
    if (colours) input.style.setProperty("--thumb", colours[Math.round(((x - min) / (max - min || 1)) * (colours.length - 1))]);
  };
  if (colours) input.style.setProperty("--track", `linear-gradient(to right, ${[...colours, ...colours.slice(-1)].join(", ")})`);
  input.addEventListener("input", () => {
    show(Number(input.value));
    onmove(Number(input.value));
  });
  show(value);
  return { node: element("div", { class: "thermo-slider" }, element("label", { for: id }, label), output, input), input, show };
}
