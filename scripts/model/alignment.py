"""Which phone is when: Viterbi alignment of known words, and what becomes of it in altered copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from copies import Piece
from numpy.typing import NDArray
from phones import ENTRY, REST

Alignment = list[tuple[int, int, int]]
"""(unit, first frame, frames) of each phone, in 10 ms frames."""

_SILENCE = 0
_START = -1


class _Graph:
    """States of a sentence: four a phone, three frames of its entry score and then its other one, repeated."""

    def __init__(self) -> None:
        self.scores: list[int] = []
        self.before: list[list[int]] = []
        self.unit: list[int] = []
        self.opening: list[bool] = []

    def phone(self, unit: int, previous: Sequence[int]) -> list[int]:
        """Add a phone after the states `previous`; returns the states that may end it."""
        for step in range(4):
            state = len(self.scores)
            self.scores.append(ENTRY[unit] if step < 3 else REST[unit])
            self.unit.append(unit)
            self.opening.append(step == 0)
            self.before.append(list(previous) if step == 0 else [state - 1] + ([state] if step == 3 else []))
        return [len(self.scores) - 2, len(self.scores) - 1]

    def table(self) -> NDArray[np.int_]:
        """(states, most) states before each state: the number of states stands for none, one more for the start."""
        size = len(self.scores)
        table = np.full((size, max(map(len, self.before))), size)
        for state, before in enumerate(self.before):
            for k, earlier in enumerate(before):
                table[state, k] = size + 1 if earlier == _START else earlier
        return table


def align(scores: NDArray[np.float32], words: Sequence[Sequence[Sequence[int]]]) -> tuple[Alignment | None, float]:
    """Viterbi: phone times, None if the sentence does not fit, and the mean score below the best.

    scores: (10 ms frames, SCORES). words: for each word its alternative pronunciations, sequences of units;
    silence between words is optional.
    """
    graph = _Graph()
    ends = [_START]
    for alternatives in words:
        ends = ends + graph.phone(_SILENCE, ends)
        after: list[int] = []
        for units in alternatives:
            last = ends
            for unit in units:
                last = graph.phone(unit, last)
            after += last
        ends = after
    ends = ends + graph.phone(_SILENCE, ends)
    path, score = _best_path(scores, graph, ends)
    if path is None:
        return None, -99.0
    out: list[list[int]] = []
    for t, state in enumerate(path):
        if t == 0 or (graph.opening[state] and path[t - 1] != state):
            out.append([graph.unit[state], t, 1])
        else:
            out[-1][2] += 1
    return [(unit, begin, count) for unit, begin, count in out], float(score - scores.max(1).mean())


def _best_path(
    scores: NDArray[np.float32], graph: _Graph, ends: Sequence[int]
) -> tuple[NDArray[np.int_] | None, float]:
    size, table = len(graph.scores), graph.table()
    emit = scores[:, graph.scores]
    best = np.full(size + 2, -np.inf, np.float32)
    best[size + 1] = 0
    back, rows = np.empty((len(scores), size), np.int32), np.arange(size)
    for t in range(len(scores)):
        options = best[table]
        choice = options.argmax(1)
        back[t] = table[rows, choice]
        best[:size] = options[rows, choice] + emit[t]
        best[size:] = -np.inf
    state = max(ends, key=lambda end: best[end])
    if best[state] == -np.inf:
        return None, -99.0
    score = best[state] / len(scores)
    path = np.empty(len(scores), int)
    for t in range(len(scores) - 1, -1, -1):
        path[t] = state
        state = back[t, state]
    return path, score


def phone_frames(
    pieces: Sequence[Piece], frames: int, alignments: Sequence[Alignment | None] | Mapping[int, Alignment | None]
) -> tuple[NDArray[np.int32], NDArray[np.int64]] | None:
    """For a copy made of pieces: the running number of the phone in each 10 ms frame, and each number's unit;
    None where a piece has no alignment."""
    inside = np.full(frames, -1, np.int32)
    units: list[int] = []
    centre = np.arange(frames) * 160 + 200
    for number, start, speed in pieces:
        alignment = alignments[number]
        if alignment is None:
            return None
        total = alignment[-1][1] + alignment[-1][2]
        table = np.full(max(total, 1), -1, np.int32)
        for unit, begin, count in alignment:
            if unit != _SILENCE:
                table[max(begin, 0) : max(begin + count, 0)] = len(units)
                units.append(unit)
        source = np.round(((centre - start) * speed - 200) / 160).astype(int)
        known = (source >= 0) & (source < total)
        inside[known] = table[source[known]]
    t = 0
    while t < frames:  # silences get numbers too
        if inside[t] >= 0:
            t += 1
            continue
        end = t
        while end < frames and inside[end] < 0:
            end += 1
        inside[t:end] = len(units)
        units.append(_SILENCE)
        t = end
    return inside, np.array(units, np.int64)
