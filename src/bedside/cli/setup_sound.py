"""The first sound steps of `bedside setup`: microphone and speaker, by trying them."""

from __future__ import annotations

import math
import select
import sys
from dataclasses import dataclass
from functools import cached_property, partial

import click
import numpy as np
from rich.live import Live
from rich.text import Text

from bedside.asr.recognizer import SpeechModel
from bedside.audio.block import BLOCK_SECONDS, Samples
from bedside.audio.calibration import OVERLOADED
from bedside.audio.devices import Device, Direction, NoSoundDevice, find_device, lasting_name, list_devices
from bedside.audio.levels import SILENCE_DBFS, rms_dbfs
from bedside.audio.streams import Microphone
from bedside.cli.dialog import Dialog
from bedside.cli.say import play
from bedside.cli.setup_measure import trial_clip
from bedside.cli.setup_questions import Values
from bedside.cli.setup_texts import setup_texts
from bedside.config import Config
from bedside.errors import SoundError
from bedside.wiring import Content, default_words_folder, ears_for, load_content, load_model

LISTEN = 20.0
"""Seconds for "leg cramp" to be said."""

FAINT, SILENT = -50.0, -75.0
"""Levels (dBFS) of the loudest tenth of a second below which a voice is faint, and nothing has come in."""

QUIETEST_SHOWN, BAR = -70.0, 40
"""The level meter begins there (dBFS), and is so many characters long."""

METER_EVERY = 10
"""Blocks: ten times a second."""


class Hearing:
    """The recogniser with all its words, loaded when it is first needed."""

    def __init__(self, config: Config, dialog: Dialog) -> None:
        self._config = config
        self._dialog = dialog

    @cached_property
    def parts(self) -> tuple[Content, SpeechModel]:
        with self._dialog.console.status(setup_texts().sound.loading):
            content = load_content(self._config, kept=default_words_folder())
            return content, load_model(self._config, content)[0]


@dataclass(frozen=True)
class Tried:
    """What came of saying "leg cramp" into a microphone. loudest_dbfs: of its loudest tenth of a second."""

    text: str
    understood: bool
    loudest_dbfs: float
    overloaded: bool

    @property
    def advice(self) -> str:
        advice = setup_texts().advice
        if self.loudest_dbfs < SILENT:
            return advice.silent
        if self.overloaded:
            return advice.overloaded
        if self.loudest_dbfs < FAINT:
            return advice.quiet.format(level=self.loudest_dbfs)
        return advice.not_understood


def devices_there(dialog: Dialog) -> bool:
    """Whether there is a microphone and a speaker; one line if not."""
    try:
        for direction in ("microphone", "speaker"):
            find_device(direction, None)
    except NoSoundDevice:
        dialog.line(setup_texts().said.no_devices)
        return False
    except SoundError as error:
        dialog.line(f"{error}")
        return False
    return True


def choose_microphone(config: Config, hearing: Hearing, dialog: Dialog) -> Values:
    """Let "leg cramp" be said into one microphone after the other until one is right."""
    sound, ask = setup_texts().sound, setup_texts().ask
    devices = _in_order("microphone", config.microphone)
    device = _pick("microphone", devices, config.microphone, dialog)
    while True:
        tried = dialog.attempt(partial(try_microphone, device, config, hearing, dialog))
        if tried is not None and tried.understood:
            dialog.line(sound.understood.format(device=device.name), style="green")
            break
        if tried is not None:
            dialog.line(tried.advice, style="yellow")
        answer = dialog.choose(ask.microphone_next, ("again", "next", "keep"))
        if answer == "keep":
            dialog.line(sound.keeps.format(device=device.name))
            break
        if answer == "next":
            device = devices[(devices.index(device) + 1) % len(devices)]
            dialog.line(f"{sound.microphone}: {device.name}")
    return {"microphone": lasting_name(device, devices)}


