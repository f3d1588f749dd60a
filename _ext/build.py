"""Build the book: `python _ext/build.py`, with the environment's Python; `… linkcheck` checks its links.

The draft is made below ``_build/draft``. Only a draft without a warning replaces ``_build/html``, so a build
that fails leaves the last good site in place. A chapter runs only if it, or what it imports, has changed
(``thermobook/executions.py``); if nothing at all has changed since the site was made, it stays as it is.
"""

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from importlib.metadata import distributions
from itertools import repeat
from pathlib import Path
from site import getsitepackages

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "_build"
DRAFT = BUILD / "draft"
SITE = BUILD / "html"
OUTPUT = DRAFT / "_build"  # jupyter-book's own layout
GOOD = DRAFT / "good"  # there, and with the house's fingerprint, only after a build that succeeded
SEAL = BUILD / "seal"  # what the site was made of, and what it is
PROBLEMS = OUTPUT / "problems.txt"
LOG = BUILD / "build.log"

# What no page is made of, and what is made anew from the library at each build.
PASSED_OVER = {BUILD, ROOT / "node_modules", ROOT / "tests", ROOT / "reference" / "api"}

NEWS = (
    "WARNING",
    "ERROR",
    "CRITICAL",
    "error:",
    "Executing notebook",
    "Executed notebook",
    "broken    http",  # a warning may stand between this and the place of the link
    "timeout   http",
)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # jupyter-book sends them to files too
NOISE = ("[IPKernelApp]", "Kernel is running over TCP without encryption")

# Without a grammar of addresses, which jsonschema would have, and which takes seconds to load; and with fewer
# of the garbage collector's full rounds, each of which goes through every page read so far.
JUPYTER_BOOK = """
import gc, sys
gc.set_threshold(700, 10, 100)
sys.modules["rfc3987_syntax"] = None
from jupyter_book.cli.main import main
main(prog_name="jupyter-book")
"""
COMMAND = [sys.executable, "-c", JUPYTER_BOOK, "build", str(ROOT), "-W", "-n", "--keep-going"]


def main() -> int:
    """Build, and say what came of it."""
    start = time.monotonic()
    sources = digest(files(ROOT), fingerprint())  # as they are now: one may be edited during the build
    if SEAL.exists() and SEAL.read_text(encoding="utf8") == seal(sources):
        news = "Nothing has changed since the book was built."
    else:
        if code := draft():
            return code
        publish()
        SEAL.write_text(seal(sources), encoding="utf8")
        news = f"The book is built ({time.monotonic() - start:.0f} s)."
    index = SITE / "index.html"
    print(f"""
{news} Open it with a double click, or at
    {index.as_uri()}
or serve it, from this folder, with
    {serving(Path(sys.executable))}
and open http://localhost:8000""")
    return 0


def draft(*options: str) -> int:
    """Let Sphinx make the draft, and say what is wrong; what it has read is kept if nothing is."""
    prepare_draft()
    code = run("--path-output", str(DRAFT), *options)
    if code == 0:
        GOOD.write_text(fingerprint(), encoding="utf8")
    else:
        report_failure()
    return code


def check_links() -> int:
    """Ask for every address outside the book; fail if one is gone."""
    target = BUILD / "links"
    shutil.rmtree(target, ignore_errors=True)
    code = run("--path-output", str(target), "--builder", "linkcheck")
    print(
        f"Some links lead nowhere: see above, or {LOG.relative_to(ROOT)}."
        if code
        else "All links lead somewhere."
    )
    return code


def serving(python: Path) -> str:
    """Return the command, as it is typed in the book's folder, with which `python` serves the site."""
    program = python.relative_to(ROOT) if python.is_relative_to(ROOT) else python
    join = subprocess.list2cmdline if os.name == "nt" else shlex.join
    return join([str(program), "-m", "http.server", "--directory", SITE.relative_to(ROOT).as_posix()])


