"""Without a browser the tests fail, and say what to install; nothing asks for an administrator's rights."""

import importlib.util
import os
import shutil
import sys
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
    """Each thing once, although after each installation every browser is tried again."""
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\nexit 7\n", encoding="utf8")
    fake.chmod(0o755)
    ways = [[[sys.executable, "-c", "raise SystemExit('no network')"]], [["no-such-installer"]]]
    monkeypatch.setattr(finder, "browsers", lambda: {str(fake): {"executable_path": str(fake)}})
    monkeypatch.setattr(finder, "installers", lambda: ways)
    with pytest.raises(finder.NoBrowserError) as error:
        finder.launch(playwright)
    said = str(error.value)
    for part in ("Google Chrome", "`chromium`", "-m playwright install --with-deps chromium"):
        assert part in said.split("What was tried:")[0]
    for part in (f"  {fake}: ", "exit 1, no network", "  no-such-installer: "):
        assert said.split("What was tried:")[1].count(part) == 1, said


def test_installing_is_what_follows_when_nothing_starts(
    playwright: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In order, and only until a browser starts."""
    installed, too_much = tmp_path / "installed", tmp_path / "too much"
    ways = [
        [["no-such-installer"], [sys.executable, "-c", f"open({str(installed)!r}, 'w').close()"]],
        [[sys.executable, "-c", f"open({str(too_much)!r}, 'w').close()"]],
    ]
    real = finder.browsers()
    monkeypatch.setattr(finder, "browsers", lambda: real if installed.exists() else {})
    monkeypatch.setattr(finder, "installers", lambda: ways)
    found = finder.launch(playwright)
    assert installed.exists() and not too_much.exists() and found.is_connected()
    found.close()


@pytest.mark.parametrize("user", [0, 1000])
@pytest.mark.parametrize("apt", [None, "/usr/bin/apt-get"])
def test_only_root_uses_apt_and_nobody_sudo(
    user: int, apt: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Playwright calls sudo by itself where it is asked for the system's libraries: it is never asked."""
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: apt if name == "apt-get" else f"/usr/bin/{name}")
    spec = importlib.util.spec_from_file_location("browser_of_another_user", finder.__file__)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    commands = [command for way in module.installers() for command in way]
    assert commands[0][1:] == ["-m", "playwright", "install", "chromium"]
    assert any("apt-get" in command for command in commands) == (user == 0 and apt is not None)
    assert not {"sudo", "install-deps", "--with-deps"} & {word for command in commands for word in command}
    assert ("--no-sandbox" in module.ARGUMENTS) == (user == 0)