def try_microphone(device: Device, config: Config, hearing: Hearing, dialog: Dialog) -> Tried:
    """Listen until a cramp is understood, Enter is pressed or time is up, and show how loud it is."""
    ears = ears_for(config, *hearing.parts)
    dialog.line(setup_texts().sound.speak)
    microphone = Microphone(device)
    loudest, overloaded, text, understood = SILENCE_DBFS, False, "", False
    try:
        with Live(_meter(SILENCE_DBFS), console=dialog.console, transient=True, auto_refresh=False) as live:
            blocks, recent = 0, []
            while not understood and blocks * BLOCK_SECONDS < LISTEN and not _enter_pressed():
                block = microphone.read(1.0)
                if block is None:
                    raise SoundError(f"the microphone '{device.name}' gives no sound.")
                recent.append(block)
                blocks += 1
                for each in ears.hear(block, blocks * BLOCK_SECONDS, "idle"):
                    text = each.hypothesis.text or text
                    understood = understood or each.match.intent == "leg_cramp"
                if len(recent) == METER_EVERY:
                    level = rms_dbfs(_joined(recent))
                    # The first moments of a stream may be a click.
                    loudest = max(loudest, level) if blocks > 50 else loudest
                    overloaded = overloaded or float(abs(_joined(recent)).max()) >= OVERLOADED
                    live.update(_meter(level), refresh=True)
                    recent = []
    finally:
        microphone.close()
    if text:
        dialog.line(setup_texts().sound.heard.format(text=text))
    return Tried(text, understood, loudest, overloaded)


def choose_speaker(config: Config, dialog: Dialog) -> Values:
    """Speak through one speaker after the other until one was heard."""
    sound, ask = setup_texts().sound, setup_texts().ask
    devices = _in_order("speaker", config.speaker)
    device = _pick("speaker", devices, config.speaker, dialog)
    clip = trial_clip(config)
    left = [device, *(each for each in devices if each != device)]
    while left:
        dialog.line(sound.speaking.format(device=left[0].name, text=clip.text))
        dialog.attempt(partial(play, clip, config.model_copy(update={"speaker": left[0].name})))
        answer = dialog.choose(ask.speaker, ("yes", "again", "no"))
        if answer == "yes":
            dialog.line(sound.heard_speaker.format(device=left[0].name), style="green")
            return {"speaker": lasting_name(left[0], devices)}
        if answer == "no":
            left.pop(0)
    dialog.line(sound.no_speaker.format(device=device.name), style="yellow")
    return {"speaker": lasting_name(device, devices)}


def _in_order(direction: Direction, wanted: str | None) -> list[Device]:
    """All devices of this direction, the one of the settings first, then the default."""
    devices = [device for device in list_devices() if device.channels(direction) > 0]
    try:
        first = find_device(direction, wanted)
    except NoSoundDevice:
        raise
    except SoundError:
        first = find_device(direction, None)
    return sorted(devices, key=lambda device: (device != first, not device.is_default(direction)))


def _pick(direction: Direction, devices: list[Device], wanted: str | None, dialog: Dialog) -> Device:
    """Which of several to begin with."""
    sound = setup_texts().sound
    dialog.title(sound.microphone if direction == "microphone" else sound.speaker)
    if len(devices) == 1:
        return devices[0]
    for number, device in enumerate(devices, 1):
        mark = f"  {sound.now}" if wanted is not None and number == 1 else ""
        dialog.line(f"  {number:2}  {device.name}{mark}")

    def checked(answer: str) -> Device:
        if not answer.strip().isdigit() or not 1 <= int(answer) <= len(devices):
            raise click.BadParameter(f"1 - {len(devices)}")
        return devices[int(answer) - 1]

    chosen: Device = dialog.ask(setup_texts().ask.which, "1", checked)
    return chosen


def _meter(level_dbfs: float) -> Text:
    share = (level_dbfs - QUIETEST_SHOWN) / -QUIETEST_SHOWN
    filled = math.ceil(BAR * min(1.0, max(0.0, share)))
    style = "red" if level_dbfs > -6 else "green" if level_dbfs > FAINT else "yellow"
    line = Text("  ")
    line.append("█" * filled, style=style)
    line.append("░" * (BAR - filled), style="dim")
    line.append(f" {level_dbfs:5.0f} dB")
    return line


def _joined(blocks: list[Samples]) -> Samples:
    return np.concatenate(blocks)


def _enter_pressed() -> bool:
    """Whether a line waits at the terminal; it is taken."""
    if not sys.stdin.isatty() or not select.select([sys.stdin], [], [], 0)[0]:
        return False
    sys.stdin.readline()
    return True
