"""A program at a terminal of its own: what it shows, and somebody who types."""

from __future__ import annotations

import os
import pty
import re
import select
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

PATIENCE = 60.0
"""Seconds after which a program that does not show what is waited for has failed."""


class Terminal:
    """Runs a command at a pseudo terminal. Use as a context manager."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        self._command = list(command)
        self._env = {**env, "TERM": "xterm", "COLUMNS": "120", "LINES": "50"}
        self._shown = ""
        self._seen = 0
        self._pid = self._fd = -1
        self._code: int | None = None

    @property
    def shown(self) -> str:
        """All that it has shown, without colours, with plain line ends."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._shown).replace("\r\n", "\n")

    def expect(self, text: str) -> None:
        """Wait until it shows `text`, behind what was waited for before."""
        deadline = time.monotonic() + PATIENCE
        while (at := self.shown.find(text, self._seen)) < 0:
            assert self._read(deadline), f"'{text}' was not shown, but: {self.shown}"
        self._seen = at + len(text)

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C, as late as a person does: in the instant in which it begins to wait for a line, the readline of
        Python takes no notice."""
        time.sleep(0.5)
        self.type("\x03")

    def send(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self._pid, number)

    def hang_up(self) -> int:
        """Close the terminal, as a broken connection does; its exit code, after it has ended by itself."""
        os.close(self._fd)
        self._fd = -1
        deadline = time.monotonic() + PATIENCE
        while self._code is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
                break
            assert time.monotonic() < deadline, f"it goes on without a terminal; it has shown: {self.shown}"
            time.sleep(0.05)
        return self._code

    def answer(self, question: str, text: str = "") -> None:
        """Wait for a question, and answer it with a line."""
        self.expect(question)
        self.type(text + "\n")

    def end(self) -> int:
        """Wait until it ends; its exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._read(deadline):
            pass
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self._code

    def __enter__(self) -> Self:
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.execvpe(self._command[0], self._command, self._env)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._code is None:
            os.kill(self._pid, 9)
            os.waitpid(self._pid, 0)
        if self._fd >= 0:
            os.close(self._fd)

    def _read(self, deadline: float) -> bool:
        """Take what it shows next. False at its end. Raises AssertionError when time is up."""
        ready = select.select([self._fd], [], [], max(0.0, deadline - time.monotonic()))[0]
        assert ready, f"time is up; it has shown: {self.shown}"
        try:
            data = os.read(self._fd, 65536)
        except OSError:
            # That is how a terminal tells that nobody holds its other side any more.
            return False
        self._shown += data.decode("utf-8", "replace")
        return bool(data)
