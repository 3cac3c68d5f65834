"""Takes what came from the speaker out of the sound of the microphone, and tells how far that may have failed.

The way between them is found by least squares (path_fit.py). How far it may be wrong is reckoned like the
covariance of a partitioned Kalman filter (Enzner and Vary 2006): each block of sound makes it surer, the more
so the less of it was left unexplained.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bedside.audio.block import BLOCK, BLOCK_SECONDS, Block
from bedside.audio.path_fit import PathFit

REACH = 0.5
"""Seconds from the moment a block is played to the last of it that the filter can explain: the queues of the sound
card, the way through the air, and the room's reverberation."""

BINS = BLOCK + 1
PARTS = round(REACH / BLOCK_SECONDS)

KEEP = 0.9998
"""How much of the path is still the same after 10 ms: people turn over and doors open, but seldom."""

FADING = 0.05
"""Seconds after which the path is expected to be weaker by a factor of e in power, before anything was learnt."""

SMOOTH = 0.7
"""How much of its last estimate the power of the unexplained sound keeps for each block."""

FLOOR = 1e-7
"""Power below which nothing is learnt from: the rounding of a 16-bit microphone in one frequency bin."""

AUDIBLE = 1e-4
"""Summed power of the remembered spectra from which something is playing."""

EAGER = 300
"""Blocks of sound (3 s) at the beginning in which more is worked, because the first sentence must not drown who
answers it."""

WORK_AT_FIRST, WORK = 80000, 20000
"""Samples that are transformed with each block to find the path: some 2 ms of work here, and 0.7 ms."""

OVERLOADED = 0.98
"""Amplitude from which the microphone cannot tell how loud it is; nothing is learnt from that."""

LATE = 10
"""The last partitions of the filter, from which the reverberation past its reach is guessed."""
RINGING = 0.85
"""How much of its power that keeps for each block: as in a room that rings for 0.85 s."""

SURER = 0.5
"""How much surer a block makes."""

CHANGE, DOUBT = 6.0, 0.01
"""How wrong the path may be (power): so many times what finding it anew has changed, and such a share of the doubt."""

LATEST = 35
"""Blocks of sound (0.35 s) within which the first echo arrives if there is one."""

NEW = 28
"""Blocks of sound from which a delay is known as far as there is an echo with it."""

FAINT = 1e-3
"""Power of the path below which no echo has arrived yet: it may be the queue of a sound card that holds it back."""

CHANGED = 0.5
"""How much of the last change is still believed possible after the next."""

WATCH = 0.95
"""How much of their last estimate the powers before and after the filter keep for each block."""

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]


