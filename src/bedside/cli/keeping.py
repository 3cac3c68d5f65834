"""What goes on is kept in the state folder, and taken up again at the next start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from bedside.assistant import Assistant
from bedside.service.places import given_folder
from bedside.service.state import StateKeeper, load_state


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
    found = load_state(folder, trouble)
    if found is not None:
        assistant.take_up(*found)
    keeper = StateKeeper(folder, assistant.keep, trouble)
    assistant.attendants.append(keeper)
    try:
        yield
    finally:
        keeper.close(forget=ended_by_hand())
