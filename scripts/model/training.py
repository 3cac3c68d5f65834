"""The training loop: LF-MMI, with frame-wise cross entropy as a regulariser."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from augment import alter
from numpy.random import Generator
from numpy.typing import NDArray
from objective import Denominator, numerator
from phones import CONTEXT, ENTRY, REST
from tdnn import Tdnn, pad_context
from torch import Tensor, nn

SEED = 7
_TOLERANCE = 2
"""Frames of 30 ms by which a phone may begin earlier or end later than it was aligned."""

Example = tuple[NDArray[np.float16], NDArray[np.int32], NDArray[np.int64]]
"""Features (frames, 40), running number of the phone in each 10 ms frame, unit of each running number."""

_ENTRY, _REST = np.array(ENTRY), np.array(REST)


@dataclass(frozen=True)
class Course:
    """How to train. rate: the highest learning rate. floor: its part that is left at the end.

    frame_weight: of the cross entropy. batch_frames: 10 ms frames in a batch.
    """

    epochs: int
    rate: float
    floor: float = 0.01
    frame_weight: float = 0.3
    batch_frames: int = 14_000


def make_batch(batch: Sequence[int], data: Sequence[Example], rng: Generator) -> tuple[Tensor, ...]:
    """Altered features, score numbers of each frame (-1 beyond the end), lengths, and what `numerator` takes."""
    # Few different shapes: each new one costs time.
    frames = -(-max(len(data[i][0]) for i in batch) // 48) * 48
    x = np.zeros((len(batch), frames + 2 * CONTEXT, 40), np.float32)
    y = np.full((len(batch), frames // 3), -1, np.int64)
    lengths = np.zeros(len(batch), np.int64)
    sequences = []
    for row, i in enumerate(batch):
        features, phone, units = data[i]
        start = rng.integers(3)
        part = pad_context(alter(features, rng))[start:]
        x[row, : len(part)] = part
        x[row, len(part) :] = part[-1]
        every = phone[start::3]
        count = len(every)
        lengths[row] = count
        starts = np.flatnonzero(np.r_[True, every[1:] != every[:-1]])
        unit = units[every]
        y[row, :count] = _REST[unit]
        y[row, starts] = _ENTRY[unit[starts]]
        sequences.append((unit[starts], starts, np.r_[starts[1:], count] - 1))
    return tuple(map(torch.from_numpy, (x, y, lengths, *_sequence_tables(sequences))))


def _sequence_tables(sequences: Sequence[tuple[NDArray[np.int64], ...]]) -> tuple[NDArray[np.int64], ...]:
    """states, early, late, last of `numerator` for (units, first frames, last frames) of each utterance."""
    shape = (len(sequences), 2 * max(len(units) for units, _, _ in sequences))
    states, early = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    late, last = np.full(shape, -1, np.int64), np.zeros(len(sequences), np.int64)
    for row, (units, begin, end) in enumerate(sequences):
        k = 2 * len(units)
        states[row, 0:k:2], states[row, 1:k:2] = _ENTRY[units], _REST[units]
        early[row, 0:k:2] = early[row, 1:k:2] = begin - _TOLERANCE
        late[row, 0:k:2] = late[row, 1:k:2] = end + _TOLERANCE
        last[row] = k - 1
    return states, early, late, last


def batches_of(data: Sequence[Example], rng: Generator, batch_frames: int) -> list[list[int]]:
    """Batches of examples of like length, in random order."""
    buckets: dict[int, list[int]] = {}
    found = []
    for i in range(len(data)):
        buckets.setdefault(-(-len(data[i][0]) // 48), []).append(i)
    for length, members in sorted(buckets.items()):
        size = max(8, batch_frames // (48 * length) // 8 * 8)
        items = [members[j] for j in rng.permutation(len(members))]
        if len(items) % size and len(items) > size:
            items += items[: size - len(items) % size]
        if len(items) > 8:
            items = items[: len(items) // 8 * 8]
        found += [items[j : j + size] for j in range(0, len(items), size)]
    rng.shuffle(found)
    return found


def train(
    net: Tdnn,
    pick: Callable[[int], Sequence[Example]],
    denominator: Denominator,
    course: Course,
    seed: int,
    log: Callable[[str], None],
    after: Callable[[int], None],
) -> None:
    """Train `net`. pick(epoch) gives the examples; after(epoch) is called at the end of each."""
    rng, began, step = np.random.default_rng([SEED, seed]), time.time(), 0
    torch.manual_seed(SEED + seed)
    optimiser = torch.optim.AdamW(net.parameters(), lr=course.rate, weight_decay=2e-3)
    for epoch in range(course.epochs):
        net.train()
        data = pick(epoch)
        batches = batches_of(data, rng, course.batch_frames)
        sums = np.zeros(4)  # cross entropy, frames right, frames, gain
        for number, batch in enumerate(batches):
            done = (epoch + number / len(batches)) / course.epochs
            fall = course.floor + (1 - course.floor) * 0.5 * (1 + math.cos(math.pi * done))
            for group in optimiser.param_groups:
                group["lr"] = course.rate * min(1, (step + 1) / 60) * fall
            step += 1
            sums += _step(net, optimiser, denominator, make_batch(batch, data, rng), course.frame_weight)
            if epoch == 0 and number in (50, 200):
                log(f"    batch {number}/{len(batches)}: {time.time() - began:.0f} s, mmi {sums[3] / sums[2]:.4f}")
        entropy, right, count, gain = sums
        log(
            f"  epoch {epoch + 1}/{course.epochs}: frame loss {entropy / count:.3f}, "
            f"frames right {right / count:.1%}, mmi {gain / count:.4f}, "
            f"{count * 0.03 / 3600:.1f} h in {time.time() - began:.0f} s so far"
        )
        net.eval()
        after(epoch)


def _step(
    net: Tdnn,
    optimiser: torch.optim.Optimizer,
    denominator: Denominator,
    batch: tuple[Tensor, ...],
    frame_weight: float,
) -> NDArray[np.float64]:
    """One batch; returns sums of cross entropy, frames right, frames, gain."""
    x, y, lengths, *sequence = batch
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores, frame = net(x, True)
    scores, frame, known = scores.float(), frame.float(), y >= 0
    count, wanted, guess = int(known.sum()), y[known], torch.log_softmax(frame[known], 1)
    entropy = -guess.gather(1, wanted[:, None]).mean()
    reached, possible = numerator(scores, lengths, *sequence), denominator(scores, lengths)
    gain = (reached - possible)[reached > -5e4].sum() / count
    loss = frame_weight * entropy - gain + 5e-5 * (scores[known] ** 2).sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 2.0)
    optimiser.step()
    right = (guess.argmax(1) == wanted).sum().item()
    return np.array([entropy.item() * count, right, count, gain.item() * count])
