"""Rendered texts kept on disk, and in memory where the disk fails."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bedside.audio.block import Samples

FORMAT = 1
"""Goes into the key: raise it when the way from text to samples changes."""

MAGIC = b"bedside speech\n"
SUFFIX = ".speech"
FULL_SCALE = 32767.0
_DIGEST_BYTES = 32


def cache_key(text: str, voice: str, words_per_minute: int, pitch: int, engine: str) -> str:
    """SHA-256 (hex) of everything that decides how a text sounds."""
    parts = json.dumps([FORMAT, engine, voice, words_per_minute, pitch, text])
    return hashlib.sha256(parts.encode()).hexdigest()


class ClipCache:
    """Samples by key. Any thread may use it.

    folder: made when first needed; None keeps everything in memory only. limit: bytes on disk; the entries
    that were used longest ago go first. A folder that cannot be written, or a full disk, does not silence the
    voice: `warn` is called once with one line, and the clips are kept in memory.
    """

    def __init__(
        self,
        folder: Path | None,
        limit: int = 200_000_000,
        warn: Callable[[str], None] = lambda message: None,
    ) -> None:
        self._folder = folder
        self._limit = limit
        self._warn = warn
        self._memory: dict[str, Samples] = {}
        self._bytes: int | None = None
        self._lock = threading.Lock()

    def get(self, key: str) -> Samples | None:
        """The samples, shape (n,), or None. A damaged entry counts as none."""
        with self._lock:
            if key in self._memory:
                return self._memory[key]
            if self._folder is None:
                return None
            file = self._folder / (key + SUFFIX)
            try:
                samples = _unpacked(file.read_bytes())
            except OSError:
                return None
            if samples is not None:
                _note_use(file)
            return samples

    def holds(self, key: str) -> bool:
        """Whether there is an entry, which counts as a use of it. It is not read: all the sentences of a night are more
        than 100 MB, and a damaged one is rendered anew when it is needed."""
        with self._lock:
            if key in self._memory:
                return True
            if self._folder is None:
                return False
            file = self._folder / (key + SUFFIX)
            try:
                whole = file.stat().st_size >= len(MAGIC) + _DIGEST_BYTES
            except OSError:
                return False
            if whole:
                _note_use(file)
            return whole

    def put(self, key: str, samples: Samples) -> None:
        """Keep the samples, on disk if possible."""
        with self._lock:
            if self._folder is not None:
                try:
                    self._write(self._folder, key, samples)
                    return
                except OSError as error:
                    self._warn(
                        f"{self._folder}: the voice cannot keep its sentences here ({error.strerror}); "
                        "it goes on and keeps them in memory."
                    )
                    self._folder = None
            self._memory[key] = samples

    def _write(self, folder: Path, key: str, samples: Samples) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        pcm = np.round(samples * FULL_SCALE).astype("<i2").tobytes()
        content = MAGIC + hashlib.sha256(pcm).digest() + pcm
        self._make_room(folder, len(content))
        descriptor, part = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            os.replace(part, folder / (key + SUFFIX))
        except OSError:
            Path(part).unlink(missing_ok=True)
            raise

    def _make_room(self, folder: Path, needed: int) -> None:
        if self._bytes is None:
            self._bytes = sum(file.stat().st_size for file in folder.glob("*" + SUFFIX))
        self._bytes += needed
        if self._bytes <= self._limit:
            return
        entries = sorted((file.stat().st_mtime, file.stat().st_size, file) for file in folder.glob("*" + SUFFIX))
        for _used, size, file in entries:
            if self._bytes <= self._limit:
                break
            file.unlink(missing_ok=True)
            self._bytes -= size


def from_pcm(pcm: NDArray[np.int16]) -> Samples:
    """Samples of 16-bit sound; a text sounds the same from the cache and freshly rendered."""
    return np.asarray(pcm.astype(np.float32) / np.float32(FULL_SCALE), dtype=np.float32)


def _note_use(file: Path) -> None:
    # A disk that is mounted read-only can still be read from.
    with suppress(OSError):
        os.utime(file)


def _unpacked(content: bytes) -> Samples | None:
    """The samples of an entry, None if it is damaged."""
    digest, pcm = content[len(MAGIC) :][:_DIGEST_BYTES], content[len(MAGIC) + _DIGEST_BYTES :]
    if not content.startswith(MAGIC) or hashlib.sha256(pcm).digest() != digest:
        return None
    return from_pcm(np.frombuffer(pcm, dtype="<i2"))