class EchoFilter:
    """Call in turn: `clean` with a microphone block, then `played` with what the speaker gets meanwhile."""

    def __init__(self) -> None:
        self._spectra: Complex = np.zeros((PARTS, BINS), dtype=np.complex128)
        self._last_played = np.zeros(BLOCK, dtype=np.float32)
        self._fit = PathFit(PARTS * BLOCK)
        self._path: Complex = np.zeros((PARTS, BINS), dtype=np.complex128)
        fading = np.exp(-np.arange(PARTS) * BLOCK_SECONDS / FADING)
        self._doubt: Real = np.repeat(fading[:, np.newaxis], BINS, axis=1)
        self._change = self._doubt.copy()
        self._rest: Real = np.full(BINS, 1e-4)
        self._learnt = self._arrived = 0
        self._late: Real = np.zeros(BINS)
        self._before = self._after = 0.0
        self.uncertainty: Real = np.zeros(BINS)
        """How much echo (power for each bin) may still be in the block cleaned last."""
        self.loudness = 0.0
        """How much sound was played that the block cleaned last may hold the echo of (power)."""

    def played(self, block: Block) -> None:
        """Note one speaker block."""
        self._spectra[1:] = self._spectra[:-1].copy()
        self._spectra[0] = np.fft.rfft(np.concatenate((self._last_played, block)))
        self._last_played = block

    def clean(self, microphone: Block) -> Real:
        """The microphone block without the echo as far as it is known; learns from what is left of it."""
        power = _power(self._spectra)
        late = _power(self._path[-LATE:]).mean(axis=0) * power[-1]
        self._late = RINGING * self._late + 0.5 * late
        self.loudness = float(power.sum())
        if self.loudness < AUDIBLE:
            self.uncertainty = self._late
            return microphone.astype(np.float64)
        rest = microphone - np.fft.irfft(np.einsum("pf,pf->f", self._spectra, self._path))[BLOCK:]
        wrong = CHANGE * self._change + DOUBT * self._doubt + self._unheard()[:, np.newaxis]
        # Half of each window is zero, therefore half the power.
        self.uncertainty = 0.5 * np.einsum("pf,pf->f", wrong, power) + self._late
        overloaded = float(np.abs(microphone).max()) >= OVERLOADED
        if overloaded:
            self.uncertainty = np.maximum(self.uncertainty, _power(_padded(microphone - rest)))
        else:
            self._grow_surer(rest, power)
            self._watch(microphone, rest)
        self._fit.note(microphone, self._last_played, not overloaded)
        if self._fit.work(WORK_AT_FIRST if self._learnt < EAGER else WORK):
            self._take_path()
        return np.asarray(rest)

    def _take_path(self) -> None:
        path = np.fft.rfft(self._fit.path.reshape(PARTS, BLOCK), 2 * BLOCK, axis=1).astype(np.complex128)
        change = _power(path - self._path)
        known = bool(self._path.any())
        self._change = np.maximum(change, CHANGED * self._change) if known else change
        self._path = path

    def _unheard(self) -> Real:
        """What the path may hold in each partition that nothing was played for long enough to be heard from."""
        strength = _power(self._path).mean(axis=1)
        total = float(strength.sum())
        if total <= FAINT:
            self._arrived = self._learnt
        if self._learnt < (LATEST if total <= FAINT else min(self._arrived, LATEST) + NEW):
            return np.full(PARTS, max(1.0, total))
        parts = np.arange(PARTS)
        peak = int(strength.argmax())
        possible = strength[peak] * np.exp(-np.abs(parts - peak) * BLOCK_SECONDS / FADING)
        return np.where(parts > self._learnt - NEW, possible, 0.0)

    @property
    def heard_all(self) -> bool:
        """Whether whatever comes from the speaker has been heard by now, however late it comes."""
        return self._learnt >= PARTS + NEW

    def _grow_surer(self, rest: Real, power: Real) -> None:
        unexplained = _power(_padded(rest))
        self._rest = SMOOTH * self._rest + (1.0 - SMOOTH) * unexplained
        # The larger of both: the first block of a person's word tells nothing of the path.
        noise = np.maximum(self._rest, unexplained)
        expected = 0.5 * np.einsum("pf,pf->f", self._doubt, power)
        self._doubt *= 1.0 - SURER * self._doubt * power / (expected + noise + FLOOR)
        self._doubt = KEEP**2 * self._doubt + (1.0 - KEEP**2) * _power(self._path)
        self._learnt += 1

    def _watch(self, microphone: Block, rest: Real) -> None:
        """Begin to learn anew where the filter makes the sound louder: the path is another one now."""
        self._before = WATCH * self._before + float(np.dot(microphone, microphone))
        self._after = WATCH * self._after + float(np.dot(rest, rest))
        if self._after <= self._before + FLOOR or self._learnt < EAGER:
            return
        strength = _power(self._path)
        if float(strength.mean(axis=1).sum()) <= FAINT:
            # There is no echo: what was taken for one was a person's voice.
            self._fit.forget(path_too=True)
            self._path = np.zeros_like(self._path)
            return
        self.begin_anew()

    def begin_anew(self) -> None:
        """The echo comes another way than before, sooner or later: learn it again, and be careful until then."""
        strength = _power(self._path)
        self._doubt += strength
        self._change += strength
        self._fit.forget()
        self._learnt = self._arrived = 0


def _power(spectrum: Complex) -> Real:
    return np.asarray(spectrum.real**2 + spectrum.imag**2)


def _padded(rest: Real) -> Complex:
    """The spectrum of a block behind a block of silence."""
    return np.fft.rfft(np.concatenate((np.zeros(BLOCK), rest)))
