"""The few named errors of bedside.

Every message is one line that a tired person understands: what is wrong, where, and what to do.
The command line prints it and ends with ``exit_code``; it never shows a traceback for these.
"""

from __future__ import annotations

from pathlib import Path


class BedsideError(Exception):
    """Something is wrong with the world (a file, a device, a model). Exit code 1."""

    exit_code = 1


class UsageError(BedsideError):
    """The command was called in a wrong way. Exit code 2."""

    exit_code = 2


class ContentError(BedsideError):
    """A content or settings file is wrong: says the file, the line, the problem and what to write instead."""

    def __init__(self, file: Path | str, line: int | None, problem: str, advice: str = "") -> None:
        self.file = str(file)
        self.line = line
        self.problem = problem
        self.advice = advice
        where = self.file if line is None else f"{self.file}:{line}"
        super().__init__(f"{where}: {problem}" + (f" {advice}" if advice else ""))


class SoundError(BedsideError):
    """A microphone, a speaker or a sound file cannot be used."""


class ModelError(BedsideError):
    """A recogniser model is missing, broken or cannot be fetched."""


class ControlError(BedsideError):
    """A running bedside cannot be reached through its control socket, or the socket cannot be opened."""


class ServiceError(BedsideError):
    """The service cannot be installed, asked, stopped, started or removed."""


class VoiceError(BedsideError):
    """Text cannot be turned into speech (no espeak-ng, a time-out, an unwritable cache)."""
