"""Text to samples through a child process that can be killed when it hangs."""

from __future__ import annotations

import base64
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import soxr

from bedside.audio.block import RATE, Samples
from bedside.audio.levels import active_level_dbfs, amplitude
from bedside.errors import VoiceError
from bedside.tts.cache import FULL_SCALE, from_pcm
from bedside.tts.speakable import speakable

LEVEL_DBFS = -24.0
"""Active speech level of every rendered text, so that a gain means the same for all of them."""

CEILING = 0.95
"""No sample is louder, even if a text then stays below `LEVEL_DBFS`."""

AUDIBLE_DB = -40.0
"""What lies further below the active speech level counts as silence at the ends of a text."""

START_SECONDS = 30.0
"""A Raspberry Pi that has just been switched on may take a while to load the engine."""

WORKER = (sys.executable, "-P", "-m", "bedside.tts.worker")


class Renderer:
    """Renders one text at a time; several threads may ask.

    timeout: seconds for one text. A child that hangs or dies is replaced once, then the text is given up.
    """

    def __init__(self, timeout: float = 10.0, command: Sequence[str] = WORKER) -> None:
        self._timeout = timeout
        self._command = list(command)
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._engine: str | None = None
        self._closed = False

    @property
    def engine(self) -> str:
        """Name and version of the speech engine. Raises VoiceError if there is none."""
        if self._engine is None or self._closed:
            with self._lock:
                self._engine = self._started().engine
        # Once known it needs no lock: a kept sentence must not wait for one that hangs.
        return self._engine

    def render(self, text: str, voice: str, words_per_minute: int, pitch: int, behind: bool = False) -> Samples:
        """`text` as mono sound at 16 kHz, shape (n,), from its first to its last audible sample, at
        `LEVEL_DBFS`; empty if there is nothing to say in it. pitch: 0 to 99, 50 is the voice's own. behind: let
        everything else on this machine go first.

        Raises VoiceError: no engine, an unknown voice, or no sound in time.
        """
        spoken = speakable(text)
        if not any(character.isalnum() for character in spoken):
            return np.zeros(0, dtype=np.float32)
        request = {"text": spoken, "voice": voice, "rate": words_per_minute, "pitch": pitch, "behind": behind}
        with self._lock:
            answer = self._ask(request)
        if "error" in answer:
            raise VoiceError(f"cannot speak '{_short(text)}': {answer['error']}.")
        pcm = np.frombuffer(base64.b64decode(answer["pcm"]), dtype="<i2")
        return _prepared(pcm.astype(np.float32) / 32768.0, int(answer["hz"]))

    def close(self) -> None:
        """End the child. A text that is being rendered fails."""
        self._closed = True
        child = self._child
        if child is not None:
            # Without the lock: who holds it waits for this child, and its death lets them go.
            child.kill()
        with self._lock:
            self._drop()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        for last in (False, True):
            child = self._started()
            try:
                return child.ask(request, self._timeout)
            except _ChildFailedError as failure:
                self._drop()
                if last or self._closed:
                    raise VoiceError(
                        f"cannot speak '{_short(request['text'])}': the speech engine {failure}."
                    ) from None
        raise AssertionError("unreachable")

    def _drop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.close()
            self._child = None

    def _started(self) -> _Child:
        if self._closed:
            raise VoiceError("the voice has been closed.")
        if self._child is None:
            self._child = _Child(self._command)
            try:
                hello = self._child.answer(START_SECONDS)
                if not hello["ready"]:
                    raise VoiceError(str(hello["error"]))
                self._child.engine = str(hello["engine"])
            except _ChildFailedError as failure:
                self._drop()
                raise VoiceError(f"the speech engine {failure} while starting.") from None
            except VoiceError:
                self._drop()
                raise
        return self._child


class _ChildFailedError(Exception):
    """What the child did, to be put behind "the speech engine"."""


class _Child:
    """One running worker."""

    engine = ""

    def __init__(self, command: list[str]) -> None:
        try:
            # A session of its own: Ctrl-C does not reach it, and its forks can be killed with it.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            raise VoiceError(f"the speech engine cannot be started: {error.strerror}.") from None
        self._rest = b""

    def ask(self, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
        except (BrokenPipeError, ValueError):
            raise _ChildFailedError("died") from None
        return self.answer(timeout)

    def answer(self, timeout: float) -> dict[str, Any]:
        """The next line, within `timeout` seconds."""
        assert self._process.stdout
        ends = time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                if not selector.select(max(0.0, ends - time.monotonic())):
                    raise _ChildFailedError(f"gave no sound within {timeout:g} seconds")
                more = os.read(self._process.stdout.fileno(), 1 << 20)
                if not more:
                    raise _ChildFailedError("died")
                self._rest += more
        line, self._rest = self._rest.split(b"\n", 1)
        try:
            return dict(json.loads(line))
        except (ValueError, TypeError):
            raise _ChildFailedError("answered nonsense") from None

    def kill(self) -> None:
        """Kill the worker and its forks and leave no zombie."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """Close the pipes; nobody may wait at them any more."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()


def _prepared(sound: Samples, hz: int) -> Samples:
    """Resampled, trimmed and levelled."""
    if hz != RATE:
        sound = soxr.resample(sound, hz, RATE).astype(np.float32)
    level = active_level_dbfs(sound)
    audible = np.flatnonzero(np.abs(sound) > amplitude(level + AUDIBLE_DB))
    if not len(audible):
        return np.zeros(0, dtype=np.float32)
    sound = sound[audible[0] : audible[-1] + 1]
    gain = min(amplitude(LEVEL_DBFS - level), CEILING / float(np.max(np.abs(sound))))
    # On the grid of 16 bits, so that a text from the cache is the very same sound.
    return from_pcm(np.round(sound * gain * FULL_SCALE).astype(np.int16))


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
