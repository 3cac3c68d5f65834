"""How long it must be silent until what was said is acted upon, before the utterance is over.

A whole phrase after which nothing else usually comes cannot reasonably change; a single word is given a moment more,
and one that other sentences begin with ("my leg", "my leg is swollen") yet another. All else waits for the end.
"""

from __future__ import annotations

import math

from bedside.asr.hypothesis import Hypothesis
from bedside.nlu.intents import IntentSet
from bedside.nlu.match import Match, Scope
from bedside.trust import CLEAR

WHOLE = 98.0
"""Score from which nothing but fillers is missing from a phrase."""

TELLING = ("danger_sign", "leg_swelling", "mention_to_provider")
"""Who tells of something goes on: "it's been cramping for ten minutes / and won't stop"."""

SOON, ALONE, LATER = 0.05, 0.1, 0.2
"""Seconds. Measured with bench/latency.py and bench/acceptance.py; the voice gate holds on for some 60 ms before."""


def silence_wanted(hypothesis: Hypothesis, match: Match, intents: IntentSet, scope: Scope) -> float:
    """Seconds of silence after what was understood as `match`; math.inf: the utterance must be over."""
    if match.intent is None or match.decision != "act" or match.score < WHOLE or match.intent in TELLING:
        return math.inf
    if match.intent == "stop":
        return SOON
    if (hypothesis.confidence or 0.0) < CLEAR:
        return math.inf
    if _goes_on(match, hypothesis.text, intents, scope):
        return LATER
    return SOON if " " in hypothesis.text else ALONE


def _goes_on(match: Match, text: str, intents: IntentSet, scope: Scope) -> bool:
    """Whether some sentence that means something else begins with these words."""
    longer = (s for s in intents.sentences(scope) if s.text.startswith(f"{text} "))
    return any(sentence.intent != match.intent for sentence in longer)
