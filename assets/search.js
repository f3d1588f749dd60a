// The search page: MiniSearch looks through the sections, terms and names that the build wrote down (sections.js).
// A text is loaded, with the others of its page, when a result that shows it comes near.
(() => {
  const { MiniSearch, SECTIONS, WORDS } = /** @type {any} */ (globalThis);
  const EXCERPT = 220; // characters
  const MOST = 40; // results
  const WEIGHT = { chapter: 2, term: 1, reference: 0.5, library: 0.1 }; // what explains comes before what documents

  /** @typedef {{ id: number, page: string, anchor: string, title: string, path: string, kind: keyof typeof WEIGHT, text: string }} Section */
  const sections = /** @type {Section[]} */ (SECTIONS.map(
    (/** @type {string[]} */ [page, anchor, title, path, kind], /** @type {number} */ id) => (
      { id, page, anchor, title, path, kind, text: "" }
    ),
  ));
  for (const [word, steps] of Object.entries(WORDS)) {
    let at = 0;
    for (const step of /** @type {number[]} */ (steps)) sections[at += step].text += ` ${word}`;
  }

  // A name is found as a whole and by its parts; a plural is found as its singular.
  const words = (/** @type {string} */ text) => text.normalize().split(/[^\p{L}\p{N}_]+/u);
  const tokens = (/** @type {string} */ text) =>
    words(text).flatMap((word) => (word.includes("_") ? [word, ...word.split("_")] : word));
  const singular = (/** @type {string} */ word) =>
    word.toLowerCase().replace(/ies$/, "y").replace(/([^su])s$/, "$1");

  const index = new MiniSearch({
    idField: "id",
    fields: ["title", "path", "text"],
    tokenize: tokens,
    processTerm: singular,
    searchOptions: {
      tokenize: words,
      combineWith: "AND",
      prefix: (/** @type {string} */ term) => term.length > 2,
      fuzzy: (/** @type {string} */ term) => (term.length > 5 ? 0.15 : false),
      boost: { title: 4, path: 0.5 },
      boostDocument: (/** @type {number} */ id) => WEIGHT[sections[id].kind],
    },
  });
  index.addAll(sections);

  /** Cuts the part of a text around the first of the words that were found, and marks them. */
  function excerpt(/** @type {string} */ text, /** @type {string[]} */ terms) {
    const found = new RegExp(
      `(?<![\\p{L}\\p{N}])(${terms.map((term) => RegExp.escape?.(term) ?? term).join("|")})[\\p{L}\\p{N}]*`,
      "giu",
    );
    const first = Math.max(0, text.search(found));
    const start = first < EXCERPT / 2 ? 0 : text.lastIndexOf(" ", first - EXCERPT / 3) + 1;
    const end = text.length - start <= EXCERPT ? text.length : text.lastIndexOf(" ", start + EXCERPT);
    const shown = text.slice(start, end);
    const parts = /** @type {(string | Node)[]} */ ([start > 0 ? "… " : ""]);
    let at = 0;
    for (const hit of shown.matchAll(found)) {
      const mark = document.createElement("mark");
      mark.textContent = hit[0];
      parts.push(shown.slice(at, hit.index), mark);
      at = hit.index + hit[0].length;
    }
    return [...parts, shown.slice(at), end < text.length ? " …" : ""];
  }

  /** @type {Map<string, Promise<string[]>>} */
  const texts = new Map();

  /** The texts of a page's sections, in their order. Scripts come from a file too, where nothing can be fetched. */
  function textsOf(/** @type {string} */ page) {
    const known = texts.get(page);
    if (known) return known;
    const coming = new Promise((/** @type {(texts: string[]) => void} */ resolve) => {
      const script = document.createElement("script");
      script.src = `texts/${page}.js`;
      script.onload = () => resolve(/** @type {any} */ (globalThis).TEXT);
      document.head.append(script);
    });
    texts.set(page, coming);
    return coming;
  }

  /** @type {WeakMap<Element, () => void>} */
  const shows = new WeakMap();
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      shows.get(target)?.();
    }
  }, { rootMargin: "50%" });

  /** Shows what the section of a result says around the words, or no empty line. */
  async function fill(/** @type {Element} */ context, /** @type {{ id: number, terms: string[] }} */ result) {
    const { page } = sections[result.id];
    const first = sections.findIndex((section) => section.page === page);
    const text = (await textsOf(page))[result.id - first];
    if (text) context.append(...excerpt(text, result.terms));
    else context.remove();
  }

  function entry(/** @type {any} */ result) {
    const section = sections[result.id];
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `${section.page}.html${section.anchor ? `#${section.anchor}` : ""}`;
    link.textContent = section.title;
    const path = document.createElement("span");
    path.className = "search-path";
    path.textContent = section.path;
    item.className = `search-${section.kind}`;
    const context = document.createElement("p");
    context.className = "context";
    item.append(link, path, context);
    shows.set(context, () => fill(context, result));
    near.observe(context);
    return item;
  }

  const query = new URLSearchParams(location.search).get("q")?.trim() ?? "";
  const place = document.getElementById("search-results");
  if (!query || !place) return;
  for (const field of document.querySelectorAll("form.bd-search input")) {
    /** @type {HTMLInputElement} */ (field).value = query;
  }
  const called = (/** @type {any} */ result) =>
    Number(
      sections[result.id].kind !== "library" &&
        sections[result.id].title.toLowerCase() === query.toLowerCase(),
    );
  const found = index.search(query).sort((/** @type {any} */ a, /** @type {any} */ b) =>
    called(b) - called(a)
  ); // a title in so many words first
  const results = found.slice(0, MOST);
  const summary = document.createElement("p");
  summary.className = "search-summary";
  summary.setAttribute("role", "status");
  summary.textContent = results.length
    ? `${
      results.length === MOST
        ? `The first ${MOST} places`
        : `${results.length} place${results.length > 1 ? "s" : ""}`
    } with “${query}”`
    : `Nothing was found for “${query}”. A single word, or its beginning, finds more.`;
  const list = document.createElement("ol");
  list.append(...results.map(entry));
  place.append(summary, list);
})();
