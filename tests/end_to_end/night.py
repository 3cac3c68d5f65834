"""A bedroom for tests: what people say is rendered when a test runs, everything that answers is real."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bedside.asr.recognizer import SpeechModel
from bedside.audio.scene import read_scene
from bedside.audio.simulated_room import SimulatedRoom, Spoken
from bedside.config import Config, load_config
from bedside.tts.render import LEVEL_DBFS
from bedside.wiring import Content, assemble, load_content, load_model, voice_for
from tests.end_to_end.log import Event

EMERGENCY, MATERNITY = "9 1 7", "0 1 2 3 4 5"

_CONFIG = f"""
numbers: {{emergency: "{EMERGENCY.replace(" ", "")}", maternity: "{MATERNITY.replace(" ", "")}"}}
voice: {{cache: voice-cache}}
recognizer: {{model: embedded}}
"""


@dataclass(frozen=True)
class Evening:
    """What came of a scene. clips: what people said, in the order of the scene, with its true times."""

    log: list[Event]
    clips: list[Spoken]


class Bedroom:
    """Plays scenes whose clips are written `"{words}"` or `"{words}/{voice of flite}"`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config_file = folder / "config.yaml"
        self.config_file.write_text(_CONFIG)
        self._config = load_config(self.config_file)
        self._content = load_content(self._config)
        self._model, _ = load_model(self._config, self._content)

    @property
    def parts(self) -> tuple[Content, SpeechModel]:
        """What is slow to load, for who puts an assistant together."""
        return self._content, self._model

    def clip(self, words: str) -> Path:
        """The sound file of something that is said."""
        text, _, voice = words.partition("/")
        file = self.folder / (re.sub(r"\W+", "-", words) + ".wav")
        if not file.exists():
            subprocess.run(["flite", "-voice", voice or "slt", "-t", text, "-o", str(file)], check=True, timeout=60)
        return file

    def scene(self, duration: float, *says: dict[str, Any], **more: Any) -> Path:
        """Write a scene file; each of `says` as in a scene, with `words` in the place of `file`."""
        lines = [
            {"file": self.clip(say["words"]).name, **{k: v for k, v in say.items() if k != "words"}} for say in says
        ]
        file = self.folder / "scene.yaml"
        file.write_text(yaml.safe_dump({"duration": duration, "says": lines, **more}))
        return file

    def play(self, duration: float, *says: dict[str, Any], **more: Any) -> Evening:
        """Play a scene to its end."""
        return play(self.scene(duration, *says, **more), self._config, self._content, self._model)


def play(scene: Path, config: Config, content: Content, model: SpeechModel) -> Evening:
    log: list[Event] = []
    trouble: list[str] = []
    room = SimulatedRoom(read_scene(scene), None, LEVEL_DBFS + config.voice.gain_db)
    with room, voice_for(config, trouble.append) as voice:
        assemble(config, content, model, voice, room, log.append, trouble.append).run()
    assert trouble == []
    return Evening(log, room.spoken)


def at(seconds: float, words: str, **more: Any) -> dict[str, Any]:
    return {"at": seconds, "words": words, **more}


def after(event: str, words: str, match: str | None = None, wait: float = 0.0, **more: Any) -> dict[str, Any]:
    return {"after": {"event": event, "match": match}, "wait": wait, "words": words, **more}
