#!/usr/bin/env python3
"""`bedside run`, or the plain way, as a process of its own, with a sound file in place of the sound card.

    bench/fed_process.py bedside SOUND.wav SECONDS REPORT.json --config FILE
    bench/fed_process.py plain SOUND.wav SECONDS REPORT.json PHRASES.json MODEL

The file is repeated for so many seconds of sound and fed as fast as it is taken. Says "Listening" on standard error
when it begins, and leaves in REPORT.json: `cpu`, the CPU seconds (user and system) of the process from then to the end
of the sound. For cpu.py and startup.py. The plain way loads nothing of bedside.
"""

from __future__ import annotations

import json
import sys
import time
import wave
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Self

BLOCK = 160
RATE = 16_000
PLAIN_BLOCK = 8000


class FedEnd:
    """Takes the place of the sound card: an AudioEnd over the file, whose time is the count of samples."""

    realtime = False

    def __init__(self, sound: Path, seconds: float, report: Path) -> None:
        self._sound = _blocks(sound, BLOCK)
        self._left = self._blocks = round(seconds * RATE / BLOCK)
        self._report = report
        self._began = 0.0
        # What a sound card tells of itself besides.
        self.returns = 0
        self.hears = True
        self.devices = (None, None)
        self.noise_dbfs = None

    @property
    def jumps(self) -> int:
        return 0

    @property
    def now(self) -> float:
        return max(0, self._blocks - self._left - 1) * BLOCK / RATE

    def read(self) -> Any:
        if self._left == 0:
            return None
        self._left -= 1
        return next(self._sound)

    def write(self, block: Any) -> None:
        """Nobody listens."""

    def observe(self, event: Mapping[str, object]) -> None:
        """A file does not answer."""

    def __enter__(self) -> Self:
        self._began = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        _tell(self._report, time.process_time() - self._began)


def bedside(sound: Path, seconds: float, report: Path, arguments: list[str]) -> None:
    """`bedside run` as it is, over the file."""
    from bedside import __main__ as program

    program.be_sparing()
    from bedside.cli import run_command

    run_command.SoundCard = lambda *_, **__: FedEnd(sound, seconds, report)  # type: ignore[assignment, misc]
    sys.argv[1:] = ["run", *arguments]
    program.main()


def plain(sound: Path, seconds: float, report: Path, phrases: Path, model: str) -> None:
    """What most projects do: a recogniser fed by the half second, its words looked up in a list."""
    import numpy as np
    import pyttsx3
    import vosk

    vosk.SetLogLevel(-2)
    known = json.loads(phrases.read_text())
    recognizer = vosk.KaldiRecognizer(vosk.Model(model), RATE, json.dumps(known))
    engine = pyttsx3.init()
    meanings = set(known)
    print("Listening.", file=sys.stderr, flush=True)
    began = time.process_time()
    for block in islice(_blocks(sound, PLAIN_BLOCK), round(seconds * RATE / PLAIN_BLOCK)):
        pcm = np.clip(np.rint(block * 32768.0), -32768, 32767).astype("<i2")
        if recognizer.AcceptWaveform(pcm.tobytes()):
            json.loads(recognizer.Result())["text"] in meanings  # noqa: B015
    _tell(report, time.process_time() - began)
    del engine


def _blocks(sound: Path, size: int) -> Iterator[Any]:
    """The file in blocks, again and again; read by the second, for the whole of it would count as memory."""
    # Here, since bedside has something to settle before.
    import numpy as np

    with wave.open(str(sound), "rb") as file:
        while True:
            pcm = file.readframes(RATE)
            second = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(32768.0)
            if len(second) < RATE:
                file.rewind()
            yield from second[: len(second) // size * size].reshape(-1, size)


def _tell(report: Path, cpu: float) -> None:
    """Leave what was measured; the peak of memory is the kernel's count for this program alone."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    report.write_text(json.dumps({"cpu": cpu, "peak_mb": int(status["VmHWM"].split()[0]) / 1000}))


if __name__ == "__main__":
    way, sound, seconds, report, *rest = sys.argv[1:]
    if way == "bedside":
        bedside(Path(sound), float(seconds), Path(report), rest)
    else:
        plain(Path(sound), float(seconds), Path(report), Path(rest[0]), rest[1])
