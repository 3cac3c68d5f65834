"""How far an utterance that was heard may be believed.

A recogniser with a closed list of phrases turns every sound into words of that list, in any order; what such words
mean is only worth something if they make up a whole phrase, were heard clearly, and took about as long as it takes
to say them. Measured with bench/own_words.py and bench/false_starts.py on recordings of people and of noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz, process

from bedside.asr.hypothesis import Hypothesis
from bedside.nlu.match import Decision, Match, Scope

UNKNOWN = "[unk]"

WHOLE_PHRASE = 80.0
"""Likeness (0 to 100) to some phrase of the list from which an utterance counts as that phrase."""

NEARLY_A_PHRASE = 95.0
"""Likeness of the understood part, where a word before or after it was not understood."""

PART_OF_A_PHRASE = 55.0
FLUENT, HALF_FLUENT = 0.65, 0.6
"""Nobody in danger speaks in set phrases. The share of its pairs of neighbouring words that some phrase has too, from
which a danger sign that was heard clearly is acted upon, or asked about. Measured with bench/danger_heard.py and
bench/false_starts.py: what the recogniser makes of other talk seldom reaches a half."""

SHORT = 3
"""A danger sign of at most so many words is asked about if it is at least so like a phrase."""

CLEAR, FAIR, POOR = 0.8, 0.58, 0.4
"""Mean confidence of the words, 0 to 1."""

SECONDS_A_WORD, SECONDS_MORE = 0.55, 0.8
"""The longest that so many words take, said slowly: seconds for each, and once."""


def weigh(hypothesis: Hypothesis, match: Match, phrases: tuple[str, ...], scope: Scope) -> Match:
    """`match` with its decision lowered to `confirm` or `ignore` where the hearing was doubtful.

    phrases: what the recogniser listened for. Danger signs are weighed alike in both scopes, everything else more
    strictly in an idle room, where nobody is expected to speak.
    """
    if match.intent is None or hypothesis.confidence is None:
        return match
    decision = _decision(hypothesis, match, phrases, scope)
    if decision == "ignore":
        return replace(match, intent=None, slots={}, decision="ignore")
    return replace(match, decision=decision)


def _decision(hypothesis: Hypothesis, match: Match, phrases: tuple[str, ...], scope: Scope) -> Decision:
    words = hypothesis.text.split()
    known = [word for word in words if word != UNKNOWN]
    clear = hypothesis.confidence or 0.0
    if hypothesis.speech_end - hypothesis.speech_start > SECONDS_A_WORD * len(words) + SECONDS_MORE:
        return "ignore"
    danger = match.intent == "danger_sign"
    fluency = _fluency(words, phrases) if danger and len(words) >= SHORT and clear >= CLEAR else 0.0
    if fluency >= HALF_FLUENT:
        return match.decision if fluency >= FLUENT else "confirm"
    if scope == "session" and not danger:
        return match.decision if clear >= POOR else "confirm"
    if len(known) < len(words):
        nearly = len(known) > 1 and _likeness(known, phrases) >= NEARLY_A_PHRASE
        return "confirm" if nearly and clear >= FAIR else "ignore"
    likeness = _likeness(known, phrases)
    if likeness >= WHOLE_PHRASE and clear >= FAIR:
        return match.decision
    enough = CLEAR if scope == "idle" else FAIR
    if danger and likeness >= PART_OF_A_PHRASE and len(known) <= SHORT and clear >= enough:
        return "confirm"
    return "ignore"


def _likeness(words: Sequence[str], phrases: Sequence[str]) -> float:
    """How like these words are to the phrase that is most like them, 0 to 100."""
    best = process.extractOne(" ".join(words), phrases, scorer=fuzz.ratio)
    return best[1] if best else 0.0


def _fluency(words: Sequence[str], phrases: tuple[str, ...]) -> float:
    """The share of the pairs of neighbouring words that some phrase has too, 0 to 1."""
    known = _pairs(phrases)
    return sum(pair in known for pair in pairwise(words)) / max(1, len(words) - 1)


@lru_cache(maxsize=8)
def _pairs(phrases: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    return frozenset(pair for phrase in phrases for pair in pairwise(phrase.split()))
