"""Servers that the tests start, and how they end."""

import gzip
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

TEXT = {".html", ".css", ".js", ".json", ".svg", ".txt", ".ipynb"}


@cache
def gzipped(path: Path) -> bytes:
    """Return the file as a static host sends it: compressed, if it is text."""
    body = path.read_bytes()
    return gzip.compress(body, 6) if path.suffix in TEXT else body


class StaticHost(SimpleHTTPRequestHandler):
    """A static host as the usual ones are: it keeps connections, and compresses text."""

    protocol_version = "HTTP/1.1"

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Send the head of an answer, and return its body."""
        path = Path(self.translate_path(self.path))
        if path.suffix not in TEXT or not path.is_file():
            return super().send_head()
        body = gzipped(path)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")  # as GitHub Pages does
        self.end_headers()
        return BytesIO(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve `folder` on this machine; yield its address, without a slash at the end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(StaticHost, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def stop(server: subprocess.Popen[bytes], patience: float = 10) -> None:
    """Ask `server` to end; make it end if it has not after `patience` seconds.

    JupyterLab sometimes waits for ever for a kernel that is gone.
    """
    server.terminate()
    try:
        server.wait(patience)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
