// What the page can only know once it is laid out: which formula is too wide, which box is cut and where.

// An equation that is too wide shrinks, to 80 % at most; else it breaks; else it scrolls like every wide box.
const SMALLEST = 0.8;

function fit(box) {
  if (!box.matches(".katex-display")) return;
  const equation = box.parentElement;
  equation.classList.remove("broken");
  box.style.removeProperty("--shrink");
  if (box.scrollWidth <= box.clientWidth) return;
  const shrink = box.clientWidth / box.scrollWidth;
  if (shrink < SMALLEST) {
    equation.classList.add("broken");
    if (box.scrollWidth <= box.clientWidth) return;
  }
  box.style.setProperty("--shrink", Math.max(shrink, SMALLEST));
}

// A box that is cut says so by a fading edge, and can be scrolled without a mouse.
function mark(box) {
  const hidden = box.scrollWidth - box.clientWidth;
  const wide = hidden > 1;
  box.classList.toggle("cut-left", wide && box.scrollLeft > 1);
  box.classList.toggle("cut-right", wide && box.scrollLeft < hidden - 1);
  if (wide) {
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Wider than the page: scrolls sideways");
  } else if (box.getAttribute("role") === "group") for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
}

const BOXES = [
  ".bd-article div.math > .katex-display",
  ".bd-article pre",
  ".bd-article .cell_output .text_html:not(:has(.thermo-widget))",
  ".bd-article .pst-scrollable-table-container",
];

// An observer reports a box when it is first laid out: at once, when its section comes near, or when it is unfolded.
const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    fit(target);
    mark(target);
  }
});
for (const box of document.querySelectorAll(BOXES)) {
  observer.observe(box);
  box.addEventListener("scroll", () => mark(box), { passive: true });
}

// The theme's buttons that unfold a part of the contents have a picture and no name.
for (const button of document.querySelectorAll("summary:has(> .toctree-toggle)")) {
  const part = button.closest("li").querySelector("a").textContent.trim();
  button.setAttribute("aria-label", `Pages of “${part}”`);
}

// Where a module's name does not fit, it breaks before its last part.
for (const place of document.querySelectorAll(".bd-article h1, .toctree-l2 > a, .prev-next-title"))
  place.innerHTML = place.innerHTML.replace(/(?<=^\s*thermolib\.widgets\.)/, "<wbr>");
