"""Find a Chromium on this machine, or install one: `python _ext/browser.py` says which.

Chrome, Chromium and Edge will do. The first that starts is taken. Where none does, Playwright's own is
installed, for this user alone; in a container, where we are root, Debian's if that fails. Nothing here asks
for more rights than it has: `NoBrowserError` says what was tried and what to install.
"""

import os
import shutil
import subprocess
import sys
from typing import Any

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
# A browser that calls home would spoil a test that counts calls. Root has no sandbox.
ARGUMENTS = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
ARGUMENTS += ["--no-sandbox"] if ROOT else []


class NoBrowserError(RuntimeError):
    """No Chromium was found, and none could be installed."""


def launch(playwright: Playwright) -> Browser:
    """Start the first browser that starts, installing one if there is none.

    Raises
    ------
    NoBrowserError
        With what was tried, what it answered, and what to install.
    """
    answers = []
    for commands in ([], *installers()):
        answers += [_run(command) for command in commands]
        for name, options in browsers().items():
            try:
                return playwright.chromium.launch(args=ARGUMENTS, **options)
            except Error as error:
                answers.append(f"{name}: {error.message.strip().splitlines()[0]}")
    raise NoBrowserError(
        "No Chromium, Chrome or Edge starts on this machine, and none could be installed.\n"
        "Install Google Chrome, or the package `chromium` (Debian, Fedora, Arch, Homebrew). Or run this:\n"
        "it may ask for an administrator's password, to install the libraries that a browser needs.\n"
        f"    {sys.executable} -m playwright install --with-deps chromium\n"
        "What was tried:\n" + "\n".join(f"  {answer}" for answer in dict.fromkeys(answers))
    )


def browsers() -> dict[str, dict[str, Any]]:
    """Return the browsers of this machine by name, and how Playwright starts them."""
    paths = filter(None, map(shutil.which, ("google-chrome", "chromium", "chromium-browser")))
    found: dict[str, dict[str, Any]] = {path: {"executable_path": path} for path in paths}
    return {**found, "Chrome": {"channel": "chrome"}, "Edge": {"channel": "msedge"}, "Playwright’s own": {}}


def installers() -> list[list[list[str]]]:
    """Return the ways to install a browser without anyone's leave, each of them as commands."""
    ways = [[[sys.executable, "-m", "playwright", "install", "chromium"]]]
    if ROOT and shutil.which("apt-get"):
        apt = ["apt-get", "-o", "DPkg::Lock::Timeout=600", "-q", "-y"]
        ways.append([[*apt, "update"], [*apt, "install", "--no-install-recommends", "chromium"]])
    return ways


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace"
        )
    except OSError as error:
        return f"{' '.join(command)}: {error}"
    said = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
    return f"{' '.join(command)}: exit {done.returncode}, {said}"


if __name__ == "__main__":
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except NoBrowserError as error:
            sys.exit(str(error))
        print(f"{browser.browser_type.name} {browser.version}")
        browser.close()
