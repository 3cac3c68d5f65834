"""Download one archive: resumed where it was cut off, tried again, checked before anybody uses it.

`urllib.request` rather than `requests`: its errors carry the plain cause (no name, refused, timed out), and
it never unpacks a content encoding behind our back, which would break resuming by byte.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from bedside import __version__
from bedside.asr.model_http import opener
from bedside.errors import ModelError

_PIECE = 1 << 16


@dataclass(frozen=True)
class Archive:
    """What to download: its address, size in bytes (None if it is not known) and SHA-256 in hexadecimal."""

    url: str
    bytes: int | None
    sha256: str


@dataclass(frozen=True)
class Patience:
    """How long to try.

    connect: seconds for a connection. stall: seconds without a single byte. tries: how often, counted anew
    whenever 64 kB or more arrived. pause: seconds before the second try, doubled each time up to 30.
    """

    connect: float = 10.0
    stall: float = 30.0
    tries: int = 5
    pause: float = 1.0


PATIENCE = Patience()

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are here and the bytes of the whole (None if not known)."""

Notice = Callable[[str], None]
"""Called with one line for people, such as why it is tried again."""


class _PassingError(Exception):
    """A failure that may pass; its text names the cause. `wait`: seconds that the server asks for."""

    def __init__(self, cause: str, wait: float | None = None) -> None:
        super().__init__(cause)
        self.wait = wait


