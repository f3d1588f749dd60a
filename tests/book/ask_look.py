"""The measure of a page: how long its lines are, what stands in its column, what is cut and says so."""

from playwright.sync_api import Page

# A section that is far away is not laid out, and nothing in it marked, until it comes near: then the fonts
# that it needs are asked for. A box is fitted and marked in the frame after the one in which it got its size.
NEAR = """async () => {
    const frames = async (n) => { while (n--) await new Promise(requestAnimationFrame); };
    if (document.documentElement.matches(".whole")) return;
    document.documentElement.classList.add("whole");
    await frames(2);
    await document.fonts.ready;
    await frames(4);
}"""

# What stands in the column with a width of its own.
PARTS = "pre, figure, .thermo-widget, .cell_output img, .pst-scrollable-table-container, div.math"


def lines_hold_65_to_75_characters(page: Page) -> list[str]:
    """Of prose, in paragraphs long enough to tell, without formulae or code; the mean of the page's.

    A last line counts for the share of it that is full. A page of fewer than three paragraphs does not tell.
    """
    mean = page.evaluate(
        """() => {
            let characters = 0, lines = 0, paragraphs = 0;
            for (const p of document.querySelectorAll(".bd-article section > p")) {
                if (p.querySelector(".math, code") || p.offsetParent === null) continue;
                const own = Math.round(p.clientHeight / parseFloat(getComputedStyle(p).lineHeight));
                if (p.closest(".exercise, .opening") || own < 4) continue;
                characters += p.textContent.length;
                const range = document.createRange(), { left, width } = p.getBoundingClientRect();
                range.selectNodeContents(p);
                const parts = [...range.getClientRects()], foot = Math.max(...parts.map((e) => e.bottom)) - 8;
                const end = Math.max(...parts.filter((e) => e.bottom > foot).map((e) => e.right));
                lines += own - 1 + (end - left) / width;
                paragraphs += 1;
            }
            return paragraphs >= 3 && characters / lines;
        }"""
    )
    return [] if not mean or 65 <= mean <= 75 else [f"{mean:.1f} characters in a line"]


def all_parts_end_at_one_edge(page: Page) -> list[str]:
    """Each is as wide as the text around it: no right edge is ragged."""
    return page.evaluate(
        """(parts) => [...document.querySelectorAll(`.bd-article :is(${parts})`)].flatMap(e => {
            const box = e.getBoundingClientRect();
            if (!box.width || e.parentElement.closest(`${parts}, aside, details, table, li, dd`)) return [];
            if (e.matches("section:has(> .opening) > *, section:has(> .opening) > .cell *")) return [];
            const parent = e.closest("section, .admonition, .tip");
            const style = getComputedStyle(parent), edge = parent.getBoundingClientRect();
            const right = edge.right - parseFloat(style.paddingRight) - parseFloat(style.borderRightWidth);
            const off = box.right - right;
            return Math.abs(off) <= 1 ? [] : [`${off} px: ${e.outerHTML.slice(0, 120)}`];
        })""",
        PARTS,
    )


def what_is_cut_says_so(page: Page) -> list[str]:
    """A box that hides a part of itself sideways fades at the cut, and the keyboard reaches it."""
    page.evaluate(NEAR)
    return page.evaluate(
        """() => [...document.querySelectorAll(".bd-article *")].flatMap(e => {
            const hidden = e.scrollWidth - e.clientWidth;
            if (hidden <= 1 || !e.clientWidth) return [];
            const style = getComputedStyle(e);
            const other = style.display === "inline" || e.closest(".katex-mathml, svg, .thermo-widget");
            if (other || !e.checkVisibility() || style.overflowX === "visible") return [];
            if (style.position === "absolute" && e.clientWidth <= 1) return []; // for screen readers alone
            const faults = [];
            if (!e.matches(".cut-right") || style.maskImage === "none") faults.push("no fading edge");
            if (e.tabIndex !== 0) faults.push("no keyboard");
            return faults.map(fault => `${fault}, ${hidden} px cut: ${e.outerHTML.slice(0, 120)}`);
        })"""
    )


def an_equations_number_stands_above_it(page: Page) -> list[str]:
    """On a phone, where the formula needs the line."""
    return page.evaluate(
        """() => [...document.querySelectorAll("div.math .eqno")].flatMap(number => {
            const formula = number.parentElement.querySelector(".katex-display");
            if (!formula?.offsetParent) return [];
            const over = number.getBoundingClientRect().bottom - formula.getBoundingClientRect().top;
            return over <= 1 ? [] : [`${number.textContent} reaches ${over} px below its formula's top`];
        })"""
    )


def no_equation_is_smaller_than_four_fifths(page: Page) -> list[str]:
    """It shrinks to fit, and no further; what still does not fit scrolls."""
    page.evaluate(NEAR)
    return page.evaluate(
        """() => [...document.querySelectorAll("div.math > .katex-display")].flatMap(e => {
            const of = element => parseFloat(getComputedStyle(element).fontSize);
            const size = of(e) / of(e.parentElement);
            return size >= 0.799 && size <= 1.001 ? [] : [`${size}: ${e.parentElement.id}`];
        })"""
    )


def a_finger_hits_the_pages_own_buttons(page: Page) -> list[str]:
    """44 pixels each way."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".bd-header-article button, .opening a")].flatMap(e => {
            const box = e.getBoundingClientRect();
            if (!box.width || e.matches(".dropdown-item, .opening > p:not(:last-child) a")) return [];
            const small = Math.min(box.width, box.height) < 44;
            return small ? [`${box.width} x ${box.height}: ${e.outerHTML.slice(0, 100)}`] : [];
        })"""
    )


ASK = {
    "file": [lines_hold_65_to_75_characters, all_parts_end_at_one_edge, what_is_cut_says_so],
    "phone": [
        what_is_cut_says_so,
        an_equations_number_stands_above_it,
        no_equation_is_smaller_than_four_fifths,
        a_finger_hits_the_pages_own_buttons,
    ],
}
