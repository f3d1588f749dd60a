"""In the JupyterLab of `make lab` a chapter opens as a notebook on a double click."""

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from reading import ROOT, chapters

from servers import stop


def lab_command() -> str:
    """Return what `make lab` would run."""
    command = ["make", "--no-print-directory", "--dry-run", "lab"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf8", check=True)
    return done.stdout.splitlines()[-1].partition("; ")[2]  # before it, make says what it does


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """Run it, with nobody's settings but the book's; yield its address."""
    settings = {"open_browser": False, "allow_root": True, "port": 0, "password": "", "ip": "127.0.0.1"}
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jupyter_server_config.json").write_text(
        json.dumps({"ServerApp": settings, "IdentityProvider": {"token": ""}}), encoding="utf8"
    )
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    environment = {**os.environ, **{name: str(tmp_path / folder) for name, folder in own.items()}}
    with (tmp_path / "log").open("w", encoding="utf8") as log:
        process = subprocess.Popen(
            ["sh", "-c", f"exec env {lab_command()}"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            yield address(tmp_path, process)
        finally:
            stop(process)


def address(folder: Path, process: subprocess.Popen[bytes]) -> str:
    """Wait until the server answers; return its address."""
    while process.poll() is None:
        for info in (folder / "runtime").glob("jpserver-*.json"):
            url = str(json.loads(info.read_text(encoding="utf8") or "{}").get("url", ""))
            with suppress(OSError):  # it writes the address down before it listens
                if url and urllib.request.urlopen(f"{url}api").status == 200:
                    return url
        time.sleep(0.2)
    pytest.fail((folder / "log").read_text(encoding="utf8"))


def test_a_chapter_opens_as_a_notebook_on_a_double_click(lab: str, page: Page) -> None:
    page.set_default_timeout(120_000)
    page.goto(f"{lab}lab/tree/{Path(chapters()[1]).parent}")
    page.locator(".jp-DirListing-item", has_text=f"{Path(chapters()[1]).name}.md").first.dblclick()
    expect(page.locator(".jp-NotebookPanel:visible .jp-Cell").first).to_be_visible(timeout=120_000)
