"""Finds the way from the speaker to the microphone as that which explains best what was heard lately.

Least squares over a window of some seconds, by conjugate gradients: a few steps with each block, so that the work is
spread evenly. A person who speaks over the voice does no harm: each moment counts the less, the more of it is left
unexplained. After half a second of bedside's voice a way is known to a few percent; filters that learn
from one block after the other, such as the Kalman filter in the frequency domain, need several seconds for that.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bedside.audio.block import BLOCK, RATE, Block, Samples

SIZES = (12000, 16000, 24000, 32000, 48000)
"""Lengths of the transforms: the reach and the window together; the window grows with what is known. All are quick."""

EMPHASIS = 0.95
"""How much of each sample is taken off the next: voices are loud where they are low, and the rest counts as well."""

FADING = 0.3
"""Seconds in which the way is expected to grow weaker by a factor of e (power)."""

EXPECTED = 0.002
"""The power expected of its first samples; this says little once something was heard."""

LITTLE = 0.1
"""How much less (amplitude) a path is expected to change that was found with a full window."""

NEAR = 480
"""Samples (30 ms) around each one that tell how much is left unexplained there."""

LEAST = 3e-3
"""Of the sound's mean power, so much is unexplained at least."""

ROUNDING = 1e-9
"""The power of the rounding of a 16-bit microphone."""

STEPS = 20
"""Steps of the descent until the window, and what counts how much in it, is taken anew."""

Floats = NDArray[np.float32]


class PathFit:
    """Call `note` with each microphone block and the speaker block that was played before it, then `work`.

    reach: length of the way, in samples.
    """

    def __init__(self, reach: int) -> None:
        self._reach = reach
        self._played: Floats = np.zeros(SIZES[-1], dtype=np.float32)
        self._heard: Floats = np.zeros(SIZES[-1], dtype=np.float32)
        self._usable: Floats = np.zeros(SIZES[-1], dtype=np.float32)
        self._last_played = self._last_heard = 0.0
        self._known = 0
        self._credit = 0.0
        self._scale = np.sqrt(EXPECTED * np.exp(-np.arange(reach) / (FADING * RATE))).astype(np.float32)
        self._descent = self._descend()
        self.path: Samples = np.zeros(reach, dtype=np.float32)
        """The impulse response: its first sample is what the microphone hears 10 ms after the speaker."""

    def note(self, microphone: Block, played: Block, usable: bool) -> None:
        """Take what was heard, and what was played one block before. usable: the microphone was not overloaded."""
        _append(self._played, _emphasised(played, self._last_played))
        _append(self._heard, _emphasised(microphone, self._last_heard))
        self._usable[:-BLOCK] = self._usable[BLOCK:]
        self._usable[-BLOCK:] = usable
        self._last_played, self._last_heard = float(played[-1]), float(microphone[-1])
        self._known = min(self._known + BLOCK, SIZES[-1] - self._reach)

    def forget(self, path_too: bool = False) -> None:
        """Go by what comes from now on only: the way is another one, or, path_too, there is none."""
        self._usable[:] = 0.0
        self._known = 0
        self.path = np.zeros(self._reach, dtype=np.float32) if path_too else self.path
        self._descent = self._descend()

    def work(self, samples: int) -> bool:
        """Go on by as many steps as can be made with transforms of `samples` altogether. Whether `path` is new."""
        self._credit = min(self._credit + samples, 2.0 * SIZES[-1])
        news = False
        while self._credit >= self._size():
            self._credit -= self._size()
            news = next(self._descent) or news
        return news

    def _size(self) -> int:
        return next(size for size in SIZES if size >= self._reach + self._known)

    def _descend(self) -> Iterator[bool]:
        """Each step of the conjugate gradients; True with those after which there is a new path."""
        while True:
            size, path = self._size(), self.path
            settled = self._known >= SIZES[-1] - self._reach
            scale = self._scale * np.float32(LITTLE) if settled else self._scale
            known = _Window(self._played[-size:], self._reach, scale)
            heard, usable = self._heard[-size:].copy(), self._usable[-size:]
            rest = heard - known.echo(path / scale)
            known.weigh(rest, heard, usable)
            # A settled path is departed from as little as the sound allows, another one is as weak as it allows.
            slope = known.back(rest) if settled else known.back(rest) - path / scale
            way = np.zeros_like(path)
            direction, steep = slope, float(slope @ slope)
            for _ in range(STEPS):
                if steep <= 0.0:
                    break
                bent = known.back(known.echo(direction)) + direction
                length = np.float32(steep / float(direction @ bent))
                way = way + length * direction
                slope = slope - length * bent
                before, steep = steep, float(slope @ slope)
                direction = slope + np.float32(steep / before) * direction
                yield False
            self.path = path + scale * way
            yield True


class _Window:
    """What was played in a window, and how much each moment of it counts. A way is told in multiples of `scale`, the
    amplitude that is expected of each of its samples; the window begins with as much as the way is long."""

    def __init__(self, played: Floats, reach: int, scale: Floats) -> None:
        self._size = len(played)
        self._reach = reach
        self._scale = scale
        self._spectrum = np.asarray(np.fft.rfft(played), dtype=np.complex64)
        self._weight: Floats = np.zeros(self._size, dtype=np.float32)

    def weigh(self, rest: Floats, heard: Floats, usable: Floats) -> None:
        """Let each moment count as far as it was usable and is explained. rest: what is left of what was heard."""
        part = np.s_[self._reach :]
        self._weight[part] = _weights(rest[part], heard[part], usable[part])

    def echo(self, way: Floats) -> Floats:
        """What is heard of the window this way; not right in its beginning, which weighs nothing."""
        found = np.fft.irfft(self._spectrum * np.fft.rfft(self._scale * way, self._size), self._size)
        return np.asarray(found, dtype=np.float32)

    def back(self, sound: Floats) -> Floats:
        """How each sample of the way contributes to `sound`, weighted: the transpose of `echo`."""
        found = np.fft.irfft(self._spectrum.conj() * np.fft.rfft(self._weight * sound), self._size)
        return np.asarray(self._scale * found[: self._reach], dtype=np.float32)


def _weights(rest: Floats, heard: Floats, usable: Floats) -> Floats:
    """How much each sample counts: the inverse of what is left unexplained around it."""
    total = np.concatenate((np.zeros(1), np.cumsum(np.square(rest, dtype=np.float64))))
    index = np.arange(len(rest))
    first, last = np.maximum(index - NEAR // 2, 0), np.minimum(index + NEAR // 2, len(rest))
    near = (total[last] - total[first]) / (last - first)
    known = max(1.0, float(usable.sum()))
    mean = float(np.square(heard) @ usable) / known
    return np.asarray(usable / (near + LEAST * mean + ROUNDING), dtype=np.float32)


def _append(whole: Floats, block: Block) -> None:
    whole[:-BLOCK] = whole[BLOCK:]
    whole[-BLOCK:] = block


def _emphasised(block: Block, last: float) -> Block:
    before = np.concatenate((np.array([last], dtype=np.float32), block[:-1]))
    return np.asarray(block - np.float32(EMPHASIS) * before, dtype=np.float32)
