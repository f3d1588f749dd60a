"""Formulae, typeset by KaTeX when the book is built: a page needs no script for them.

One JavaScript process serves the whole build: a formula goes in as a line, its HTML, with MathML inside,
comes out. What KaTeX refuses fails the build; so does a formula in a heading.
"""

import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import deno
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.locale import _
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from thermobook.problems import report

ROOT = Path(__file__).resolve().parents[2]
KATEX = ROOT / "node_modules" / "katex" / "dist"
PROGRAM = Path(__file__).with_name("maths.js")
BASE = '<span class="base">'  # KaTeX's, of what has no break within
OPENING, CLOSING = re.compile(r"[(\[“‘]+$"), re.compile(r"[,.;:!?)\]”’]+")
CLASSES = "math notranslate nohighlight"
OLD_FONTS = re.compile(
    r',url\(fonts/[^)]*\.(?:woff|ttf)\) format\("\w+"\)'
)  # every browser since 2018 has woff2


def connect(app: Sphinx) -> None:
    """Take the place of Sphinx's own renderer."""
    if not KATEX.is_dir():
        raise ExtensionError(
            f"KaTeX is not installed: there is no {KATEX}. `make book` installs it (deno install)."
        )
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_displayed, None))
    app.add_css_file("katex/katex.min.css", priority=400)
    app.connect("doctree-read", inspect)
    app.connect("doctree-resolved", keep_together)
    app.connect("build-finished", finish)


def inspect(app: Sphinx, doctree: nodes.document) -> None:
    """Report formulae in headings: the contents, a bookmark, the results of a search have words only."""
    for section in doctree.findall(nodes.section):
        for formula in section[0].findall(nodes.math):
            report(app, f"{app.env.docname} has a formula in a heading: {formula.astext()}", section)


def keep_together(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Let no comma begin a line, no bracket end one: a browser may break it on each side of a formula."""
    for formula in list(doctree.findall(nodes.math)):
        line = formula.parent
        place = line.index(formula)
        before, after = (
            words if isinstance(words, nodes.Text) else nodes.Text("")
            for words in (line[place - 1] if place else None, line[place + 1] if line[place + 1 :] else None)
        )
        opening, closing = OPENING.search(before), CLOSING.match(after)
        if opening or closing:
            whole = nodes.inline("", classes=["whole"])
            if opening:
                whole += nodes.Text(opening[0])
                line.replace(before, nodes.Text(before[: opening.start()]))
            line.replace(formula, whole)
            whole += formula
            if closing:
                whole += nodes.Text(closing[0])
                line.replace(after, nodes.Text(after[closing.end() :]))


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line, which may break where TeX would break it."""
    formula = html(self, node, False).replace(BASE, f"<wbr>{BASE}").replace(f"<wbr>{BASE}", BASE, 1)
    self.body.append(f"{self.starttag(node, 'span', '', CLASS=CLASSES)}{formula}</span>")
    raise nodes.SkipNode


def visit_displayed(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on lines of its own, its number before it."""
    self.body.append(self.starttag(node, "div", "", CLASS=CLASSES))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    self.body.append(f"{html(self, node, True)}</div>\n")
    raise nodes.SkipNode


def html(translator: HTML5Translator, node: nodes.Element, display: bool) -> str:
    """Return the formula of `node` typeset, or as it is written if KaTeX refuses it, and report that."""
    tex = node.astext()
    answer = typeset(tex, display)
    if "error" in answer:
        builder = translator.builder
        page = builder.current_docname  # type: ignore[attr-defined]
        report(builder.app, f"{page}, {answer['error']}: {tex}", node)
        return f"<code>{translator.encode(tex)}</code>"
    return answer["html"]


@cache
def typeset(tex: str, display: bool) -> dict[str, str]:
    """Return KaTeX's answer, ``{"html": …}`` or ``{"error": …}``."""
    process = server()
    assert process.stdin is not None and process.stdout is not None
    print(json.dumps({"tex": tex, "display": display}), file=process.stdin, flush=True)
    line = process.stdout.readline()
    if not line:
        raise ExtensionError(f"{PROGRAM.name} has ended (exit {process.wait()}) at this formula: {tex}")
    return json.loads(line)


@cache
def server() -> "subprocess.Popen[str]":
    """Start the program; it ends when its input does."""
    command = [deno.find_deno_bin(), "run", "--quiet", "--cached-only", "--frozen", str(PROGRAM)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf8")


def finish(app: Sphinx, error: Exception | None) -> None:
    """End the program; copy KaTeX's style sheet and its fonts."""
    if server.cache_info().currsize:
        server().communicate()
    if error or app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static" / "katex"
    shutil.copytree(
        KATEX / "fonts",
        target / "fonts",
        ignore=shutil.ignore_patterns("*.woff", "*.ttf"),
        dirs_exist_ok=True,
    )
    style = (KATEX / "katex.min.css").read_text(encoding="utf8")
    (target / "katex.min.css").write_text(OLD_FONTS.sub("", style), encoding="utf8")
