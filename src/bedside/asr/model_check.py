"""Is a model folder whole? Checked before libvosk sees it, as libvosk ends the process on a broken file.

Three depths. The *shape*: every file that libvosk needs is there and starts as its kind does. The *sums*:
sizes, and SHA-256 of every file whose size and time of change are not those that were written down when it
was installed. And the trial in a child process: `bedside.asr.model_probe`.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bedside.errors import ModelError

RECEIPT = ".bedside-model.json"
"""What was installed, written into the model folder at the end of an installation."""

_FST_MAGIC = struct.pack("<i", 2125659606)
_FST_KINDS = {"const", "ngram", "olabel_lookahead", "standard", "vector"}
_NEEDED = (
    "am/final.mdl",
    "conf/mfcc.conf",
    "conf/model.conf",
    "graph/HCLr.fst",
    "graph/Gr.fst",
    "graph/disambig_tid.int",
)


@dataclass(frozen=True)
class FileSum:
    """One file of a folder: `path` relative to it, size in bytes, SHA-256 in hexadecimal,
    and the time of its last change (ns since 1970, None where it says nothing)."""

    path: str
    bytes: int
    sha256: str
    changed_ns: int | None = None


@dataclass(frozen=True)
class Receipt:
    """Where an installed model came from and what its files were then.

    sha256: of the archive; empty for a model that was made here.
    """

    name: str
    source: str
    sha256: str
    files: tuple[FileSum, ...]


def check_shape(folder: Path) -> None:
    """Raise ModelError unless `folder` looks like a Vosk model whose phrases can be chosen at run time.

    Names everything that is missing, then the first file that is not what its name says.
    """
    if not folder.is_dir():
        raise ModelError(f"{folder}: there is no such model folder.")
    missing = [path for path in _NEEDED if not (folder / path).is_file()]
    if "graph/HCLr.fst" in missing and (folder / "graph" / "HCLG.fst").is_file():
        raise ModelError(
            f"{folder}: this model has a fixed graph (HCLG.fst) and cannot be limited to bedside's phrases. "
            "Take a small model, one with graph/HCLr.fst and graph/Gr.fst."
        )
    if missing:
        raise ModelError(f"{folder}: not a whole Vosk model, missing: {', '.join(missing)}. Fetch or unpack it again.")
    _check_acoustic_model(folder / "am" / "final.mdl")
    for name in ("HCLr.fst", "Gr.fst"):
        _check_fst(folder / "graph" / name)
    _check_words(folder)
    _check_numbers(folder / "graph" / "disambig_tid.int")
    for name in ("mfcc.conf", "model.conf"):
        _check_options(folder / "conf" / name)


def check_sums(folder: Path, files: Iterable[FileSum], *, thorough: bool = False) -> None:
    """Raise ModelError naming the first file that is missing, has another size or other content.

    A file with the size and the time of change that were written down is believed, unless `thorough`.
    """
    for expected in files:
        path = folder / expected.path
        try:
            state = path.stat()
            size = state.st_size
            unchanged = state.st_mtime_ns == expected.changed_ns
            if size != expected.bytes:
                raise ModelError(f"{path}: damaged, has {size} of {expected.bytes} bytes.")
            if (thorough or not unchanged) and file_sum(path) != expected.sha256:
                raise ModelError(f"{path}: damaged, its SHA-256 is not the expected one.")
        except FileNotFoundError:
            raise ModelError(f"{path}: missing.") from None
        except OSError as error:
            raise ModelError(f"{path}: cannot be read ({error.strerror}).") from None


def file_sum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_sums(folder: Path) -> tuple[FileSum, ...]:
    """What every file of `folder` is now, the receipt itself left out."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != RECEIPT:
            state = path.stat()
            relative = path.relative_to(folder).as_posix()
            found.append(FileSum(relative, state.st_size, file_sum(path), state.st_mtime_ns))
    return tuple(found)


def write_receipt(folder: Path, receipt: Receipt) -> None:
    """Write down what was installed. Raises OSError."""
    (folder / RECEIPT).write_text(json.dumps(asdict(receipt), indent=1) + "\n", encoding="utf-8")


def read_receipt(folder: Path) -> Receipt | None:
    """What was installed in `folder`, or None if nothing was written down or it cannot be understood."""
    try:
        data: Any = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
        files = tuple(FileSum(**file) for file in data.pop("files"))
        return Receipt(**data, files=files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def folder_bytes(folder: Path) -> int:
    """Bytes of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


# ---- the kinds of file


def _head(path: Path, count: int = 4096) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}).") from None


def _wrong(path: Path, kind: str) -> ModelError:
    return ModelError(f"{path}: damaged, this is not {kind}. Fetch or unpack the model again.")


def _check_acoustic_model(path: Path) -> None:
    if not _head(path).startswith(b"\0B<TransitionModel> "):
        raise _wrong(path, "a Kaldi acoustic model")


def _check_fst(path: Path) -> None:
    head = _head(path)
    if not head.startswith(_FST_MAGIC) or len(head) < 12:
        raise _wrong(path, "an OpenFst file")
    (length,) = struct.unpack_from("<i", head, 4)
    kind = head[8 : 8 + max(0, min(length, 64))].decode("ascii", "replace")
    if kind not in _FST_KINDS:
        raise _wrong(path, "an OpenFst graph that libvosk can read")


def _check_words(folder: Path) -> None:
    """words.txt ("word number" a line); the official models keep their words inside Gr.fst instead."""
    path = folder / "graph" / "words.txt"
    if not path.exists():
        return
    try:
        rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError):
        raise _wrong(path, "a list of words") from None
    wrong = next((n for n, row in enumerate(rows, 1) if len(row) != 2 or not row[1].isdigit()), None)
    if wrong is not None:
        raise ModelError(f"{path}:{wrong}: damaged, a line must be a word and its number.")
    if not rows:
        raise ModelError(f"{path}: damaged, it has no words.")


def _check_numbers(path: Path) -> None:
    words = _head(path).split()
    if not words or not all(word.isdigit() for word in words):
        raise _wrong(path, "a list of numbers")


def _check_options(path: Path) -> None:
    """Options of Kaldi, "--name=value" a line, comments after #; an unknown one makes libvosk fail."""
    lines: Sequence[bytes] = _head(path, 1 << 16).splitlines()
    options = [line.split(b"#")[0].strip() for line in lines]
    if not any(options) or not all(line.startswith(b"--") for line in options if line):
        raise _wrong(path, "a list of Kaldi options")
