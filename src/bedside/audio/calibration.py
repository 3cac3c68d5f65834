"""How the microphone hears the speaker: after which delay, how loud, and how much of the room's noise beside it.

`listen_to_itself` plays a sound over an audio end and takes down what comes back; `measure` is a pure function of these
two. The delay is where the way from the speaker to the microphone begins, which is found by taking what was played out
of what was heard (deconvolution); the levels are those of the band in which speech is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bedside.audio.block import BLOCK, BLOCK_SECONDS, RATE, AudioEnd, Samples, silence
from bedside.audio.levels import SILENCE_DBFS, amplitude, decibels
from bedside.audio.player import Player

BEFORE, AFTER = 1.5, 1.8
"""Seconds that are listened to before the sound, for the noise of the room, and after it, for a late echo."""

LONGEST = 1.5
"""Seconds: no echo is looked for that comes later."""

BAND = (200.0, 6000.0)
"""Hertz: below are hum, footsteps and what a cheap microphone adds by itself, which hide no words."""

SWEEP = (250.0, 5000.0, 0.8)
"""The tone of the test rises from the first to the second frequency (Hz) in so many seconds."""

USUAL_DBFS = -24.0
"""Level of the tone by itself: about that of the voice."""

PAUSE = 0.3
"""Seconds between the tone and what is said after it."""

FOUND = 8.0
"""An echo is one whose peak is so many times as strong (amplitude) as the way seems to be where there can be none:
chance makes some 4.5."""

NOTHING = 1e-6
"""Amplitude of a way (-120 dB) that no microphone tells from none."""

FIRST = 0.5
"""The echo begins with the first peak that has so much of the strongest (amplitude)."""

SMOOTHING = 0.01
"""Frequencies in which less than so much of the mean power was played tell little."""

PLAYED = 0.03
"""A block is one in which something is played if it has so much of the power of the loudest (-15 dB)."""

OVERLOADED = 0.99
"""Amplitude from which a microphone is overloaded."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Echo:
    """What came back. delay: seconds from a speaker block to its being heard, None if it is not heard at all.
    level_dbfs: of the echo while bedside speaks, noise_dbfs: of the room while it does not, both in the band of speech.
    clipped: the microphone was overloaded."""

    delay: float | None
    level_dbfs: float
    noise_dbfs: float
    clipped: bool

    @property
    def above_noise_db(self) -> float:
        """How clearly the voice arrives."""
        return self.level_dbfs - self.noise_dbfs


def probe_sound(spoken: Samples | None = None) -> Samples:
    """A short rising tone, and behind it what is spoken, equally loud: the tone tells the delay."""
    low, high, seconds = SWEEP
    time = np.arange(round(seconds * RATE)) / RATE
    octaves = np.log(high / low)
    phase = 2 * np.pi * low * seconds / octaves * np.expm1(time / seconds * octaves)
    tone = np.sin(phase) * np.minimum(1.0, 10.0 * np.minimum(time, time[::-1]) / seconds)
    if spoken is None or not spoken.any():
        return np.asarray(amplitude(USUAL_DBFS) * np.sqrt(2.0) * tone, dtype=np.float32)
    loud = np.sqrt(np.mean(np.square(spoken[spoken != 0.0])))
    pause = np.zeros(round(PAUSE * RATE))
    return np.concatenate((np.sqrt(2.0) * loud * tone, pause, spoken)).astype(np.float32)


def listen_to_itself(end: AudioEnd, sound: Samples, gain_db: float = 0.0) -> tuple[Samples, Samples]:
    """Play `sound` over an open audio end. (what was played, what was heard), equally long: a sample of the first is
    written right after the same sample of the second was read. Ends early where the audio end does."""
    player = Player(gain_db=gain_db, max_gain_db=max(0.0, gain_db))
    played, heard = [silence()], [silence()]
    left = round(AFTER / BLOCK_SECONDS)
    while left and (block := end.read()) is not None:
        if len(heard) == round(BEFORE / BLOCK_SECONDS):
            player.start(sound, "test")
        heard.append(block)
        played.append(player.next_block(end.now))
        end.write(played[-1])
        left -= len(heard) > round(BEFORE / BLOCK_SECONDS) and not player.busy
    return np.concatenate(played), np.concatenate(heard)


