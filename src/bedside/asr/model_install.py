"""Put a model into its folder: whole or not at all, whatever is interrupted."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from bedside.asr.model_check import Receipt, check_shape, file_sum, folder_sums, write_receipt
from bedside.asr.model_download import PATIENCE, Archive, Notice, Patience, Progress, discard, download
from bedside.asr.model_probe import probe_model
from bedside.errors import ModelError

_SPARE = 16 << 20
"""Bytes that stay free on the disk beyond what is needed."""

FreeBytes = Callable[[Path], int]


def free_bytes(folder: Path) -> int:
    """Free bytes on the disk of `folder`."""
    return shutil.disk_usage(folder).free


def fetch(
    name: str,
    archive: Archive,
    home: Path,
    *,
    patience: Patience = PATIENCE,
    progress: Progress = lambda done, total: None,
    notice: Notice = lambda line: None,
    sleep: Callable[[float], None] = time.sleep,
    free: FreeBytes = free_bytes,
) -> Path:
    """Download `archive` and install it as the folder ``home/name``; returns that folder.

    The download is ``home/name.zip.part``; it stays until all is done, to be resumed. Raises ModelError;
    then nothing in ``home/name`` has changed.
    """
    with _at_work(home):
        part = home / f"{name}.zip.part"
        missing = (archive.bytes or 0) - (part.stat().st_size if part.exists() else 0)
        # An unpacked model is about twice its archive; the exact size is checked once it is here.
        _need_room(home, max(0, missing) + 2 * (archive.bytes or 0), free)
        download(archive, part, patience=patience, progress=progress, notice=notice, sleep=sleep)
        folder = _install(name, part, archive.url, archive.sha256, home, free)
        discard(part)
        return folder


def install_file(name: str, file: Path, sha256: str, home: Path, *, free: FreeBytes = free_bytes) -> Path:
    """Install the zip `file`, carried here by other means, as ``home/name``. Raises ModelError."""
    try:
        found = file_sum(file)
    except OSError as error:
        raise ModelError(f"{file}: cannot be read ({error.strerror}).") from None
    if found != sha256:
        raise ModelError(f"{file}: not the expected file (wrong SHA-256). Nothing was installed.")
    with _at_work(home):
        return _install(name, file, str(file.resolve()), sha256, home, free)


def _install(name: str, file: Path, source: str, sha256: str, home: Path, free: FreeBytes) -> Path:
    """Unpack beside the target, check, write the receipt, make it durable; only then move it into place."""
    unpacked = Path(tempfile.mkdtemp(prefix=f".{name}.", suffix=".new", dir=home))
    try:
        _unpack(file, unpacked, free)
        check_shape(unpacked)
        probe_model(unpacked)
        write_receipt(unpacked, Receipt(name, source, sha256, folder_sums(unpacked)))
        unpacked.chmod(0o755)  # mkdtemp makes it private; a service may run as another user
        _make_durable(unpacked)
        target = home / name
        aside = unpacked.with_suffix(".old")
        if target.exists():
            target.rename(aside)
        unpacked.rename(target)
        _sync(home)
        shutil.rmtree(aside, ignore_errors=True)
        return target
    except ModelError as error:
        # The folder in the message is gone when somebody reads it.
        raise ModelError(str(error).replace(str(unpacked), f"the archive of {name}")) from None
    except OSError as error:
        raise ModelError(f"{home / name}: cannot be installed ({error.strerror or error}).") from None
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


@contextmanager
def _at_work(home: Path) -> Iterator[None]:
    """Hold the lock of `home`, so that one installation at a time is at work, and clear away what a killed
    one left behind."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / ".lock").open("w")
    except OSError as error:
        raise ModelError(
            f"{home}: models cannot be kept here ({error.strerror}). "
            "Set BEDSIDE_MODELS to a folder that can be written."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ModelError(f"{home}: another 'bedside model fetch' is at work here.") from None
        for left in [*home.glob(".*.new"), *home.glob(".*.old")]:
            shutil.rmtree(left, ignore_errors=True)
        yield


def _need_room(home: Path, needed: int, free: FreeBytes) -> None:
    there = free(home)
    if there < needed + _SPARE:
        raise ModelError(
            f"{home}: the disk is too full, {(needed + _SPARE) / 1e6:.0f} MB are needed and "
            f"{there / 1e6:.0f} MB are free."
        )


# ---- the archive


def _unpack(file: Path, into: Path, free: FreeBytes) -> None:
    """Unpack a zip into the folder `into`, without the one folder around all that archives mostly have."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = [(info, _safe_path(info)) for info in archive.infolist()]
            _need_room(into, sum(info.file_size for info, _ in members), free)
            files = [(info, path) for info, path in members if not info.is_dir()]
            tops = {path.parts[0] for _, path in files}
            inside = 1 if len(tops) == 1 and all(len(path.parts) > 1 for _, path in files) else 0
            for info, path in files:
                target = into.joinpath(*path.parts[inside:])
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as source, target.open("xb") as out:
                    shutil.copyfileobj(source, out)
    except (zipfile.BadZipFile, EOFError, zipfile.LargeZipFile) as error:
        raise ModelError(f"the archive is not a whole zip file ({error}).") from None
    except (RuntimeError, NotImplementedError) as error:
        raise ModelError(f"the archive cannot be unpacked ({error}).") from None
    except (FileExistsError, NotADirectoryError):
        raise ModelError("the archive holds the same file twice.") from None


def _safe_path(info: zipfile.ZipInfo) -> PurePosixPath:
    """The path of a member. Raises ModelError if it leads out of the folder or is no plain file or folder."""
    path = PurePosixPath(info.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in info.orig_filename or not path.parts:
        raise ModelError(f"the archive has a file outside its folder ({info.filename!r}); refused.")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ModelError(f"the archive has a link or device ({info.filename!r}); refused.")
    return path


def _make_durable(folder: Path) -> None:
    """Ask the disk to keep all of it: after a power cut a folder that has its name must have its content."""
    for path in [*folder.rglob("*"), folder]:
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
