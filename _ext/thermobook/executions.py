"""A chapter is run again when its cells, or a file that it really imports, have changed.

jupyter-cache compares the cells alone. So each chapter gets a cache folder named after everything else that
its run depends on: the local modules that it imports, directly or not, the data beside them, the locked
versions, and Python's. Going back to an older state finds the older run. What is read is the text of the
imports; a module that is only imported by a computed name is not seen. The chapter's own exercises are
imported so, and counted in.

MyST-NB runs one chapter after the other. Here those that have changed run ahead, as many at once as there are
processors, while Sphinx reads those that are done; it then finds their runs. A chapter that fails is left to
MyST-NB, to be reported.
"""

import ast
import hashlib
import os
import shutil
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from IPython.core.inputtransformer2 import TransformerManager
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from myst_nb.core.read import read_myst_markdown_notebook
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
KERNEL_SETTINGS = "_ext/ipython_kernel_config.py"
KEPT_RUNS = 4  # how many older states of a chapter can be gone back to
_RUNNING: dict[str, Future[None]] = {}  # the chapters that run ahead of the reading


def connect(app: Sphinx) -> None:
    """Choose the cache as each page is read; read again the pages whose run is out of date."""
    app.connect("env-get-outdated", outdated)
    app.connect("env-before-read-docs", run_ahead)
    app.connect("source-read", choose_cache)
    app.connect("build-finished", prune)


def outdated(app: Sphinx, env: BuildEnvironment, *_: set[str]) -> list[str]:
    """Return the pages whose state is not the one that they were last read in."""
    return [name for name in env.found_docs if _states(env).get(name) != _state(app, name)]


def run_ahead(app: Sphinx, env: BuildEnvironment, names: list[str]) -> None:
    """Begin to run the chapters among `names` that have changed, in the order of reading."""
    pool = ThreadPoolExecutor(os.cpu_count())
    _RUNNING.update({name: pool.submit(_run, app, name) for name in sorted(names)})
    pool.shutdown(wait=False)


def _run(app: Sphinx, name: str) -> None:
    """Run chapter `name`, and keep the run, unless it is kept already."""
    env: Any = app.env
    path = Path(env.doc2path(name))
    text = path.read_text(encoding="utf8")
    if not code(text):
        return
    notebook = read_myst_markdown_notebook(text)  # one of its own: running it changes it
    runs = get_cache(_made(cache_folder(Path(app.srcdir), name, text)))
    with suppress(KeyError):
        runs.match_cache_notebook(notebook)
        return
    LOGGER.info("%s: Executing notebook", path)
    settings = env.mystnb_config
    result = single_nb_execution(
        notebook, str(path.parent), settings.execution_timeout, settings.execution_allow_errors
    )
    if result.err is None:
        LOGGER.info("%s: Executed notebook in %.2f seconds", path, result.time)
        kept = CacheBundleIn(notebook, str(path), data={"execution_seconds": result.time})
        runs.cache_notebook_bundle(kept, check_validity=False, overwrite=True)


def _made(folder: Path) -> Path:
    """Return `folder`, which is there from now on and was just used."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.touch()
    return folder


def choose_cache(app: Sphinx, name: str, source: list[str]) -> None:
    """Point MyST-NB at this chapter's cache, once its run is there."""
    if name in _RUNNING:
        _RUNNING.pop(name).result()
    folder = cache_folder(Path(app.srcdir), name, source[0])
    if code(source[0]):
        get_cache(_made(folder)).change_cache_limit(KEPT_RUNS)
    env: Any = app.env
    env.mystnb_config = env.mystnb_config.copy(execution_cache_path=str(folder))
    _states(env)[name] = _state(app, name)


def prune(app: Sphinx, error: Exception | None) -> None:
    """Throw away all but the caches last used, and those of chapters that are no more."""
    if error:
        return
    runs = _runs(Path(app.srcdir))
    for chapter in {path.parent.parent for path in runs.rglob("global.db")}:
        kept = KEPT_RUNS if chapter.relative_to(runs).as_posix() in app.env.found_docs else 0
        for folder in sorted(chapter.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)[kept:]:
            shutil.rmtree(folder)


def forget(app: Sphinx) -> None:
    """Drop the run of the page being read, so that the next build runs it afresh."""
    env: Any = app.env
    cache = get_cache(env.mystnb_config.execution_cache_path)
    with suppress(KeyError):  # a cell that raised: not kept
        notebook = read(Path(env.doc2path(env.docname)).read_text(encoding="utf8"))
        cache.remove_cache(cache.match_cache_notebook(notebook).pk)


