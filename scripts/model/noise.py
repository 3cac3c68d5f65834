"""Sounds that are no speech: recorded ones, coloured noise, and something like snores and coughs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soxr
from mfcc import mfcc
from numpy.random import Generator
from numpy.typing import NDArray
from recordings import RATE, load_wave, rows

SEED = 7
Wave = NDArray[np.floating]
"""Samples (n,) at 16 kHz."""

_SETS = ("esc10", "gsc_background_noise", "baby_cry_donateacry", "audiomentations_demo")
_EVENTS = ("baby_cry", "crying_baby", "dog_bark", "rooster", "person_sneeze")
_PIECE = 6 * RATE


def coloured_noise(rng: Generator, length: int) -> Wave:
    """White to brown noise of unit power, `length` samples."""
    size = -(-length // 8192) * 8192  # a size that is quick to transform
    spectrum = np.fft.rfft(rng.standard_normal(size))
    slope = rng.choice([0, 0.5, 0.5, 1])
    spectrum /= np.maximum(np.arange(len(spectrum)), 20 * size / RATE) ** slope
    sound = np.fft.irfft(spectrum, size)[:length]
    return sound / (np.sqrt(np.mean(sound**2)) + 1e-9)


def load_noises(audio: str | Path) -> dict[str, list[Wave]]:
    """Recorded noise in pieces of six seconds: "flat" (steady) and "event" (a baby, a dog, a sneeze)."""
    found: dict[str, list[Wave]] = {"flat": [], "event": []}
    for row in rows(audio):
        usable = row["split"] == "dev" and row["licence_tier"] == "clear" and row["label"] != "ir"
        if not usable or row["set"] not in _SETS:
            continue
        event = row["label"] in _EVENTS or row["set"].startswith("baby")
        wave = load_wave(row["path"])
        for start in range(0, len(wave), _PIECE):
            piece = wave[start : start + _PIECE]
            if len(piece) > RATE // 2 and np.abs(piece).max() > 30:
                found["event" if event else "flat"].append(piece)
    return found


def body_sound(rng: Generator) -> Wave:
    """Something like snoring, coughing or breathing: pulses through resonances, and shaped noise."""
    length = int(rng.uniform(1.5, 4) * RATE)
    out = np.zeros(length, np.float32)
    at, kind = int(rng.uniform(0.1, 0.5) * RATE), rng.integers(3)  # 0 a snore, 1 a cough, 2 a breath
    while at < length - RATE // 4:
        duration = rng.uniform(0.15, 0.4) if kind == 1 else rng.uniform(0.5, 1.3)
        count = min(int(duration * RATE), length - at)
        sound = coloured_noise(rng, count)
        if kind == 0:
            sound = _snore(rng, count) + sound * rng.uniform(0.1, 0.8)
        shape = np.exp(-np.arange(count) / RATE * rng.uniform(6, 20)) if kind == 1 else np.hanning(count)
        out[at : at + count] += sound * shape
        at += count + int(rng.uniform(0.2, 1.2) * RATE)
    return out


def _snore(rng: Generator, count: int) -> Wave:
    """Pulses at 25 to 80 Hz through three resonances, of unit power."""
    pulses, step = np.zeros(count), RATE / rng.uniform(25, 80)
    places = np.cumsum(step * rng.uniform(0.8, 1.2, int(count / step) + 2)).astype(int)
    pulses[places[places < count]] = 1
    t = np.arange(400) / RATE
    throat = sum(
        np.exp(-t * rng.uniform(200, 600)) * np.sin(2 * np.pi * frequency * t)
        for frequency in rng.uniform((150, 500, 1200), (450, 1100, 2800))
    )
    pulses = np.convolve(pulses, throat)[:count]
    return pulses / (np.sqrt(np.mean(pulses**2)) + 1e-9)


def noise_example(job: tuple[str, int, Wave | None]) -> tuple[NDArray[np.float16], NDArray[np.bool_]]:
    """Features of sound without speech, and which 10 ms frames are loud events.

    job: "flat", "event", "body" or "room"; a number that makes it repeatable; the recording of the first two.
    """
    kind, index, recorded = job
    rng = np.random.default_rng([SEED, 5, index])
    wave = _sound(rng, kind, index, recorded)
    start = rng.integers(0, max(1, len(wave) - 4 * RATE))
    wave = np.asarray(wave, np.float64)[start : start + int(rng.uniform(2, 4) * RATE)]
    if np.abs(wave).max() > 0:
        wave = wave * (10 ** rng.uniform(-2.8, -0.05) * 32767 / np.abs(wave).max())
    if rng.random() < 0.5:
        wave = wave + coloured_noise(rng, len(wave)) * 10 ** rng.uniform(-0.3, 2)
    if rng.random() < 0.4:
        wave = np.pad(wave, (int(rng.uniform(0, 0.5) * RATE), int(rng.uniform(0, 0.6) * RATE)))
    features = mfcc(np.round(np.clip(wave, -32768, 32767)))
    loud = np.zeros(len(features), bool)
    if kind in ("event", "body"):
        energy = np.convolve(features[:, 0], np.ones(15) / 15, "same")
        loud = energy > max(np.quantile(energy, 0.1) + 8, energy.max() - 25)
    return features.astype(np.float16), loud


def _sound(rng: Generator, kind: str, index: int, recorded: Wave | None) -> Wave:
    if kind == "body":
        return body_sound(rng)
    if kind == "room":
        if index % 4 == 0:
            return np.zeros(int(rng.uniform(1, 3) * RATE))
        return coloured_noise(rng, int(rng.uniform(1, 4) * RATE))
    assert recorded is not None
    if rng.random() < 0.5:
        return soxr.resample(recorded, RATE, RATE * rng.uniform(0.8, 1.25))
    return recorded
