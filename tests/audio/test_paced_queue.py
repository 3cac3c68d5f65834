from __future__ import annotations

import numpy as np
import pytest

from bedside.audio.paced_queue import LONG, PREFILL, PacedQueue

FRAMES = 480
SPEECH, PAUSE = 500, 100


def night(writes_per_take: float, blocks: int, pauses: bool = True) -> tuple[PacedQueue, np.ndarray, float]:
    """Write numbered blocks (0 in a pause) at another pace than they are taken; returns the queue, what came out,
    and the most that waited."""
    queue = PacedQueue(FRAMES)
    taken: list[float] = []
    most, due = 0.0, 0.0
    for number in range(1, blocks):
        quiet = pauses and number % (SPEECH + PAUSE) >= SPEECH
        if queue.admit(quiet):
            queue.put(np.full(FRAMES, 0.0 if quiet else number, dtype=np.float32))
        most = max(most, queue.waiting)
        due += 1 / writes_per_take
        while due >= 1:
            due -= 1
            taken.append(float(queue.take(FRAMES)[-1]))
    return queue, np.array(taken), most


@pytest.mark.parametrize("drift", [-0.001, -0.0001, 0.0, 0.0001, 0.001])
def test_clocks_that_differ_are_evened_out_in_the_pauses_alone(drift: float) -> None:
    queue, taken, most = night(1 + drift, 60_000)
    spoken = taken[taken > 0]
    expected = [number for number in range(1, 60_000) if number % (SPEECH + PAUSE) < SPEECH]
    assert spoken.tolist() == expected[: len(spoken)]
    assert len(expected) - len(spoken) < LONG + 2
    assert queue.underflows == 0
    assert most <= LONG + 1
    assert queue.adjusted <= abs(drift) * 60_000 + 5


def test_without_any_pause_the_queue_stays_short_all_the_same() -> None:
    queue, taken, most = night(1.001, 60_000, pauses=False)
    assert most <= LONG + 1
    assert queue.underflows == 0
    assert (np.diff(taken) >= 0).all()
    assert len(taken) == pytest.approx(60_000 / 1.001, abs=5)


def test_a_queue_that_ran_dry_builds_up_a_reserve_again() -> None:
    queue, _, _ = night(1.0, 10)
    for _ in range(10):
        queue.take(FRAMES)
    dry = queue.underflows
    assert dry > 0
    for _ in range(100):
        assert queue.admit(quiet=False)
        queue.put(np.ones(FRAMES, dtype=np.float32))
        queue.take(FRAMES)
    assert queue.underflows == dry
    assert queue.waiting >= 1


def test_at_rest_the_device_gets_silence_and_nothing_piles_up() -> None:
    queue, _, _ = night(1.0, 10)
    queue.rest()
    assert not queue.at_rest
    waiting = [queue.take(FRAMES).any() for _ in range(10)]
    assert waiting[0]
    assert not waiting[-1]
    assert queue.at_rest
    assert queue.underflows == 0


@pytest.mark.parametrize("coming", [0, 2, 5])
def test_what_follows_a_rest_is_played_whole_and_soon(coming: int) -> None:
    queue, _, _ = night(1.0, 10)
    queue.rest()
    while not queue.at_rest:
        queue.take(FRAMES)
    most, taken = 0.0, []
    for number in range(1, 200):
        assert queue.admit(quiet=False, coming=max(0, coming - number + 1))
        queue.put(np.full(FRAMES, number, dtype=np.float32))
        most = max(most, queue.waiting)
        # Those that come at once come before the device takes anything.
        if number > coming:
            taken.append(float(queue.take(FRAMES)[-1]))
    spoken = [number for number in taken if number > 0]
    assert spoken == list(range(1, len(spoken) + 1))
    assert queue.underflows == 0
    assert most <= max(PREFILL, coming) + 1
