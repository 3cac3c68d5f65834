"""The assistant's ears: blocks become hypotheses, hypotheses become meaning; its own voice is no person's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from bedside.asr.hypothesis import Hypothesis
from bedside.asr.listener import Listener
from bedside.audio.block import Block
from bedside.audio.voice_activity import VoiceActivity
from bedside.nlu.match import Match, Scope

Understand = Callable[[str, Scope], Match]
"""Words to meaning; the matcher with its intents."""

OWN_SHARE = 0.5
OWN_LIKENESS = 80.0
"""An utterance that lies for at least this share in bedside's own speech, and is at least so like a part of it
(0 to 100), is the echo of it."""


@dataclass(frozen=True)
class Understood:
    """An utterance with its meaning. own: it is most likely bedside's own voice, and nothing is done about it."""

    hypothesis: Hypothesis
    match: Match
    own: bool = False


class Ears:
    """Hears and understands; "stop" already while it is being said."""

    def __init__(self, listener: Listener, voiced: VoiceActivity, understand: Understand) -> None:
        self._listener = listener
        self._voiced = voiced
        self._understand = understand
        self.someone_speaks = False
        """Whether words have come in since the last block that are not an utterance yet."""

    def hear(
        self, block: Block, now: float, scope: Scope, own: Callable[[float, float], Sequence[tuple[str, float]]]
    ) -> list[Understood]:
        """Hear one block that starts at `now`. own: what bedside itself said in a span of time, with its share."""
        self._listener.use(scope)
        self.someone_speaks = False
        understood = []
        for hypothesis in self._listener.hear(block, self._voiced(block), now):
            match = self._understand(hypothesis.text, scope)
            is_own = _is_own(hypothesis, own(hypothesis.speech_start, hypothesis.speech_end))
            if hypothesis.final:
                understood.append(Understood(hypothesis, match, is_own))
            elif is_own:
                continue
            elif _cannot_wait(match, scope):
                self._listener.discard()
                understood.append(Understood(hypothesis, match))
            else:
                self.someone_speaks = True
        return understood


def _cannot_wait(match: Match, scope: Scope) -> bool:
    """Whether a partial result is acted upon: only on a whole "stop", and only where there is something to stop."""
    return scope == "session" and match.intent == "stop" and match.decision == "act" and match.score >= 100.0


def _is_own(hypothesis: Hypothesis, spoken: Sequence[tuple[str, float]]) -> bool:
    heard = hypothesis.text.replace("[unk]", " ").split()
    if not heard:
        return any(share >= OWN_SHARE for _, share in spoken)
    share = sum(share for _, share in spoken)
    own = " ".join(text for text, _ in spoken).lower()
    return share >= OWN_SHARE and fuzz.partial_ratio(" ".join(heard), own) >= OWN_LIKENESS
