"""The assistant's ears: blocks become hypotheses, hypotheses become meaning; its own voice is no person's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bedside.asr.hypothesis import Hypothesis
from bedside.asr.listener import Listener
from bedside.audio.block import Block, silence
from bedside.audio.voice_activity import VoiceActivity
from bedside.nlu.match import Match, Scope
from bedside.own_voice import OwnVoice

Understand = Callable[[Hypothesis, Scope], Match]
"""What was heard to what it means, as far as it may be believed."""


MATTER_MOST = ("stop", "danger_sign")
"""Intents that count even while bedside cannot tell yet whether it hears itself."""


@dataclass(frozen=True)
class Understood:
    """An utterance with its meaning."""

    hypothesis: Hypothesis
    match: Match


class Ears:
    """Hears and understands; "stop" already while it is being said."""

    def __init__(self, listener: Listener, voiced: VoiceActivity, understand: Understand) -> None:
        self._listener = listener
        self._voiced = voiced
        self._understand = understand
        self._own_voice = OwnVoice()
        self._in_doubt_until = -1.0
        self.someone_speaks = False
        """Whether words have come in since the last block that are not an utterance yet."""

    def hear(self, block: Block, now: float, scope: Scope) -> list[Understood]:
        """Hear one block that starts at `now`."""
        self._listener.use(scope)
        self.someone_speaks = False
        voiced = self._voiced(block)
        if self._own_voice.in_doubt:
            self._in_doubt_until = now
        if self._own_voice.explains(block):
            voiced, block = False, silence()
        understood = []
        for hypothesis in self._listener.hear(block, voiced, now):
            match = self._understand(hypothesis, scope)
            if hypothesis.speech_start <= self._in_doubt_until and match.intent not in MATTER_MOST:
                match = replace(match, intent=None, slots={}, decision="ignore")
            if hypothesis.final:
                understood.append(Understood(_as_understood(hypothesis, match), match))
            elif _cannot_wait(match, scope):
                self._listener.discard()
                understood.append(Understood(hypothesis, match))
            else:
                self.someone_speaks = True
        return understood

    def spoke(self, block: Block) -> None:
        """Note what the speaker plays while the block heard last is heard."""
        self._own_voice.played(block)


def _as_understood(hypothesis: Hypothesis, match: Match) -> Hypothesis:
    """The hypothesis that was gone by: the broad one if the match is its."""
    broad = hypothesis.broad
    return broad if broad is not None and match.intent is not None and match.text == broad.text else hypothesis


def _cannot_wait(match: Match, scope: Scope) -> bool:
    """Whether a partial result is acted upon: only on a whole "stop", and only where there is something to stop."""
    return scope == "session" and match.intent == "stop" and match.decision == "act" and match.score >= 100.0
