"""Learns the way from the speaker to the microphone, and takes what came that way out of the sound.

A linear filter, estimated as a Kalman filter in the frequency domain (partitioned, 10 ms a partition; Enzner and Vary
2006, Kuech et al. 2014). It weighs each block by what it does not explain, so that a person who speaks over the
voice does not spoil what was learnt, and it knows how far its own estimate may be wrong.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bedside.audio.block import BLOCK, BLOCK_SECONDS, Block

REACH = 0.5
"""Seconds from the moment a block is played to the last of it that the filter can explain: the queues of the sound
card, the way through the air, and the room's reverberation."""

BINS = BLOCK + 1
PARTS = round(REACH / BLOCK_SECONDS)

KEEP = 0.9998
"""How much of the path is still the same after 10 ms: people turn over and doors open, but seldom."""

FADING = 0.15
"""Seconds after which the path is expected to be weaker by a factor of e in power, before anything was learnt."""

SMOOTH = 0.7
"""How much of its last estimate the power of the unexplained sound keeps for each block."""

FLOOR = 1e-7
"""Power below which nothing is learnt from: the rounding of a 16-bit microphone in one frequency bin."""

AUDIBLE = 1e-4
"""Summed power of the remembered spectra from which something is playing."""

EAGER = 300
"""Blocks of sound (3 s) at the beginning in which each block is learnt from more than once, because the first
sentence must not drown who answers it."""

OVERLOADED = 0.98
"""Amplitude from which the microphone cannot tell how loud it is; nothing is learnt from that."""

AGAIN = 3
"""How many of the last `PAST` blocks are learnt from once more with each block then."""
PAST = 100

LATE = 10
"""The last partitions of the filter, from which the reverberation past its reach is guessed."""
RINGING = 0.85
"""How much of its power that keeps for each block: as in a room that rings for 0.85 s."""

SURER, SURER_AGAIN = 0.5, 0.1
"""How much surer learning from a block makes: the first time, and again."""

WATCH = 0.95
"""How much of their last estimate the powers before and after the filter keep for each block."""

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]


class EchoFilter:
    """Call in turn: `clean` with a microphone block, then `played` with what the speaker gets meanwhile."""

    def __init__(self) -> None:
        self._spectra: Complex = np.zeros((PARTS + PAST, BINS), dtype=np.complex128)
        self._microphone: Real = np.zeros((PAST, BLOCK))
        self._noise: Real = np.full((PAST, BINS), 1e-4)
        self._last_played = np.zeros(BLOCK)
        self._path: Complex = np.zeros((PARTS, BINS), dtype=np.complex128)
        fading = np.exp(-np.arange(PARTS) * BLOCK_SECONDS / FADING)
        self._doubt: Real = np.repeat(fading[:, np.newaxis], BINS, axis=1)
        self._rest: Real = np.full(BINS, 1e-4)
        self._learnt = 0
        self._chance = np.random.default_rng(0)
        self._late: Real = np.zeros(BINS)
        self._before = self._after = 0.0
        self.uncertainty: Real = np.zeros(BINS)
        """How much echo (power for each bin) may still be in the block cleaned last."""

    def played(self, block: Block) -> None:
        """Note one speaker block."""
        self._spectra[1:] = self._spectra[:-1].copy()
        self._spectra[0] = np.fft.rfft(np.concatenate((self._last_played, block)))
        self._last_played = block.astype(np.float64)

    def clean(self, microphone: Block) -> Real:
        """The microphone block without the echo as far as it is known; learns from what is left of it."""
        self._microphone[1:] = self._microphone[:-1].copy()
        self._microphone[0] = microphone
        self._noise[1:] = self._noise[:-1].copy()
        played = self._spectra[:PARTS]
        power = _power(played)
        late = _power(self._path[-LATE:]).mean(axis=0) * power[-1]
        self._late = RINGING * self._late + 0.5 * late
        if float(power.sum()) < AUDIBLE:
            self.uncertainty = self._late
            return microphone.astype(np.float64)
        rest = self._without_echo(0)
        self.uncertainty = self._expected(power) + self._late
        if float(np.abs(microphone).max()) >= OVERLOADED:
            self.uncertainty = np.maximum(self.uncertainty, _power(_padded(microphone - rest)))
            return rest
        self._first_time(rest, power)
        if self._learnt < EAGER:
            for back in self._chance.integers(1, max(2, min(PAST, self._learnt)), AGAIN):
                self._once_more(int(back))
        self._watch(microphone, rest)
        return rest

    def _without_echo(self, back: int) -> Real:
        """What the microphone heard `back` blocks ago without the echo as it is known now."""
        played = self._spectra[back : back + PARTS]
        echo: Real = np.fft.irfft(np.einsum("pf,pf->f", played, self._path))[BLOCK:]
        return np.asarray(self._microphone[back] - echo)

    def _expected(self, power: Real) -> Real:
        # Half of each window is zero, therefore half the power.
        return np.asarray(0.5 * np.einsum("pf,pf->f", self._doubt, power))

    def _first_time(self, rest: Real, power: Real) -> None:
        spectrum = _padded(rest)
        unexplained = _power(spectrum)
        self._rest = SMOOTH * self._rest + (1.0 - SMOOTH) * unexplained
        # The larger of both: the first block of a person's word must not be learnt as echo.
        self._noise[0] = np.maximum(self._rest, unexplained)
        self._learn(spectrum, self._spectra[:PARTS], power, self._noise[0], SURER)
        strength = _power(self._path)
        self._doubt = KEEP**2 * self._doubt + (1.0 - KEEP**2) * strength
        self._learnt += 1

    def _once_more(self, back: int) -> None:
        played = self._spectra[back : back + PARTS]
        power = _power(played)
        if float(power.sum()) >= AUDIBLE:
            self._learn(_padded(self._without_echo(back)), played, power, self._noise[back], SURER_AGAIN)

    def _learn(self, rest: Complex, played: Complex, power: Real, noise: Real, surer: float) -> None:
        step = self._doubt / (self._expected(power) + noise + FLOOR)
        change = np.fft.irfft(step * played.conj() * rest, axis=1)
        change[:, BLOCK:] = 0.0
        self._path += np.fft.rfft(change, axis=1)
        self._doubt *= 1.0 - surer * step * power

    def _watch(self, microphone: Block, rest: Real) -> None:
        """Begin to learn anew where the filter makes the sound louder: the path is another one now."""
        self._before = WATCH * self._before + float(np.dot(microphone, microphone))
        self._after = WATCH * self._after + float(np.dot(rest, rest))
        if self._after > self._before and self._learnt >= EAGER:
            self._doubt += _power(self._path)
            self._learnt = 0


def _power(spectrum: Complex) -> Real:
    return spectrum.real**2 + spectrum.imag**2


def _padded(rest: Real) -> Complex:
    """The spectrum of a block behind a block of silence."""
    return np.fft.rfft(np.concatenate((np.zeros(BLOCK), rest)))
