// A labelled native slider with its value in words, its track painted with the temperature scale.

// Ids are numbered by the page, so any number of widgets may stand on it.
export const uniqueId = () => `thermo-${(globalThis.thermoIds = (globalThis.thermoIds ?? 0) + 1)}`;

const CONTROLS = ["input", "select", "button"];

/** @type {MakeElement} */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  if (CONTROLS.includes(tag)) node.dataset.lmSuppressShortcuts = "true"; // or JupyterLab takes the arrow keys
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, String(value));
  }
  node.append(...children);
  return node;
}

/**
 * A box of one or more classes.
 * @param {string} kinds
 * @param {(Node | string)[]} children
 */
export const box = (kinds, ...children) => element("div", { class: kinds }, ...children);

/**
 * Say words in an element of nothing else. Its text is kept: a new child would have the page styled anew.
 * @param {Element} node
 * @param {string} words
 */
export function say(node, words) {
  if (node.firstChild instanceof Text) node.firstChild.data = words;
  else node.prepend(words);
}

/**
 * A finger that comes down on a slider may mean to scroll the page. So the first value that a touch gives is
 * heard only once the finger moves along the slider or leaves it; where the page scrolls instead, nothing happened.
 * @param {HTMLInputElement} input
 * @param {(value: number) => void} heard
 * @param {(value: number) => void} show
 * @param {() => number} shown
 */
function listen(input, heard, show, shown) {
  let before = null, waits = false; // the value under a finger that has not decided yet
  const hear = () => {
    before = null;
    waits = false;
    heard(Number(input.value));
  };
  input.addEventListener("pointerdown", ({ pointerType }) => {
    before = pointerType === "touch" ? shown() : null;
  });
  input.addEventListener("input", () => {
    show(Number(input.value));
    if (before !== null && !waits) waits = true;
    else hear();
  });
  input.addEventListener("pointercancel", () => {
    if (waits) show(before);
    before = null;
    waits = false;
  });
  input.addEventListener("pointerup", () => {
    if (waits) hear();
    before = null;
  });
}

/**
 * colours: how the track runs from left to right; none for a quantity that is no temperature.
 * mark: a value that is marked on the track, and its name.
 * @param {SliderOptions} options
 * @returns {Slider}
 */
export function slider({ label, name, min, max, step, value, colours, words, onmove, mark }) {
  const id = uniqueId();
  const input = element("input", { type: "range", id, min, max, step });
  if (name) input.setAttribute("aria-label", name);
  const output = element("output", { for: id });
  let shown; // perhaps between two steps of the slider
  const show = (x) => {
    shown = x;
    input.value = x;
    input.setAttribute("aria-valuetext", words(x));
    say(output, words(x));
    if (!colours) return;
    const nearest = Math.round(((x - min) / (max - min || 1)) * (colours.length - 1));
    input.style.setProperty("--thumb", colours[nearest]);
  };
  if (colours) {
    const track = `linear-gradient(to right, ${[...colours, ...colours.slice(-1)].join(", ")})`;
    input.style.setProperty("--track", track);
  }
  listen(input, onmove, show, () => shown);
  show(value);
  const node = element(
    "div",
    { class: "thermo-slider" },
    element("label", { for: id }, label),
    output,
    input,
  );
  if (mark) {
    const place = element("span", { class: "thermo-mark", "aria-hidden": "true" }, mark.name);
    place.style.setProperty("--at", String((mark.value - min) / (max - min)));
    node.append(place);
  }
  return { node, input, show };
}
