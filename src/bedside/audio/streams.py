"""One microphone and one speaker through PortAudio, each a stream of its own.

Two streams and not a duplex one: a USB microphone and a speaker have clocks of their own, and on ALSA a
duplex stream stops as a whole when either side stumbles. The microphone sets the pace; the speaker's
queue (PacedQueue) is kept short.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

import numpy as np

from bedside.audio.block import BLOCK, RATE, Block, Samples
from bedside.audio.devices import Device, Direction, portaudio
from bedside.audio.paced_queue import PacedQueue
from bedside.audio.resampler import Resampler
from bedside.audio.sample_queue import SampleQueue
from bedside.errors import SoundError

LATENCY = 0.04
"""Seconds asked of the device: less stumbles on a busy Raspberry Pi, more is heard as sluggish."""

SILENT_FOR = 2.0
"""Seconds without a callback after which a stream counts as dead; sound servers may take longer to begin."""
BEGINS_WITHIN = 6.0

_BACKLOG = 50
_QUIET = 1e-4

_AT_REST = 100
"""Quiet blocks (1 s) after which the speaker rests: more than the device and the resampler hold."""


class _Stream:
    """What both directions share: opening, closing and telling whether the stream still lives."""

    def __init__(self, device: Device, direction: Direction) -> None:
        self.device = device
        self.troubles = 0
        """How often PortAudio reported an over- or underflow of the device."""
        self._frames = round(device.rate / 100)
        self._finished = False
        self._opened = time.monotonic()
        self._last_callback: float | None = None
        sd = portaudio()
        kind = sd.RawInputStream if direction == "microphone" else sd.RawOutputStream
        # A speaker with one of two channels fed would sound on the left only.
        self._channels = 1 if direction == "microphone" else min(2, device.output_channels)
        opened: Any = None
        try:
            opened = kind(
                device=device.index,
                channels=self._channels,
                samplerate=device.rate,
                blocksize=self._frames,
                latency=LATENCY,
                dtype="float32",
                callback=self._callback,
                finished_callback=self._on_finished,
            )
            opened.start()
        except (sd.PortAudioError, ValueError) as error:
            if opened is not None:
                opened.close()
            reason = str(error.args[0]) if error.args else str(error)
            raise SoundError(f"the {direction} '{device.name}' cannot be opened ({reason}).") from None
        self._stream = opened

    @property
    def began(self) -> bool:
        """Whether PortAudio has ever called for this stream."""
        return self._last_callback is not None

    @property
    def alive(self) -> bool:
        """Whether PortAudio still calls for this stream."""
        if self._finished:
            return False
        now = time.monotonic()
        if self._last_callback is None:
            return now - self._opened < BEGINS_WITHIN
        return now - self._last_callback < SILENT_FOR

    def close(self) -> None:
        """Stop at once and let go of the device; fine on a dead stream too."""
        self._finished = True
        with contextlib.suppress(portaudio().PortAudioError):
            self._stream.abort()
        with contextlib.suppress(portaudio().PortAudioError):
            self._stream.close()

    def _callback(self, data: Any, frames: int, when: Any, status: Any) -> None:
        """Called from PortAudio's thread: no waiting, no printing, no exception."""
        self._last_callback = time.monotonic()
        if status:
            self.troubles += 1
        self._transfer(data, frames)

    def _transfer(self, data: Any, frames: int) -> None:
        raise NotImplementedError

    def _on_finished(self) -> None:
        self._finished = True


class Microphone(_Stream):
    """Blocks from an input device. overflows: how often the loop was so late that sound was thrown away; waits: how
    often it waited for sound."""

    def __init__(self, device: Device) -> None:
        frames = round(device.rate / 100)
        self.overflows = 0
        self.waits = 0
        self._overflowed = False
        self._queue = SampleQueue(_BACKLOG * frames)
        # "MQ" is flat to 7 kHz, "LQ" (17 ms faster) loses 13 dB there, which the recogniser listens to.
        self._resampler = Resampler(device.rate, RATE, "MQ")
        self._ready: Samples = np.zeros(0, dtype=np.float32)
        super().__init__(device, "microphone")

    def read(self, timeout: float, together: int = 1) -> Block | None:
        """The next block, or None if there is none within `timeout` seconds.

        together: how many blocks to wait for if there is none yet; the others are there without waiting then.
        """
        if self._overflowed:
            # What waits is half a second old; answer to what is said now.
            self._overflowed = False
            self.overflows += 1
            self._queue.clear()
        deadline = time.monotonic() + timeout
        while len(self._ready) < BLOCK:
            self.waits += 1
            self._queue.wait_for(together * self._frames, max(0.0, deadline - time.monotonic()))
            whole = len(self._queue) // self._frames
            if whole == 0:
                return None
            fresh = self._resampler(self._queue.take(whole * self._frames))
            self._ready = np.concatenate([self._ready, fresh])
        block, self._ready = self._ready[:BLOCK], self._ready[BLOCK:]
        return block

    @property
    def ready(self) -> int:
        """How many blocks can be read without waiting."""
        return len(self._ready) // BLOCK

    def _transfer(self, data: Any, frames: int) -> None:
        if not self._queue.put(np.frombuffer(bytes(data), dtype=np.float32)):
            self._overflowed = True


class Speaker(_Stream):
    """Blocks to an output device."""

    def __init__(self, device: Device) -> None:
        self.queue = PacedQueue(round(device.rate / 100))
        # "LQ" loses the highest hertz of a voice, but answers "stop" 17 ms sooner than "MQ".
        self._resampler = Resampler(RATE, device.rate, "LQ")
        self._quiet = 0
        super().__init__(device, "speaker")

    def write(self, block: Block, coming: int = 0) -> None:
        """Play a block after those that wait; at most some 80 ms of them do. coming: blocks that follow at once."""
        quiet = float(np.abs(block).max()) < _QUIET
        self._quiet = self._quiet + 1 if quiet else 0
        if self._quiet > _AT_REST:
            self.queue.rest()
        elif self.queue.admit(quiet, coming):
            self.queue.put(self._resampler(block))

    def _transfer(self, data: Any, frames: int) -> None:
        if self.queue.at_rest:
            data[:] = bytes(len(data))
        else:
            data[:] = np.repeat(self.queue.take(frames), self._channels).tobytes()
