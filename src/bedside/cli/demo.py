"""`bedside demo`: a recorded voice asks for help, and everything real answers."""

from __future__ import annotations

from pathlib import Path

import click

from bedside import resources
from bedside.asr.recognizer import SpeechModel
from bedside.audio.scene import read_scene
from bedside.cli.options import FILE, content_options
from bedside.cli.output import errors, json_flag
from bedside.cli.simulate import play_scene
from bedside.cli.timeline import event_printer
from bedside.config import Config, load_config
from bedside.wiring import Content, load_content, load_model

DEMO_RECORDING = Path("bedside-demo.wav")


@click.command("demo")
@click.option("--record", type=FILE, metavar="OUT.wav", default=DEMO_RECORDING, show_default=True, help="The sound.")
@content_options
@json_flag
def command(record: Path, config_path: Path | None, intents: Path | None, routines: Path | None, as_json: bool) -> None:
    """Play the built-in demo; it needs no sound device.

    A recorded voice asks for help; the real recogniser, matcher, conversation and voice answer. The sound is left in
    a WAV file.
    """
    config = load_config(config_path)
    content = load_content(config, intents, routines)
    model, chosen = load_model(config, content)
    errors.print(f"Hearing with the {chosen.reason}.", markup=False)
    play_demo(config, content, model, as_json, record)


def play_demo(
    config: Config, content: Content, model: SpeechModel, as_json: bool, record: Path = DEMO_RECORDING
) -> None:
    """Play the demo scene and say where its sound is."""
    scene = read_scene(resources.content_folder() / "demo" / "scene.yaml")
    play_scene(config, content, model, scene, record, event_printer(as_json))
    errors.print(f"The sound of it is in {record} (left the microphone, right the voice).", markup=False)
