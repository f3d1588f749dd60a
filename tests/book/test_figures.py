"""Figures with number and caption, folds with titles, exercises as cards: on a small book, and faults."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, expect
from test_build import HEAD, build, write

pytestmark = pytest.mark.long


def cell(code: str, metadata: str = "") -> str:
    return f"```{{code-cell}} ipython3\n---\n{metadata}\n---\n{code}\n```\n\n"


def figure(name: str, caption: str, more: str = "") -> str:
    return f"figure: {{name: {name}, caption: {caption!r}}}\n{more}"


ALT = "mystnb: {image: {alt: A line that rises.}}\n"
HIDDEN = "tags: [hide-input]\n"
SETUP = """import matplotlib.pyplot as plt
from thermolib.checks import check
from thermolib.widgets.explore import explore
from thermolib.widgets.question import Question


def draw(ax, N):

    ax.plot([0, N])"""
CARDS = "".join([
    HEAD + "# Cards\n\nSee {numref}`fig-still`, {numref}`fig-moving` and {numref}`fig-second`.\n\n",
    cell(SETUP, "tags: [hide-cell]\nmystnb: {code_prompt_show: 'Show the {lines} lines of the set-up'}"),
    cell("plt.plot([0, 1])\n\nplt.show()", figure("fig-still", "It rises, as $x$ does.", ALT + HIDDEN)),
    cell("explore(draw, N=[1, 2], alt='a line')", figure("fig-moving", "It *moves*.", HIDDEN)),
    "```{admonition} Think\n:class: tip\nWhich?\n```\n\n",
    cell("Question('entropy/loaded-die')", "tags: [remove-input]"),
    "```{dropdown} The answer\nThis one:\n```\n\n",
    cell("print('thought', 'of')", "tags: [solution]"),
    "After the box, and {eq}`apart`.\n\n$$\nb\n$$ (cards)\n\n## Exercises\n\nA ladder.\n\n",
    "### 1. In a box\n\nHow much?\n\n",
    cell("dice = ...\ncheck('entropy/loaded-die', dice)", "tags: [stub]"),
    cell("Question('entropy/loaded-die')", "tags: [remove-input]"),
    "```{dropdown} Solution\nIn words.\n```\n\n",
    cell("print('first', 'part')", "tags: [solution]"),
    cell("print('second', 'part')", "tags: [solution]"),
    "### 2. In the notebook\n\nWhich function?\n\n",
    cell("coin = ...\ncheck('rare-events/rare-coins', coin)", "tags: [stub]"),
    "```{dropdown} Solution\nIn words.\n```\n\n",
    cell("2 + 2", "tags: [solution]"),
    "\n## After the exercises\n\n### No exercise\n\nWords.\n",
])  # fmt: skip
SECOND = HEAD + "# A second\n\nSee {numref}`fig-still`.\n\n" + cell(
    "import matplotlib.pyplot as plt\nplt.plot([1, 0]);", figure("fig-second", "It falls.", ALT)
)  # fmt: skip
TOC = """format: jb-book
root: intro
parts:
- chapters:
  - file: chapters/apart
- caption: Numbered
  numbered: 1
  chapters:
  - file: chapters/first
  - file: chapters/cards
    sections:
    - file: chapters/second
"""
PAGES = {
    "_toc.yml": TOC,
    "intro.md": "# A small book\n\nWords.\n",
    "chapters/apart.md": "# Apart\n\n$$\na\n$$ (apart)\n",
    "chapters/first.md": "# The first\n\nWords.\n",
    "chapters/second.md": SECOND,
}


def sources(book: Path, cards: str) -> Path:
    """Write the small book, of other pages, with the page `cards` into the folder `book`."""
    write(book)
    for name, text in {**PAGES, "chapters/cards.md": cards}.items():
        (book / name).write_text(text, encoding="utf8")
    shutil.copytree(Path(__file__).parents[2] / "thermolib", book / "thermolib")
    return book


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the small book with cards once, and return its site: a build that fails leaves it in place."""
    book = sources(tmp_path_factory.mktemp("cards"), CARDS)
    status, said, _ = build(book)
    assert status == 0, said
    return book / "_build" / "html"


@pytest.fixture(scope="module")
def on_page(cards: Path, browser: Browser) -> Iterator[Page]:
    """Yield the page with cards, opened once: what is asked of it changes nothing."""
    page = browser.new_page()
    page.goto((cards / "chapters" / "cards.html").as_uri())
    yield page
    page.context.close()


def test_what_a_cell_draws_is_a_figure_with_number_caption_and_name(on_page: Page, cards: Path) -> None:
    still, moving = on_page.locator("figure#fig-still"), on_page.locator("figure#fig-moving")
    expect(still.locator("img")).to_have_count(1)
    expect(still.locator("figcaption")).to_contain_text("Figure 2.1 It rises, as ")
    expect(still.locator("figcaption .math")).to_have_count(1)
    expect(moving.locator(".thermo-widget").first).to_be_visible()
    expect(moving.locator("> figcaption")).to_contain_text("Figure 2.2 It moves.")
    links = on_page.locator("p:has-text('See') a.reference")
    assert links.all_inner_texts() == ["Figure 2.1", "Figure 2.2", "Figure 2.3"]
    second = (cards / "chapters" / "second.html").read_text(encoding="utf8")
    (caption,) = BeautifulSoup(second, "html.parser").select("figure#fig-second figcaption")
    assert "Figure 2.3 It falls." in " ".join(caption.get_text(" ").split())