def clean_environment() -> dict[str, str]:
    """Return the environment without what this machine's user has set for notebooks and figures."""
    environment = {
        name: value for name, value in os.environ.items() if name not in {"MPLBACKEND", "MATPLOTLIBRC"}
    }
    return environment | {
        "IPYTHONDIR": str(BUILD / "ipython"),
        "MPLCONFIGDIR": str(BUILD / "matplotlib"),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        # Pages run side by side: threads of one would wait for those of the other. And sums keep their order.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def prepare_kernel(environment: dict[str, str]) -> None:
    """Give the chapters' kernel its settings, and let Matplotlib list the machine's fonts.

    Doing that in a cell, it would say so on stderr: an error.
    """
    profile = Path(environment["IPYTHONDIR"]) / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "_ext" / "ipython_kernel_config.py", profile)
    if not list(Path(environment["MPLCONFIGDIR"]).glob("fontlist*.json")):
        command = [sys.executable, "-c", "import matplotlib.font_manager"]
        subprocess.run(command, env=environment, check=True, stderr=subprocess.DEVNULL)


def prepare_draft() -> None:
    """Keep what Sphinx read for the last good draft, if the same house made it; never the pages."""
    good = GOOD.read_text(encoding="utf8") if GOOD.exists() else ""
    GOOD.unlink(missing_ok=True)
    if good == fingerprint():
        shutil.rmtree(OUTPUT / "html", ignore_errors=True)
    else:  # a page read before is not read again, and its warnings would be forgotten
        shutil.rmtree(DRAFT, ignore_errors=True)
    DRAFT.mkdir(parents=True, exist_ok=True)
    PROBLEMS.unlink(missing_ok=True)


def fingerprint() -> str:
    """Return the state of all that shapes every page."""
    packages = sorted(
        f"{package.name} {package.version}" for package in distributions(path=getsitepackages())
    )
    house = [
        ROOT / "_config.yml",
        ROOT / "_toc.yml",
        ROOT / "requirements.txt",
        ROOT / "deno.lock",
        *(ROOT / "_ext").rglob("*.*"),
    ]
    return digest(house, sys.version, str(os.environ.get("SOURCE_DATE_EPOCH")), *packages)


def seal(sources: str) -> str:
    """Return the state of the site and of the chapters' runs, made of `sources`, the state of all else."""
    runs = sorted(path.relative_to(BUILD).as_posix() for path in (BUILD / "executed").rglob("*.ipynb"))
    return f"{sources} {digest(files(SITE), *runs)}"


def files(folder: Path) -> Iterator[Path]:
    """Yield the files below `folder`, but for those that no page is made of."""
    for place, folders, names in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if name[0] != "." and name != "__pycache__" and Path(place, name) not in PASSED_OVER
        ]
        yield from (Path(place, name) for name in names)


def digest(paths: Iterable[Path], *words: str) -> str:
    """Return what becomes another whenever one of the files at `paths`, or of `words`, does."""
    key = hashlib.sha256("\n".join(words).encode())
    for path in sorted(path for path in paths if path.is_file() and path.suffix != ".pyc"):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        key.update(f"\0{path.relative_to(ROOT).as_posix()}\0{content}".encode())
    return key.hexdigest()


def run(*options: str) -> int:
    """Run Jupyter Book; keep all that it says in the log, and show what is news."""
    BUILD.mkdir(exist_ok=True)
    environment = clean_environment()
    prepare_kernel(environment)
    with (
        LOG.open("w", encoding="utf8") as log,
        subprocess.Popen(
            [*COMMAND, *options], env=environment, cwd=ROOT, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf8", errors="replace",
        ) as process,
    ):  # fmt: skip
        assert process.stdout is not None
        for line in map(COLOURS.sub, repeat(""), process.stdout):
            log.write(line)
            if any(word in line for word in NEWS) and not any(word in line for word in NOISE):
                print(line, end="", flush=True)
    return process.returncode


def report_failure() -> None:
    """Say what failed, and where the rest can be read."""
    print("\nThe book was not built.")
    if PROBLEMS.exists():
        print(PROBLEMS.read_text(encoding="utf8"), end="")
    else:
        print("".join(LOG.read_text(encoding="utf8").splitlines(keepends=True)[-25:]))
    last = (
        f"The last good site is untouched: {SITE.relative_to(ROOT)}"
        if SITE.exists()
        else "There is no site yet"
    )
    print(f"{last}. Everything that was said: {LOG.relative_to(ROOT)}.")


def publish() -> None:
    """Put the new site in the old one's place."""
    new, old = BUILD / "html.new", BUILD / "html.old"
    for folder in (new, old):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(OUTPUT / "html", new)
    if SITE.exists():
        SITE.rename(old)
    new.rename(SITE)
    shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(check_links() if sys.argv[1:] == ["linkcheck"] else main())
