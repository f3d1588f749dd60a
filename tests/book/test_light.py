"""A light site: one style sheet that keeps what is used, icons in it, and scripts that wait for the text."""

import re
from pathlib import Path

import pytest
from ask_icons import has_a_picture_for_every_icon, icons
from playwright.sync_api import Page
from reading import pages
from thermobook.light import LINK, SCRIPT, drop_unnamed, one_sheet, read, used

HEAD = re.compile(r"<head>.*</head>", re.DOTALL)


@pytest.mark.parametrize("name", [*pages(), "index", "genindex"])
def test_a_page_has_one_style_sheet_and_its_scripts_wait(name: str, site: Path) -> None:
    head = HEAD.findall((site / f"{name}.html").read_text(encoding="utf8"))[0]
    assert [sheet for _, sheet in LINK.findall(head)] == ["style.css"]
    assert SCRIPT.findall(head) == []


def test_a_style_sheet_takes_its_place_with_what_it_imports_and_where_its_pictures_are(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b.css").write_text("/* a note */\n/*! a licence */p {top: 0}", encoding="utf8")
    (tmp_path / "a" / "c.css").write_text(
        '@import "../b.css";\n.c {background: url("x.svg") url(../y.svg) url(data:,z)}', encoding="utf8"
    )
    assert read(tmp_path, "a/c.css").split("\n") == [
        "/*! a licence */p {top: 0}",
        "",
        ".c {background: url(a/x.svg) url(y.svg) url(data:,z)}",
        "",
    ]


def test_the_one_sheet_is_linked_where_the_first_was() -> None:
    links = [
        '<link rel="stylesheet" href="../_static/a.css?v=1" />',
        '<link href="../_static/b/c.css" rel="stylesheet">',
    ]
    page = f'<p>before</p>\n{links[0]}\n<link rel="icon" href="../_static/x.svg">\n{links[1]}\n<p>after</p>'
    found = one_sheet(page, "p {}")
    assert re.sub(r"\?v=\w{8}", "", found) == (
        '<p>before</p>\n<link rel="stylesheet" href="../_static/style.css" />\n'
        '<link rel="icon" href="../_static/x.svg">\n<p>after</p>'
    )


def test_a_rule_stays_if_a_page_or_a_script_has_its_names(tmp_path: Path) -> None:
    (tmp_path / "_static").mkdir()
    (tmp_path / "page.html").write_text('<p class="in-page">text</p>', encoding="utf8")
    (tmp_path / "_static" / "a.js").write_text('e.classList.add("in-script")', encoding="utf8")
    rules = [".in-page{top:0}", ".in-script>p{top:0}", ".nowhere{top:0}", "p:hover{top:0}", "table p{top:0}"]
    kept = used("\n".join(rules), tmp_path)
    assert [rule for rule in rules if rule in kept] == [rules[0], rules[1], rules[3]]


def test_what_nothing_names_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    for name in ("a.png", "b.png", "c/d.woff2"):
        (tmp_path / name).touch()
    drop_unnamed(tmp_path, "<img src='a.png'> url(c/d.woff2)")
    assert [path.name for path in sorted(tmp_path.rglob("*")) if path.is_file()] == ["a.png", "d.woff2"]


def test_an_icon_without_a_picture_is_noticed(page: Page) -> None:
    magnifier = "\uf002"
    assert magnifier in icons()
    style = (
        f"<style>.fa-known::before {{content: '{magnifier}'}} .fa-uncut::before {{content: '\\f8ff'}}</style>"
    )
    found = []
    for name in ("fa-known", "fa-uncut", "fa-unheard-of"):
        page.set_content(f'{style}<i class="fas {name}"></i>')
        found.append(len(has_a_picture_for_every_icon(page)))
    assert found == [0, 1, 1]
