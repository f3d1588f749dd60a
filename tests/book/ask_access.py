"""What axe finds."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from reading import in_scheme, serious

# What passes is only counted: to name each of those elements would take most of the time. And axe loads no
# style sheet again, which from a file it may not.
OPTIONS: dict[str, object] = {"resultTypes": ["violations"], "preload": False}
IN_THE_DARK = {**OPTIONS, "runOnly": ["color-contrast", "link-in-text-block"]}  # all else is as in the light

# The rules whose findings are never serious.
NEVER_SERIOUS = """() => Object.fromEntries(axe._audit.rules
    .filter(({ impact }) => impact === "minor" || impact === "moderate")
    .map(({ id }) => [id, { enabled: false }]))"""

# Most of a page's elements are parts of formulae, whose colour is that of the text around them, and words of
# code, of which one of each kind is left among plain text. They make room, and do not come back.
SPARE = """() => {
    const formulae = [...document.querySelectorAll(".katex")].map(e => [e, e.getBoundingClientRect()]);
    const code = [...document.querySelectorAll(".highlight span:not(:has(*))")]
        .map(word => [word, word.checkVisibility()]);
    for (const [formula, { width, height }] of formulae) {
        const room = document.createElement("span");
        room.style.cssText = `display: inline-block; width: ${width}px; height: ${height}px`;
        formula.replaceWith(room);
    }
    const words = new Set();
    for (const [word, visible] of code) {
        const kind = word.closest("[class*=highlight-]")?.className + word.className;
        if (!visible || words.has(kind)) word.replaceWith(new Text(word.textContent));
        if (visible) words.add(kind);  // not in a fold
    }
    // A drawing's lines say nothing, and one of them may lie over words: its words and controls stay.
    const pictures = [...document.querySelectorAll(".thermo-picture")].map(({ shadowRoot }) => shadowRoot);
    for (const root of [document, ...pictures.filter(Boolean)]) {
        const lines = "svg :is(path, use, defs):not([role], [tabindex], [aria-label], :has(title, desc))";
        for (const line of root.querySelectorAll(lines)) line.remove();
    }
    const style = document.createElement("style");
    style.textContent = "section { content-visibility: visible !important }";
    document.head.append(style);
}"""

# Contrast, which takes most of axe's time, is measured once for each kind of text: what has the same name,
# classes and style, and stands in the same.
MARK = """() => {
    const props = ["color", "backgroundColor", "backgroundImage", "opacity", "filter", "mixBlendMode",
        "fontSize", "fontWeight", "fill", "textShadow", "position", "visibility", "display"];
    const kinds = new Map([[null, ""], [undefined, ""]]);
    const kind = element => {
        if (!kinds.has(element)) {
            const style = getComputedStyle(element);
            const outer = element.parentElement ?? element.getRootNode().host;
            const own = [element.localName, element.getAttribute("class"), ...props.map(prop => style[prop])];
            kinds.set(element, `${kind(outer)} > ${own}`);
        }
        return kinds.get(element);
    };
    const seen = new Set(), first = [];
    const mark = root => {
        for (const element of root.querySelectorAll("*")) {
            if (element.shadowRoot) mark(element.shadowRoot);
            const said = [...element.childNodes].some(e => e.nodeType === Node.TEXT_NODE && e.data.trim());
            if (!said && !element.matches("input, select, textarea")) continue;
            if (!element.checkVisibility()) continue;
            if (!seen.has(kind(element))) first.push(element);
            seen.add(kind(element));
        }
    };
    for (const element of document.querySelectorAll("[data-first]")) delete element.dataset.first;
    mark(document);
    for (const element of first) element.dataset.first = "";
    axe.configure({ rules: [{ id: "color-contrast", selector: "[data-first]" }] });
}"""


def pleases_axe(page: Page) -> list[str]:
    """Axe finds nothing serious: nor, when the reader turns to the dark, in what depends on colours.

    It is asked last: it leaves the page without formulae.
    """
    page.mouse.move(0, 0)
    page.evaluate(SPARE)
    page.evaluate(Axe().axe_script)
    faults = found(page, {**OPTIONS, "rules": page.evaluate(NEVER_SERIOUS)})
    with in_scheme(page, "dark"):
        faults += [f"dark: {line}" for line in found(page, IN_THE_DARK)]
    return faults


def found(page: Page, options: dict[str, object]) -> list[str]:
    """Return what is serious in what axe finds."""
    page.evaluate(MARK)
    return serious(page.evaluate("async options => (await axe.run(options)).violations", options))


ASK = {"file": [pleases_axe]}
