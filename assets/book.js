// A box that scrolls sideways must be reachable without a mouse.
const BOXES = [
  ".bd-article div.math > .katex-display",
  ".bd-article span.math.wide",
  ".bd-article .cell_output .text_html",
  ".pst-scrollable-table-container",
];

function reach() {
  for (const formula of document.querySelectorAll(".bd-article span.math")) {
    const column = formula.parentElement.closest("p, li, td, th, dd, div");
    formula.classList.toggle("wide", formula.firstElementChild?.getBoundingClientRect().width > column.clientWidth + 1);
  }
  for (const box of document.querySelectorAll(BOXES)) {
    if (box.scrollWidth <= box.clientWidth + 1) continue;
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Wider than the page: scrolls sideways");
  }
}

// The theme's buttons that unfold a part of the contents have a picture and no name.
function name() {
  for (const button of document.querySelectorAll("summary:has(> .toctree-toggle)")) {
    const part = button.closest("li").querySelector("a").textContent.trim();
    button.setAttribute("aria-label", `Pages of “${part}”`);
  }
}

// Where a module's name does not fit, it breaks before its last part.
function breakModules() {
  for (const place of document.querySelectorAll(".bd-article h1, .toctree-l2 > a, .prev-next-title"))
    place.innerHTML = place.innerHTML.replace(/(?<=^\s*thermolib\.widgets\.)/, "<wbr>");
}

window.addEventListener("load", () => {
  breakModules();
  name();
  reach();
});
window.addEventListener("resize", reach);
