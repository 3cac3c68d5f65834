"""The watchdog is fed while things advance, and no longer. The clock and the failures are made."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bedside.service.heartbeat import Heartbeat
from bedside.service.notify import Notifier


class Manager(Notifier):
    """Notes what systemd is told."""

    def __init__(self) -> None:
        super().__init__(None, 5.0)
        self.told: list[str] = []

    def ready(self) -> None:
        self.told.append("ready")

    def feed(self) -> None:
        self.told.append("fed")

    def status(self, line: str) -> None:
        if f"status: {line}" not in self.told[-3:]:
            self.told.append(f"status: {line}")


@dataclass
class Night:
    """A sound card and a recogniser that can fail, and a clock."""

    clock: float = 100.0
    blocks: int = 0
    voiced: int = 0
    decoded: int = 0
    searching: bool = False
    in_use: tuple[str | None, str | None] = ("Jabra", "Jabra")
    sounding: bool = True
    voice: bool = False
    decoding: bool = True

    def __post_init__(self) -> None:
        self.manager = Manager()
        self.died: list[str] = []
        hearing = lambda: (self.voiced, self.decoded)  # noqa: E731
        self.beat = Heartbeat(self.manager, self, hearing, self.died.append, lambda: self.clock)

    def goes_on(self, seconds: float) -> int:
        """Let the loop run. Gives how often the watchdog was fed meanwhile."""
        before = self.manager.told.count("fed")
        for _ in range(round(seconds * 100)):
            self.clock += 0.01
            self.blocks += self.sounding
            self.voiced += self.voice
            self.decoded += self.voice and self.decoding
            self.beat(0.0)
        return self.manager.told.count("fed") - before


@pytest.fixture
def night() -> Night:
    return Night()


def test_it_beats_once_a_second_from_readiness_on(night: Night) -> None:
    assert night.goes_on(60) == pytest.approx(60, abs=1)
    assert night.manager.told[:3] == ["ready", "status: Listening with 'Jabra'.", "fed"]
    assert night.manager.told.count("ready") == 1
    assert night.died == []


def test_a_recogniser_that_does_not_get_on_ends_it(night: Night) -> None:
    night.voice = True
    assert night.goes_on(10) >= 9
    night.decoding = False
    assert night.goes_on(10) <= 2
    assert night.died == ["the recogniser does not get on although there is a voice"]
    night.decoding = True
    assert night.goes_on(10) >= 8


def test_a_silent_night_needs_no_recogniser(night: Night) -> None:
    night.decoding = False
    assert night.goes_on(3600) >= 3500


def test_a_microphone_that_gives_nothing_and_is_not_looked_for_ends_it(night: Night) -> None:
    night.goes_on(5)
    night.sounding = False
    assert night.goes_on(60) <= 8
    assert night.died == ["no sound comes from the microphone, and nothing looks for it"]


def test_while_a_lost_microphone_is_looked_for_it_lives(night: Night) -> None:
    night.goes_on(5)
    night.sounding, night.searching, night.in_use = False, True, (None, "Jabra")
    assert night.goes_on(3600) >= 3500
    assert night.manager.told[-2:] == ["fed", "fed"]
    assert "status: No microphone: looking for it." in night.manager.told
    night.searching = False
    assert night.goes_on(60) <= 8


def test_without_a_microphone_at_boot_it_is_ready_and_says_so() -> None:
    night = Night(sounding=False, searching=True, in_use=(None, None))
    night.goes_on(2)
    assert night.manager.told[:3] == ["ready", "status: No microphone: looking for it.", "fed"]


def test_an_open_microphone_is_not_listening_before_its_first_sound() -> None:
    night = Night(sounding=False)
    night.goes_on(3)
    assert "ready" not in night.manager.told
    night.sounding = True
    night.goes_on(2)
    assert "ready" in night.manager.told
