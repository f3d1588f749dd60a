"""Find a Chromium on this machine: `python _ext/browser.py` says which, or fetches Playwright's.

That one is for this user alone: nothing here asks for more rights than it has.
"""

import os
import shutil
import subprocess
import sys
from typing import Any

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

# A browser that calls home would spoil a test that counts calls. Root has no sandbox.
ARGUMENTS = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
ARGUMENTS += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
NAMES = ("google-chrome", "chromium", "chromium-browser")
FETCH = [sys.executable, "-m", "playwright", "install", "chromium"]
ADVICE = """No Chromium, Chrome or Edge starts on this machine.
Install Google Chrome, or the package `chromium` (Debian, Fedora, Arch, Homebrew). Or run this: it may ask for
an administrator's password, to install the libraries that a browser needs.
"""


class NoBrowserError(RuntimeError):
    """No browser starts; says what was tried and what to install."""


def launch(playwright: Playwright) -> Browser:
    """Start the first browser that starts, or raise `NoBrowserError`."""
    programs: dict[str, dict[str, Any]] = {
        path: {"executable_path": path} for path in map(shutil.which, NAMES) if path
    }
    others = {"Chrome": {"channel": "chrome"}, "Edge": {"channel": "msedge"}, "Playwright’s own": {}}
    answers = []
    for name, options in {**programs, **others}.items():
        try:
            return playwright.chromium.launch(args=ARGUMENTS, **options)
        except Error as error:
            answers.append(f"  {name}: {error.message.strip().splitlines()[0]}")
    raise NoBrowserError(
        "\n".join([f"{ADVICE}    {' '.join(FETCH)} --with-deps", "What was tried:", *answers])
    )


if __name__ == "__main__":
    with sync_playwright() as playwright:
        try:
            try:
                browser = launch(playwright)
            except NoBrowserError:
                subprocess.run(FETCH)
                browser = launch(playwright)
        except NoBrowserError as error:
            sys.exit(str(error))
        print(f"{browser.browser_type.name} {browser.version}")
        browser.close()
