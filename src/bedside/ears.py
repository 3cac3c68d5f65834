"""The assistant's ears: blocks become hypotheses, hypotheses become meaning; its own voice is no person's."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bedside.asr.hypothesis import Hypothesis
from bedside.asr.listener import Listener
from bedside.audio.block import BLOCK_SECONDS, Block
from bedside.audio.canceller import EchoCanceller
from bedside.audio.gain import AutomaticGain
from bedside.audio.voice_activity import VoiceActivity
from bedside.nlu.match import Match, Scope
from bedside.trust import CERTAIN, unheard

Understand = Callable[[Hypothesis, Scope, int], Match]
"""What was heard to what it means, as far as it may be believed; how many words of other talk came before it."""

SilenceWanted = Callable[[Hypothesis, Match, Scope], float]
"""Seconds of silence after these words, with this meaning, until they are acted upon; math.inf: wait for the end."""

AUDIBLE = 4.0
"""Sound counts as a voice only if it is so much stronger (power) than the echo that may be left in it."""

CLEAR, LEAST, SHARE = 10.0, 9, 0.2
"""An utterance counts as a person's only if so many of its blocks (90 ms), and such a share of them, are so much
stronger (power) than that."""

SURE = 2.0
"""It is surely a person's if so many times as many are."""

MOSTLY = 1.5
"""And for a "stop" that was not certain so many times as many must be."""

SEEN, OF = 5, 8
"""Somebody speaks over the voice if so many of the last so many blocks are that clear."""

RELEASE = 0.6
"""Seconds without a voice after which nobody speaks any more."""

TALK_REMEMBERED = 10.0
"""Seconds for which words that meant nothing count as other talk: the television, or two who speak to each other."""

FALL, LATELY = 0.005, 50
"""Nobody is heard in what is so much weaker (power, 23 dB) than the loudest of so many blocks (0.5 s): so the end of a
word is there at once, where the voice gate holds on for some 100 ms."""

MADE_UP = 2.0
"""Nor in what is so much stronger (power) than the microphone heard: an echo was taken out that is not there."""

EPSILON = 1e-6
"""Takes up the rounding of sums of block lengths."""

REMEMBERED = 1500
"""Blocks (15 s) of which it is remembered how clear they were: longer than any utterance."""


@dataclass(frozen=True)
class Understood:
    """An utterance with its meaning. surely: it was so clear that it cannot have been bedside's own voice."""

    hypothesis: Hypothesis
    match: Match
    surely: bool


class Ears:
    """Hears and understands; whole phrases already at a pause, and tells of a "stop" while it is being said."""

    def __init__(
        self, listener: Listener, voiced: VoiceActivity, understand: Understand, silence_wanted: SilenceWanted
    ) -> None:
        self._listener = listener
        self._voiced = voiced
        self._understand = understand
        self._silence_wanted = silence_wanted
        self._canceller = EchoCanceller()
        self._gain = AutomaticGain()
        self._lately: deque[bool] = deque(maxlen=OF)
        self._powers: deque[float] = deque(maxlen=LATELY)
        self._clearness: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)
        self._heard_before = 0.0
        self._voice_until = -1.0
        self._talk: deque[tuple[float, int]] = deque(maxlen=100)
        self.someone_speaks = False
        """Whether words have come in since the last block that are not an utterance yet."""
        self.saying_stop = False
        """Whether these are a whole "stop" where there is something to stop."""

    def hear(self, block: Block, now: float, scope: Scope) -> list[Understood]:
        """Hear one block that starts at `now`."""
        self._listener.use(scope)
        self.someone_speaks = self.saying_stop = False
        heard = float(np.dot(block, block))
        block = self._canceller.clean(block)
        # What is left of bedside's own voice must not be brought up.
        louder = self._gain(block) if self._canceller.resting else block
        # Each block counts, or a loud one would hide whoever is quiet for as long as nobody else is heard.
        fallen = self._has_fallen(block, max(heard, self._heard_before))
        self._heard_before = heard
        voiced = self._voiced(louder) and self._canceller.clearness >= AUDIBLE and not fallen
        self._clearness.append((now, self._canceller.clearness))
        self._lately.append(voiced and self._canceller.clearness >= CLEAR)
        if sum(self._lately) >= SEEN:
            self._voice_until = now + RELEASE
        understood = []
        for hypothesis in self._listener.hear(block, voiced, now):
            match = self._understand(hypothesis, scope, self._other_talk(now))
            clear = self._clear(hypothesis)
            if clear < _clear_enough(hypothesis, match):
                match = unheard(match)
            elif hypothesis.final and match.intent is None:
                self._talk.append((now, len(hypothesis.broad.known) if hypothesis.broad else 0))
            if hypothesis.final:
                understood.append(Understood(_as_understood(hypothesis, match), match, clear >= SURE))
            elif not hypothesis.pause:
                self.someone_speaks = True
                self.saying_stop = _is_stop(match, scope)
            elif hypothesis.pause >= self._silence_wanted(hypothesis, match, scope):
                self._listener.commit()
                understood.append(Understood(hypothesis, match, clear >= SURE))
                # The same utterance may be over with this block.
                break
        return understood

    @property
    def progress(self) -> tuple[int, int]:
        """Blocks so far in which there was a voice, and those that the recogniser has taken."""
        return self._listener.voiced, self._listener.decoded

    def _other_talk(self, now: float) -> int:
        return sum(words for t, words in self._talk if now - t < TALK_REMEMBERED)

    def _has_fallen(self, block: Block, heard: float) -> bool:
        """Whether it is far quieter than just before, or was not heard at all. heard: by the microphone, at most."""
        power = float(np.dot(block, block))
        self._powers.append(min(power, heard))
        return power > MADE_UP * heard or self._powers[-1] < FALL * max(self._powers)

    def talked_over(self, now: float) -> bool:
        """Whether somebody speaks, or has just spoken."""
        return now < self._voice_until

    def _clear(self, hypothesis: Hypothesis) -> float:
        """How much of the utterance was louder than what may be left of bedside's own voice: 1.0 is just enough,
        math.inf if there was nothing of it."""
        start, end = hypothesis.speech_start - EPSILON, hypothesis.speech_end - EPSILON
        blocks = [clearness for t, clearness in self._clearness if start <= t <= max(end, start + BLOCK_SECONDS)]
        if all(clearness == math.inf for clearness in blocks):
            return math.inf
        return sum(clearness >= CLEAR for clearness in blocks) / max(LEAST, SHARE * len(blocks))

    def jumped(self) -> None:
        """What the speaker plays comes sooner or later than before."""
        self._canceller.jumped()

    def spoke(self, block: Block) -> None:
        """Note what the speaker plays while the block heard last is heard."""
        self._canceller.played(block)


def _clear_enough(hypothesis: Hypothesis, match: Match) -> float:
    """How clear it must be over bedside's voice: what may be an echo, and is half understood, is nothing, but danger
    counts; a "stop" that nobody said would leave her alone with her cramp."""
    if match.intent == "stop":
        return 1.0 if (hypothesis.confidence or 0.0) >= CERTAIN else MOSTLY
    return SURE if match.decision == "confirm" and match.intent != "danger_sign" else 1.0


def _as_understood(hypothesis: Hypothesis, match: Match) -> Hypothesis:
    """The hypothesis that was gone by: the broad one if the match is its."""
    broad = hypothesis.broad
    return broad if broad is not None and match.intent is not None and match.text == broad.text else hypothesis


def _is_stop(match: Match, scope: Scope) -> bool:
    return scope == "session" and match.intent == "stop" and match.decision == "act" and match.score >= 100.0
