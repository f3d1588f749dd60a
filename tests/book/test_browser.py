"""Without a browser the tests fail, and say what to install."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import browser as finder
import pytest
from playwright.sync_api import Browser


@pytest.fixture
def playwright(browser: Browser) -> Any:
    """Return what `launch` needs of a Playwright; a second real one cannot be started."""
    return SimpleNamespace(chromium=browser.browser_type)


def test_the_message_says_what_was_tried_and_what_to_install(
    playwright: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\nexit 7\n", encoding="utf8")
    fake.chmod(0o755)
    tried: list[list[str]] = []

    def installers() -> Iterator[list[str]]:
        for command in ([sys.executable, "-c", "raise SystemExit('no network')"], ["no-such-installer"]):
            tried.append(command)
            yield command

    monkeypatch.setattr(finder, "candidates", lambda: iter([str(fake)]))
    monkeypatch.setattr(finder, "installers", installers)
    monkeypatch.setattr(finder, "OWN", str(fake))
    with pytest.raises(finder.NoBrowserError) as error:
        finder.launch(playwright)
    said = str(error.value)
    assert len(tried) == 2
    assert all(
        part in said for part in ("Google Chrome", "playwright install", str(fake), "no network", "no-such")
    )


def test_installing_is_what_follows_when_nothing_starts(
    playwright: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "installed"
    script = f"import pathlib; pathlib.Path({str(installed)!r}).touch()"
    real = list(finder.candidates())
    monkeypatch.setattr(finder, "candidates", lambda: iter(real if installed.exists() else []))
    monkeypatch.setattr(finder, "installers", lambda: iter([[sys.executable, "-c", script]]))
    found = finder.launch(playwright)
    assert installed.exists() and found.is_connected()
    found.close()
