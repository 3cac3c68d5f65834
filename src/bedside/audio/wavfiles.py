"""Sound files in and out, with one clear line about everything that can be wrong with one."""

from __future__ import annotations

import contextlib
import os
import shlex
import struct
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from bedside.audio.block import BLOCK, RATE, Block, Samples
from bedside.errors import SoundError

LONGEST_SECONDS = 3600

# Programs that write a WAV file into a pipe cannot know its length: they leave 0, or a number near 2**31
# or 2**32.
_STREAMED = 0x7FFF_0000
_CHUNKS_AFTER_SOUND = (b"LIST", b"id3 ", b"bext", b"cue ")


def read_clip(path: Path) -> Samples:
    """Read a mono WAV or FLAC file of at most an hour and any rate as `Samples` (resampled to 16 kHz).

    Raises SoundError, naming the file, if it is missing, a folder, empty, truncated, not a sound file, too
    long, or has more than one channel.
    """
    source = _checked(path)
    try:
        with soundfile.SoundFile(source) as file:
            _check_format(path, file)
            rate = int(file.samplerate)
            samples = np.asarray(file.read(dtype="float32"))
    except soundfile.LibsndfileError as error:
        reason = str(error.error_string).strip().rstrip(".").lower()
        raise SoundError(f"{path}: is not a sound file that can be read ({reason}).") from None
    except OSError as error:
        raise SoundError(f"{path}: cannot be read ({error.strerror or error}).") from None
    if len(samples) == 0:
        raise SoundError(f"{path}: holds no sound (0 samples).")
    if not np.isfinite(samples).all():
        raise SoundError(f"{path}: holds numbers that are no sound (NaN or infinity). Record it again.")
    if rate == RATE:
        return samples
    return np.asarray(soxr.resample(samples, rate, RATE, quality="HQ"), dtype=np.float32)


