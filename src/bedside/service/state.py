"""What goes on, kept in a file, so that a power cut in the midst of a stretch or an alert is not the end of it.

Written whole or not at all, by a thread of its own: a memory card can take a second, and the loop does not wait. It
holds where a routine stood and which danger signs were told, in bedside's own terms, and nothing of what was said.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bedside.dialogue.kept import Kept
from bedside.service.time_away import Moment, present, seconds_between

FILE = "state.json"
VERSION = 1
LARGEST = 64 * 1024
"""Bytes; a real one has less than two thousand."""

LOOK_EVERY = 0.5
"""Seconds between two looks at what goes on."""

RENEW_EVERY = 20.0
"""Seconds after which it is written again while something goes on, so that it tells when it ended."""


class _File(BaseModel):
    """boot, since_boot, saved: as of `time_away.Moment`."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)

    version: int = Field(ge=1, le=VERSION)
    boot: str = ""
    since_boot: float = 0.0
    saved: float
    kept: Kept


@dataclass(frozen=True)
class Left:
    """What the last run has left."""

    kept: Kept
    _file: _File

    def away(self, now: Moment) -> float | None:
        """Seconds since it was written; None where no clock tells yet."""
        return seconds_between(self._file.boot, self._file.since_boot, self._file.saved, now)


def load_state(folder: Path, trouble: Callable[[str], None]) -> Left | None:
    """What was kept, None if there is nothing. A file that is not sound is set aside, with one line of `trouble`."""
    file = folder / FILE
    try:
        with file.open("rb") as source:
            text = source.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        trouble(f"{file}: cannot be read ({error.strerror or error}); what went on before is not taken up.")
        return None
    try:
        if len(text) > LARGEST:
            raise ValueError("too long")
        found = _File.model_validate_json(text)
    except (ValidationError, ValueError):
        set_aside(folder, trouble)
        return None
    return Left(found.kept, found)


def set_aside(folder: Path, trouble: Callable[[str], None]) -> None:
    """Keep a file that cannot be used as state.json.bad."""
    bad = folder / f"{FILE}.bad"
    with contextlib.suppress(OSError):
        (folder / FILE).replace(bad)
    trouble(f"{folder / FILE} is damaged; it is kept as {bad.name}, and what went on before is not taken up.")


class StateKeeper:
    """An attendant of the loop that keeps what goes on. look: gives it for a time on the sound clock. Close it at the
    end.

    trouble: gets one line when it cannot be written (a full disk), and one when it can again; called from `__call__`.
    What could not be written is tried again.
    """

    def __init__(
        self,
        folder: Path,
        look: Callable[[float], Kept],
        trouble: Callable[[str], None],
        clock: Callable[[], Moment] = present,
    ) -> None:
        self._folder = folder
        self._look = look
        self._trouble = trouble
        self._clock = clock
        self._next_look = 0.0
        self._last: Kept | None = None
        self._fresh_until = 0.0
        self._now = 0.0
        self.failed: str | None = None
        """Why it cannot be written, None while it can."""
        self._told: str | None = None
        self._waiting: Kept | None = None
        self._closing = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._write_on, name="state", daemon=True)
        self._thread.start()

    def __call__(self, now: float) -> None:
        """Look at what goes on, at most twice a second. now: seconds on the sound clock."""
        if now < self._next_look:
            return
        self._now, self._next_look = now, now + LOOK_EVERY
        kept = self._look(now)
        goes_on = kept.session is not None or kept.alert is not None or self.failed is not None
        if not kept.same_as(self._last) or (goes_on and now >= self._fresh_until):
            self._last, self._fresh_until = kept, now + RENEW_EVERY
            with self._wake:
                self._waiting = kept
                self._wake.notify()
        if self.failed != self._told:
            self._told = self.failed
            self._trouble(self.failed or "what goes on can be kept again.")

    def close(self, forget: bool = False) -> None:
        """Write what waits, and end. forget: whatever goes on is over; only the night is remembered."""
        kept = self._look(self._now)
        if forget:
            kept = kept.model_copy(update={"session": None, "alert": None})
        with self._wake:
            self._waiting = kept
            self._closing = True
            self._wake.notify()
        self._thread.join(timeout=5.0)

    def abandon(self) -> None:
        """End without writing anything more, as a killed process does; for benches."""
        with self._wake:
            self._waiting, self._closing = None, True
            self._wake.notify()
        self._thread.join(timeout=5.0)

    def _write_on(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._waiting is not None or self._closing)
                kept, self._waiting = self._waiting, None
            if kept is None:
                return
            try:
                write_state(self._folder, kept, self._clock())
                self.failed = None
            except OSError as error:
                why = error.strerror or str(error)
                self.failed = f"what goes on cannot be kept in {self._folder} ({why}); guidance goes on without."


def write_state(folder: Path, kept: Kept, at: Moment) -> None:
    """Write the file so that there is always a whole one. Raises OSError."""
    file = folder / FILE
    fresh = file.with_name(FILE + ".new")
    found = _File(version=VERSION, boot=at.boot, since_boot=at.since_boot, saved=at.wall, kept=kept)
    text = found.model_dump_json()
    with open(fresh, "w", encoding="utf-8", opener=_private) as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
