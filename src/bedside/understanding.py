"""What was heard to what it means, as far as it may be believed."""

from __future__ import annotations

from bedside.asr.hypothesis import Hypothesis
from bedside.nlu.fluency import Fluency
from bedside.nlu.intents import IntentSet
from bedside.nlu.match import Match, Scope
from bedside.nlu.matcher import match
from bedside.nlu.meaning import load_meanings
from bedside.nlu.text import load_speech
from bedside.patience import WHOLE
from bedside.trust import SURE, graver, weigh, weigh_danger

ANSWERS = ("yes", "no", "unsure")
"""To a question about her legs each word counts: these are never understood of a part."""


class Understanding:
    """Understands utterances. fluency: of sentences of danger."""

    def __init__(self, intents: IntentSet, fluency: Fluency) -> None:
        self._intents = intents
        self._phrases = {scope: intents.grammar(scope) for scope in intents.scope_thresholds}
        self._fluency = fluency

    def __call__(self, hypothesis: Hypothesis, scope: Scope, talk: int) -> Match:
        """The meaning of an utterance; talk: how many words of other talk were heard just before."""
        meaning = self._of_phrase(hypothesis, scope, talk)
        broad = hypothesis.broad
        if broad is None:
            return meaning
        danger = weigh_danger(broad, match(broad.text, self._intents, scope), self._fluency)
        return graver(meaning, danger, hypothesis.confidence or 0.0)

    def _of_phrase(self, hypothesis: Hypothesis, scope: Scope, talk: int) -> Match:
        whole = match(hypothesis.text, self._intents, scope)
        meaning = weigh(hypothesis, whole, self._phrases[scope], scope, talk)
        sure = hypothesis.sure
        if sure is None or meaning.decision == "act" or whole.intent == "danger_sign":
            return meaning
        # Noise before and after a phrase becomes words as well, which the recogniser doubts itself.
        found = match(sure.text, self._intents, scope)
        if (sure.confidence or 0.0) < SURE or found.decision != "act" or found.score < WHOLE:
            return meaning
        if self._tells(hypothesis, whole, sure, found, scope):
            return meaning
        without = weigh(sure, found, self._phrases[scope], scope, talk)
        return without if without.decision == "act" else meaning

    def _tells(self, hypothesis: Hypothesis, whole: Match, sure: Hypothesis, found: Match, scope: Scope) -> bool:
        """Whether one of the doubtful words would say something else, if it was said: "not", "swollen", "stop"."""
        words, kept = hypothesis.text.split(), len(sure.words)
        first = next(n for n in range(len(words)) if words[n : n + kept] == sure.text.split())
        left_out = [" ".join(part) for part in (words[:first], words[first + kept :]) if part]
        if any(load_speech().negations(part) for part in left_out):
            return True
        if found.intent == "stop":
            # Whatever goes with it: silence harms nobody.
            return False
        if found.intent in ANSWERS or whole.intent not in (None, found.intent):
            return True
        if load_meanings().findings & set(" ".join(left_out).split()):
            return True
        return any(match(part, self._intents, scope).intent for part in left_out)
