"""From one sample rate to another, chunk after chunk."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import soxr

from bedside.audio.block import Samples

_SETTLED = 0.25
"""Seconds of silence after which the resampler holds nothing else: several times its delay."""


class Resampler:
    """Keeps its state from chunk to chunk. quality: as soxr names it, "LQ" to "VHQ".

    What comes out of a chunk may be longer or shorter than its share; over the whole it is exact. Silence that lasts is
    answered with silence without any work, for most of a night is silence.
    """

    def __init__(self, rate_in: int, rate_out: int, quality: str) -> None:
        self._ratio = Fraction(rate_out, rate_in)
        self._stream = None if rate_in == rate_out else soxr.ResampleStream(rate_in, rate_out, 1, quality=quality)
        self._settled = round(_SETTLED * rate_in)
        self._silent = 0

    def __call__(self, samples: Samples) -> Samples:
        """The next chunk, shape (n,), at the other rate."""
        if self._stream is None:
            return samples
        self._silent = 0 if samples.any() else self._silent + len(samples)
        share = len(samples) * self._ratio
        if self._silent > self._settled and share.denominator == 1:
            return np.zeros(int(share), dtype=np.float32)
        return np.asarray(self._stream.resample_chunk(samples), dtype=np.float32)
