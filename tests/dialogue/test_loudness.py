"""How loud an alarm is: step by step louder, never softer than configured, then as before (guidance.md E9)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from bedside.audio.levels import rms_dbfs
from bedside.audio.player import Player
from bedside.config import Config
from bedside.dialogue.actions import Action, Adjust, Heard, QuietHours
from bedside.dialogue.conversation import Conversation
from bedside.dialogue.library import Library
from bedside.dialogue.scene import Settings
from bedside.nlu.match import Match
from bedside.rehearsal import VirtualNight

from .conftest import NUMBERS

VOICE = Config().voice
SPEECH_LEVEL, SPEECH_PEAK = 0.063, 0.4
"""As the voice makes its clips: active level -24 dBFS, the loudest peaks near -8."""


def like_speech() -> np.ndarray:
    """Two seconds with the level and the peaks of a spoken sentence."""
    syllables = 1.6 * np.sin(np.arange(32000) * np.pi / 4000) ** 4
    sound = np.random.default_rng(1).normal(0.0, SPEECH_LEVEL, 32000) * syllables
    sound[::4000] = SPEECH_PEAK
    return np.clip(sound, -SPEECH_PEAK, SPEECH_PEAK).astype(np.float32)


def played(raise_db: float, gain_db: float) -> tuple[float, float]:
    """Level (dBFS) and peak of a sentence at the speaker."""
    player = Player(gain_db=VOICE.gain_db, max_gain_db=VOICE.max_gain_db)
    player.gain_db, player.lift_db = VOICE.gain_db + gain_db, raise_db
    player.start(like_speech(), "a")
    sound = np.concatenate([player.next_block(n / 100) for n in range(200)])
    return rms_dbfs(sound), float(np.abs(sound).max())


def raises(night: VirtualNight, seconds: float) -> list[float]:
    """How much each "anyone in the room" of an emergency is raised."""
    found: list[tuple[int, float]] = []
    while night.now < seconds:
        night.step()
        say = night.speaking
        if say is not None and say.text.startswith("Anyone") and (not found or found[-1][0] != say.ident):
            found.append((say.ident, say.raise_db))
    return [raise_db for _, raise_db in found]


@pytest.mark.parametrize(("gain_db", "least"), [(0.0, 0.8), (6.0, 0.3)], ids=["as configured", "already loud"])
def test_each_repeat_is_louder_at_the_speaker(night: VirtualNight, gain_db: float, least: float) -> None:
    """Under the shipped settings one hears each step; where she had turned it up already, the ceiling takes some."""
    night.hear("danger_sign", {"tier": "emergency", "sign": "breathing"})
    steps = raises(night, 200)
    heard = [played(raise_db, gain_db) for raise_db in (3.0, *steps[:3])]
    assert len(heard) == 4
    assert all(louder - level >= least for (level, _), (louder, _) in pairwise(heard))
    assert all(peak <= 0.708 for _, peak in heard)
    assert steps[-1] == steps[-2] == 12.0


def test_a_yes_in_between_does_not_start_the_steps_anew(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "emergency", "sign": "breathing"})
    before = raises(night, 150)
    night.hear("yes")
    assert raises(night, 250)[0] > before[-1] or before[-1] == 12.0


class Room:
    """A conversation in the quiet hours; `tell` gives pace and gain when they changed."""

    def __init__(self, library: Library) -> None:
        self.conversation = Conversation(library, NUMBERS, Settings(quiet_db=-6.0))
        self.now = 0.0
        self.read(self.conversation.handle(QuietHours(True), 0.0))

    def tell(self, intent: str, **slots: str) -> list[tuple[float, float]]:
        self.now += 1.0
        return self.read(self.conversation.handle(Heard(Match("", intent, slots, 100, 100, None, "act")), self.now))

    def read(self, actions: list[Action]) -> list[tuple[float, float]]:
        return [(action.pace, action.gain_db) for action in actions if isinstance(action, Adjust)]


def test_louder_in_an_emergency_is_louder_also_in_the_quiet_hours(library: Library) -> None:
    room = Room(library)
    assert room.tell("danger_sign", tier="emergency", sign="breathing") == [(1.0, 0.0)]
    assert room.tell("louder") == [(1.0, 3.0)]
    assert room.tell("quieter") == [(1.0, 0.0)]
    assert room.tell("quieter") == []
    assert room.tell("faster") == []


def test_after_an_emergency_volume_and_pace_are_hers_again(library: Library) -> None:
    room = Room(library)
    for intent in ("quieter", "faster", "faster"):
        room.tell(intent)
    assert room.tell("danger_sign", tier="emergency", sign="breathing") == [(1.0, 0.0)]
    assert room.tell("stop") == [(1.2, -9.0)]


def test_an_urgent_matter_is_not_louder(library: Library) -> None:
    room = Room(library)
    assert room.tell("danger_sign", tier="urgent", sign="fever") == []
    assert room.tell("danger_sign", tier="emergency", sign="breathing") == [(1.0, 0.0)]