def cache_folder(root: Path, name: str, text: str) -> Path:
    """Return where chapter `name`, with the source `text`, is kept once run in this state of `root`."""
    key = hashlib.sha256(f"{sys.version_info[:2]}\n{_lock(root)}".encode())
    imports = [*code(text), f"import thermolib.exercises.{Path(name).name.replace('-', '_')}"]
    for path in sorted({*imported_files(imports, root), root / KERNEL_SETTINGS}):
        key.update(b"\0" + path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return _runs(root) / name / key.hexdigest()[:16]


class Run(NamedTuple):
    """A chapter with the outputs of its run, the seconds that took, and when it ended."""

    notebook: NotebookNode
    seconds: float
    ended: datetime


def executed(root: Path, name: str) -> Run:
    """Return the run of chapter `name` in this state of `root`.

    Raises
    ------
    KeyError
        If it has not been run in this state.
    """
    text = (root / f"{name}.md").read_text(encoding="utf8")
    notebook = read(text)
    cache = get_cache(cache_folder(root, name, text))
    record = cache.match_cache_notebook(notebook)
    merged = cache.merge_match_into_notebook(notebook)[1]
    return Run(merged, record.data["execution_seconds"], record.created)


def imported_files(cells: list[str], root: Path) -> set[Path]:
    """Return the files below `root` that `cells` import, directly or not, and the data that go with them."""
    files: set[Path] = set()
    beside = cache(_beside)  # looked at once, while nothing changes
    waiting = [name for cell in cells for name in _imports(_plain(cell), package="")]
    met = set(waiting)
    while waiting:
        base = root.joinpath(*waiting.pop().split("."))
        for path in (base / "__init__.py", base.with_name(f"{base.name}.py")):
            if path in beside(path.parent):
                text, data = beside(path.parent)[path]
                files |= {path, *data}
                found = set(_imports(text, ".".join(path.parent.relative_to(root).parts)))
                waiting += found - met
                met |= found
                break
    return files


@cache
def _imports(code: str, package: str) -> list[str]:
    """Return the dotted names that `code` may import, the packages around them included."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # running it will say so
        return []
    found = []
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            found += [".".join(parts[: i + 1]) for i in range(len(parts))]
    return found


def _beside(folder: Path) -> dict[Path, tuple[str, set[Path]]]:
    """Return the modules in `folder`, each with its text and its data; read again if a file has changed."""
    if not folder.is_dir():
        return {}
    with os.scandir(folder) as entries:
        files = [(entry.name, entry.stat()) for entry in entries if entry.is_file()]
    return _modules(folder, frozenset((name, stat.st_mtime_ns, stat.st_size) for name, stat in files))


@cache
def _modules(folder: Path, state: frozenset[tuple[str, int, int]]) -> dict[Path, tuple[str, set[Path]]]:
    """Read the modules in `folder`, whose files are those of `state`.

    With a module go the files beside it that it names, or that share its stem, or that no module names. A
    Matplotlib style goes with every module: a chapter that uses it names it in a cell.
    """
    files = [folder / name for name, *_ in sorted(state)]
    texts = {path: path.read_text(encoding="utf8") for path in files if path.suffix == ".py"}
    modules: dict[Path, tuple[str, set[Path]]] = {path: (text, set()) for path, text in texts.items()}
    for data in (path for path in files if path.suffix != ".py"):
        owners = {path for path, text in texts.items() if path.stem == data.stem or data.name in text}
        for path in modules if data.suffix == ".mplstyle" or not owners else owners:
            modules[path][1].add(data)
    return modules


@cache
def read(text: str) -> NotebookNode:
    """Return the page `text` as a notebook: the same one to all who ask, so none may change it."""
    return read_myst_markdown_notebook(text)


def code(text: str) -> list[str]:
    """Return the code cells of the page `text`."""
    return [cell.source for cell in read(text).cells if cell.cell_type == "code"]


@cache
def _plain(cell: str) -> str:
    """Return `cell` as Python, its %magics and !commands rewritten."""
    return TransformerManager().transform_cell(cell)


def _lock(root: Path) -> str:
    lines = (root / "requirements.txt").read_text(encoding="utf8").splitlines()
    return "\n".join(line for line in lines if not line.strip().startswith("#"))


def _runs(root: Path) -> Path:
    return root / "_build" / "executed"


def _state(app: Sphinx, name: str) -> str:
    text = Path(app.env.doc2path(name)).read_text(encoding="utf8")
    return f"{cache_folder(Path(app.srcdir), name, text).name} {hashlib.sha256(text.encode()).hexdigest()}"


def _states(env: BuildEnvironment) -> dict[str, str]:
    """Return the state in which each page was last read; kept with Sphinx's environment."""
    return env.__dict__.setdefault("thermobook_states", {})
