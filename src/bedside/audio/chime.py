"""A soft, short chime: a microphone or a speaker that was lost is back."""

from __future__ import annotations

import numpy as np

from bedside.audio.block import RATE, Samples
from bedside.audio.levels import amplitude, rms_dbfs

NOTES = (523.25, 783.99)
"""Hz: a fifth upwards, c'' and g''."""

NOTE, AFTER = 0.45, 0.18
"""Seconds of a note, and after which the second begins."""

LEVEL_DBFS = -34.0
"""RMS; a voice of bedside has some 14 dB more, so nobody wakes of it."""


def chime() -> Samples:
    """The sound, shape (n,): two struck notes that fade."""
    length, later = round(NOTE * RATE), round(AFTER * RATE)
    time = np.arange(length) / RATE
    whole = np.zeros(length + later, dtype=np.float64)
    for number, hertz in enumerate(NOTES):
        note = (np.sin(2 * np.pi * hertz * time) + 0.2 * np.sin(4 * np.pi * hertz * time)) * np.exp(-time / 0.12)
        whole[number * later : number * later + length] += note
    return (whole * amplitude(LEVEL_DBFS - rms_dbfs(whole.astype(np.float32)))).astype(np.float32)