def _checked(path: Path) -> Path | BinaryIO:
    """What libsndfile is to read, after the checks that it does not make itself."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise SoundError(f"{path}: is a folder, not a sound file.")
        if not path.is_file():
            raise SoundError(f"{path}: is not a file.")
        if size == 0:
            raise SoundError(f"{path}: is empty (0 bytes). Record or copy it again.")
        with path.open("rb") as file:
            return _with_true_length(path, file, size) or path
    except FileNotFoundError:
        raise SoundError(f"{path}: there is no such file.") from None
    except OSError as error:
        raise SoundError(f"{path}: cannot be read ({error.strerror or error}).") from None


def _with_true_length(path: Path, file: BinaryIO, size: int) -> BinaryIO | None:
    """Compare the length in a RIFF header with the file: libsndfile reads truncated files silently, and
    takes a header that a pipe left at 0 for "no sound". For the latter, returns the file with its length
    put right; None when it can be read as it is."""
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return None
    while len(chunk := file.read(8)) == 8:
        length = int.from_bytes(chunk[4:], "little")
        if chunk[:4] != b"data":
            file.seek(length + length % 2, os.SEEK_CUR)
            continue
        start = file.tell()
        there = size - start
        if length == 0 and there > 0 and file.read(4) not in _CHUNKS_AFTER_SOUND:
            file.seek(0)
            whole = bytearray(file.read())
            whole[start - 4 : start] = struct.pack("<I", there)
            return BytesIO(whole)
        if there < length < _STREAMED:
            raise SoundError(
                f"{path}: is truncated: its header promises {length} bytes of sound, the file holds {there}. "
                "Copy or record it again."
            )
        return None
    raise SoundError(f"{path}: is truncated: it ends before its sound. Copy or record it again.")


def _check_format(path: Path, file: Any) -> None:
    if file.channels != 1:
        name = shlex.quote(str(path))
        mono = shlex.quote(str(path.with_name(f"{path.stem}-mono.wav")))
        raise SoundError(
            f"{path}: has {file.channels} channels at {file.samplerate} Hz; bedside takes mono. "
            f"Convert it: sox {name} -r {RATE} -c 1 {mono}"
        )
    if file.frames > LONGEST_SECONDS * file.samplerate:
        raise SoundError(f"{path}: is longer than an hour. Cut it into pieces.")


class WavWriter:
    """Writes a 16-bit WAV file as the sound comes; it gets its name only once it is whole.

    A context manager: leaving it puts the file in place, also after an error elsewhere (what was recorded
    until then is worth keeping). Raises SoundError if the name does not end in .wav, the folder
    cannot be written or the disk is full; nothing half-written is left then.
    """

    def __init__(self, path: Path, rate: int = RATE, channels: int = 1) -> None:
        self.path = path
        self._temporary = path.parent / f".{path.name}.{os.getpid()}.part"
        self._rate = rate
        self._channels = channels
        self._file: BinaryIO | None = None
        self._bytes = 0

    def __enter__(self) -> Self:
        try:
            if self.path.is_dir():
                raise IsADirectoryError(0, "it is a folder")
            if self.path.exists() and not self.path.is_file():
                # Putting the finished file in place would replace a device.
                raise OSError(0, "it is not a file")
            if self.path.suffix.lower() != ".wav":
                # Players go by the name, and would make noise, or nothing, of it.
                raise OSError(0, "only WAV files are written: choose a name that ends in .wav")
            self._file = self._temporary.open("wb")
            self._file.write(self._header())
        except OSError as error:
            raise self._failed(error) from None
        return self

    def write(self, samples: NDArray[np.float32]) -> None:
        """Append sound, shape (n,) or (n, channels), -1.0 to 1.0; what is beyond that is clipped."""
        if self._file is None:
            raise ValueError("the file is not open")
        sound = np.clip(np.rint(samples * 32768.0), -32768, 32767).astype("<i2").tobytes()
        try:
            self._file.write(sound)
        except OSError as error:
            raise self._failed(error) from None
        self._bytes += len(sound)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is None:
            return
        try:
            self._file.seek(0)
            self._file.write(self._header())
            self._file.close()
            self._temporary.replace(self.path)
        except OSError as failure:
            raise self._failed(failure) from None
        self._file = None

    def _header(self) -> bytes:
        # A WAV file counts its bytes in 32 bits; beyond that (18 hours of stereo) the length stays "unknown".
        sound = min(self._bytes, 0xFFFF_FFFF - 36)
        frame = 2 * self._channels
        about = struct.pack("<IHHIIHH", 16, 1, self._channels, self._rate, self._rate * frame, frame, 16)
        return b"RIFF" + struct.pack("<I", sound + 36) + b"WAVEfmt " + about + b"data" + struct.pack("<I", sound)

    def _failed(self, error: OSError) -> SoundError:
        """Drop the half-written file and say why."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None
            self._temporary.unlink(missing_ok=True)
        return SoundError(f"{self.path}: cannot be written ({error.strerror or error}).")


def write_wav(path: Path, samples: NDArray[np.float32], rate: int = RATE, channels: int = 1) -> None:
    """Write sound, shape (n,) or (n, channels), as a 16-bit WAV file, whole or not at all.

    Raises SoundError if the folder cannot be written or the disk is full."""
    with WavWriter(path, rate, channels) as writer:
        writer.write(samples)


class FileEnd:
    """An AudioEnd over a sound file (the microphone) and, if wanted, a WAV file to write (the speaker).

    tail: seconds of silence after the file, so that its last words are heard to their end.
    """

    realtime = False
    jumps = 0

    def __init__(self, microphone: Path, speaker: Path | None = None, tail: float = 0.0) -> None:
        self._path = microphone
        self._tail = tail
        self._writer = WavWriter(speaker) if speaker else None
        self._samples: Samples = np.zeros(0, dtype=np.float32)
        self._blocks_read = 0

    @property
    def now(self) -> float:
        return max(0, self._blocks_read - 1) * BLOCK / RATE

    def read(self) -> Block | None:
        start = self._blocks_read * BLOCK
        if start >= len(self._samples):
            return None
        self._blocks_read += 1
        return self._samples[start : start + BLOCK]

    def write(self, block: Block) -> None:
        if self._writer is not None:
            self._writer.write(block)

    def observe(self, event: Mapping[str, object]) -> None:
        """A file does not answer."""

    def __enter__(self) -> Self:
        clip = read_clip(self._path)
        blocks = -(-(len(clip) + round(self._tail * RATE)) // BLOCK)
        self._samples = np.zeros(blocks * BLOCK, dtype=np.float32)
        self._samples[: len(clip)] = clip
        if self._writer is not None:
            self._writer.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.__exit__(kind, error, trace)
