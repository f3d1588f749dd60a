// A term's meaning, a work that is cited, an equation: shown beside the link on hover, focus and tap.
(() => {
  const PATIENCE = 150; // ms before a card opens, and before it closes

  const card = document.createElement("div");
  card.className = "hover-card";
  card.id = "hover-card";
  card.setAttribute("role", "tooltip");
  card.hidden = true;
  document.body.append(card);

  /** @type {HTMLAnchorElement | null} */
  let link = null;
  let timer = 0;

  /** What there is to show for a link: the page brings it, or it is an equation of this page. @param {HTMLAnchorElement} a */
  function content(a) {
    const template = document.querySelector(`template[data-card="${CSS.escape(place(a))}"]`);
    if (template instanceof HTMLTemplateElement) return template.content.cloneNode(true);
    if (!a.getAttribute("href")?.startsWith("#equation-")) return null;
    return document.querySelector(`${a.getAttribute("href")} .katex-display`)?.cloneNode(true) ?? null;
  }
  /** @param {HTMLAnchorElement} a */
  const place = (a) => (a.getAttribute("href") ?? "").replace(/^(\.\.\/)+/, "");

  /** @param {EventTarget | null} target @returns {HTMLAnchorElement | null} */
  const linkOf = (target) =>
    target instanceof Element
      ? target.closest(
        ".bd-article :is(a[href*='#term-'], a[href*='bibliography.html#'], a[href^='#equation-']):not(.headerlink)",
      )
      : null;

  /** @param {HTMLAnchorElement} a */
  function open(a) {
    const shown = content(a);
    if (!shown || a === link) return;
    close();
    link = a;
    card.replaceChildren(shown);
    card.hidden = false;
    a.setAttribute("aria-describedby", card.id);
    const [at, box] = [a.getClientRects()[0], card.getBoundingClientRect()];
    const room = document.documentElement.clientWidth - box.width - 8;
    const below = at.bottom + box.height + 8 < innerHeight || at.top < box.height + 8;
    card.style.left = `${scrollX + Math.max(8, Math.min(at.left, room))}px`;
    card.style.top = `${scrollY + (below ? at.bottom + 4 : at.top - box.height - 4)}px`;
  }
  function close() {
    clearTimeout(timer);
    link?.removeAttribute("aria-describedby");
    link = null;
    card.hidden = true;
  }
  const later = (/** @type {() => void} */ deed) => {
    clearTimeout(timer);
    timer = setTimeout(deed, PATIENCE);
  };

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const over = linkOf(event.target);
    if (over) later(() => open(over));
    else if (card.contains(/** @type {Node} */ (event.target))) clearTimeout(timer);
    else if (link) later(close);
    else clearTimeout(timer);
  });
  document.addEventListener("focusin", (event) => {
    const focused = linkOf(event.target);
    if (focused?.matches(":focus-visible")) open(focused);
    else close();
  });
  // A first tap shows the card, a second one follows the link; a tap elsewhere closes it.
  let touched = false;
  document.addEventListener("pointerdown", (event) => (touched = event.pointerType === "touch"));
  document.addEventListener("click", (event) => {
    const tapped = linkOf(event.target);
    if (touched && tapped && tapped !== link && content(tapped)) {
      event.preventDefault();
      open(tapped);
    } else if (!card.contains(/** @type {Node} */ (event.target))) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
})();
