// What every lab does: it runs at its own pace, rests where nobody looks, answers the reader, and says what it does.
import { box, element, slider } from "./slider.js";

const LONGEST = 0.1; // seconds that a frame counts for at most: after a rest nothing is made up for
const BUDGET = 12; // ms of a frame that go into steps
const REPORTS = 4; // a second
const FRAME = 1 / 60; // s

/**
 * place: what anywidget hands over. name: what a screen reader calls the lab.
 * keys: what the reader changes of the model; Reset puts them back.
 * fresh(): begins anew from the model. step(): the physics, `rate()` times a second; false where nothing new is to be seen.
 * paint(): the pictures, after steps, at most `fps` times a second. report(): numbers and words, four times a second.
 * undo(): what Reset puts back beside the model. over(): nothing is left to run; `fresh` begins again.
 * answer: the steps with which a drag is answered where motion is not wanted and nothing runs by itself.
 * verb: what the button that lets it run says. waits: it runs when it is asked to, and not before.
 * @param {{ place: Place, name: string, keys: string[], fresh: () => void, step: () => boolean | void, rate: () => number,
 *   paint: () => void, report: () => void, undo?: () => void, over?: () => boolean, answer?: number, fps?: number, verb?: string, waits?: boolean }} options
 */
export function lab(
  {
    place,
    name,
    keys,
    fresh,
    step,
    rate,
    paint,
    report,
    undo = () => {},
    over = () => false,
    answer = 0,
    fps = 30,
    verb = "Run",
    waits = false,
  },
) {
  const { model, el } = place;
  const first = Object.fromEntries(keys.map((key) => [key, model.get(key)]));
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let running = !calm && !waits, seen = false, ended = false, acting = false;
  let request = 0, before = null, owed = 0, unpainted = 0, unsaid = 0, changed = false;
  let painted = false, late = 0; // by how many seconds the frame after the last picture was late

  function redraw() {
    paint();
    report();
  }

  // What there was no time for is dropped: the lab is slower then, and never behind.
  function steps(n, budget) {
    const end = performance.now() + budget;
    acting = true;
    for (owed += n; owed >= 1 && !over() && performance.now() < end; owed--) {
      if (step() !== false) changed = true;
    }
    acting = false;
    if (owed >= 1) owed = 0;
  }

  function frame(time) {
    const seconds = Math.min(LONGEST, (time - (before ?? time)) / 1000);
    before = time;
    if (painted) late = Math.max(0, seconds - FRAME);
    painted = false;
    steps(seconds * rate() || 0, BUDGET); // no time at an infinite rate is no number
    unpainted += seconds;
    unsaid += seconds;
    if (over()) return end();
    // A frame too early rather than one too late; pictures that keep frames waiting are fewer, so that the page answers.
    if (changed && unpainted > 0.75 / fps + 2 * late) {
      paint();
      painted = true;
      changed = false;
      unpainted = 0;
    }
    if (unsaid * REPORTS > 1) {
      report();
      unsaid = 0;
    }
    request = requestAnimationFrame(frame);
  }

  function end() {
    ended = !waits;
    running = false;
    redraw();
    resume();
  }

  function resume() {
    cancelAnimationFrame(request);
    before = null;
    if (running && seen && !document.hidden) request = requestAnimationFrame(frame);
    tell();
  }

  function tell() {
    runs.textContent = running ? "Pause" : over() ? `${verb} again` : verb;
    runs.classList.toggle("thermo-main", !running);
    status.setAttribute("aria-live", running ? "off" : "polite"); // what changes four times a second is not read out
  }

  function run(wanted) {
    if (wanted && over()) fresh();
    ended = false;
    running = wanted;
    owed = 0;
    resume();
  }

  function update(changes) {
    for (const [key, value] of Object.entries(changes)) model.set(key, value);
    model.save_changes();
  }

  /** A button and its deed, after which the lab is drawn afresh. */
  const button = (words, deed) =>
    element("button", {
      type: "button",
      onclick() {
        acting = true;
        deed();
        acting = false;
        tell();
        redraw();
      },
    }, words);

  /**
   * A slider of this lab, whose name tells it from those of others on the page.
   * @param {string} label
   * @param {number[]} range least, most and step
   * @param {(value: number) => string} words
   * @param {(value: number) => void} onmove
   * @param {Partial<SliderOptions>} more
   */
  const moves = (label, [min, max, step], words, onmove, more = {}) =>
    slider({ label, name: `${label}, ${name}`, min, max, step, value: min, words, onmove, ...more });

  const status = element("p", { class: "thermo-status" });
  const runs = button("Pause", () => run(!running));
  const stepping = (words, deed) =>
    button(words, () => {
      run(false);
      deed();
    });
  const reset = button("Reset", () => {
    update(first);
    undo();
    fresh();
  });

  /** What follows when `model` changes, whoever changed it. */
  const listeners = {};
  function on(key, deed) {
    listeners[`change:${key}`] = () => {
      deed();
      if (acting) return; // who acts draws
      if (calm && !running) steps(answer, 4 * BUDGET);
      tell();
      redraw();
    };
  }

  /** Put the lab on the page and let it run; returns what takes it away again. */
  function show(kind, ...parts) {
    const all = element("div", { class: `thermo-lab ${kind}`, role: "group", "aria-label": name }, ...parts);
    const watch = new IntersectionObserver(([entry]) => {
      seen = entry.isIntersecting;
      if (seen && ended) run(true); // whoever comes back finds it running
      else resume();
    });
    const themes = new MutationObserver(redraw);
    for (const node of [document.documentElement, document.body]) {
      themes.observe(node, { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light"] });
    }
    for (const [event, listen] of Object.entries(listeners)) model.on(event, listen);
    document.addEventListener("visibilitychange", resume);
    el.classList.add("thermo-widget");
    el.append(box("thermo-box", all));
    fresh();
    resume();
    redraw();
    watch.observe(all);
    return () => {
      running = false;
      resume();
      watch.disconnect();
      themes.disconnect();
      document.removeEventListener("visibilitychange", resume);
      for (const [event, listen] of Object.entries(listeners)) model.off(event, listen);
    };
  }

  return { calm, update, run, on, show, button, stepping, slider: moves, runs, reset, status };
}
