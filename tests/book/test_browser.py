"""Without a browser the tests fail, and say what to install; nothing asks for an administrator's rights."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import browser as finder
import pytest
from playwright.sync_api import Browser, Error


@pytest.fixture
def playwright(browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return what `launch` needs of a Playwright; one program has a browser's name, and is none."""

    def launch(executable_path: str = "", **options: Any) -> Browser:
        if not executable_path:
            raise Error("there is none\nand more")
        return browser.browser_type.launch(executable_path=executable_path, args=options["args"])

    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\nexit 7\n", encoding="utf8")
    fake.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(fake) if name == "chromium" else None)
    return SimpleNamespace(chromium=SimpleNamespace(launch=launch))


def test_the_message_says_what_was_tried_and_what_to_install(playwright: Any, tmp_path: Path) -> None:
    with pytest.raises(finder.NoBrowserError) as error:
        finder.launch(playwright)
    advice, tried = str(error.value).split("What was tried:")
    for part in ("Google Chrome", "`chromium`", "-m playwright install chromium --with-deps"):
        assert part in advice
    for part in (
        f"  {tmp_path / 'chromium'}: ",
        "  Chrome: there is none",
        "  Edge: ",
        "  Playwright’s own: ",
    ):
        assert tried.count(part) == 1, tried
    assert "and more" not in tried


def test_what_is_fetched_is_for_this_user_alone() -> None:
    """Playwright calls sudo by itself where it is asked for the system's libraries: it is never asked."""
    assert finder.FETCH[1:] == ["-m", "playwright", "install", "chromium"]
