"""Changes of the features made anew in each epoch, in the cepstral domain."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Features = NDArray[np.float32]
"""MFCCs, shape (10 ms frames, 40)."""


def _cepstral_matrices() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """DCT and lifter of Kaldi's MFCC and its inverse: to the 40 log mel bands and back."""
    k = np.arange(40)
    dct = np.sqrt(2 / 40) * np.cos(np.pi / 40 * np.outer(k, k + 0.5))
    dct[0] = np.sqrt(1 / 40)
    matrix = np.diag(1 + 0.5 * 22 * np.sin(np.pi * k / 22)) @ dct
    return matrix, np.linalg.inv(matrix)


_DCT, _IDCT = _cepstral_matrices()


def _mel(frequency: float | NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127 * np.log(1 + np.asarray(frequency) / 700))


def _warp(alpha: float) -> Features:
    """Matrix (40, 40) that moves the formants by the factor alpha, as another vocal tract does."""
    centres = np.linspace(_mel(20), _mel(7600), 42)[1:-1]
    source = _mel(np.minimum(700 * (np.exp(centres / 1127) - 1) / alpha, 7600.0))
    at = np.clip((source - centres[0]) / (centres[1] - centres[0]), 0, 39)
    matrix, low = np.zeros((40, 40)), np.minimum(at.astype(int), 38)
    matrix[np.arange(40), low] = 1 - (at - low)
    matrix[np.arange(40), low + 1] += at - low
    return (_DCT @ matrix @ _IDCT).astype(np.float32)


_WARPS = [_warp(alpha) for alpha in np.linspace(0.86, 1.16, 13)]
_TILT = np.array([6, 5, 4, 4, 3, 3, 3])


def alter(features: NDArray[np.floating], rng: Generator) -> Features:
    """Another vocal tract, microphone and level; a masked band, masked moments."""
    f = features.astype(np.float32)
    if rng.random() < 0.75:
        f = f @ _WARPS[rng.integers(13)].T
    shift = np.zeros(40, np.float32)
    if rng.random() < 0.5:
        shift[0] = rng.normal(0, 6)
    if rng.random() < 0.7:
        shift[1:8] = rng.normal(0, 1, 7) * _TILT
    f = f + shift
    if rng.random() < 0.5:
        f = _without_band(f, rng)
    if len(f) > 60 and rng.random() < 0.5:
        for _ in range(1 + len(f) // 300):
            width = rng.integers(3, 16)
            at = rng.integers(0, len(f) - width)
            f[at : at + width] = f.mean(0)
    return f


def _without_band(f: Features, rng: Generator) -> Features:
    """A band of 2 to 8 mel bands replaced by its mean."""
    width = rng.integers(2, 9)
    low = rng.integers(0, 40 - width)
    keep = np.ones(40, np.float32)
    keep[low : low + width] = 0
    mean = f.mean(0) @ _IDCT.T.astype(np.float32)
    rest = f @ ((_DCT * keep) @ _IDCT).T.astype(np.float32)
    return rest + ((mean * (1 - keep)) @ _DCT.T).astype(np.float32)
