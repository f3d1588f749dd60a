// A figure under a slider: frames from the page where there is no kernel, drawings from the kernel where there is.
import { element, slider } from "../kit/slider.js";

const SVG = "data:image/svg+xml,";

// The lines of the still picture, of which the page's frames are made.
const linesOf = (still) =>
  decodeURIComponent(still.querySelector("img").getAttribute("src").slice(SVG.length)).split("\n");

// Only what differs is put in anew: the browser styles and lays out nothing else.
function update(old, wanted) {
  if (old.isEqualNode(wanted)) return;
  const nodes = [...old.children], others = [...wanted.children];
  const within = nodes.length && nodes.length === others.length &&
    old.cloneNode().isEqualNode(wanted.cloneNode());
  if (within) nodes.forEach((node, k) => update(node, others[k]));
  else old.replaceWith(wanted);
}

/** @type {View["render"]} */
function render({ model, el, still }) {
  const lines = still && linesOf(still);
  const values = model.get("values"), colours = model.get("colours"); // a temperature has colours
  const frame = (i) => {
    const frameLines = [...lines];
    for (const [at, gone, ...come] of model.get("changes")[i]) frameLines.splice(at, gone, ...come);
    return { svg: frameLines.join("\n"), alt: model.get("alts")[i] };
  };

  // A shadow root keeps each picture's ids to itself, so that equal pictures can share a page.
  const picture = element("div", { class: "thermo-picture", role: "img" });
  const shadow = picture.attachShadow({ mode: "open" });
  shadow.append(document.createElement("svg"));
  const error = element("p", { class: "thermo-error", role: "alert" });
  function draw() {
    const { svg, alt, error: message = "" } = lines ? frame(model.get("index")) : model.get("drawn");
    if (svg) {
      const wanted = document.createElement("template");
      wanted.innerHTML = svg;
      update(shadow.firstElementChild, wanted.content.firstElementChild);
      picture.setAttribute("aria-label", alt);
    }
    error.textContent = message;
  }

  const { node, show } = slider({
    label: model.get("label"),
    name: model.get("name"),
    min: 0,
    max: values.length - 1,
    step: 1,
    value: model.get("index"),
    colours: colours.length ? colours : null,
    words: (i) => values[i],
    onmove(i) {
      model.set("index", i);
      model.save_changes(); // ipywidgets holds back all but the latest while the kernel draws
      if (lines) draw();
    },
  });
  const moved = () => show(model.get("index"));
  model.on("change:index", moved);
  model.on("change:drawn", draw);

  draw();
  el.classList.add("thermo-widget");
  el.append(element("div", { class: "thermo-explore" }, picture, error, node));
  return () => {
    model.off("change:index", moved);
    model.off("change:drawn", draw);
  };
}

export default { render };
