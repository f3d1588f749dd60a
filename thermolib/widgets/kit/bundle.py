"""One module out of several: a page that is opened from disk may not import a neighbouring file.

The modules keep their own scopes. Each becomes a function that returns what it exports; the one that is asked
for comes last and stays a module, so that it may export what it likes. Comments on lines of their own go.
"""

from __future__ import annotations

import re
from pathlib import Path

WIDGETS = Path(__file__).parents[1]
IMPORT = re.compile(r'^import \{([^{}]*)\} from "(\.[^"\n]*)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:(?:async )?function\*?|class|const) (\w+)\b)", re.MULTILINE)
OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
COMMENT = re.compile(r"^ *//[^\n]*\n|^ */\*\*.*?\*/\n", re.MULTILINE | re.DOTALL)


class BundleError(ValueError):
    """Modules that do not fit together."""


def bundle(name: str, folder: Path = WIDGETS) -> str:
    """Join a module of `folder` with all that it imports.

    Parameters
    ----------
    name : str
        The module, relative to `folder`.
    folder : Path
        Where the modules are; imports are relative to the module that writes them.

    Returns
    -------
    str
        A module that imports nothing. The same files give the same text.

    Raises
    ------
    BundleError
        If a file is missing, exports no such name, or imports itself in a circle; or if an import or export
        has another form than ``import { a, b as c } from "./file.js";`` and ``export function``, ``class`` or
        ``const``.
    """
    done: dict[Path, tuple[str, set[str]]] = {}  # what stands for each module so far, and what it exports
    parts: list[str] = []

    def body(path: Path, above: tuple[Path, ...]) -> str:
        """Return the text of a module, with its imports taken from what is joined already."""
        if path in above:
            circle = " → ".join(one.name for one in (*above[above.index(path) :], path))
            raise BundleError(f"modules import each other in a circle: {circle}")

        def imported(line: re.Match[str]) -> str:
            source = (path.parent / line[2]).resolve()
            if not source.is_file():
                raise BundleError(f"{path.name} imports {line[2]}, which is not there")
            variable, names = module(source, (*above, path))
            wanted = [part.strip() for part in line[1].split(",") if part.strip()]
            if unknown := [part for part in wanted if part.split()[0] not in names]:
                raise BundleError(f"{path.name} imports {', '.join(unknown)}, not exported by {line[2]}")
            return f"const {{ {', '.join(part.replace(' as ', ': ') for part in wanted)} }} = {variable};"

        return IMPORT.sub(imported, COMMENT.sub("", path.read_text(encoding="utf8")))

    def module(path: Path, above: tuple[Path, ...]) -> tuple[str, set[str]]:
        """Join a module that another one imports, once; return its variable and the names that it exports."""
        if path not in done:
            text = body(path, above)
            names = EXPORT.findall(text)
            text = _known(path, EXPORT.sub("", text))
            done[path] = f"${len(done)}", set(names)
            parts.append(
                f"const {done[path][0]} = (() => {{\n{text}return {{ {', '.join(names)} }};\n}})();\n"
            )
        return done[path]

    entry = (folder / name).resolve()
    text = body(entry, ())
    _known(entry, re.sub(r"^export default ", "", EXPORT.sub("", text), flags=re.MULTILINE))
    return "".join(parts) + text


def _known(path: Path, text: str) -> str:
    """Return `text`, in which no import or export is left."""
    if left := OTHER.search(text):
        raise BundleError(f"{path.name}: a form of import or export that is not understood: {left[0]}")
    return text
