"""Made-up sounds for tests, and how alike two sounds are."""

from __future__ import annotations

import numpy as np

from bedside.audio.block import RATE, Samples


def chirp(seconds: float, low: float = 200.0, high: float = 2000.0, level: float = 0.3) -> Samples:
    """A tone that rises from `low` to `high` Hz: every moment of it sounds different."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * (low * time + (high - low) * time**2 / (2 * seconds))
    return (level * np.sin(phase)).astype(np.float32)


def tone(seconds: float, frequency: float = 300.0, level: float = 0.3) -> Samples:
    time = np.arange(round(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


def speech_like(seconds: float, seed: int, level: float = 0.05) -> Samples:
    """Noise as coloured and as uneven as speech: five syllables a second, each with a spectrum of its own."""
    chance = np.random.default_rng(seed)
    pieces, size = [], RATE // 5
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    for _ in range(round(seconds * 5) + 1):
        peak = chance.uniform(200, 1500)
        shape = 0.02 + np.exp(-(((frequency - peak) / 300) ** 2)) + 0.2 * np.exp(-(((frequency - 2 * peak) / 600) ** 2))
        noise = np.fft.irfft(np.fft.rfft(chance.standard_normal(size)) * shape, size)
        pieces.append(noise / np.sqrt(np.mean(noise**2)) * np.hanning(size) * chance.uniform(0.3, 1.0))
    return (level * np.concatenate(pieces))[: round(seconds * RATE)].astype(np.float32)


def likeness(sound: Samples, part: Samples) -> float:
    """How much of `part` is found in `sound`, wherever it is: 1.0 for a faithful copy at any volume."""
    return _find(sound, part)[0]


def share_found(sound: Samples, clip: Samples, piece: int = RATE // 5) -> float:
    """The share of the pieces of `clip` that are found in `sound`, faithful and in order: a device that
    stumbles on a busy machine spoils the piece in which it does and no other."""
    found, latest = 0, -1
    pieces = np.split(clip, range(piece, len(clip), piece))
    for part in pieces:
        like, offset = _find(sound, part)
        if like > 0.9 and offset > latest:
            found, latest = found + 1, offset
    return found / len(pieces)


def _find(sound: Samples, part: Samples) -> tuple[float, int]:
    size = 1 << (len(sound) + len(part) - 1).bit_length()
    products = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(part, size)), size)
    offset = int(np.argmax(products))
    piece = sound[offset : offset + len(part)]
    energy = float(np.sum(np.square(piece, dtype=float))) * float(np.sum(np.square(part, dtype=float)))
    return (float(products[offset]) / energy**0.5 if energy > 0 else 0.0), offset


def sounding(sound: Samples, threshold: float = 0.01) -> int:
    """Samples from the first to the last that is louder than `threshold`."""
    loud = np.flatnonzero(np.abs(sound) > threshold)
    return int(loud[-1] - loud[0]) + 1 if len(loud) else 0
