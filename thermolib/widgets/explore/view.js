// A figure under a slider: frames from the page where there is no kernel, drawings from the kernel where there is.
import { element, slider } from "../kit/slider.js";

// The frames arrive as the distinct lines of all pictures and, for each picture, which lines it is made of.
async function unpack(base64) {
  if (typeof DecompressionStream === "undefined") throw new Error("it cannot unpack the frames");
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  const { lines, frames, alts } = JSON.parse(text);
  return (i) => ({ svg: frames[i].map((k) => lines[k]).join("\n"), alt: alts[i] });
}

async function render({ model, el }) {
  const frame = model.get("frames") ? await unpack(model.get("frames")) : null;
  const values = model.get("values"), colours = model.get("colours"); // a temperature has colours

  // A shadow root keeps each picture's ids to itself, so that equal pictures can share a page.
  const picture = element("div", { class: "thermo-picture", role: "img" });
  const shadow = picture.attachShadow({ mode: "open" });
  const error = element("p", { class: "thermo-error", role: "alert" });
  const show = ({ svg, alt, error: message = "" }) => {
    if (svg) {
      shadow.innerHTML = svg;
      picture.setAttribute("aria-label", alt);
    }
    error.textContent = message;
  };
  const drawn = () => show(frame ? frame(model.get("index")) : model.get("drawn"));

  const { node, input, show: place } = slider({
    label: model.get("label"), min: 0, max: values.length - 1, step: 1, value: model.get("index"),
    colours: colours.length ? colours : null, words: (i) => values[i],
    onmove(i) {
      model.set("index", i);
      model.save_changes(); // ipywidgets holds back all but the latest while the kernel draws
      if (frame) drawn();
    },
  });
  const moved = () => place(model.get("index"));
  model.on("change:index", moved);
  model.on("change:drawn", drawn);

  drawn();
  el.classList.add("thermo-widget");
  el.append(element("div", { class: "thermo-explore" }, picture, error, node));
  return () => {
    model.off("change:index", moved);
    model.off("change:drawn", drawn);
  };
}

export default { render };
