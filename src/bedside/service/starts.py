"""Starts that came to nothing: the more of them in a row, the longer the next one waits.

systemd's own back-off (RestartSteps=, from 254 on) never goes back after a start that went well: a service that has
died a few times in a year would be away for its longest delay each time. Here only what never came to listen counts.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

FREE = 3
"""So many starts in a row that came to nothing are taken up at once."""

LONGEST = 60.0
"""Seconds that a start waits at most."""

LASTING = 10.0
"""Seconds of listening after which a start has gone well."""


class Starts:
    """Counts them in a file that lasts as long as the service is not stopped by hand. What cannot be read or written
    counts as a first start."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lasted_at: float | None = None

    def begin(self) -> tuple[int, float]:
        """Note one more start. Gives how many before it came to nothing, and the seconds to wait."""
        failed = 0
        with contextlib.suppress(OSError, ValueError):
            failed = max(0, min(1000, int(self._file.read_text(encoding="ascii"))))
        self._write(failed + 1)
        return failed, 0.0 if failed < FREE else min(LONGEST, 2.0 ** min(10, failed - FREE))

    def attend(self, now: float) -> None:
        """An attendant of the loop: after a while of listening, the start has gone well. now: its time in seconds."""
        if self._lasted_at is None:
            self._lasted_at = now + LASTING
        elif now >= self._lasted_at:
            self._lasted_at = float("inf")
            self._write(0)

    def _write(self, failed: int) -> None:
        with contextlib.suppress(OSError):
            self._file.write_text(str(failed), encoding="ascii")