def test_equations_are_counted_by_chapter(on_page: Page) -> None:
    assert on_page.locator(".eqno").inner_text().startswith("(2.1)")
    assert "After the box, and (1)." in on_page.locator("article").inner_text()


def test_a_fold_says_what_is_in_it(on_page: Page) -> None:
    folds = on_page.locator("details.hide")
    assert folds.locator("summary[aria-label]").count() == 0, "a screen reader says the title"
    titles = folds.locator(".collapsed").all_text_contents()
    assert titles == ["Show the 6 lines of the set-up", "Show the 2 lines that draw this",
                      "Show the line that draws this"]  # fmt: skip


def test_an_exercise_is_a_card(on_page: Page) -> None:
    expect(on_page.locator("section.exercise h3")).to_have_text(["1. In a box#", "2. In the notebook#"])
    boxed, plain = on_page.locator("section.exercise").all()
    assert boxed.locator(".thermo-question").count() == 1
    boxed.scroll_into_view_if_needed()  # what is out of sight has no text yet
    expect(boxed).to_contain_text("How much?", use_inner_text=True)
    assert "dice" not in boxed.inner_text(), "the stub, which the question stands for"
    solution = boxed.locator("details.sd-dropdown > .sd-summary-content")
    for part in ("In words.", "first part", "second part"):
        assert part in solution.text_content()
    plain.scroll_into_view_if_needed()
    expect(plain).to_contain_text("coin = ...", use_inner_text=True)
    assert "No answer" not in plain.inner_text()
    assert plain.locator("details .cell_output pre").text_content().strip() == "4"


def test_what_belongs_to_a_think_box_is_in_it(on_page: Page) -> None:
    box = on_page.locator(".admonition", has_text="Think")
    assert box.locator(".thermo-question").count() == 1
    assert "thought of" in box.locator("details .cell_output").text_content()
    assert "After the box" not in box.text_content()


def test_in_the_notebook_a_caption_is_a_paragraph(cards: Path) -> None:
    notebook = nbformat.read(cards / "notebooks" / "cards.ipynb", as_version=4)
    words = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert words[0].endswith("See Figure 2.1, Figure 2.2 and Figure 2.3.")
    assert words[1:3] == ["**Figure 2.1.** It rises, as $x$ does.", "**Figure 2.2.** It *moves*."]
    hidden = [cell.source for cell in notebook.cells if "jupyter" in cell.metadata]
    assert "2 + 2" in hidden and not any("= ..." in source for source in hidden)
    second = nbformat.read(cards / "notebooks" / "second.ipynb", as_version=4)
    assert "Figure 2.1" in second.cells[0].source and "**Figure 2.3.**" in second.cells[-1].source


FAULTS = {
    cell("plt.plot([0, 1]);", ALT): "cell 2 draws, but has no figure",
    cell("explore(draw, N=[1, 2], alt='a line')"): "cell 3 draws, but has no figure",
    cell("plt.plot([0, 1]);", "figure: {name: fig-x}\n" + ALT):
        "cell 4 has a figure without a name or a caption",
    cell("plt.plot([0, 1]);", "figure: {caption: Words.}\n" + ALT):
        "cell 5 has a figure without a name or a caption",
    cell("print(1)", figure("fig-y", "Nothing.")): "cell 6 has a figure, and draws nothing",
    cell("for _ in range(2):\n    plt.plot([0, 1])\n    plt.show()", figure("fig-z", "Two.", ALT)):
        "cell 7 has a figure, and draws 2",
    cell("plt.plot([0, 1]);", figure("fig-z", "Two.", ALT)):
        "cell 8 has a figure by the name of an earlier one, fig-z",
    "Words.\n\n" + cell("print(1)", "tags: [solution]"): "cell 9 is a solution without a dropdown before it",
    cell("plt.plot([0, 1]);", figure("fig-second", "Elsewhere.", ALT)): "duplicate label fig-second",
    "{numref}`fig-nowhere`\n": "fig-nowhere",
}  # fmt: skip


def test_what_is_wrong_with_figures_and_cards_fails_the_build(cards: Path) -> None:
    """In the small book, when its page with cards is written anew."""
    page = HEAD + "# Cards\n\n" + cell(SETUP) + "\n".join(FAULTS)
    book = cards.parents[1]
    (book / "chapters" / "cards.md").write_text(page, encoding="utf8")
    before = (cards / "chapters" / "cards.html").read_bytes()
    status, said, _ = build(book)
    assert status != 0
    assert (cards / "chapters" / "cards.html").read_bytes() == before
    assert [fault for fault in FAULTS.values() if fault not in said] == [], said
    assert f"cell {len(FAULTS)} " not in said, "the last one is in order, but for its name"
