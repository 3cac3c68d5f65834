"""What the ears take for a voice while bedside speaks."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from bedside.asr.hypothesis import Hypothesis
from bedside.audio.block import BLOCK, BLOCK_SECONDS, Block, silence
from bedside.ears import Ears
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
