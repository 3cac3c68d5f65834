"""What goes on is kept in the state folder, and taken up again at the next start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from bedside.assistant import Assistant
from bedside.dialogue.taking_up import SOON
from bedside.service.places import given_folder
from bedside.service.state import Left, StateKeeper, load_state, set_aside
from bedside.service.time_away import Moment, present

LOOK_EVERY = 2.0
"""Seconds between two looks at whether the clock has come to be right."""


def state_folder() -> Path:
    """Where it is kept: the folder that systemd gives the service, else the user's own."""
    return given_folder("STATE") or platformdirs.user_state_path("bedside")


@contextmanager
def kept_over_restarts(
    assistant: Assistant, trouble: Callable[[str], None], ended_by_hand: Callable[[], bool]
) -> Iterator[None]:
    """Take up what the last run has left, and inside keep what goes on. ended_by_hand: whether somebody has ended it at
    the keyboard, who wants no stretch to go on at the next start."""
    folder = state_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        trouble(f"{folder}: cannot be made ({error.strerror or error}); nothing is kept over a restart.")
        yield
        return
    left = load_state(folder, trouble)
    if left is not None:
        away = left.away(present())
        if not take_up(assistant, left, away):
            set_aside(folder, trouble)
        elif away is None and left.kept.session is not None:
            assistant.attendants.append(Later(assistant, left))
    keeper = StateKeeper(folder, assistant.keep, trouble)
    assistant.attendants.append(keeper)
    try:
        yield
    finally:
        keeper.close(forget=ended_by_hand())


def take_up(assistant: Assistant, left: Left, away: float | None) -> bool:
    """Take up as much of it as can be. False if that is not all: a record of another version, or damaged in a way that
    nobody foresaw, must not keep her from being heard."""
    only_alert = left.kept.model_copy(update={"session": None})
    for kept in (left.kept, only_alert, only_alert.model_copy(update={"alert": None})):
        try:
            assistant.take_up(kept, away)
        except Exception:
            continue
        return kept is left.kept
    return False


class Later:
    """An attendant for a clock that is not right yet, as of a Raspberry Pi that has just been given power: once it is,
    what was left a moment ago is asked about after all, if nothing has happened since."""

    def __init__(self, assistant: Assistant, left: Left, clock: Callable[[], Moment] = present) -> None:
        self._assistant = assistant
        self._left = left
        self._clock = clock
        self._heard = assistant.keep(0.0).heard
        self._next_look = 0.0
        self._over = False

    def __call__(self, now: float) -> None:
        """Look at the clock. now: seconds on the sound clock, which began with the program."""
        if self._over or now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY
        present_state = self._assistant.keep(now)
        if now > SOON or present_state.heard != self._heard or present_state.session or present_state.alert:
            self._over = True
            return
        away = self._left.away(self._clock())
        if away is not None:
            self._over = True
            if away <= SOON:
                take_up(self._assistant, self._left, away)
