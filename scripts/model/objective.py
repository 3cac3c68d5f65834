"""The sequence objective LF-MMI: the score of what was said against that of all phone sequences."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from phones import ENTRY, REST, UNITS
from torch import Tensor

_NEVER = -1e5


class Denominator:
    """All phone sequences under a bigram of phones.

    bigram: probabilities (units, units). first: probabilities of the first unit.
    """

    def __init__(self, bigram: NDArray[np.float64], first: NDArray[np.float64]) -> None:
        count = len(UNITS)
        steps, states = np.zeros((2 * count, 2 * count)), np.empty(2 * count, np.int64)
        for p in range(count):
            states[2 * p], states[2 * p + 1] = ENTRY[p], REST[p]
            for state in (2 * p, 2 * p + 1):
                steps[state, 2 * p + 1] = 1
                for q in range(count):
                    if q != p or p > 1:
                        steps[state, 2 * q] = bigram[p, q]
        start = np.zeros(2 * count)
        start[0::2] = first
        self.steps = torch.tensor(steps, dtype=torch.float32)
        self.start = torch.tensor(start, dtype=torch.float32)
        self.states = torch.tensor(states)

    def __call__(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Log score (batch,) of scores (batch, frames, SCORES), each of its own length."""
        scores = x[:, :, self.states]
        top = scores.max(2, keepdim=True).values.detach()
        frames = torch.exp(scores - top).unbind(1)
        top = top[:, :, 0]
        alpha, total = self.start * frames[0], 0
        for t in range(x.shape[1]):
            if t:
                alpha = (alpha @ self.steps) * frames[t]
            mass = alpha.sum(1, keepdim=True)
            total = total + (lengths > t).float() * (torch.log(mass[:, 0]) + top[:, t])
            alpha = alpha / mass
        return total


def numerator(x: Tensor, lengths: Tensor, states: Tensor, early: Tensor, late: Tensor, last: Tensor) -> Tensor:
    """Log score (batch,) of the known phone sequence, each phone near its place.

    states, early, late: (batch, states), which score it is and in which frames it may be. last: (batch,).
    """
    batch, frames, _ = x.shape
    count = states.shape[1]
    scores = torch.gather(x, 2, states[:, None].expand(batch, frames, count))
    t = torch.arange(frames)[None, :, None]
    inside = (scores + _NEVER * ((t < early[:, None]) | (t > late[:, None]))).unbind(1)
    rest = torch.arange(count) % 2 == 1
    never = torch.full((batch, count), _NEVER * 2)
    alpha = torch.where(torch.arange(count) == 0, inside[0], never)
    edge = torch.full((batch, 1), _NEVER * 2)
    for frame in range(1, frames):
        one, two = torch.cat([edge, alpha[:, :-1]], 1), torch.cat([edge, edge, alpha[:, :-2]], 1)
        new = torch.logaddexp(one, torch.where(rest, alpha, two)) + inside[frame]
        alpha = torch.where((lengths > frame)[:, None], new, alpha)
    return torch.logsumexp(alpha.gather(1, torch.stack([last - 1, last], 1)), 1)
