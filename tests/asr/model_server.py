"""A local HTTP server that serves one archive and misbehaves as told, one trick a request."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bedside.asr.model_download import Archive

Trick = Callable[["Handler"], None]


class Server(ThreadingHTTPServer):
    """Serves `content` under any path. `tricks` are used up one a request; then it behaves."""

    daemon_threads = True

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = content
        self.tag = '"one"'
        self.tricks: list[Trick] = []
        self.asked: list[dict[str, str]] = []
        """The headers of each request, names in lower case."""
        self.released = threading.Event()
        """Set to let stalled answers end."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/model.zip"

    @property
    def archive(self) -> Archive:
        return Archive(self.url, len(self.content), hashlib.sha256(self.content).hexdigest())

    def __enter__(self) -> Server:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers with the file, whole or from the byte that is asked for, as a good server does."""

    server: Server

    def do_GET(self) -> None:
        self.server.asked.append({name.lower(): value for name, value in self.headers.items()})
        if self.server.tricks:
            self.server.tricks.pop(0)(self)
        else:
            self.good()

    def good(self, most: int | None = None, *, ranges: bool = True) -> None:
        """Send the file; only `most` bytes of it, then hang up."""
        content, start = self.server.content, 0
        span, tag = self.headers.get("Range"), self.headers.get("If-Range")
        if span and ranges and tag in (None, self.server.tag):
            start = int(span.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        self.send_header("ETag", self.server.tag)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : None if most is None else start + most])

    def answer(self, code: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def cut_off(after: int) -> Trick:
    """Hang up after so many bytes."""
    return lambda handler: handler.good(after)


def cut_off_without_ranges(after: int) -> Trick:
    return lambda handler: handler.good(after, ranges=False)


def without_ranges(handler: Handler) -> None:
    handler.good(ranges=False)


def stall(after: int) -> Trick:
    """Send so many bytes, then nothing more."""

    def trick(handler: Handler) -> None:
        handler.good(after)
        handler.server.released.wait(60)

    return trick


def say_nothing(handler: Handler) -> None:
    handler.server.released.wait(60)


def hang_up(handler: Handler) -> None:
    """End the connection without an answer."""
    handler.connection.close()


def status(code: int, **headers: str) -> Trick:
    return lambda handler: handler.answer(code, {k.replace("_", "-"): v for k, v in headers.items()})


def redirect(to: str) -> Trick:
    return lambda handler: handler.answer(302, {"Location": to})


def corrupt(handler: Handler) -> None:
    """The right length, one byte wrong."""
    content = handler.server.content
    handler.server.content = content[:1000] + bytes([content[1000] ^ 1]) + content[1001:]
    handler.good()
    handler.server.content = content


def other_length(handler: Handler) -> None:
    """Says, and sends, something much shorter, as a sign-in page is."""
    page = b"<html>Welcome to the hospital network</html>"
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", str(len(page)))
    handler.end_headers()
    handler.wfile.write(page)


def without_length(handler: Handler) -> None:
    """No Content-Length: the end of the connection is the end of the file."""
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(handler.server.content)


def endless(handler: Handler) -> None:
    """No Content-Length, and more than the file has."""
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(handler.server.content + bytes(500_000))


def wrong_range(handler: Handler) -> None:
    """206, but from another byte than was asked for."""
    content = handler.server.content
    handler.send_response(206)
    handler.send_header("Content-Range", f"bytes 5-{len(content) - 1}/{len(content)}")
    handler.send_header("Content-Length", str(len(content) - 5))
    handler.end_headers()
    handler.wfile.write(content[5:])


def zip_of(folder: Path, file: Path, top: str = "a-model/") -> Path:
    """Zip a folder as Vosk's archives are: everything inside one folder."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                archive.write(path, top + path.relative_to(folder).as_posix())
    return file
