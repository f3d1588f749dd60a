"""Formulae: KaTeX typesets them, JupyterLab's MathJax could, and a page without its fonts is found out."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ask_maths import commas_stay_with_their_formulae
from docutils import nodes
from docutils.utils import new_document
from playwright.sync_api import Page
from reading import bad_formulae, pages, source
from sphinx.errors import ExtensionError
from thermobook import maths

COMMAND = re.compile(r"\\([A-Za-z]+)")
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\`$])\$([^$`]+)\$", re.DOTALL)
LAB = Path(sys.prefix) / "share" / "jupyter" / "lab" / "static"  # JupyterLab's MathJax, in parts


@pytest.fixture(autouse=True, scope="module")
def ended() -> Iterator[None]:
    """End the program that typesets, as a build does."""
    yield
    maths.server().communicate()
    maths.server.cache_clear()


def test_a_formula_is_written_for_eye_and_ear_and_without_its_source() -> None:
    html = maths.typeset(r"\frac{a}{b}", True)["html"]
    assert '<span class="katex-display">' in html and '<span class="katex-html" aria-hidden="true">' in html
    assert "<mfrac><mi>a</mi><mi>b</mi></mfrac>" in html
    assert "frac{" not in html


@pytest.mark.parametrize("tex", [r"\unheardof{a}", r"\frac{a}{b", "a & b", "T², by the way é"])
def test_what_is_no_tex_is_refused(tex: str) -> None:
    assert maths.typeset(tex, False).keys() == {"error"}


def test_a_formula_keeps_the_comma_behind_it_and_the_bracket_before_it() -> None:
    line = nodes.paragraph("", "", nodes.Text("of ("), nodes.math("", "a+b"), nodes.Text("), and "))
    line += [nodes.math("", "c"), nodes.Text(" or "), nodes.math("", "d")]
    document = new_document("")
    document += line
    maths.keep_together(None, document, "")  # type: ignore[arg-type]
    assert line.astext() == "of (a+b), and c or d"
    assert [part.astext() for part in line.findall(nodes.inline)] == ["(a+b),"]


FORMULA_AND_COMMA = (
    '<style>.base { display: inline-block; width: 60px }</style><div class="bd-article" style="width: 62px">'
    '<p><span class="whole"><span class="math"><span class="base">2</span></span>, </span></p></div>'
)


def test_a_line_that_begins_with_a_comma_is_noticed(page: Page) -> None:
    page.set_content(FORMULA_AND_COMMA)
    assert commas_stay_with_their_formulae(page) != []
    page.set_content("<style>.whole { white-space: nowrap }</style>" + FORMULA_AND_COMMA)
    assert commas_stay_with_their_formulae(page) == []


def test_without_katex_it_is_said_what_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(maths, "KATEX", tmp_path / "nothing")
    with pytest.raises(ExtensionError, match="make book"):
        maths.connect(None)  # type: ignore[arg-type]


def test_the_style_sheet_asks_for_no_font_that_is_not_there(site: Path) -> None:
    static = site / "_static"
    asked = set(re.findall(r"url\((katex/[^)]+)\)", (static / "style.css").read_text(encoding="utf8")))
    assert asked and asked == {f"katex/fonts/{path.name}" for path in (static / "katex" / "fonts").iterdir()}


@pytest.fixture(scope="module")
def spoken() -> set[str]:
    """Return the words in the parts of JupyterLab that hold a MathJax: among them all its commands."""
    parts = [path.read_text(encoding="utf8") for path in LAB.glob("*.js")]
    parts = [part for part in parts if "mathchar0mi" in part]  # a table of its TeX
    assert parts, f"no MathJax in {LAB}"
    return {word for part in parts for word in re.findall(r"[A-Za-z]+", part)}


@pytest.mark.parametrize("name", pages())
def test_the_notebooks_formulae_use_what_jupyterlab_knows(name: str, spoken: set[str]) -> None:
    formulae = ["".join(found) for found in FORMULA.findall(source(name))]
    assert [word for formula in formulae for word in COMMAND.findall(formula) if word not in spoken] == []


def test_what_only_katex_knows_is_noticed(spoken: set[str]) -> None:
    """It would be red letters in the notebook."""
    assert "html" in maths.typeset(r"\argmin_x", True) and "html" in maths.typeset(r"\plim", True)
    assert not {"argmin", "plim"} & spoken


def test_a_page_with_a_formula_that_is_not_typeset_is_noticed(page: Page, site: Path, tmp_path: Path) -> None:
    typeset = f'<span class="math">{maths.typeset("x", False)["html"]}</span>'
    style = f'<link rel="stylesheet" href="{(site / "_static/style.css").as_uri()}">'
    found = {}
    for case, body in {
        "fine": f"{style}{typeset}<code>\\x{{}} $y$</code>",
        "bare": f'{style}{typeset}<div class="math">x</div>',
        "fontless": typeset,
        "raw": f"{style}{typeset}<p>\\frac12</p>",
        "dollars": f"{style}{typeset}<p>the $x$ axis</p>",
    }.items():
        (tmp_path / "page.html").write_text(body, encoding="utf8")
        page.goto((tmp_path / "page.html").as_uri())
        page.evaluate("document.fonts.ready.then(() => null)")
        found[case] = bad_formulae(page)
    assert {case: len(findings) for case, findings in found.items()} == {
        "fine": 0, "bare": 1, "fontless": 1, "raw": 1, "dollars": 1,
    }, json.dumps(found)  # fmt: skip
