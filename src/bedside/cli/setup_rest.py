"""The service rests while `bedside setup` lets something sound, and listens again whatever happens meanwhile."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from bedside.cli.dialog import Dialog
from bedside.cli.setup_texts import setup_texts
from bedside.service.places import UNIT
from bedside.service.status import devices_held
from bedside.service.system import is_root, systemctl

ENDING = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
"""What ends a program whose terminal is gone, such as a broken ssh connection, or that somebody ends."""


class Rest:
    """Stops the service for as long as a `with` block over it lasts, if it runs and may be stopped."""

    def __init__(self, dialog: Dialog) -> None:
        self._dialog = dialog
        self._told = False
        self._held = devices_held()
        self._stops = self._held and is_root()

    @property
    def possible(self) -> bool:
        """Whether microphone and speaker can be had."""
        return not self._held or self._stops

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Inside, SIGHUP and SIGTERM raise KeyboardInterrupt as Ctrl-C does, since Python would else end without
        having started the service again."""
        if not self._stops:
            yield
            return
        if not self._told:
            self._told = True
            self._dialog.line(setup_texts().said.service_rests)
        former = {number: signal.getsignal(number) for number in ENDING}
        try:
            for number in ENDING:
                signal.signal(number, _end)
            systemctl("stop", UNIT)
            yield
        finally:
            try:
                _ignore()
            finally:
                systemctl("--no-block", "start", UNIT)
                for number, handler in former.items():
                    signal.signal(number, handler)

    def renew(self) -> None:
        """The settings are new: have the service take them up."""
        if self._stops:
            systemctl("--no-block", "restart", UNIT)

    def over(self) -> None:
        """Wait until the service listens, and say so. Raises ServiceError if it does not."""
        if self._stops:
            systemctl("start", UNIT)
            self._dialog.line(setup_texts().said.service_again)


def _end(number: int, frame: object) -> None:
    # Once: a second one must not end what the first has begun to clear up.
    _ignore()
    raise KeyboardInterrupt


def _ignore() -> None:
    """Also for the programs that are started from now on, such as systemctl."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
