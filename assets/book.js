// A box that scrolls sideways must be reachable without a mouse. Formulae become boxes only once they are typeset.
const reach = () => {
  for (const box of document.querySelectorAll(".bd-article mjx-container[display='true'], .bd-article .cell_output .text_html, .pst-scrollable-table-container")) {
    if (box.scrollWidth > box.clientWidth + 1) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", "Wider than the page: scrolls sideways");
    }
  }
};
window.addEventListener("load", () => {
  reach();
  window.MathJax?.startup?.promise?.then(reach);
});
window.addEventListener("resize", reach);
