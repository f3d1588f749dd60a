"""A notebook reads the same without MyST: words, links, numbers and folds in plain Markdown."""

import re
from pathlib import Path

import pytest
from pybtex.database import Entry, parse_string
from reading import ROOT, chapters, pages, source
from thermobook.plain import Book, caption, plain, read_book, unknown

WORKS = r"""
@article{one, author = {{\v{C}}ern{\'y}, V.}, year = {1985}, doi = {10.1/a(b)c}}
@article{two, author = {Kramers, H. A. and Wannier, G. H.}, year = {1941}, url = {https://a.example/two}}
@article{three, author = {Anne, A. and Ben, B. and Cleo, C.}, year = {2001}}
"""
BOOK = Book(
    works=dict[str, Entry](parse_string(WORKS, "bibtex").entries),
    titles={"chapters/own": "Own", "chapters/other": "The other"},
    equations={
        "first": ("chapters/own", "1.1"),
        "second": ("chapters/own", "1.2"),
        "far": ("chapters/other", "2.4"),
    },
    figures={"fig-a": "2.3"},
    site="",
)
MYST = r"""(here)=
## A {term}`microstate`, and {term}`logits <logit>`

As {cite:t}`one` and {cite:t}`three` say {cite:p}`two,one`, by {eq}`second` and {eq}`far`, in {numref}`fig-a`;
see [](other.md) and [that chapter](other.md#there). Not `{term}` in code.

$$
a = b
$$ (first)

$$ c = d $$ (second)

```{admonition} Think
:class: tip
Is $a
> b$, by {eq}`first`?

Why?
```

````{dropdown} Solution
$$
e
$$

```python
f
```
````
"""
PLAIN = r"""## A microstate, and logits

As [Černý (1985)](https://doi.org/10.1/a%28b%29c) and Anne et al. (2001) say ([Kramers and Wannier, 1941](https://a.example/two); [Černý, 1985](https://doi.org/10.1/a%28b%29c)), by (1.2) and (2.4) of “The other”, in Figure 2.3;
see The other and that chapter. Not `{term}` in code.

$$
a = b
\tag{1.1}
$$

$$ c = d
\tag{1.2}
$$

> **Think**
>
> Is $a > b$, by (1.1)?
>
> Why?

<details><summary>Solution</summary>

$$
e
$$

```python
f
```

</details>
"""  # noqa: E501


def test_all_that_a_chapter_uses_has_a_plain_form() -> None:
    assert plain(MYST, "chapters/own", BOOK) == PLAIN
    assert unknown(PLAIN) == []


def test_a_caption_is_a_paragraph_with_its_number() -> None:
    figure = {"name": "fig-a", "caption": "It *rises*,\nby {eq}`first`.\n"}
    assert caption(figure, "chapters/own", BOOK) == "**Figure 2.3.** It *rises*,\nby (1.1)."


def test_with_an_address_links_lead_to_the_site() -> None:
    published = BOOK._replace(site="https://a.example/book")
    said = plain("[](other.md#there)", "chapters/own", published)
    assert said == "[The other](https://a.example/book/chapters/other.html#there)"


@pytest.mark.parametrize(
    "line",
    ["{eq}`nothing`", "{numref}`nothing`", "{cite:p}`nobody`", "[](nothing.md)", "[](#here)", "{ref}`here`",
     "```{note}", ":::{tip}", "+++", "% a comment", "{{ word }}", "a[^1]\n\n[^1]: b", "a\n: b"],
)  # fmt: skip
def test_what_refers_to_nothing_or_has_no_plain_form_is_found(line: str) -> None:
    said = plain(f"Before.\n\n{line}\n", "chapters/own", BOOK)
    assert unknown(said), said


@pytest.mark.parametrize("name", chapters())
def test_an_equation_has_the_number_that_the_page_shows(name: str, site: Path) -> None:
    html = (site / f"{name}.html").read_text(encoding="utf8")
    shown = re.findall(r'id="equation-([\w-]+)">\s*<span class="eqno">\(([\d.]+)\)', html)
    book = read_book(ROOT, pages())
    assert len(shown) == len(re.findall(r"^\$\$ \(", source(name), re.MULTILINE)) > 0
    assert {label: (name, number) for label, number in shown} == {
        label: found for label, found in book.equations.items() if found[0] == name
    }


@pytest.mark.parametrize("name", chapters())
def test_a_figure_has_the_number_that_the_page_shows(name: str, site: Path) -> None:
    html = (site / f"{name}.html").read_text(encoding="utf8")
    captions = r'caption-number">Figure ([\d.]+) .*?<a class="headerlink" href="#([\w-]+)"'
    shown = {figure: number for number, figure in re.findall(captions, html, re.DOTALL)}
    named = re.findall(r"\bname: *(fig-[\w-]+)", source(name))
    numbers = read_book(ROOT, pages()).figures
    assert shown == {figure: numbers[figure] for figure in named} != {}
