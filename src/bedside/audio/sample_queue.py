"""The bounded store between PortAudio's threads and the audio loop."""

from __future__ import annotations

import threading
from collections import deque

import numpy as np

from bedside.audio.block import Samples


class SampleQueue:
    """First in, first out, at most `capacity` samples. Neither `put` nor `take` waits for the other side."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._parts: deque[Samples] = deque()
        self._held = 0
        self._awaited = 0
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return self._held

    def put(self, samples: Samples) -> bool:
        """Append samples, shape (n,); False, and nothing is appended, if they do not all fit."""
        with self._changed:
            if self._held + len(samples) > self._capacity:
                return False
            self._parts.append(samples)
            self._held += len(samples)
            # Waking up is what costs, a hundred times a second all night.
            if self._held >= self._awaited:
                self._changed.notify()
            return True

    def take(self, count: int) -> Samples:
        """Up to `count` of the oldest samples; fewer if there are not so many."""
        taken = []
        with self._changed:
            while count > 0 and self._parts:
                part = self._parts.popleft()
                if len(part) > count:
                    self._parts.appendleft(part[count:])
                    part = part[:count]
                taken.append(part)
                count -= len(part)
                self._held -= len(part)
        if len(taken) == 1:
            return taken[0]
        return np.concatenate(taken) if taken else np.zeros(0, dtype=np.float32)

    def wait_for(self, count: int, timeout: float) -> bool:
        """Wait until there are `count` samples, at most `timeout` seconds; whether there are. One thread waits."""
        with self._changed:
            self._awaited = count
            return self._changed.wait_for(lambda: self._held >= count, timeout)

    def clear(self) -> None:
        with self._changed:
            self._parts.clear()
            self._held = 0
