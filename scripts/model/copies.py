"""Altered copies of recordings: in a row, faster or slower, in rooms, through other microphones, in noise."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import soxr
from mfcc import mfcc
from noise import SEED, Wave, coloured_noise
from numpy.random import Generator
from numpy.typing import NDArray
from recordings import RATE, Recording, load_wave

PAD = int(0.15 * RATE)
"""Samples of room noise put before and after each recording."""

_SHORT = 2.2
"""Recordings under so many seconds are often put in a row."""

Piece = tuple[int, int, float]
"""What a copy was made of: number of the recording, start sample in the copy, speed factor."""


@dataclass
class Material:
    """What copies are made from. Set in `MATERIAL` before the workers start, which inherit it.

    short: numbers of short recordings. babble: speech of others. rooms: impulse responses.
    """

    speech: list[Recording] = field(default_factory=list)
    noises: dict[str, list[Wave]] = field(default_factory=dict)
    short: NDArray[np.int_] = field(default_factory=lambda: np.zeros(0, int))
    babble: list[Wave] = field(default_factory=list)
    rooms: list[Wave] = field(default_factory=list)


MATERIAL = Material()


def reverberate(rng: Generator, wave: Wave) -> Wave:
    """A small room: the direct sound followed by exponentially decaying noise."""
    decay = rng.uniform(0.1, 0.5)  # RT60 in seconds
    t = np.arange(int(decay * RATE)) / RATE
    tail = rng.standard_normal(len(t)) * np.exp(-6.9 * t / decay)
    tail *= rng.uniform(0.2, 0.8) / np.sqrt(np.sum(tail**2))
    tail[0] = 1
    size = -(-(len(wave) + len(tail)) // 8192) * 8192
    return np.fft.irfft(np.fft.rfft(wave, size) * np.fft.rfft(tail, size), size)[: len(wave)]


def floor_level(wave: Wave) -> float:
    """RMS of the quietest 10 ms blocks, at least 0.5."""
    blocks = wave[: len(wave) // 160 * 160].reshape(-1, 160)
    if not len(blocks):
        return 1.0
    return max(0.5, float(np.quantile(np.sqrt(np.mean(blocks**2, 1)), 0.05)) * 0.7)


def speech_level(wave: Wave) -> float:
    """RMS of the loudest four tenths of the 20 ms blocks."""
    count = max(1, len(wave) // 320)
    blocks = wave[: count * 320].reshape(count, -1)
    energy = np.sort((blocks**2).mean(1))
    return float(np.sqrt(energy[-max(1, len(energy) * 4 // 10) :].mean())) + 1e-6


def padded(rng: Generator, wave: Wave, level: float) -> Wave:
    """`wave` with PAD samples of noise of that level before and after it."""
    out = rng.standard_normal(len(wave) + 2 * PAD) * level
    out[PAD:-PAD] = wave
    return out


def plain_copy(index: int) -> NDArray[np.float16]:
    """Features of the recording as it is: what phone times refer to."""
    wave = load_wave(MATERIAL.speech[index]["path"]).astype(np.float64)
    rng = np.random.default_rng([SEED, index])
    return mfcc(np.round(padded(rng, wave, floor_level(wave)))).astype(np.float16)


def altered_copy(job: tuple[int, int]) -> tuple[NDArray[np.float16], list[Piece]]:
    """Features of an altered copy and its pieces. job: number of the recording, number of the copy."""
    index, kind = job
    rng = np.random.default_rng([SEED, index, kind])
    parts = _parts(rng, index)
    lead = int(rng.uniform(0, 0.6) * RATE)
    sounds, pieces = _in_a_row(rng, parts, lead)
    sound = np.concatenate([np.zeros(lead), *sounds, np.zeros(int(rng.uniform(0, 0.7) * RATE))])
    if rng.random() < 0.6:
        sound = _other_microphone(rng, sound)
    sound = _in_a_room(rng, sound)
    sound = _in_noise(rng, sound, lead)
    sound = sound * (10 ** rng.uniform(-1.7, -0.02) * 32767 / (np.abs(sound).max() + 1e-9))
    if rng.random() < 0.06:
        sound = np.clip(sound * rng.uniform(1.5, 4), -32767, 32767)
    return mfcc(np.round(sound)).astype(np.float16), pieces


def _parts(rng: Generator, index: int) -> list[tuple[int, Wave]]:
    wave = load_wave(MATERIAL.speech[index]["path"]).astype(np.float64)
    parts = [(index, wave)]
    if len(wave) < _SHORT * RATE and rng.random() < 0.35:
        for _ in range(1 + (rng.random() < 0.3)):
            other = int(rng.choice(MATERIAL.short))
            parts.append((other, load_wave(MATERIAL.speech[other]["path"]).astype(np.float64)))
        parts = [parts[i] for i in rng.permutation(len(parts))]
    return parts


def _in_a_row(rng: Generator, parts: list[tuple[int, Wave]], at: int) -> tuple[list[Wave], list[Piece]]:
    """All parts at about the level of the first, each at its own speed."""
    sounds: list[Wave] = []
    pieces: list[Piece] = []
    level: float | None = None
    for number, part in parts:
        wave, own = part, speech_level(part)
        if level is None:
            level = own
        else:
            wave = wave * level / own * 10 ** rng.uniform(-0.15, 0.15)
        speed = rng.uniform(0.83, 1.2)
        room = floor_level(wave) if rng.random() < 0.75 else 0
        sound = soxr.resample(padded(rng, wave, room), RATE * speed, RATE)
        pieces.append((number, at, speed))
        sounds.append(sound)
        at += len(sound)
    return sounds, pieces


def _other_microphone(rng: Generator, sound: Wave) -> Wave:
    sound = sound + rng.uniform(-0.55, 0.55) * np.concatenate([[0], sound[:-1]])
    if rng.random() < 0.3:  # muffled, or as on the telephone
        spectrum, frequency = np.fft.rfft(sound), np.fft.rfftfreq(len(sound), 1 / RATE)
        low, high = rng.uniform(50, 300), rng.uniform(3200, 7500)
        filtered = spectrum / (1 + (low / np.maximum(frequency, 1)) ** 4) / (1 + (frequency / high) ** 6)
        sound = np.fft.irfft(filtered, len(sound))
    return sound


def _in_a_room(rng: Generator, sound: Wave) -> Wave:
    if rng.random() < 0.4:
        return reverberate(rng, sound)
    if rng.random() < 0.15 and MATERIAL.rooms:
        room = MATERIAL.rooms[rng.integers(len(MATERIAL.rooms))]
        size = 1 << (len(sound) + len(room)).bit_length()
        return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(room, size), size)[: len(sound)]
    return sound


def _in_noise(rng: Generator, sound: Wave, lead: int) -> Wave:
    """With coloured noise, other people, or recorded noise; sometimes only where there is speech."""
    level, dice = speech_level(sound), rng.random()
    if dice < 0.35:
        add, snr = coloured_noise(rng, len(sound)), rng.uniform(3, 32)
    elif dice < 0.85:
        if dice > 0.75 and MATERIAL.babble:
            pool, snr = MATERIAL.babble, rng.uniform(10, 28)
        else:
            pool, snr = MATERIAL.noises["flat" if rng.random() < 0.75 else "event"], rng.uniform(3, 30)
        add = pool[rng.integers(len(pool))].astype(np.float64)
        add = np.resize(np.roll(add, int(rng.integers(len(add)))), len(sound))
    else:
        return sound
    add = add / (np.sqrt(np.mean(add**2)) + 1e-9)
    if rng.random() < 0.2:
        add[:lead] = 0
    return sound + add * level * 10 ** (-snr / 20)
