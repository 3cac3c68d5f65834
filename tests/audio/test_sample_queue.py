from __future__ import annotations

import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bedside.audio.sample_queue import SampleQueue


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 50)), max_size=60), st.integers(1, 100))
def test_samples_come_out_in_order_and_never_more_than_fit(script: list[tuple[bool, int]], capacity: int) -> None:
    queue = SampleQueue(capacity)
    model: list[float] = []
    number = 0
    for is_put, count in script:
        if is_put:
            samples = np.arange(number, number + count, dtype=np.float32)
            number += count
            fits = len(model) + count <= capacity
            assert queue.put(samples) == fits
            if fits:
                model.extend(samples.tolist())
        else:
            assert queue.take(count).tolist() == model[:count]
            del model[:count]
        assert len(queue) == len(model)


def test_waiting_ends_when_there_is_enough() -> None:
    queue = SampleQueue(100)
    assert not queue.wait_for(1, timeout=0.0)
    filler = threading.Thread(target=lambda: [queue.put(np.zeros(10, dtype=np.float32)) for _ in range(3)])
    filler.start()
    assert queue.wait_for(30, timeout=60.0)
    filler.join()
    queue.clear()
    assert len(queue) == 0
