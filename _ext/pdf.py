"""Print the whole book: `python _ext/pdf.py` writes ``_build/temperature.pdf``.

Sphinx assembles all pages into one, which a Chromium prints: widgets as their still pictures, solutions
unfolded, pages numbered. It is printed twice, because only the first print knows the pages that the contents
must name.
"""

import sys
from io import BytesIO
from pathlib import Path

import yaml
from browser import NoBrowserError, launch
from build import BUILD, COMMAND, ROOT, clean_environment, prepare_kernel, report_failure, run
from playwright.sync_api import Page, sync_playwright
from pypdf import PdfReader, PdfWriter

PRINT = BUILD / "print"
ASSEMBLED = PRINT / "_build" / "singlehtml" / "intro.html"
PDF = BUILD / "temperature.pdf"
HERE = Path(__file__).parent

CENTRED = "width: 100%; font: 9px sans-serif; text-align: center"
FOOTER = f'<div style="{CENTRED}"><span class="pageNumber"></span></div>'
# The widgets' host stays away, so that their still pictures are what is printed.
NO_HOST = "Object.defineProperty(globalThis, 'thermoHost', { value() {}, writable: false })"


def main() -> int:
    """Assemble the book, print it, and say where it is."""
    environment = clean_environment()
    prepare_kernel(environment)
    code = run([*COMMAND, "--path-output", str(PRINT), "--builder", "singlehtml"], environment)
    if code != 0:
        report_failure()
        return code
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except NoBrowserError as error:
            print(error, file=sys.stderr)
            return 1
        page = browser.new_page(color_scheme="light")
        draft = print_book(page, ASSEMBLED)
        browser.close()
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf8"))
    writer = PdfWriter(clone_from=BytesIO(draft))
    writer.add_metadata({"/Title": settings["title"], "/Author": settings["author"]})
    whole = BytesIO()
    writer.write(whole)
    PDF.write_bytes(whole.getvalue())
    print(f"\nThe book is printed, {len(writer.pages)} pages: {PDF.relative_to(ROOT)}")
    return 0


def print_book(page: Page, assembled: Path) -> bytes:
    """Return the assembled book as PDF, its contents with page numbers and links."""
    page.add_init_script(NO_HOST)
    page.goto(assembled.as_uri())
    page.add_style_tag(path=HERE / "print.css")
    page.evaluate((HERE / "print.js").read_text(encoding="utf8"))
    page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
    fill_contents(page, numbers(pdf(page)))
    return pdf(page)


def pdf(page: Page) -> bytes:
    """Print `page` as it stands."""
    return page.pdf(
        prefer_css_page_size=True,
        print_background=True,
        outline=True,
        tagged=True,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=FOOTER,
    )


def numbers(printed: bytes) -> dict[str, int]:
    """Return the page on which each place that is linked to begins, by its id."""
    reader = PdfReader(BytesIO(printed))
    found = {}
    for name, place in reader.named_destinations.items():
        number = reader.get_destination_page_number(place)
        assert number is not None, "a place in this very file"
        found[name.lstrip("/")] = number + 1
    return found


def fill_contents(page: Page, pages: dict[str, int]) -> None:
    """Write the page numbers into the contents."""
    page.evaluate(
        """(pages) => {
            for (const link of document.querySelectorAll(".printed-contents a"))
                link.dataset.page = pages[link.hash.slice(1)];
        }""",
        pages,
    )


if __name__ == "__main__":
    sys.exit(main())
