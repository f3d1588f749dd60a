"""In the JupyterLab of `make lab` a chapter opens as a notebook on a double click, and reads as one."""

import json
import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from reading import ROOT, chapters, source

from record import Record
from servers import stop


def lab_command() -> str:
    """Return what `make lab` would run."""
    command = ["make", "--no-print-directory", "--dry-run", "lab"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf8", check=True)
    return done.stdout.splitlines()[-1].partition("; ")[2]  # before it, make says what it does


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """Run it, with nobody's settings but the book's and these: draw every cell at once, and save nothing."""
    settings = {"open_browser": False, "allow_root": True, "port": 0, "password": "", "ip": "127.0.0.1"}
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jupyter_server_config.json").write_text(
        json.dumps({"ServerApp": settings, "IdentityProvider": {"token": ""}}), encoding="utf8"
    )
    for plugin, setting in {
        "notebook-extension/tracker": {"windowingMode": "none"},
        "docmanager-extension/plugin": {"autosave": False},
    }.items():
        place = tmp_path / "settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps(setting), encoding="utf8")
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
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


def test_a_chapter_opens_as_a_notebook_on_a_double_click(lab: str, page: Page, record: Record) -> None:
    name = chapters()[1]
    page.set_default_timeout(120_000)
    page.goto(f"{lab}lab/tree/{Path(name).parent}")
    page.locator(".jp-DirListing-item", has_text=f"{Path(name).name}.md").first.dblclick()
    notebook = page.locator(".jp-NotebookPanel:visible")
    expect(notebook.locator(".jp-Cell").first).to_be_visible(timeout=120_000)

    # Terms, equations, boxes and folds are drawn, and no formula is refused.
    text = source(name)
    drawn = {
        "details": text.count("```{dropdown}"),
        "aside": text.count("```{admonition}"),
        ".katex-display": len(re.findall(r"^\$\$", text, re.MULTILINE)) // 2,
    }
    for what, count in drawn.items():
        expect(notebook.locator(what)).to_have_count(count, timeout=60_000)
    raw = re.compile(r"\{[a-z:]+\}`|`{3}\{|^\([\w-]{2,}\)=|\$\$|Undefined control sequence", re.MULTILINE)
    assert raw.findall("\n".join(notebook.locator(".jp-MarkdownCell").all_inner_texts())) == []
    assert [url for url in record.requests if not url.startswith((lab, "data:", "blob:"))] == []
