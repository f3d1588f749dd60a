"""One widget, two hosts: a kernel's front end through anywidget, and a page that has none.

A widget is one ES module in anywidget's form, ``export default { render({ model, el }) }``. `Widget` offers
it twice in its MIME bundle: as a widget view, which JupyterLab and Binder prefer, and as ``text/html`` that
needs nothing but itself: a still picture for readers without JavaScript, the module, the state, and
`host.js`, which stands in for the kernel's model. It loads nothing, so it also runs from ``file://``.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

import anywidget

from thermolib import palette
from thermolib.widgets.kit.bundle import WIDGETS

HOST = Path(__file__).with_name("host.js").read_text(encoding="utf8")


def stylesheet(*names: str) -> str:
    """Join style sheets of the widgets, with the temperature scale as CSS variables before them."""
    rules = "\n".join((WIDGETS / name).read_text(encoding="utf8") for name in names)
    return f".thermo-widget {{ {palette.css_variables()} }}\n{rules}"


def in_script(value: Any) -> str:
    """JSON that may stand inside a script element: nothing in it can close the element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def svg_uri(svg: str) -> str:
    """Write an SVG picture as a data URI: text, less than half as long as base64 and better to compress."""
    return "data:image/svg+xml," + re.sub(r"[%#&]", lambda c: f"%{ord(c[0]):02X}", svg.replace('"', "'"))


def digest(text: str) -> str:
    """Name a text that several widgets share."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def once(tag: str, text: str, attributes: str = "") -> str:
    """Write an element that a page needs once; the book's build drops it where an earlier one is the same."""
    return f'<{tag} data-once="{digest(text)}"{attributes}>{text}</{tag}>'


class Widget(anywidget.AnyWidget):
    """What every widget of the book is: a module, a style sheet, a state and a still picture."""

    _kind = ""  # the class that the style sheet knows the widget by

    def page_state(self) -> dict[str, Any]:
        """Return what ``model.get`` finds on a page without a kernel."""
        raise NotImplementedError

    def still(self) -> tuple[str, str, str]:
        """Return the still picture: its URI, its alternative text and its caption."""
        raise NotImplementedError

    def still_html(self) -> str:
        """Write what stands there without JavaScript and in print: the still picture and its caption."""
        uri, alt, caption = self.still()
        return f'<img src="{uri}" alt="{html.escape(alt)}"><figcaption>{html.escape(caption)}</figcaption>'

    def to_html(self) -> str:
        """Write the widget as HTML that needs no kernel, no other file and no network.

        Returns
        -------
        str
            The element and its script; the same state gives the same text.
        """
        module = in_script(str(self._esm))
        shared = once("style", str(self._css)) + once("script", HOST)
        shared += once("script", module, ' type="application/json"')
        return (
            f'{shared}<div class="thermo-widget">'
            f'<figure class="thermo-still {self._kind}">{self.still_html()}</figure>'
            f'<script type="application/json">{in_script(self.page_state())}</script></div>'
            f'<script>thermoHost(document.currentScript.previousElementSibling, "{digest(module)}")</script>'
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        return {**data, "text/html": self.to_html()}, metadata
