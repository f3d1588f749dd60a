"""`make linkcheck`, on a small book whose links lead to a host on this machine."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from test_build import write

ANSWERS = {"/here": 200, "/for-members": 401, "/gone": 404}


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


def test_what_is_gone_fails_and_is_named(host: str, tmp_path: Path) -> None:
    book = write(tmp_path)
    (book / "_toc.yml").write_text("format: jb-book\nroot: intro\n", encoding="utf8")  # no chapter need run

    def linking(*addresses: str) -> subprocess.CompletedProcess[str]:
        links = "".join(f"\n[link]({address})\n" for address in addresses)
        (book / "intro.md").write_text(f"# A small book\n{links}", encoding="utf8")
        return subprocess.run(
            [sys.executable, str(book / "_ext" / "build.py"), "linkcheck"],
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf8",
        )

    fine = (f"{host}/here", f"{host}/for-members", "https://doi.org/10.1103/refuses.programs")
    gone = (f"{host}/gone", "http://127.0.0.1:9/nobody-listens")
    done = linking(*fine, *gone)
    assert done.returncode != 0
    assert [address for address in gone if address not in done.stdout] == [], done.stdout
    assert [address for address in fine if address in done.stdout] == [], done.stdout
