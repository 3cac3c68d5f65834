from __future__ import annotations

import random
from itertools import pairwise

from bedside.audio.steady_clock import SteadyClock


class Machine:
    """A monotonic clock that a test sets."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def test_bursts_are_evened_out_and_the_pace_of_the_machine_kept() -> None:
    machine = Machine()
    clock = SteadyClock(machine)
    assert clock.now == 0.0
    chance = random.Random(1)
    times = []
    for block in range(20_000):
        # The card is 200 parts in a million slow and its blocks arrive up to 30 ms late.
        machine.time = max(machine.time, 1000.0 + block * 0.010_002 + chance.uniform(0.0, 0.03))
        clock.tick()
        times.append(clock.now)
    steps = [later - earlier for earlier, later in pairwise(times[100:])]
    assert min(steps) > 0.0
    assert max(steps) < 0.015
    assert abs(times[-1] - (machine.time - 1000.0)) < 0.04


def test_a_long_stall_is_made_up_at_once_and_time_never_goes_back() -> None:
    machine = Machine()
    clock = SteadyClock(machine)
    clock.tick()
    machine.time += 5.0
    clock.tick()
    assert clock.now == 5.0
    before = clock.now
    for _ in range(100):
        clock.tick()
        assert clock.now >= before
        before = clock.now
    assert clock.now < 5.2
