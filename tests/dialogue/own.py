"""Routines written for a test, beside the shipped ones."""

from __future__ import annotations

from pathlib import Path

from bedside.dialogue.conversation import Conversation
from bedside.dialogue.library import load_library
from bedside.dialogue.mention import Diary
from bedside.dialogue.scene import Settings
from bedside.rehearsal import VirtualNight
from bedside.resources import content_folder

from .conftest import NUMBERS, speech_seconds


def night_with(folder: Path, *files: str, settings: Settings | None = None, diary: Diary | None = None) -> VirtualNight:
    """A night with these routines of one's own (YAML texts)."""
    for number, text in enumerate(files):
        (folder / f"{number}.yaml").write_text(text, encoding="utf-8")
    library = load_library(content_folder(), folder)
    return VirtualNight(Conversation(library, NUMBERS, settings, diary), speech_seconds)


def until_asked(night: VirtualNight, most: float = 1200.0) -> str:
    """Go on to the end of the next question; gives its text."""
    start = night.now
    while not (night.conversation.state == "asking" and night.speaking is None):
        assert night.step(), "no question comes"
        assert night.now < start + most, "no question comes"
    return str(next(event["text"] for event in reversed(night.log) if event["event"] == "say"))


def answer(night: VirtualNight, *intents: str, decision: str = "act") -> None:
    """Answer the next questions, each half a second after it was asked."""
    for intent in intents:
        until_asked(night)
        night.now += 0.5
        night.hear(intent, decision=decision)  # type: ignore[arg-type]
