// What the page can only know once it is laid out: which formula is too wide, which box is cut and where.

// An equation that is too wide shrinks, to 80 % at most; else it breaks; else it is cut like every wide box.
const SMALLEST = 0.8;

/** @param {HTMLElement} box */
function fit(box) {
  const lines = box.parentElement.classList;
  const excess = () => box.scrollWidth / box.clientWidth;
  lines.remove("broken");
  box.style.removeProperty("--shrink");
  const shrink = Math.floor(100 / excess()) / 100;
  if (shrink >= 1) return;
  if (shrink < SMALLEST) {
    lines.add("broken");
    if (excess() <= 1) return;
    lines.remove("broken");
  }
  box.style.setProperty("--shrink", String(Math.max(shrink, SMALLEST)));
}

// A box that is cut says so by a fading edge, and can be scrolled without a mouse.
/** @param {HTMLElement} box */
function mark(box) {
  const hidden = box.scrollWidth - box.clientWidth;
  const wide = hidden > 1;
  box.classList.toggle("cut-left", wide && box.scrollLeft > 1);
  box.classList.toggle("cut-right", wide && box.scrollLeft < hidden - 1);
  if (wide) {
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Wider than the page: scrolls sideways");
  } else {
    for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
  }
}

const BOXES = [
  ".bd-article div.math > .katex-display",
  ".bd-article pre",
  ".bd-article .cell_output .text_html:not(:has(.thermo-widget))",
  ".bd-article .pst-scrollable-table-container",
];

// An observer reports a box when it is first laid out: at once, when its section comes near, or when it is unfolded.
// Fitting changes a box's height, which within the report itself would be an error.
const observer = new ResizeObserver((entries) => {
  requestAnimationFrame(() => {
    for (const { target } of entries) {
      const box = /** @type {HTMLElement} */ (target);
      if (box.matches(".katex-display")) fit(box);
      mark(box);
    }
  });
});
const boxes = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(BOXES.join()));
for (const box of boxes) box.addEventListener("scroll", () => mark(box), { passive: true });

function watch() {
  observer.disconnect();
  for (const box of boxes) observer.observe(box);
}
watch();
document.fonts.addEventListener("loadingdone", watch); // formulae have another width in their own fonts

// A link into the page finds its place only where all that is above it has its true height: the page is laid out whole
// while it looks. What was laid out once keeps its height.
const { classList: page } = document.documentElement;
const soon = (/** @type {FrameRequestCallback} */ act) =>
  requestAnimationFrame(() => requestAnimationFrame(act));

// What is above may still change its height, when a formula is fitted, a font comes or a figure begins to run: the
// place is held until the reader acts. One who has left without that, to a word looked for, say, stays where he is.
let held = false;
function hold() {
  const goal = held && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!goal) return;
  const below = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
  const off = Math.abs(goal.getBoundingClientRect().top - below);
  if (off >= 1 && off < innerHeight / 4) goal.scrollIntoView({ behavior: "instant" });
}
new ResizeObserver(hold).observe(document.documentElement);
for (const act of ["wheel", "touchstart", "pointerdown", "keydown"]) {
  addEventListener(act, () => held = false, { capture: true, passive: true });
}

if (location.hash) {
  page.add("whole");
  held = true;
  addEventListener("load", () =>
    soon(() => {
      page.remove("whole");
      hold();
    }));
}
document.addEventListener("click", ({ target }) => {
  if (!(target instanceof Element && target.closest("a[href^='#']"))) return;
  const contents = target.closest("dialog"); // a drawer, on a phone
  if (contents instanceof HTMLDialogElement) contents.close();
  page.add("whole");
  held = true;
  addEventListener("scrollend", hold, { once: true }); // a smooth way there may end beside it
  soon(() => page.remove("whole"));
}, { capture: true });

// The theme's buttons that unfold a part of the contents have a picture and no name.
for (const button of document.querySelectorAll("summary:has(> .toctree-toggle)")) {
  const part = button.closest("li").querySelector("a").textContent.trim();
  button.setAttribute("aria-label", `Pages of “${part}”`);
}

// Where a module's name does not fit, it breaks behind a dot.
for (
  const place of document.querySelectorAll(
    ".bd-article :is(h1, td code .pre, .sig-prename .pre), .toctree-l2 > a, .prev-next-title",
  )
) {
  const name = place.firstChild;
  if (!(name instanceof Text && /^\s*thermolib\./.test(name.data))) continue;
  const [first, ...rest] = name.data.split(/(?<=\.)/);
  name.replaceWith(first, ...rest.flatMap((part) => [document.createElement("wbr"), part]));
}
