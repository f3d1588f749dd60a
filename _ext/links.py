"""Check the links that lead out of the book: `python _ext/links.py`.

Sphinx asks every address once. One that is gone fails the check; one whose host refuses programs, as some
publishers do, is listed, to be looked at by hand. The links within the book are a test's to check.
"""

import json
import shutil
import sys
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from build import BUILD, COMMAND, clean_environment, prepare_kernel, report_failure, run

CHECKED = BUILD / "links"
ANSWERS = CHECKED / "_build" / "html" / "output.json"  # jupyter-book's own layout
PROBE = "https://doi.org"
PATIENCE = 15  # seconds
REFUSALS = ("401 Client Error", "403 Client Error", "429 Client Error")


def main() -> int:
    """Ask for every address, and say which are gone."""
    if reason := offline():
        print(f"No link was checked: {PROBE} cannot be reached ({reason}).", file=sys.stderr)
        return 1
    environment = clean_environment()
    prepare_kernel(environment)
    shutil.rmtree(CHECKED, ignore_errors=True)
    run([*COMMAND, "--path-output", str(CHECKED), "--builder", "linkcheck"], environment)
    if not ANSWERS.exists():
        report_failure()
        return 1
    answers = [json.loads(line) for line in ANSWERS.read_text(encoding="utf8").splitlines()]
    refused, gone = sort_out(answers)
    for title, lines in (("The host refuses programs; look by hand:", refused), ("Gone:", gone)):
        print("\n".join([title, *lines, ""]) if lines else "", end="")
    print(f"{sum(answer['status'] != 'ignored' for answer in answers)} links checked, {len(gone)} gone.")
    return 1 if gone else 0


def offline() -> str:
    """Return why the network cannot be reached, or nothing if it can."""
    try:
        urlopen(PROBE, timeout=PATIENCE).close()
    except HTTPError:
        pass  # an answer of some kind
    except (URLError, OSError) as error:
        return str(getattr(error, "reason", error))
    return ""


def sort_out(answers: list[dict[str, str]]) -> tuple[list[str], list[str]]:
    """Return a line for each link that was refused, and for each that is gone."""
    refused: list[str] = []
    gone: list[str] = []
    for answer in answers:
        if answer["status"] in {"broken", "timeout"}:
            line = f"  {answer['filename']}:{answer['lineno']}: {answer['uri']}: {answer['info']}"
            (refused if answer["info"].startswith(REFUSALS) else gone).append(line)
    return refused, gone


if __name__ == "__main__":
    sys.exit(main())
