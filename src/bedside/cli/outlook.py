"""Whom `bedside run` tells how it goes: a person at a terminal, or systemd and its journal."""

from __future__ import annotations

import sys
import threading
import time
from typing import Protocol

from bedside.assistant import Assistant, LogEvent
from bedside.audio.soundcard import SoundCard
from bedside.cli.output import errors
from bedside.cli.progress import tell_voice
from bedside.cli.timeline import event_printer
from bedside.service.heartbeat import Heartbeat
from bedside.service.journal import Journal, Level
from bedside.service.notify import Notifier
from bedside.service.places import given_folder
from bedside.service.starts import Starts


class Outlook(Protocol):
    """What both can be told."""

    waits_for_devices: bool
    """Whether to go on without a microphone and look for one, as nobody is there to plug it in and start anew."""

    def say(self, line: str) -> None:
        """Something worth knowing."""

    def trouble(self, line: str) -> None:
        """Something is wrong with the world."""

    def unspoken(self, line: str) -> None:
        """A sentence could not be spoken."""

    def event(self, event: LogEvent) -> None:
        """An event of the log."""

    def rendered(self, done: int, total: int) -> None:
        """So many of the sentences are rendered."""

    def listening(self, assistant: Assistant, card: SoundCard) -> None:
        """The loop begins."""

    def ended(self, asked: bool) -> None:
        """The loop has ended. asked: as it was told to."""


class Terminal:
    """A person: the timeline on standard output, everything else on standard error."""

    waits_for_devices = False

    def __init__(self, as_json: bool) -> None:
        self.event = event_printer(as_json)
        self.rendered = tell_voice

    def say(self, line: str) -> None:
        errors.print(line, markup=False)

    def trouble(self, line: str) -> None:
        errors.print(f"bedside: {line}", markup=False)

    unspoken = trouble

    def listening(self, assistant: Assistant, card: SoundCard) -> None:
        self.say("Listening. Say “leg cramp”; Ctrl-C ends.")

    def ended(self, asked: bool) -> None:
        self.say("Good night." if asked else "The sound has ended.")


class Service:
    """systemd: readiness, watchdog and status, and a journal without a word of what was said or heard."""

    waits_for_devices = True

    def __init__(self) -> None:
        self._journal = Journal()
        self._notifier = Notifier.from_environment()
        self._starts: Starts | None = None
        self.say = self._journal.say
        self.trouble = self._journal.trouble
        self.unspoken = self._journal.unspoken
        self.event = self._journal.event
        sys.excepthook = lambda kind, error, trace: self._journal.crash(error)
        threading.excepthook = lambda broken: self._journal.crash(broken.exc_value or RuntimeError())
        self._wait_after_failures()
        self._notifier.status("Starting.")

    def rendered(self, done: int, total: int) -> None:
        if done == total:
            self.say("the voice is prepared")

    def listening(self, assistant: Assistant, card: SoundCard) -> None:
        assistant.attendants.append(Heartbeat(self._notifier, card, lambda: assistant.hearing, self._dies))
        if self._starts is not None:
            assistant.attendants.append(self._starts.attend)
        self.say("listening")

    def ended(self, asked: bool) -> None:
        self._notifier.stopping()
        self.say("ended" if asked else "the sound has ended")

    def _dies(self, line: str) -> None:
        self._journal.say(f"{line}; the watchdog will end this", Level.ERROR)

    def _wait_after_failures(self) -> None:
        folder = given_folder("RUNTIME")
        if folder is None:
            return
        self._starts = Starts(folder / "starts")
        failed, seconds = self._starts.begin()
        if seconds > 0:
            line = f"the last {failed} starts came to nothing; waiting {seconds:.0f} s before the next"
            self.trouble(line)
            self._notifier.status(line)
            time.sleep(seconds)
