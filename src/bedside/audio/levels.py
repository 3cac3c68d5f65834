"""Levels in dBFS: 0 dBFS is the root mean square of a full-scale square wave, so a full-scale sine has -3."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from bedside.audio.block import BLOCK, Samples

SILENCE_DBFS = -120.0
"""The level given to digital silence, so that levels stay finite."""

SPEECH_MARGIN_DB = 15.9
"""A frame holds speech when it lies at most this much below the active speech level (as in ITU-T P.56)."""


def amplitude(db: float) -> float:
    """The factor that changes a level by `db` decibels."""
    return float(10.0 ** (db / 20.0))


def decibels(factor: float) -> float:
    """The level (dBFS) of an amplitude of 0.0 to 1.0, at least `SILENCE_DBFS`."""
    return max(SILENCE_DBFS, 20.0 * math.log10(factor)) if factor > 0.0 else SILENCE_DBFS


def rms_dbfs(samples: Samples) -> float:
    """Root-mean-square level (dBFS) of all of `samples`, shape (n,); of nothing, `SILENCE_DBFS`."""
    if len(samples) == 0:
        return SILENCE_DBFS
    # Called for every block that is heard and played: a third of the time of mean and square.
    exact = samples.astype(np.float64)
    return decibels(math.sqrt(float(np.dot(exact, exact)) / len(exact)))


def active_level_dbfs(samples: Samples) -> float:
    """Active speech level (dBFS): the RMS over the 10 ms frames that hold speech, so that pauses in a
    recording do not make its speaker count as quieter. Of silence, `SILENCE_DBFS`."""
    powers = _frame_powers(samples)
    active = _active(powers)
    return decibels(math.sqrt(float(np.mean(powers[active])))) if active.any() else SILENCE_DBFS


def active_span(samples: Samples) -> tuple[int, int]:
    """First and one past last sample of the speech, to the 10 ms; (0, 0) if there is none."""
    frames = np.flatnonzero(_active(_frame_powers(samples)))
    if len(frames) == 0:
        return 0, 0
    return int(frames[0]) * BLOCK, min(len(samples), (int(frames[-1]) + 1) * BLOCK)


def _frame_powers(samples: Samples) -> NDArray[np.float64]:
    frames = -(-len(samples) // BLOCK)
    padded = np.zeros(frames * BLOCK, dtype=np.float64)
    padded[: len(samples)] = samples
    return np.asarray(np.mean(np.square(padded.reshape(frames, BLOCK)), axis=1))


def _active(powers: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which frames hold speech. The level that decides is itself that of the active frames: dropping quiet
    frames only raises it, so the search ends."""
    active = powers > amplitude(SILENCE_DBFS) ** 2
    while active.any():
        floor = float(np.mean(powers[active])) * amplitude(-SPEECH_MARGIN_DB) ** 2
        louder = active & (powers >= floor)
        if louder.sum() == active.sum():
            break
        active = louder
    return active