def measure(played: Samples, heard: Samples) -> Echo:
    """The echo of `played` in `heard`, both of shape (n,), as `listen_to_itself` gives them."""
    if not len(heard):
        return Echo(None, SILENCE_DBFS, SILENCE_DBFS, False)
    clipped = bool(np.abs(heard).max(initial=0.0) >= OVERLOADED)
    powers, loud = _powers(_in_band(heard)), _powers(played)
    delay = _delay(played, heard) if played.any() else None
    sounding = loud > PLAYED * loud.max(initial=0.0)
    first = int(np.argmax(sounding)) if sounding.any() else len(loud)
    # The first moments of a stream are often a click, or nothing yet.
    before = powers[min(first // 3, 50) : first]
    noise = float(np.median(before)) if len(before) else 0.0
    if delay is None:
        return Echo(None, SILENCE_DBFS, _dbfs(noise), clipped)
    late = round(delay / BLOCK_SECONDS)
    comes = np.zeros_like(sounding)
    comes[late:] = sounding[: len(sounding) - late]
    level = max(0.0, float(np.mean(powers[comes])) - noise) if comes.any() else 0.0
    return Echo(delay, _dbfs(level), _dbfs(noise), clipped)


def _delay(played: Samples, heard: Samples) -> float | None:
    """Seconds until the way begins; None if there is none."""
    size = 1 << (2 * len(played) - 1).bit_length()
    known = np.fft.rfft(played, size)
    power = np.square(np.abs(known))
    way = np.fft.irfft(known.conj() * np.fft.rfft(_in_band(heard), size) / (power + SMOOTHING * power.mean()), size)
    longest = round(LONGEST * RATE)
    # What is heard cannot have been played later: there the way shows what chance makes of the noise.
    chance = float(np.sqrt(np.mean(np.square(way[-longest:])))) + NOTHING
    possible = np.abs(way[:longest])
    if possible.max() < FOUND * chance:
        return None
    return int(np.argmax(possible >= FIRST * possible.max())) / RATE


def _in_band(sound: Samples) -> Floats:
    spectrum = np.fft.rfft(sound)
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    spectrum[(frequency < BAND[0]) | (frequency > BAND[1])] = 0.0
    return np.asarray(np.fft.irfft(spectrum, len(sound)))


def _powers(sound: Samples | Floats) -> Floats:
    blocks = len(sound) // BLOCK
    return np.asarray(np.mean(np.square(sound[: blocks * BLOCK].reshape(blocks, BLOCK), dtype=np.float64), axis=1))


def _dbfs(power: float) -> float:
    return decibels(float(np.sqrt(power)))


CLEAR_DB = 20.0
"""How far the voice shall arrive above the room's noise: from 15 dB on every sound of speech is there to be heard
(ANSI S3.5), and 5 more for whoever lies with an ear in the pillow."""

SOFTEST_DB = -12.0
"""However quiet the room, the nights are not softer than this: the ear may be farther away than the microphone."""


@dataclass(frozen=True)
class Volume:
    """gain_db: of the voice by day (voice.gain_db). night_db: by how much softer at night (quiet_hours.gain_db).
    enough: even so it arrives clearly."""

    gain_db: float
    night_db: float
    enough: bool


def recommend(echo: Echo, gain_db: float, max_gain_db: float) -> Volume:
    """The volume with which the voice arrives clearly above the noise and no louder, in whole decibels. gain_db: with
    which it was measured. max_gain_db: it may be raised up to that."""
    spare = echo.above_noise_db - CLEAR_DB
    wanted = gain_db + max(0, math.ceil(-spare))
    gain = gain_db if echo.clipped else min(wanted, max(max_gain_db, gain_db))
    night = max(SOFTEST_DB, -math.floor(max(0.0, spare)))
    return Volume(gain, night, gain >= wanted)
