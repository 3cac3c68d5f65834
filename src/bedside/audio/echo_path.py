"""The way of the assistant's own sound from the speaker to the microphone."""

from __future__ import annotations

import numpy as np

from bedside.audio.block import BLOCK, RATE, Block, Samples


class EchoPath:
    """A linear path with delay, reverberation and gain: block in, block out.

    gain: factor of the power-preserving response. delay: seconds; a block can be heard at the earliest in
    the next one, so less than 10 ms counts as 10 ms. rt60: seconds until the tail has fallen by 60 dB, 0 for
    a direct sound only; the tail is decaying noise made from `seed`, as strong as the direct sound.
    """

    def __init__(self, gain: float, delay: float, rt60: float, seed: int) -> None:
        response = np.float64(gain) * _response(rt60, seed)
        # The block read next begins one block later than the one just written: that delay is there already.
        lead = max(0, round(delay * RATE) - BLOCK)
        self._size = 1 << (len(response) + BLOCK - 1).bit_length()
        self._spectrum = np.fft.rfft(response, self._size)
        self._lead = lead
        self._coming = np.zeros(lead + self._size)

    def __call__(self, block: Block) -> Block:
        """Takes the block that the speaker plays, returns what of it and of those before is heard in the
        following block."""
        if block.any():
            sound = np.fft.irfft(np.fft.rfft(block, self._size) * self._spectrum, self._size)
            self._coming[self._lead :] += sound
        heard = self._coming[:BLOCK].astype(np.float32)
        self._coming[:-BLOCK] = self._coming[BLOCK:]
        self._coming[-BLOCK:] = 0.0
        return heard


def _response(rt60: float, seed: int) -> Samples:
    """An impulse response of unit energy, so that speech keeps its level on the whole."""
    time = np.arange(1, round(rt60 * RATE)) / RATE
    if len(time) == 0:
        return np.ones(1, dtype=np.float32)
    tail = np.random.default_rng(seed).standard_normal(len(time)) * 10.0 ** (-3.0 * time / rt60)
    tail /= np.sqrt(np.sum(tail**2))
    return np.asarray(np.concatenate([[1.0], tail]) / np.sqrt(2.0), dtype=np.float32)
