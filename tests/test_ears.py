"""What the ears take for a voice while bedside speaks."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from bedside.asr.hypothesis import Hypothesis
from bedside.asr.recognizer import Word
from bedside.audio.block import BLOCK, BLOCK_SECONDS, Block, silence
from bedside.ears import Ears
from bedside.nlu.match import Decision, Match, Scope
from tests.audio.sounds import speech_like


class Notes:
    """In the place of a listener: notes which blocks were a voice."""

    def __init__(self) -> None:
        self.voiced: list[bool] = []

    def use(self, scope: str) -> None:
        pass

    def hear(self, block: Block, voiced: bool, now: float) -> list[Hypothesis]:
        self.voiced.append(voiced)
        return []


def voiced(bedside_speaks: bool, seconds_quiet: float = 0.5) -> list[bool]:
    """Half a second of a voice and then what is 30 dB weaker, as the listener is told of it."""
    notes: Any = Notes()
    gate: Any = lambda block: True  # noqa: E731
    nothing: Any = None
    ears = Ears(notes, gate, nothing, nothing)
    length = 50 + round(seconds_quiet / BLOCK_SECONDS)
    person = np.random.default_rng(2).standard_normal(length * BLOCK).astype(np.float32) * np.float32(0.1)
    person[50 * BLOCK :] *= np.float32(10 ** (-30 / 20))
    played = (
        speech_like((200 + length) * BLOCK_SECONDS, 1)
        if bedside_speaks
        else np.zeros((200 + length) * BLOCK, dtype=np.float32)
    )
    # Nothing of what is played comes back: whoever is heard is a person.
    microphone = np.concatenate((np.zeros(200 * BLOCK, dtype=np.float32), person))
    ears.spoke(silence())
    for number in range(200 + length):
        part = slice(number * BLOCK, (number + 1) * BLOCK)
        ears.hear(microphone[part], number * BLOCK_SECONDS, "session")
        ears.spoke(played[part])
    return list(notes.voiced[-length:])


@pytest.mark.parametrize("bedside_speaks", [True, False])
def test_a_word_is_over_when_the_sound_falls(bedside_speaks: bool) -> None:
    heard = voiced(bedside_speaks)
    assert sum(heard[5:50]) > 40
    assert sum(heard[53:80]) == 0


def test_half_a_second_later_somebody_quieter_is_heard() -> None:
    assert all(voiced(bedside_speaks=False, seconds_quiet=1.0)[-40:])


def test_after_a_cry_somebody_quiet_is_heard() -> None:
    """Also where nothing was a voice in between."""
    notes, gate = Notes(), iter([True] * 50 + [False] * 200 + [True] * 50)
    listener, voices, nothing = cast(Any, notes), cast(Any, lambda block: next(gate)), cast(Any, None)
    ears = Ears(listener, voices, nothing, nothing)
    sound = np.random.default_rng(3).standard_normal(300 * BLOCK).astype(np.float32)
    sound[: 50 * BLOCK] *= np.float32(0.2)
    sound[50 * BLOCK :] *= np.float32(0.003)
    for number, block in enumerate(sound.reshape(-1, BLOCK)):
        ears.hear(block, number * BLOCK_SECONDS, "session")
        ears.spoke(silence())
    assert all(notes.voiced[-49:])


class Says:
    """In the place of a listener: gives these hypotheses at these times (seconds)."""

    def __init__(self, said: dict[float, str]) -> None:
        self._said = said

    def use(self, scope: str) -> None:
        pass

    def hear(self, block: Block, voiced: bool, now: float) -> list[Hypothesis]:
        text = self._said.get(round(now, 2))
        if text is None:
            return []
        words = tuple(Word(word, 0.0, 0.1, 0.9) for word in text.split())
        broad = Hypothesis(text, now - 0.5, now, True, 0.9, words=words)
        return [Hypothesis(text, now - 0.5, now, True, 0.9, broad=broad, words=words)]


def meanings(said: dict[float, str], scope: Scope = "idle", decision: Decision = "confirm") -> list[str]:
    """What the ears make of it where "numb" is a sign of danger that was half heard."""

    def understand(heard: Hypothesis, scope: Scope, talk: int) -> Match:
        intent = "danger_sign" if "numb" in heard.text else None
        return Match(heard.text, intent, {}, 80.0, 80.0, None, decision if intent else "ignore")

    nothing: Any = None
    ears = Ears(cast(Any, Says(said)), cast(Any, lambda block: True), understand, nothing)
    found = []
    for number in range(9000):
        found += ears.hear(silence() + np.float32(0.01), number * BLOCK_SECONDS, scope)
        ears.spoke(silence())
    return [each.hypothesis.text for each in found if each.match.intent]


TALK = "we went to the shop and bought bread"


def test_in_other_talk_danger_that_was_half_heard_has_to_be_heard_again() -> None:
    assert meanings({2.0: TALK, 5.0: "it went numb", 20.0: TALK, 25.0: "so numb"}) == ["so numb"]
    assert meanings({2.0: TALK, 5.0: "it went numb", 70.0: TALK, 75.0: "so numb"}) == []


def test_without_other_talk_or_in_a_session_or_clearly_it_counts_at_once() -> None:
    long = "i woke up in the night and now my whole leg is numb and cold"
    assert meanings({5.0: long}) == [long]
    assert meanings({2.0: TALK, 5.0: "it went numb"}, scope="session") == ["it went numb"]
    assert meanings({2.0: TALK, 5.0: "it went numb"}, decision="act") == ["it went numb"]
