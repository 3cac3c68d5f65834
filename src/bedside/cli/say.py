"""`bedside say`: speaks a text, through the running bedside if there is one; or writes it to a file."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import click

from bedside.audio.block import BLOCK_SECONDS
from bedside.audio.devices import find_device
from bedside.audio.player import Player
from bedside.audio.streams import Speaker
from bedside.audio.wavfiles import write_wav
from bedside.cli.control_commands import send, show, socket_option
from bedside.cli.options import config_option
from bedside.cli.output import console, errors, json_flag, print_json
from bedside.config import Config, load_config
from bedside.errors import SoundError, UsageError
from bedside.service.control_client import NotRunningError
from bedside.service.protocol import Say
from bedside.tts.clip import Clip
from bedside.wiring import voice_for

AFTERWARDS = 0.5
"""Seconds of silence behind the clip, so that the speaker has played all of it before it is closed."""


@click.command()
@click.argument("words", metavar="TEXT", nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write a WAV file instead of playing.")
@socket_option
@config_option
@json_flag
def say(words: tuple[str, ...], out: Path | None, socket: Path | None, config_path: Path | None, as_json: bool) -> None:
    """Say TEXT in the voice of the settings.

    A bedside that is running says it, as soon as there is room for it; with --out or --config it is not asked.
    """
    text = " ".join(words)
    if out is None and config_path is None:
        try:
            # What it takes is for the running one to judge.
            show(send(Say.model_construct(text=text), socket), as_json)
            return
        except NotRunningError:
            pass
    config = load_config(config_path)
    with voice_for(config, _warn) as voice:
        clip = voice.clip(text)
        if not len(clip.samples):
            raise UsageError("there is nothing to say in this text.")
        if out is None:
            play(clip, config)
        else:
            write_wav(out, clip.samples)
        if as_json:
            print_json(
                {
                    "text": text,
                    "seconds": round(clip.seconds, 3),
                    "voice": voice.settings.name,
                    "rate": voice.words_per_minute(),
                    "file": str(out) if out else None,
                }
            )
        elif out:
            console.print(f"{out}: {clip.seconds:.1f} seconds", markup=False)


def play(clip: Clip, config: Config) -> None:
    """Play a clip on the speaker of the settings; no microphone is needed. Raises SoundError if there is no
    such speaker, or it goes away."""
    player = Player(gain_db=config.voice.gain_db, max_gain_db=config.voice.max_gain_db)
    player.start(clip.samples, "say")
    left = round(AFTERWARDS / BLOCK_SECONDS)
    with closing(Speaker(find_device("speaker", config.speaker))) as speaker:
        due = time.monotonic()
        while left:
            if not speaker.alive:
                raise SoundError(f"the speaker '{speaker.device.name}' is gone.")
            speaker.write(player.next_block(due))
            left -= not player.busy
            due += BLOCK_SECONDS
            time.sleep(max(0.0, due - time.monotonic()))


def _warn(line: str) -> None:
    errors.print(f"bedside: {line}", markup=False)
