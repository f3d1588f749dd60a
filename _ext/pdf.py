"""Print the whole book: `python _ext/pdf.py` writes ``_build/temperature.pdf``.

Sphinx assembles all pages, as it has read them for the site, into one, which a Chromium prints: widgets as
their still pictures, solutions unfolded, pages numbered. Only the print knows on which pages its sections
begin: those numbers are laid over the contents afterwards.
"""

import re
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from browser import NoBrowserError, launch
from build import BUILD, OUTPUT, ROOT, draft
from playwright.sync_api import Page, sync_playwright
from pypdf import PdfReader, PdfWriter

ASSEMBLED = OUTPUT / "singlehtml" / "intro.html"
PDF = BUILD / "temperature.pdf"
HERE = Path(__file__).parent

CENTRED = "width: 100%; font: 9px sans-serif; text-align: center"
FOOTER = f'<div style="{CENTRED}"><span class="pageNumber"></span></div>'
# The widgets' host stays away, so that their still pictures are what is printed.
NO_HOST = "Object.defineProperty(globalThis, 'thermoHost', { value() {}, writable: false })"

# What moves a page is not printed, and takes half a minute to look through the whole book; but for our own
# script, which breaks long names.
NOT_PRINTED = re.compile(r"/(?!book)[\w.-]+\.js(?:\?|$)")


def main() -> int:
    """Assemble the book, print it, and say where it is."""
    if code := draft("--builder", "singlehtml"):
        return code
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except NoBrowserError as error:
            print(error, file=sys.stderr)
            return 1
        page = browser.new_page(color_scheme="light")
        writer = PdfWriter(clone_from=BytesIO(print_book(page, ASSEMBLED)))
        number_contents(writer, page)
        browser.close()
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf8"))
    writer.add_metadata({"/Title": settings["title"], "/Author": settings["author"]})
    whole = BytesIO()
    writer.write(whole)
    PDF.write_bytes(whole.getvalue())
    print(f"\nThe book is printed, {len(writer.pages)} pages: {PDF.relative_to(ROOT)}")
    return 0


def print_book(page: Page, assembled: Path) -> bytes:
    """Return the assembled book as PDF, its contents with links."""
    page.set_default_timeout(300_000)  # ms: a whole book, on a machine that may be busy
    page.add_init_script(NO_HOST)
    page.route(NOT_PRINTED, lambda route: route.abort())
    page.goto(assembled.as_uri())
    page.add_style_tag(path=HERE / "print.css")
    page.evaluate((HERE / "print.js").read_text(encoding="utf8"))
    page.evaluate(
        "Promise.all([document.fonts.ready, ...[...document.images].map((i) => i.decode())]).then(() => 0)"
    )
    return page.pdf(
        prefer_css_page_size=True,
        print_background=True,
        outline=True,
        tagged=True,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=FOOTER,
    )


def number_contents(book: PdfWriter, page: Page) -> None:
    """Write, at the right end of each line of the contents, the page to which it leads.

    In the font of the contents on `page`. A screen reader does not say it: there, the line is a link.
    """
    font = page.evaluate("getComputedStyle(document.querySelector('.printed-contents ol ol a')).font")
    starts = {
        name: number + 1
        for name, place in book.named_destinations.items()
        if (number := book.get_destination_page_number(place)) is not None
    }
    for sheet in book.pages:
        links = [link.get_object() for link in sheet.get("/Annots", [])]
        numbers = [
            at(sheet, link["/Rect"], starts[link["/Dest"]])
            for link in links
            if str(link.get("/Dest", "")).startswith("/contents-")
        ]
        if numbers:
            page.set_content(f"<body style='margin: 0; font: {font}'>{''.join(numbers)}")
            box = sheet.mediabox
            printed = page.pdf(width=f"{px(box.width)}px", height=f"{px(box.height)}px")
            sheet.merge_page(PdfReader(BytesIO(printed)).pages[0])


def at(sheet: Any, box: list[Any], number: int) -> str:
    """Return `number` in HTML, to stand in the upper right corner of `box` on `sheet`."""
    right, top = sheet.mediabox.width - float(box[2]), sheet.mediabox.height - float(box[3])
    return f"<span style='position: absolute; right: {px(right)}px; top: {px(top)}px'>{number}</span>"


def px(points: float) -> float:
    """Return a length of a PDF in CSS's unit."""
    return points * 96 / 72


if __name__ == "__main__":
    sys.exit(main())
