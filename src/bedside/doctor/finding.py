"""What a check found, and running checks so that none of them can hang or crash the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from bedside.errors import BedsideError

State = Literal["fine", "warning", "wrong", "skipped"]
"""skipped: it could not be looked at here, or was not to be, which says nothing about it."""

T = TypeVar("T")


@dataclass(frozen=True)
class Finding:
    """name: of the check. what: one line that says what was found. advice: what to do about it, empty if nothing."""

    name: str
    state: State
    what: str
    advice: str = ""


class NotInTimeError(Exception):
    """Something did not end within its time."""


class Background(Generic[T]):
    """Runs a function in a thread of its own, at once. A thread that hangs is left behind."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._value: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def hangs(self) -> bool:
        return self._thread.is_alive()

    def result(self, seconds: float) -> T:
        """Its value, or what it raised. Raises NotInTimeError if it is still running after so many seconds."""
        self._thread.join(seconds)
        if self._thread.is_alive():
            raise NotInTimeError
        if self._error is not None:
            raise self._error
        return self._value[0]

    def _run(self) -> None:
        try:
            self._value.append(self._function())
        except BaseException as error:  # whatever it is, it is told by `result`
            self._error = error


def guarded(name: str, check: Callable[[], Finding | None], seconds: float) -> tuple[Finding | None, bool]:
    """What the check finds; anything unexpected becomes something wrong. And whether it hangs still."""
    running = Background(check)
    try:
        return running.result(seconds), False
    except NotInTimeError:
        what = f"did not answer within {seconds:.0f} s."
        return Finding(
            name, "wrong", what, "A device may be blocked: unplug it and plug it in again, or restart."
        ), True
    except BedsideError as error:
        return Finding(name, "wrong", str(error)), False
    except PermissionError as error:
        return Finding(name, "skipped", f"{error.filename}: only root may look.", "sudo bedside doctor"), False
    except Exception as error:
        what = f"the check itself failed ({type(error).__name__}: {error})."
        return Finding(name, "wrong", what, "Please report this."), False
