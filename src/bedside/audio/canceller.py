"""Takes bedside's own voice out of what the microphone hears, so that people are heard while it speaks.

First the echo that can be predicted is subtracted (echo_filter.py). Then each frequency is turned down as far as
what is left there may still be echo, going by how sure the filter is of itself.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from bedside.audio.block import BLOCK, BLOCK_SECONDS, Block
from bedside.audio.echo_filter import REACH, Complex, EchoFilter, Real

AUDIBLE = 1e-4
"""Amplitude from which a speaker block is a sound."""

ECHO_OVER = REACH + 0.5
"""Seconds after the last sound from which its echo is over, and the filter has forgotten the sound."""

LATEST_REST = ECHO_OVER + 3.0
"""Seconds after the last sound from which the canceller rests also in a room that has become louder meanwhile."""

OVER = 3.0
"""How much more echo (power) may be left in a frequency than there is on the whole."""

AT_FIRST, MOST, LEAST = 1.0, 30.0, 0.1
"""How much stronger the sound is that the filter leaves than it believes, before that was seen, at most and at least:
what is usual says little of the few moments in which more is left."""

SEEN = 400
ENOUGH = 10
"""From so many blocks of bedside's voice (4 s, at least 0.3 s) that is seen: the median of them, for a person who
speaks over the voice speaks less than half of the time."""

MANY, USUAL, CAREFUL = 200, 0.5, 0.5
"""With fewer blocks than this, not the median is taken but what only a fifth of them exceed."""

NOISE_EVERY, NOISE_SEEN, QUIETEST = 10, 40, 3
"""While nothing is played the room is listened to every so many blocks; of the last so many times (4 s) the quietest
third is its noise."""

QUIET = 4.0
"""The room is quiet up to so many times its noise (power)."""

LOUD = 0.1
"""Blocks of the voice are looked at if their echo may have so much of the power of the strongest."""

LINGER = 0.6
"""How much of the left echo of one block may still be there in the next: reverberation past the filter's reach."""

DEEPEST = 0.01
"""The smallest factor a frequency is turned down by: -40 dB."""

FALL, RISE = 0.7, 0.5
"""How far the factors follow downwards and upwards with each block."""

LOWEST = 3
"""The first frequency bin (150 Hz) whose loudness says something of voices."""

TINY = 1e-12

_WINDOW = np.sin(np.pi * (np.arange(2 * BLOCK) + 0.5) / (2 * BLOCK))
"""Applied before and after, so that overlapping windows add up to one."""


class EchoCanceller:
    """Call in turn: `clean` with a microphone block, then `played` with what the speaker gets meanwhile.

    While nothing sounds the microphone passes as it is, at no cost; what was learnt is kept. While something
    sounds the result comes 10 ms later than the microphone.
    """

    def __init__(self) -> None:
        self._filter = EchoFilter()
        self._quiet = self._silent = math.inf
        self._room_quiet = True
        self._factors: Real = np.ones(BLOCK + 1)
        self._left: Real = np.zeros(BLOCK + 1)
        self._before = np.zeros(BLOCK)
        self._overlap = np.zeros(BLOCK)
        self._clear = 0.0
        self._excess: deque[float] = deque(maxlen=SEEN)
        self._strongest = 0.0
        self._noise: Real = np.zeros(BLOCK + 1)
        self._rested = 0
        self._room: deque[Real] = deque(maxlen=NOISE_SEEN)

    def played(self, block: Block) -> None:
        """Note one speaker block."""
        if float(np.abs(block).max()) >= AUDIBLE:
            self._quiet = self._silent = 0.0
        else:
            self._silent += BLOCK_SECONDS
            if self._quiet < ECHO_OVER or self._room_quiet or self._silent >= LATEST_REST:
                # Not in the middle of a word: a block of it would be lost.
                self._quiet += BLOCK_SECONDS
        if not self.resting:
            self._filter.played(block)

    def jumped(self) -> None:
        """What is played comes sooner or later than before."""
        self._filter.begin_anew()
        self._excess.clear()

    @property
    def resting(self) -> bool:
        """Whether nothing was played for so long that nothing of it can be heard any more."""
        return self._quiet >= ECHO_OVER + BLOCK_SECONDS

    @property
    def clearness(self) -> float:
        """How much louder the block cleaned last is than noise and what echo may be left in it (power ratio)."""
        return self._clear

    def clean(self, microphone: Block) -> Block:
        """The microphone block without what was played."""
        if self.resting:
            self._clear = np.inf
            self._note_room(microphone)
            # So that nothing jumps when the voice begins: its first block comes twice.
            self._before = microphone.astype(np.float64)
            self._overlap = self._before * _WINDOW[BLOCK:] ** 2
            return microphone
        if self._rested:
            self._know_noise()
        rest = self._filter.clean(microphone)
        self._room_quiet = float(np.dot(rest, rest)) * BLOCK <= QUIET * float(self._noise.sum()) + AUDIBLE
        spectrum = np.fft.rfft(np.concatenate((self._before, rest)) * _WINDOW)
        self._before = rest
        power = _power(spectrum) + TINY
        self._left = np.maximum(self._may_be_left(power), LINGER * self._left)
        # What is taken out is left as loud as the room is by itself, so that the voice gate finds no gaps in its noise.
        deepest = np.minimum(1.0, np.maximum(DEEPEST**2, self._noise / power))
        wanted = np.sqrt(np.maximum(1.0 - self._left / power, deepest))
        follow = np.where(wanted > self._factors, RISE, FALL)
        self._factors = self._factors + follow * (wanted - self._factors)
        explained = self._left + self._noise
        self._clear = float(power[LOWEST:].sum() / (explained[LOWEST:].sum() + TINY))
        whole = np.fft.irfft(spectrum * self._factors) * _WINDOW
        cleaned = self._overlap + whole[:BLOCK]
        self._overlap = whole[BLOCK:]
        return cleaned.astype(np.float32)

    def _note_room(self, microphone: Block) -> None:
        """Note what the room sounds like while nothing is played."""
        self._rested += 1
        if self._rested % NOISE_EVERY == 0:
            self._room.append(_power(np.fft.rfft(np.concatenate((self._before, microphone)) * _WINDOW)))

    def _know_noise(self) -> None:
        """Take for noise what the room sounds like in its quietest moments: in the others somebody spoke."""
        quietest = sorted(self._room, key=lambda power: float(power.sum()))[: -(-len(self._room) // QUIETEST)]
        if quietest:
            self._noise = np.mean(quietest, axis=0)
        self._rested = 0

    def _may_be_left(self, power: Real) -> Real:
        """How much of this block's power may be echo, by what the filter believes and how right that has been."""
        believed = self._filter.uncertainty
        total = float(believed[LOWEST:].sum())
        self._strongest = max(self._filter.loudness, 0.99 * self._strongest)
        if self._filter.heard_all and self._filter.loudness > LOUD * self._strongest:
            self._excess.append(max(0.0, float((power - self._noise)[LOWEST:].sum())) / total)
        excess = AT_FIRST
        if len(self._excess) >= ENOUGH:
            excess = float(np.quantile(self._excess, USUAL if len(self._excess) >= MANY else CAREFUL))
        return OVER * min(MOST, max(LEAST, excess)) * believed


def _power(spectrum: Complex) -> Real:
    return np.asarray(spectrum.real**2 + spectrum.imag**2)
