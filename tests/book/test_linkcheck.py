"""`make linkcheck`, on a small book whose links lead to a host on this machine."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from test_build import FILES, write

ANSWERS = {"/here": 200, "/gone": 404, "/refused": 403}


class Host(BaseHTTPRequestHandler):
    """Answers as each path asks."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(ANSWERS[self.path])
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def host() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def check(book: Path, probe: str) -> subprocess.CompletedProcess[str]:
    """Run the check on `book`, which looks for the network at `probe`."""
    program = f"import sys, links; links.PROBE = {probe!r}; sys.exit(links.main())"
    path = os.pathsep.join([str(book / "_ext"), str(book)])
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf8",
    )


def test_what_is_gone_fails_and_what_is_refused_is_listed(host: str, tmp_path: Path) -> None:
    book = write(tmp_path)
    page = book / "intro.md"

    def linking(*paths: str) -> subprocess.CompletedProcess[str]:
        page.write_text(FILES["intro.md"] + "".join(f"\n[link]({host}{path})\n" for path in paths), "utf8")
        return check(book, f"{host}/here")

    done = linking("/here", "/refused")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{host}/refused: 403" in done.stdout and "2 links checked, 0 gone" in done.stdout
    done = linking("/here", "/gone")
    assert done.returncode == 1
    assert f"{host}/gone: 404" in done.stdout and "2 links checked, 1 gone" in done.stdout
    assert "Executed notebook" not in done.stdout, "the chapters ran the first time"


def test_without_a_network_it_says_so_at_once(tmp_path: Path) -> None:
    done = check(write(tmp_path), "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "No link was checked" in done.stderr and "127.0.0.1:9 cannot be reached" in done.stderr
