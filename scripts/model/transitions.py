"""Kaldi's transitions: each phone is one state, left or repeated with probability 1/2.

The first frame has one score, a repeated one another (Kaldi's "chain" topology).
"""

from __future__ import annotations

import math

from kaldi_format import k_float, k_int, k_ints, k_vector
from phones import ENTRY, PHONE_ID, REST, UNIT


class Transitions:
    """The transition-ids (from 1): `loop` and `forward` of each phone of the graph, by its name."""

    def __init__(self) -> None:
        self.loop: dict[str, int] = {}
        self.forward: dict[str, int] = {}
        self.count = 0
        self._tuples: list[tuple[int, int, int, int]] = []
        for name, phone in PHONE_ID.items():
            unit = UNIT[name.split("_")[0]]
            self._tuples.append((phone, 0, ENTRY[unit], REST[unit]))
            self.loop[name], self.forward[name] = self.count + 1, self.count + 2
            self.count += 2

    def binary(self) -> bytes:
        """Kaldi's TransitionModel."""
        phones = list(PHONE_ID.values())
        out = b"<TransitionModel> <Topology> " + k_ints(phones) + k_ints([-1] + [0] * len(phones))
        out += k_int(-1) + k_int(1) + k_int(2)  # -1: the scores of repeated frames follow
        out += k_int(0) + k_int(1) + k_int(2) + k_int(0) + k_float(0.5) + k_int(1) + k_float(0.5)
        out += k_int(-1) + k_int(-1) + k_int(0)
        out += b"</Topology> <Tuples> " + k_int(len(self._tuples))
        out += b"".join(k_int(number) for row in self._tuples for number in row)
        log_probs = [0.0] + [math.log(0.5)] * self.count
        return out + b"</Tuples> <LogProbs> " + k_vector(log_probs) + b"</LogProbs> </TransitionModel> "
