"""Lengths of time as people type them: 30m, 2h, 1h30m."""

from __future__ import annotations

import re

_DURATION = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m(?:in)?)?(?:(\d{1,5})s)?", re.IGNORECASE | re.ASCII)


def seconds_of(text: str) -> float | None:
    """Seconds of a length of time such as "90m" or "1h30m"; None if it is none."""
    found = _DURATION.fullmatch(text.replace(" ", ""))
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(3600 * hours + 60 * minutes + seconds)
