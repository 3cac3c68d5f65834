"""Blocks of sound in, hypotheses out: when the recogniser wakes, which grammar, when an utterance is over."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bedside.asr.endpoint import EndpointSettings, VoiceGate, utterance_end
from bedside.asr.hypothesis import Hypothesis
from bedside.asr.pause import PauseHearing, as_heard
from bedside.asr.recognizer import UNKNOWN, RecognizedWords, SpeechModel
from bedside.audio.block import BLOCK_SECONDS, Block

LOOK_EVERY = 3
"""Blocks between two looks at the partial result; libvosk gets the sound in the same steps."""

GATE_HELD = 0.1
"""Seconds. If the last voice is nearer than this to the end of an utterance, noise holds the gate open, and
the words tell better than the gate when somebody spoke."""


class Listener:
    """Hears one grammar at a time, one utterance after the other. One thread.

    `grammars` names the phrase lists; the first is in use at the beginning. Each gets its own recogniser at once, so
    that a switch costs nothing. `broad`: sentences that are listened for beside each of them. What they make of an
    utterance, and what their words without any order make of a phrase, goes with it and decides nothing here.
    Raises ModelError if the model cannot take a grammar.
    """

    def __init__(
        self,
        model: SpeechModel,
        grammars: Mapping[str, Sequence[str]],
        settings: EndpointSettings | None = None,
        broad: Sequence[str] = (),
    ) -> None:
        if not grammars:
            raise ValueError("a listener needs at least one grammar")
        self._settings = settings or EndpointSettings()
        self._recognizers = {name: model.recognizer(phrases) for name, phrases in grammars.items()}
        self._name = self._wanted = next(iter(grammars))
        self._recognizer = self._recognizers[self._name]
        self._broad = model.recognizer(broad, free=True) if broad else None
        words = tuple(dict.fromkeys(word for text in broad for word in text.split()))
        self._pauses = PauseHearing(model, grammars, words, self._settings)
        self._recent: deque[Block] = deque(maxlen=max(1, round(self._settings.preroll / BLOCK_SECONDS)))
        self._gate = VoiceGate()
        self._now = 0.0
        self._awake = False
        self.voiced = 0
        """Blocks so far in which there was a voice."""
        self.decoded = 0
        """Blocks so far that the recogniser has taken: it gets on while there is a voice, or something is wrong."""
        # Of the utterance, or of the sound since the last one:
        self._began: float | None = None
        self._partial = ""
        self._told = ""
        self._changed = -math.inf
        self._model_says = False
        self._blocks = 0
        self._fed_from = 0.0

    @property
    def grammar(self) -> str:
        """Name of the grammar in use."""
        return self._name

    @property
    def speaking(self) -> bool:
        """Whether somebody is in the midst of an utterance."""
        return self._began is not None

    def use(self, name: str) -> None:
        """Hear the grammar `name` from the next utterance on. Raises KeyError for an unknown name."""
        if name not in self._recognizers:
            raise KeyError(name)
        self._wanted = name
        if not self.speaking:
            self._switch()

    def commit(self) -> None:
        """End the utterance that is being spoken: what was said up to this pause has been acted upon. Whatever comes
        now is another one."""
        self._sleep()
        self._recent.clear()
        self._forget()
        self._switch()

    def hear(self, block: Block, voiced: bool, now: float) -> list[Hypothesis]:
        """Hear 10 ms. voiced: what the voice activity detector says of it; now: its start on the sound clock.

        Returns the partial and final hypotheses that came of it, mostly none. A final one with the text
        "[unk]" says that somebody spoke and nothing was understood.
        """
        self._now = now + BLOCK_SECONDS
        self.voiced += voiced
        self._gate.hear(voiced, now)
        if self._gate.start is not None and self._began is None:
            self._began = self._gate.start
        self._recent.append(block)
        if not self._awake:
            if not voiced:
                return []
            self._wake()
        elif self._accept(block):
            self._model_says = True
        self._blocks += 1
        heard = self._pauses.at_pause(self._name, self._gate, self._now)
        return heard + self._look() if self._blocks % LOOK_EVERY == 0 else heard

    def _look(self) -> list[Hypothesis]:
        """Look at the partial result and at the rules of finality."""
        text = self._recognizer.partial()
        if text != self._partial:
            self._partial, self._changed = text, self._now
            if self._began is None and _known(text):
                # A whisper that the gate does not take for a voice.
                self._began = self._now
        if self._began is None:
            if self._now - self._gate.last_voiced > self._settings.sleep_after:
                self._sleep()
                self._forget()
            return []
        unchanged = self._now - self._changed
        heard = []
        if text and text != self._told and unchanged >= self._settings.partial_steady:
            self._told = text
            heard.append(Hypothesis(text, self._began, max(self._began, self._gate.last_voiced), False))
        if _known(text):
            heard += self._pauses.at_end_of_words(self._name, self._gate, self._now, self._changed)
        end = utterance_end(
            self._settings,
            begun=self._now - self._began,
            quiet=self._now - max(self._gate.last_voiced, self._began),
            unchanged=unchanged,
            known=_known(text),
            model_says=self._model_says,
        )
        return heard if end is None else heard + self._finish()

    def _finish(self) -> list[Hypothesis]:
        assert self._began is not None
        words = self._recognizer.finish()
        broad = self._broad.finish() if self._broad is not None else RecognizedWords()
        hypothesis = self._hypothesis(words, broad, self._began)
        self._forget()
        # The old sound must not come before the next utterance, nor before another grammar.
        self._recent.clear()
        self._switch()
        return [hypothesis] if hypothesis else []

    def _hypothesis(self, words: RecognizedWords, broad: RecognizedWords, began: float) -> Hypothesis | None:
        gate = self._gate
        if not words.known:
            if gate.start is None or gate.voiced < self._settings.least_unknown:
                return None
            words = RecognizedWords()
        start, end = gate.start, gate.last_voiced
        if words.known and (start is None or self._now - end < GATE_HELD):
            start = self._fed_from + words.known[0].start
            end = self._fed_from + words.known[-1].end
        assert start is not None
        end = max(start, end)
        heard = Hypothesis(words.text or UNKNOWN, start, end, True, words.confidence, words=words.words)
        heard = self._pauses.compared(heard, self._name, self._now - self._fed_from)
        return replace(heard, broad=as_heard(heard, broad))

    def _wake(self) -> None:
        self._awake = True
        self._fed_from = self._now - len(self._recent) * BLOCK_SECONDS
        for block in self._recent:
            self._accept(block)

    def _accept(self, block: Block) -> bool:
        self._pauses.keep(block, self.speaking)
        if self._broad is not None:
            self._broad.accept(block)
        end = self._recognizer.accept(block)
        self.decoded += 1
        return end

    def _sleep(self) -> None:
        if self._awake:
            self._recognizer.reset()
            if self._broad is not None:
                self._broad.reset()
        self._awake = False

    def _switch(self) -> None:
        if self._wanted == self._name:
            return
        self._sleep()
        self._name = self._wanted
        self._recognizer = self._recognizers[self._name]

    def _forget(self) -> None:
        """Begin anew with no utterance."""
        self._gate.next_utterance()
        self._began = None
        self._partial = self._told = ""
        self._changed = -math.inf
        self._model_says = False
        self._blocks = 0
        self._fed_from = self._now
        self._pauses.forget()


def _known(text: str) -> bool:
    return any(word != UNKNOWN for word in text.split())