def download(
    archive: Archive,
    part: Path,
    *,
    patience: Patience = PATIENCE,
    progress: Progress = lambda done, total: None,
    notice: Notice = lambda line: None,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Bring `archive` to the file `part`, going on with what is there of an earlier try.

    On return `part` has the right size and SHA-256, and a small note lies beside it (`discard` removes both).
    On an interruption they stay, to be resumed. Raises ModelError with the cause in one line; a file with
    wrong content is removed.
    """
    _forget_other(archive, part)
    tries, second_chance = 0, True
    while True:
        before = _size(part)
        try:
            if archive.bytes is None or before != archive.bytes:
                _transfer(archive, part, patience, progress)
            if _sum(part) == archive.sha256:
                return
            discard(part)
            wrong = f"what {_host(archive.url)} sent is not the expected file (wrong SHA-256)"
            if not second_chance:
                raise ModelError(f"{wrong}. Nothing was installed.")
            second_chance = False
            raise _PassingError(wrong)
        except _PassingError as failure:
            tries = 1 if _size(part) - before >= _PIECE else tries + 1
            if tries >= patience.tries:
                here = _size(part)
                kept = f" {here / 1e6:.1f} MB are kept; the next try goes on from there." if here else ""
                raise ModelError(f"{failure}.{kept}") from None
            wait = min(30.0, failure.wait if failure.wait is not None else patience.pause * 2 ** (tries - 1))
            notice(f"{failure}; trying again in {wait:.0f} s")
            sleep(wait)
        except OSError as error:
            raise ModelError(f"{part}: cannot be written ({error.strerror or error}).") from None


# ---- one try


def _transfer(archive: Archive, part: Path, patience: Patience, progress: Progress) -> None:
    """Ask for what is missing of `part` and append it."""
    offset = _size(part)
    if archive.bytes is not None and offset > archive.bytes:
        discard(part)
        offset = 0
    response = _ask(archive, part, offset, patience)
    with response:
        start = _start_of(response, offset)
        if start is None:
            discard(part)
            raise _PassingError(f"{_host(archive.url)} cannot resume")
        total = _announced(response, start)
        if archive.bytes is not None and total is not None and total != archive.bytes:
            raise ModelError(
                f"{_host(archive.url)} offers {total} bytes ({response.headers.get_content_type()}) "
                f"instead of {archive.bytes}: not the model, perhaps a sign-in page of the network."
            )
        _note(archive, part, response)
        with part.open("r+b" if part.exists() else "wb") as file:
            file.truncate(start)
            file.seek(start)
            here = _copy(archive, response, file, start, total or archive.bytes, patience, progress)
    whole = total or archive.bytes
    if whole is not None and here < whole:
        raise _PassingError(f"{_host(archive.url)} cut the transfer off after {here} of {whole} bytes")


def _copy(
    archive: Archive,
    response: http.client.HTTPResponse,
    file: IO[bytes],
    here: int,
    total: int | None,
    patience: Patience,
    progress: Progress,
) -> int:
    """Write what comes; returns the size that `file` then has."""
    progress(here, total)
    while True:
        try:
            piece = response.read1(_PIECE)
        except TimeoutError:
            raise _PassingError(
                f"{_host(archive.url)} sent nothing for {patience.stall:g} s, after {here} bytes"
            ) from None
        except (OSError, http.client.HTTPException):
            raise _PassingError(f"{_host(archive.url)} cut the transfer off after {here} bytes") from None
        if not piece:
            return here
        file.write(piece)
        here += len(piece)
        progress(here, total)
        if archive.bytes is not None and here > archive.bytes:
            raise ModelError(f"{_host(archive.url)} sends more than the {archive.bytes} bytes of the model.")


def _ask(archive: Archive, part: Path, offset: int, patience: Patience) -> http.client.HTTPResponse:
    """Send the request. Raises _PassingError or ModelError with the cause."""
    headers = {"User-Agent": f"bedside/{__version__}", "Accept-Encoding": "identity"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
        validator = _noted(part).get("validator")
        if validator:
            headers["If-Range"] = str(validator)
    host = _host(archive.url)
    try:
        request = urllib.request.Request(archive.url, headers=headers)
        response: http.client.HTTPResponse = opener(patience.stall).open(request, timeout=patience.connect)
        return response
    except urllib.error.HTTPError as error:
        with error:
            return _refused(error, host, part)
    except urllib.error.URLError as error:
        _unreachable(error.reason, host, patience)
    except TimeoutError:
        raise _PassingError(f"{host} accepted the connection and then said nothing") from None
    except (OSError, http.client.HTTPException) as error:
        raise _PassingError(f"{host} broke the connection off ({_words(error)})") from None
    except ValueError as error:
        raise ModelError(f"{archive.url}: not a web address ({error}).") from None
    raise AssertionError("unreachable")


def _refused(error: urllib.error.HTTPError, host: str, part: Path) -> http.client.HTTPResponse:
    answer = f"{host} answers {error.code} {error.reason}".replace("\n", " ")
    if error.code == 416:
        discard(part)
        raise _PassingError(f"{host} cannot resume")
    if error.code in (408, 425, 429) or error.code >= 500:
        wait = error.headers.get("Retry-After", "")
        raise _PassingError(answer, float(wait) if wait.isdigit() else None)
    if 300 <= error.code < 400:
        raise ModelError(f"{host} redirects too often.")
    advice = " The model may have moved; see models/manifest.yaml." if error.code in (404, 410) else ""
    raise ModelError(f"{answer}.{advice}")


def _unreachable(reason: object, host: str, patience: Patience) -> None:
    if isinstance(reason, ssl.SSLCertVerificationError):
        raise ModelError(
            f"the certificate of {host} is not accepted ({reason.verify_message}). "
            "Is the clock of this machine right, and is ca-certificates installed?"
        )
    if isinstance(reason, socket.gaierror):
        raise _PassingError(f"no network, or no host named {host}")
    if isinstance(reason, ConnectionRefusedError):
        raise _PassingError(f"{host} refuses the connection")
    if isinstance(reason, TimeoutError):
        raise _PassingError(f"{host} did not answer within {patience.connect:g} s")
    raise _PassingError(f"{host} cannot be reached ({_words(reason)})")


def _start_of(response: http.client.HTTPResponse, offset: int) -> int | None:
    """At which byte the answer starts: 0 when the server sends all anew; None if it sends something else."""
    if response.status != 206:
        return 0
    span = response.headers.get("Content-Range", "")
    return offset if span.startswith(f"bytes {offset}-") else None


def _announced(response: http.client.HTTPResponse, start: int) -> int | None:
    """Size of the whole file as the server tells it."""
    whole = response.headers.get("Content-Range", "").rpartition("/")[2]
    if response.status == 206 and whole.isdigit():
        return int(whole)
    length = response.headers.get("Content-Length", "")
    return start + int(length) if length.isdigit() else None


# ---- the unfinished file and the note beside it


def _note_file(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _noted(part: Path) -> dict[str, Any]:
    try:
        noted = json.loads(_note_file(part).read_text(encoding="utf-8"))
        return noted if isinstance(noted, dict) else {}
    except (OSError, ValueError):
        return {}


def _note(archive: Archive, part: Path, response: http.client.HTTPResponse) -> None:
    """Write down whose piece this is. Only a strong ETag or a date tells that the file is still the same."""
    tag = response.headers.get("ETag", "")
    validator = response.headers.get("Last-Modified", "") if not tag or tag.startswith("W/") else tag
    note = {"url": archive.url, "sha256": archive.sha256, "validator": validator}
    _note_file(part).write_text(json.dumps(note) + "\n", encoding="utf-8")


def _forget_other(archive: Archive, part: Path) -> None:
    """Throw a piece of another file away."""
    if part.exists() and _noted(part).get("sha256") != archive.sha256:
        discard(part)


def discard(part: Path) -> None:
    """Remove a downloaded or half downloaded file and the note beside it."""
    part.unlink(missing_ok=True)
    _note_file(part).unlink(missing_ok=True)


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _sum(part: Path) -> str:
    with part.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _words(error: object) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())
