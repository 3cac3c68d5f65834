"""The scenes of barge_in.py: somebody asks for help and speaks over the answer, or bedside plays its routines alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from barge_clips import Clip, Meaning, keep, spoken
from hearing import OneModel
from plain import PlainAssistant, PlainLoop, plain_phrases

from bedside.assistant import Assistant, LogEvent
from bedside.audio import echo_path
from bedside.audio.block import BLOCK, BLOCK_SECONDS, RATE
from bedside.audio.player import Player
from bedside.audio.scene import Echo, Scene, read_scene
from bedside.audio.simulated_room import SimulatedRoom
from bedside.audio.wavfiles import read_clip
from bedside.config import Config, RecognizerConfig
from bedside.dialogue.actions import Action, Event, Said, Say
from bedside.mouth import Mouth
from bedside.nlu.match import Scope
from bedside.nlu.matcher import match
from bedside.rehearsal import VirtualNight, rehearse
from bedside.tts.render import LEVEL_DBFS
from bedside.tts.voice import Voice
from bedside.wiring import Content, assemble, conversation_for, ears_for, load_content, load_model, voice_for

USUAL_ROOM = {"delay_ms": 45, "rt60": 0.3}
QUIET = 2.0
"""Seconds of silence after a clip that is heard in silence."""

AFTERWARDS, PLAIN_AFTERWARDS = 2.0, 8.0
"""Seconds within which a command must be understood. The plain way hears it when its sentence is over."""


SENTENCES = ("Straighten", "Straighten", "Now bring")
"""What bedside says first and second in a cramp: the first as the first that it says at all, and after an answer."""

ANSWERED, ANSWERED_BY = 1, 12.0
"""The second of these: a question was answered before, by so many seconds after the beginning."""

BEGINS = (2.5, 14.0, 10.0)
"""Seconds of a scene after which those have begun at the latest."""

LONGEST_CLIP = 3.0


@dataclass(frozen=True)
class Moment:
    """So many seconds after one of SENTENCES (0, 1, 2) has begun; seed: of the room."""

    sentence: int
    wait: float
    seed: int


@dataclass
class Outcome:
    """What came of some clips: how many were understood, and seconds from the end of "stop" to silence."""

    said: int = 0
    heard: int = 0
    delays: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.heard} of {self.said}" if self.said else "-"


class Reciter:
    """In the place of a conversation: says one text after the other."""

    scope: Scope = "session"

    def __init__(self, texts: list[str]) -> None:
        self._left = list(enumerate(texts))
        self._due: float | None = 0.5

    def next_deadline(self) -> float | None:
        return self._due if self._left else None

    def handle(self, event: Event, now: float) -> list[Action]:
        if isinstance(event, Said):
            self._due = now + 0.8
        if self._due is None or now < self._due or not self._left:
            return []
        ident, text = self._left.pop(0)
        self._due = None
        return [Say(ident, text, "")]


class Scenes:
    """Plays scenes in one folder, the plain way or bedside's. talk: a clip that runs in the background, and its dB
    relative to the person."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = Config(recognizer=RecognizerConfig(model="embedded"))
        self.content: Content = load_content(self.config)
        self._model = OneModel(load_model(self.config, self.content)[0])
        self._asking = keep(folder, spoken("leg cramp", "flite slt"), "asking")
        self._question = keep(folder, spoken("what should I drink", "flite slt"), "question")
        self.talk: tuple[str, float] | None = None

    def meaning(self, text: str) -> Meaning | None:
        """What these words mean in a session, if they are acted upon."""
        found = match(text, self.content.intents, "session")
        return (found.intent, dict(found.slots)) if found.intent and found.decision == "act" else None

    def in_silence(self, clip: Clip) -> bool:
        """Whether a clip is understood where nothing else sounds."""
        sound = read_clip(self.folder / clip.file)
        quiet = np.zeros(round(QUIET * RATE), dtype=np.float32)
        whole = np.concatenate((quiet[: RATE // 2], sound, quiet))
        blocks = whole[: len(whole) // BLOCK * BLOCK].reshape(-1, BLOCK)
        ears = ears_for(self.config, self.content, self._model)
        heard = [e.match for n, block in enumerate(blocks) for e in ears.hear(block, n * BLOCK_SECONDS, "session")]
        return any((each.intent, dict(each.slots)) == clip.wanted for each in heard)

    def over_speech(self, clip: Clip, moment: Moment, echo: float | None, to: Outcome, plain: bool = False) -> None:
        """Say a clip at a moment of bedside's speech, and note what comes of it."""
        scene = self._scene(clip, moment, echo, PLAIN_AFTERWARDS if plain else AFTERWARDS)
        log: list[LogEvent] = []
        with self._room(scene) as room, voice_for(self.config, print) as voice:
            if plain:
                loop = PlainLoop(plain_phrases(self.content))
                PlainAssistant(room, loop, self.config, self.content, voice, log.append).run()
            else:
                assemble(self.config, self.content, self._model, voice, room, log.append, print).run()
        if len(room.spoken) < len(scene.says):
            return
        to.said += 1
        spoken, until = room.spoken[-1], PLAIN_AFTERWARDS if plain else AFTERWARDS
        meant = [line for line in log if line["event"] == "intent" and spoken.start < _time(line) < spoken.end + until]
        to.heard += any((line["intent"], line["slots"]) == clip.wanted for line in meant)
        if clip.wanted[0] == "stop":
            to.delays += [_time(line) - spoken.end for line in log if _silenced_by_stop(line)][:1]

    def recite(self, texts: list[str], echo: float, voice: Voice) -> list[LogEvent]:
        """What bedside would have taken for a person's words when it says `texts`."""
        log: list[LogEvent] = []
        with self._room(self._recital(texts, echo, voice)) as room:
            ears = ears_for(self.config, self.content, self._model)
            mouth = Mouth(voice, Player(gain_db=self.config.voice.gain_db), waits=True)
            reciter: Any = Reciter(texts)
            Assistant(room, ears, mouth, reciter, log.append).run()
        return [line for line in log if line["event"] == "intent"]

    def recite_plainly(self, texts: list[str], echo: float, voice: Voice) -> list[LogEvent]:
        """The same of the plain way."""
        log: list[LogEvent] = []
        with self._room(self._recital(texts, echo, voice)) as room:
            loop = PlainLoop(plain_phrases(self.content))
            assistant = PlainAssistant(room, loop, self.config, self.content, voice, log.append)
            reciter: Any = Reciter(texts)
            assistant._conversation = reciter
            assistant.run()
        return [line for line in log if line["event"] == "intent"]

    def rehearsed(self) -> list[list[str]]:
        """What every routine says when it is played through."""
        told = []
        for routine in self.content.library.routines:
            night = VirtualNight(conversation_for(self.config, self.content), lambda text: 1.0)
            log = rehearse(night, routine, through=True)
            told.append(list(dict.fromkeys(str(line["text"]) for line in log if line["event"] == "say")))
        return told

    def _scene(self, clip: Clip, moment: Moment, echo: float | None, afterwards: float) -> Scene:
        trigger = {"event": "say", "match": SENTENCES[moment.sentence]}
        says: list[dict[str, Any]] = [{"at": 0.7, "file": self._asking}]
        if moment.sentence == ANSWERED:
            says = [{"at": 0.7, "file": self._question}, {"at": ANSWERED_BY, "file": self._asking}]
        says += [{"after": trigger, "wait": round(moment.wait, 3), "file": clip.file}]
        duration = BEGINS[moment.sentence] + moment.wait + LONGEST_CLIP + afterwards
        scene: dict[str, Any] = {"duration": round(duration, 2), "says": says, "seed": moment.seed}
        if echo is not None:
            scene["echo"] = {"gain_db": echo, **USUAL_ROOM}
        if self.talk is not None:
            scene["noise"] = {"file": self.talk[0], "gain_db": self.talk[1]}
        file = self.folder / "scene.yaml"
        file.write_text(yaml.safe_dump(scene))
        return read_scene(file)

    def _recital(self, texts: list[str], echo: float, voice: Voice) -> Scene:
        seconds = sum(len(voice.request(text).result().samples) / RATE + 1.6 for text in texts) + 2.0
        return Scene(seconds, echo=Echo(gain_db=echo, **USUAL_ROOM))

    def _room(self, scene: Scene) -> SimulatedRoom:
        return SimulatedRoom(scene, None, LEVEL_DBFS + self.config.voice.gain_db)


def in_room(metres: float) -> None:
    """Let echoes take the way of a furnished room, computed once."""
    import pyroomacoustics

    absorption, order = pyroomacoustics.inverse_sabine(0.4, [4.0, 3.5, 2.5])
    room = pyroomacoustics.ShoeBox(
        [4.0, 3.5, 2.5], fs=RATE, materials=pyroomacoustics.Material(absorption), max_order=order
    )
    room.add_source([1.0, 1.5, 0.8])
    room.add_microphone([1.0 + metres, 1.5, 0.8])
    room.compute_rir()
    response = np.asarray(room.rir[0][0])[: RATE // 2]
    response = (response / np.sqrt(np.sum(response**2))).astype(np.float32)
    echo_path._response = lambda rt60, seed: response


def _time(line: LogEvent) -> float:
    t = line["t"]
    assert isinstance(t, float | int)
    return float(t)


def _silenced_by_stop(line: LogEvent) -> bool:
    return line["event"] == "silenced" and line["by"] == "stop"
