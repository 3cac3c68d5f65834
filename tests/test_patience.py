"""What was said is acted upon as soon as it cannot reasonably change, and not before."""

from __future__ import annotations

import math

import pytest

from bedside.asr.hypothesis import Hypothesis
from bedside.nlu.intents import load_intents
from bedside.nlu.match import Scope
from bedside.nlu.matcher import match
from bedside.patience import ALONE, LATER, SOON, silence_wanted

INTENTS = load_intents()


def wanted(text: str, scope: Scope, confidence: float = 1.0) -> float:
    heard = Hypothesis(text, 1.0, 2.0, False, confidence, pause=0.05)
    return silence_wanted(heard, match(text, INTENTS, scope), INTENTS, scope)


@pytest.mark.parametrize(
    ("text", "scope", "seconds"),
    [
        ("my left leg is cramping", "idle", SOON),
        ("say that again", "session", SOON),
        ("stop", "session", SOON),
        ("leg cramp", "idle", SOON),
        ("leg cramp", "session", LATER),  # "leg cramp is gone"
        ("louder", "session", ALONE),
        ("my leg", "session", LATER),  # "my leg is swollen"
        ("no", "session", LATER),
        ("left leg is cramp", "idle", math.inf),  # no whole phrase
        ("the water bottle is cold", "idle", math.inf),
        ("i can't breathe", "idle", math.inf),  # who tells of danger goes on
        ("my leg is swollen", "session", math.inf),
    ],
)
def test_silence_wanted(text: str, scope: Scope, seconds: float) -> None:
    assert wanted(text, scope) == seconds


def test_what_was_not_heard_clearly_waits_for_its_end() -> None:
    assert wanted("my left leg is cramping", "idle", confidence=0.7) == math.inf
