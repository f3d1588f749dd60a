"""Find a Chromium on this machine, or install one: `python _ext/browser.py` says which.

Chrome, Chromium and Edge will do. The first that starts is taken. Where none does, Playwright's is installed,
then the system's package; where that fails too, `NoBrowserError` says what was tried and what to install.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

NAMES = (
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
    "chrome",
    "microsoft-edge",
    "msedge",
)
MAC = ("Google Chrome", "Chromium", "Microsoft Edge")
WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)

OWN = None  # stands for Playwright's own, wherever it keeps that

# A browser that calls home would spoil a test that counts calls.
QUIET = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]


class NoBrowserError(RuntimeError):
    """No Chromium was found, and none could be installed."""


def launch(playwright: Playwright) -> Browser:
    """Start the first browser that starts, installing one if there is none.

    Raises
    ------
    NoBrowserError
        With what was tried, what it answered, and what to install.
    """
    answers: list[str] = []
    for path in candidates():
        if browser := _start(playwright, path, answers):
            return browser
    for command in installers():
        answers.append(_run(command))
        for path in (OWN, *candidates()):
            if browser := _start(playwright, path, answers):
                return browser
    raise NoBrowserError(
        "No Chromium, Chrome or Edge starts on this machine, and none could be installed.\n"
        "Install Google Chrome, or the package `chromium` (Debian, Fedora, Arch, Homebrew), or run\n"
        f"    {sys.executable} -m playwright install --with-deps chromium\nWhat was tried:\n"
        + "\n".join(f"  {answer}" for answer in answers)
    )


def candidates() -> Iterator[str | None]:
    """Yield the browsers of this machine."""
    yield from filter(None, map(shutil.which, NAMES))
    folders = (Path("/Applications"), Path.home() / "Applications")
    mac = (folder / f"{name}.app/Contents/MacOS/{name}" for folder in folders for name in MAC)
    roots = (
        os.environ[name]
        for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        if name in os.environ
    )
    windows = (Path(root) / name for root in roots for name in WINDOWS)
    yield from (str(path) for path in (*mac, *windows) if path.is_file())
    yield OWN


def installers() -> Iterator[list[str]]:
    """Yield the commands that may bring a browser to this machine."""
    yield [sys.executable, "-m", "playwright", "install", "chromium"]
    if sys.platform.startswith("linux"):
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        yield [*root, sys.executable, "-m", "playwright", "install-deps", "chromium"]
        if shutil.which("apt-get"):
            apt = [*root, "apt-get", "-o", "DPkg::Lock::Timeout=600", "-q", "-y"]
            yield [*apt, "update"]
            yield [*apt, "install", "--no-install-recommends", "chromium"]


def _start(playwright: Playwright, path: str | None, answers: list[str]) -> Browser | None:
    sandbox = (
        ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    )  # root has no other way
    try:
        return playwright.chromium.launch(executable_path=path, args=[*QUIET, *sandbox])
    except Error as error:
        answers.append(f"{path or 'Playwright’s Chromium'}: {error.message.strip().splitlines()[0]}")
        return None


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
