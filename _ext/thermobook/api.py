"""A page of the reference for each public module, and the list of them: made from the modules as they are.

They are written into ``reference/api`` before Sphinx reads the table of contents, which takes all that it
finds there.
"""

import ast
import json
from pathlib import Path

from sphinx.application import Sphinx

PAGE = """\
---
myst:
  html_meta:
    description: {description}
---

# {name}

```{{eval-rst}}
.. automodule:: {name}
   :members:{but}
```
"""
BUT = "\n   :exclude-members: page_state, still, still_html"  # what the kit asks of every widget


def connect(app: Sphinx) -> None:
    """Write the pages at once: the table of contents is read when the first event is sent."""
    write(Path(app.srcdir))


def write(book: Path) -> None:
    """Bring ``reference/api`` up to date; what has not changed keeps its time, and is not read again."""
    modules = public_modules(book)
    if not modules:
        return
    pages = {f"{name.rpartition('.')[2]}.md": page(name, path) for name, path in modules.items()}
    pages["list.txt"] = listing(modules)
    folder = book / "reference" / "api"
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name not in pages:
            path.unlink()
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf8") != text:
            path.write_text(text, encoding="utf8")


def page(name: str, path: Path) -> str:
    """Return the page of the module `name`, whose file is at `path`."""
    description = json.dumps(f"{name}: {first_line(path)}", ensure_ascii=False)
    return PAGE.format(name=name, description=description, but=BUT if ".widgets." in name else "")


def public_modules(book: Path) -> dict[str, Path]:
    """Return name and file of each public module: those of the library, then those of what moves."""
    library = book / "thermolib"
    return {
        **{f"thermolib.{path.stem}": path for path in sorted(library.glob("[!_]*.py"))},
        **{
            f"thermolib.widgets.{path.parent.name}": path
            for path in sorted(library.glob("widgets/*/__init__.py"))
            if path.parent.name != "kit"  # what widgets share
        },
    }


def first_line(path: Path) -> str:
    """Return the first line of the docstring of the module at `path`."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf8"))) or "").partition("\n")[0]


def listing(modules: dict[str, Path]) -> str:
    """Return a table of the modules, each with the first line of its docstring."""
    rows = ["| module | what it holds |", "|---|---|"]
    for name, path in modules.items():
        first = first_line(path).rstrip(".").replace("|", r"\|")
        rows.append(f"| [`{name}`](api/{name.rpartition('.')[2]}.md) | {first} |")
    return "\n".join(rows) + "\n"
