"""The baseline: the way most projects with Vosk and pyttsx3 do it.

The recogniser gets the sound in blocks of 0.5 s; an utterance is over when the recogniser says so; what it wrote is
taken at its word. A sentence is spoken by `pyttsx3.say` and `runAndWait`: the loop stands still until the sentence is
over, what the microphone heard meanwhile waits and is worked off then, and nothing cuts a sentence. There is no echo
cancellation, no voice gate, and one list of phrases for everything.

Model, phrases, matcher, sentences and conversation are bedside's, so that the difference is in the way only. All of it
runs on the sound clock, where computing and rendering take no time; `render_milliseconds` measures what rendering
takes on this machine, and is never added to the times of the sound clock.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from bedside.asr.recognizer import UNKNOWN
from bedside.assistant import LogEvent
from bedside.audio.block import BLOCK, RATE, AudioEnd, Block, Samples, silence
from bedside.audio.player import Finished, Player, Started
from bedside.config import Config
from bedside.dialogue.actions import Action, Event, Heard, Hush, Said, Say, Tick
from bedside.dialogue.conversation import Conversation
from bedside.nlu.match import Match, Scope
from bedside.nlu.matcher import match
from bedside.resources import embedded_model
from bedside.tts.voice import Voice
from bedside.wiring import SCOPES, Content, conversation_for

PLAIN_BLOCK = RATE // 2
"""Samples: what most projects read at once."""


class PlainLoop:
    """A recogniser of the embedded model that is fed half a second at a time and ends utterances by itself."""

    def __init__(self, phrases: Sequence[str], folder: Path | None = None) -> None:
        import vosk

        self._recognizer = vosk.KaldiRecognizer(_model(folder or embedded_model()), RATE, _grammar(phrases))

    def hear(self, sound: Samples) -> str | None:
        """Hear a block, shape (n,); the text of the utterance that has ended in it, if one has."""
        pcm = np.clip(np.rint(sound * 32768.0), -32768, 32767).astype("<i2").tobytes()
        return _text(self._recognizer.Result()) if self._recognizer.AcceptWaveform(pcm) else None

    def finish(self) -> str | None:
        """The text of what was not ended yet."""
        return _text(self._recognizer.FinalResult())

    def texts(self, sound: Samples) -> Iterator[str]:
        """All that is heard in a sound from beginning to end."""
        for start in range(0, len(sound), PLAIN_BLOCK):
            if text := self.hear(sound[start : start + PLAIN_BLOCK]):
                yield text
        if text := self.finish():
            yield text


def plain_phrases(content: Content) -> tuple[str, ...]:
    """One list for everything: what bedside listens for in an idle room and in a session."""
    return tuple(dict.fromkeys(phrase for scope in SCOPES for phrase in content.intents.grammar(scope)))


def understood_plainly(loop: PlainLoop, sound: Samples, content: Content, scope: Scope) -> list[Match]:
    """What is understood in a sound, taken at its word."""
    return [match(text, content.intents, scope) for text in loop.texts(sound)]


class PlainAssistant:
    """A whole assistant of the plain way over one audio end."""

    def __init__(
        self,
        end: AudioEnd,
        loop: PlainLoop,
        config: Config,
        content: Content,
        voice: Voice,
        log: Callable[[LogEvent], None],
    ) -> None:
        self._end = end
        self._loop = loop
        self._intents = content.intents
        self._conversation: Conversation = conversation_for(config, content)
        self._voice = voice
        self._player = Player(gain_db=config.voice.gain_db, max_gain_db=config.voice.max_gain_db)
        self._log = log
        self._gathered: list[Block] = []
        self._waiting: list[Samples] = []
        self._wanted: Say | None = None
        self._saying: Say | None = None
        self._over: Said | None = None
        self._last_sound = 0.0

    def run(self) -> None:
        """Go on until the sound ends. The audio end must be open."""
        while (block := self._end.read()) is not None:
            self._end.write(self.step(block, self._end.now))

    def step(self, microphone: Block, now: float) -> Block:
        """Take the microphone block that starts at `now`, and give the speaker block for it."""
        self._gathered.append(microphone)
        if len(self._gathered) * BLOCK == PLAIN_BLOCK:
            self._waiting.append(np.concatenate(self._gathered))
            self._gathered = []
        if self._saying is None and (self._waiting or self._over):
            self._work_off(now)
        block = self._player.next_block(now) if self._saying is not None else silence()
        for event in self._player.take_events():
            assert self._saying is not None
            if isinstance(event, Started):
                self._tell(event.t, "say", text=self._saying.text, step=self._saying.step)
            elif isinstance(event, Finished):
                self._tell(event.t, "said", step=self._saying.step, complete=True)
                self._over, self._saying = Said(self._saying.ident, True), None
                self._last_sound = event.t
        return block

    def _work_off(self, now: float) -> None:
        """What happens between two sentences."""
        waiting, self._waiting = self._waiting, []
        for sound in waiting:
            text = self._loop.hear(sound)
            if text is not None:
                self._understand(text, now)
        if self._over is not None:
            over, self._over = self._over, None
            self._handle(over, now)
        deadline = self._conversation.next_deadline()
        if deadline is not None and deadline <= now:
            self._handle(Tick(), now)
        if self._wanted is not None:
            self._saying, self._wanted = self._wanted, None
            self._player.start(self._voice.clip(self._saying.text).samples, str(self._saying.ident))

    def _understand(self, text: str, now: float) -> None:
        meaning = match(text, self._intents, self._conversation.scope)
        self._tell(now, "heard", text=text)
        if meaning.intent is None:
            return
        self._tell(now, "intent", intent=meaning.intent, slots=dict(meaning.slots), decision=meaning.decision)
        if meaning.intent == "stop" and meaning.decision == "act":
            # Nothing sounds any more: what stop ended was over when its sentence was.
            self._tell(self._last_sound, "silenced", by="stop")
        self._handle(Heard(meaning), now)

    def _handle(self, event: Event, now: float) -> None:
        for action in self._conversation.handle(event, now):
            self._do(action)

    def _do(self, action: Action) -> None:
        if isinstance(action, Say):
            self._wanted = action
        elif isinstance(action, Hush):
            self._wanted = None

    def _tell(self, t: float, event: str, **fields: object) -> None:
        line = {"t": t, "event": event, **fields}
        self._log(line)
        self._end.observe(line)


RENDER = """
import os, sys, time, json
answers = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
os.dup2(1, 2)
import pyttsx3
took = []
engine = pyttsx3.init()
for text in sys.argv[2:]:
    began = time.perf_counter()
    engine.save_to_file(text, sys.argv[1])
    engine.runAndWait()
    took.append(time.perf_counter() - began)
answers.write(json.dumps(took))
"""


def render_milliseconds(texts: Sequence[str], folder: Path) -> float:
    """What pyttsx3 takes on this machine to render a text before a sound of it can be played, as median, on the wall
    clock. Starting the program that plays it comes on top."""
    command = [sys.executable, "-c", RENDER, str(folder / "rendered.wav"), *texts]
    out = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    return 1000.0 * float(np.median(json.loads(out)))


@lru_cache(maxsize=2)
def _model(folder: Path) -> Any:
    import vosk

    vosk.SetLogLevel(-2)
    return vosk.Model(str(folder))


def _grammar(phrases: Sequence[str]) -> str:
    return json.dumps([*dict.fromkeys(phrases), UNKNOWN])


def _text(result: str) -> str | None:
    """The words of a result; None if there is none but UNKNOWN."""
    words = str(json.loads(result).get("text", "")).split()
    return " ".join(words) if any(word != UNKNOWN for word in words) else None
