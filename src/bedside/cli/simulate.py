"""`bedside simulate`: a night played in a simulated room, on the sound clock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from bedside.asr.recognizer import SpeechModel
from bedside.assistant import LogEvent
from bedside.audio.scene import Scene, read_scene
from bedside.audio.simulated_room import SimulatedRoom
from bedside.cli.options import FILE, content_options
from bedside.cli.output import errors, json_flag
from bedside.cli.timeline import event_printer
from bedside.config import Config, load_config
from bedside.errors import UsageError
from bedside.tts.render import LEVEL_DBFS
from bedside.wiring import Content, assemble, every_fixed_text, load_content, load_model, voice_for


@click.command("simulate")
@click.argument("scene", type=FILE)
@click.option("--record", type=FILE, metavar="OUT.wav", help="Leave the sound: left the microphone, right the voice.")
@content_options
@json_flag
def command(
    scene: Path,
    record: Path | None,
    config_path: Path | None,
    intents: Path | None,
    routines: Path | None,
    as_json: bool,
) -> None:
    """Play the night of SCENE and print what happens.

    SCENE is a YAML file: who says what when, which noise. Time is counted in samples: the same scene twice gives
    the same log. With --json it is the event log, one object a line.
    """
    config = load_config(config_path)
    content = load_content(config, intents, routines)
    night = read_scene(scene)
    if record is not None and record.resolve() in {file.resolve() for file in night.files}:
        raise UsageError(f"{record}: the scene plays this file; record into another.")
    model, chosen = load_model(config, content)
    errors.print(f"Hearing with the {chosen.reason}.", markup=False)
    play_scene(config, content, model, night, record, event_printer(as_json))


def play_scene(
    config: Config,
    content: Content,
    model: SpeechModel,
    scene: Scene,
    record: Path | None,
    log: Callable[[LogEvent], None],
) -> None:
    """Play one scene to its end. Raises SoundError or VoiceError."""
    level = LEVEL_DBFS + config.voice.gain_db
    with SimulatedRoom(scene, record, level) as room, voice_for(config, _warn) as voice:
        # A voice that cannot speak at all is told now, not at every sentence.
        voice.prepare(every_fixed_text(config, content)[:1])
        assemble(config, content, model, voice, room, log, _warn).run()


def _warn(line: str) -> None:
    errors.print(f"bedside: {line}", markup=False)
