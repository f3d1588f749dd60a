"""Figures made by cells: a number, a caption, a name to refer to; and folds whose titles say what they hold.

A cell that draws says so in its metadata, ``figure: {name: fig-…, caption: …}``. MyST-NB makes the figure of
it; it looks for these words below its own key, where a picture's words are, and is sent here for them.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

from docutils import nodes
from myst_nb.core.config import NbParserConfig
from sphinx.application import Sphinx

from thermobook import downloads
from thermobook.cells import code_cells
from thermobook.plain import described
from thermobook.problems import report

UNNAMED = ' aria-label="Toggle hidden content"'  # MyST-NB's, over the title
WIDGET, QUESTION = 'class="thermo-widget', 'thermo-question"'


class Config(NbParserConfig):
    """MyST-NB's settings; those of a figure are a matter of the cell, not of how MyST-NB shows it."""

    def get_cell_level_config(
        self, field_name: str, cell_metadata: Any, warning_callback: Callable[..., Any]
    ) -> Any:
        """Return what `cell_metadata`, or else the book, says of a setting."""
        if field_name == "render_figure_options":
            return described(cell_metadata)
        return super().get_cell_level_config(field_name, cell_metadata, warning_callback)


def connect(app: Sphinx) -> None:
    """Find figures as pages are parsed, look at them and title the folds as soon as they are read."""
    app.connect("builder-inited", use_config, priority=600)  # after MyST-NB has made its own
    app.connect("doctree-read", inspect, priority=300)  # before cells are moved
    app.connect("doctree-read", title_folds)
    app.connect("html-page-context", name_folds)


def use_config(app: Sphinx) -> None:
    """Read cells by `Config`."""
    env: Any = app.env
    config = env.mystnb_config
    env.mystnb_config = Config(**{field.name: getattr(config, field.name) for field in fields(config)})


def inspect(app: Sphinx, doctree: nodes.document) -> None:
    """Report drawings without a figure, and figures without words, without a drawing, or of one name."""
    if not downloads.is_chapter(app, app.env.docname):
        return
    names: set[str] = set()
    for number, cell in code_cells(doctree):
        for fault in _faults(cell, names):
            report(app, f"{app.env.docname}, cell {number} {fault}", cell)


def _faults(cell: nodes.container, names: set[str]) -> Iterator[str]:
    """Yield what is wrong with the figure of `cell`; put its name among the `names` of the page."""
    metadata, drawings = cell["cell_metadata"], len(list(_drawings(cell)))
    if "figure" not in metadata:
        if drawings:
            yield "draws, but has no figure (figure: name: …, caption: …)"
        return
    figure = described(metadata)
    if not figure:
        yield "has a figure without a name or a caption"
    elif figure["name"] in names:
        yield f"has a figure by the name of an earlier one, {figure['name']}"
    if drawings != 1:
        yield f"has a figure, and draws {drawings or 'nothing'}"
    names.add(figure.get("name", ""))


def _drawings(cell: nodes.container) -> Iterator[nodes.Node]:
    """Yield the pictures and widgets that `cell` puts out; a question is neither."""
    for bundle in cell.findall(nodes.container):
        if bundle.get("nb_element") == "mime_bundle":
            html = "".join(raw.astext() for raw in bundle.findall(nodes.raw))
            if (WIDGET in html and QUESTION not in html) or any(bundle.findall(nodes.image)):
                yield bundle


def title_folds(app: Sphinx, doctree: nodes.document) -> None:
    """Count the lines of folded code in its title, and say of those that draw a figure that they do."""
    for _, cell in code_cells(doctree):
        code = next(cell.findall(nodes.literal_block), None)
        if "hide_mode" in cell and code is not None:
            lines = sum(bool(line.strip()) for line in code.astext().splitlines())
            own = "code_prompt_show" in cell["cell_metadata"].get("mystnb", {})
            title = cell["prompt_show"].replace("{lines} lines", f"{lines} lines" if lines > 1 else "line")
            draws = "figure" in cell["cell_metadata"] and not own
            cell["prompt_show"] = title + (f" that draw{'s' * (lines == 1)} this" if draws else "")


def name_folds(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: object) -> None:
    """Let folds be called by their titles, by screen readers too."""
    context["body"] = (context.get("body") or "").replace(UNNAMED, "")
