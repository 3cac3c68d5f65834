"""How far an utterance that was heard may be believed.

A recogniser with a closed list of phrases turns every sound into words of that list, in any order; what such words
mean is only worth something if they make up a whole phrase, were heard clearly, and took about as long as it takes
to say them. Nobody in danger speaks in set phrases: there the words of the broad grammar count, as far as they follow
each other as in sentences of danger. Measured with bench/acceptance.py, bench/danger_heard.py and bench/false_starts.py
on recordings of people and of noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from bedside.asr.hypothesis import Comparison, Hypothesis
from bedside.nlu.fluency import Fluency
from bedside.nlu.match import Decision, Match, Scope

UNKNOWN = "[unk]"

WHOLE_PHRASE = 80.0
"""Likeness (0 to 100) to some phrase of the list from which an utterance counts as that phrase."""

NEARLY_A_PHRASE = 95.0
"""Likeness of the understood part, where a word before or after it was not understood."""

CLEAR, FAIR, POOR = 0.8, 0.58, 0.4
"""Mean confidence of the words, 0 to 1."""

PAIRS, TRIPLES = 0.5, 0.2
"""Shares of two and of three words in a row that sentences of danger have too, from which a sign of danger in free
words is asked about; what the recogniser makes of other talk seldom has them."""

SURE_PAIRS, SURE_TRIPLES = 0.6, 0.3
"""And from which it is acted upon."""

CERTAIN, SURE = 0.97, 0.85
"""Mean confidence from which a phrase of several words counts in an idle room though it is hardly likelier than other
words, and from which it does if the broad grammar heard about the same."""

IDENTICAL, SAME, SAME_IN_TALK = 95.0, 70.0, 90.0
"""Likeness (0 to 100) of the letters from which the broad grammar, or the words alone, heard the same, and from which
the former heard about the same, in a room that was quiet and in the midst of other talk."""

ONE_WORD, WORDS, WORDS_A_SECOND, AT_LEAST = 2.5, 4.0, 4.5, 3.0
"""By how much (a difference of logarithms) a phrase must explain its sound better than words without any order: one
word, several, those for each second that they take, and those that are certain."""

TALK = 6
"""Words of other talk from which a phrase counts only if it is certain and the broad grammar heard about the same: in
talk that goes on there are many words that sound like some phrase."""

MEANWHILE = 0.15
"""Seconds by which words of another grammar may be out of time."""

SECONDS_A_WORD, SECONDS_MORE = 0.55, 0.8
"""The longest that so many words take, said slowly: seconds for each, and once."""


def weigh(hypothesis: Hypothesis, match: Match, phrases: tuple[str, ...], scope: Scope, talk: int = 0) -> Match:
    """`match` with its decision lowered to `confirm` or `ignore` where the hearing was doubtful.

    phrases: what the recogniser listened for. talk: how many words of other talk were heard just before. Danger signs
    are weighed alike in both scopes, everything else more strictly in an idle room, where nobody is expected to speak.
    """
    if match.intent is None or hypothesis.confidence is None:
        return match
    return _lowered(match, _decision(hypothesis, match, phrases, scope, talk))


def weigh_danger(broad: Hypothesis, match: Match, fluency: Fluency) -> Match:
    """The same for what the broad grammar heard: nothing but danger counts. fluency: of sentences of danger."""
    words = broad.text.split()
    if match.intent != "danger_sign" or (broad.confidence or 0.0) < CLEAR or _too_long(broad):
        return _lowered(match, "ignore")
    pairs, triples = fluency.pairs(words), fluency.triples(words)
    if pairs >= SURE_PAIRS and triples >= SURE_TRIPLES:
        return match
    return _lowered(match, "confirm" if pairs >= PAIRS and triples >= TRIPLES else "ignore")


def graver(phrase: Match, danger: Match, clear: float) -> Match:
    """Of what a phrase means and the danger in free words, the one to go by: danger, unless that was only half
    heard and the phrase is one word for word and was heard clearly (clear: its confidence, 0 to 1)."""
    exact = phrase.decision == "act" and phrase.score >= 100.0 and clear >= CLEAR
    if danger.intent is None or (danger.decision == "confirm" and exact):
        return phrase
    if phrase.intent != "danger_sign":
        return danger
    return max(danger, phrase, key=lambda match: (match.decision == "act", match.slots.get("tier") == "emergency"))


def unheard(match: Match) -> Match:
    """`match` as if it meant nothing."""
    return replace(match, intent=None, slots={}, decision="ignore")


def _lowered(match: Match, decision: Decision) -> Match:
    if decision == "ignore":
        return unheard(match)
    return match if match.decision == "confirm" else replace(match, decision=decision)


def _decision(hypothesis: Hypothesis, match: Match, phrases: tuple[str, ...], scope: Scope, talk: int) -> Decision:
    words = hypothesis.text.split()
    known = [word for word in words if word != UNKNOWN]
    clear = hypothesis.confidence or 0.0
    if _too_long(hypothesis):
        return "ignore"
    danger = match.intent == "danger_sign"
    if scope == "session" and not danger:
        if match.intent == "stop":
            # Silence harms nobody.
            return match.decision if clear >= POOR else "confirm"
        if clear < POOR:
            return "ignore"
        # The television answers, too.
        sure = clear >= FAIR and (talk < TALK or _is_confirmed(hypothesis, clear, talk))
        return match.decision if sure else "confirm"
    if not danger and match.decision == "confirm" and clear < CERTAIN:
        # Neither well heard nor well understood.
        return "ignore"
    if len(known) < len(words):
        nearly = not danger and len(known) > 1 and _likeness(known, phrases) >= NEARLY_A_PHRASE
        return "confirm" if nearly and _is_confirmed(hypothesis, clear, talk) else "ignore"
    whole = _likeness(known, phrases) >= WHOLE_PHRASE
    confirmed = whole and (clear >= CLEAR if danger else _is_confirmed(hypothesis, clear, talk))
    return match.decision if confirmed else "ignore"


def _is_confirmed(hypothesis: Hypothesis, clear: float, talk: int) -> bool:
    """Whether a phrase was heard so well, or by others alike, that it was no noise bent into it."""
    alike, several = _alike(hypothesis, hypothesis.broad), len(hypothesis.known) > 1
    if talk >= TALK:
        return clear >= CERTAIN and alike >= SAME_IN_TALK
    if clear < FAIR:
        return False
    if clear >= SURE and alike >= SAME:
        return True
    broad = hypothesis.broad
    if broad is not None and (broad.confidence or 0.0) >= SURE and alike >= IDENTICAL:
        return True
    comparison = hypothesis.compare()
    if comparison is None:
        return False
    return (clear >= CERTAIN and several and comparison.margin >= AT_LEAST) or _is_likelier(hypothesis, comparison)


def _is_likelier(hypothesis: Hypothesis, comparison: Comparison) -> bool:
    """Whether words without any order explain the sound no better than the phrase does, or are the same."""
    sure = hypothesis.sure or hypothesis
    # All of its words, also the doubtful ones that were not compared: "left cramps" is not told by a sure "left".
    if _alike(hypothesis, comparison.alone) >= IDENTICAL:
        return True
    if len(sure.known) < 2:
        return comparison.margin >= ONE_WORD
    return comparison.margin >= max(WORDS, WORDS_A_SECOND * sure.spoken)


def _alike(hypothesis: Hypothesis, other: Hypothesis | None) -> float:
    """How like what `other` heard meanwhile is to the known words, letter by letter, 0 to 100."""
    if other is None or not hypothesis.known:
        return 0.0
    start, end = hypothesis.known[0].start - MEANWHILE, hypothesis.known[-1].end + MEANWHILE
    meanwhile = [w for w in other.known if min(w.end, end) - max(w.start, start) >= 0.5 * (w.end - w.start)]
    return fuzz.ratio(*("".join(w.text for w in words).replace("'", "") for words in (hypothesis.known, meanwhile)))


def _too_long(hypothesis: Hypothesis) -> bool:
    # What the voice gate held open, such as a fan, is no part of the words.
    return hypothesis.spoken > SECONDS_A_WORD * len(hypothesis.text.split()) + SECONDS_MORE


def _likeness(words: Sequence[str], phrases: Sequence[str]) -> float:
    """How like these words are to the phrase that is most like them, 0 to 100."""
    best = process.extractOne(" ".join(words), phrases, scorer=fuzz.ratio)
    return best[1] if best else 0.0
