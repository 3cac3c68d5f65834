"""The same conversation with the real sound stack: PortAudio on ALSA on PulseAudio null sinks."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bedside.audio.wavfiles import write_wav
from tests.audio.sounds import sounding
from tests.end_to_end.log import check_shapes, meant, of
from tests.end_to_end.night import Bedroom
from tests.pulse import PulseRoom

pytestmark = pytest.mark.soundcard

PATIENCE = 120
"""Seconds after which a hanging program is ended, so that its test fails instead of standing still."""


class Running:
    """`bedside run --json`, and what it has told."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.log: list[dict[str, Any]] = []

    def wait_until_it_listens(self) -> None:
        assert self.process.stderr is not None
        told = []
        for line in self.process.stderr:
            told.append(line)
            if line.startswith("Listening"):
                return
        raise AssertionError(f"it does not listen: {told}")

    def wait_for(self, event: str, **facts: object) -> dict[str, Any]:
        """The next event like this."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.log.append(json.loads(line))
            if of(self.log[-1:], event, **facts):
                return self.log[-1]
        raise AssertionError(f"it ended without {event} {facts}; it told {self.log}")

    def end(self, by: signal.Signals) -> str:
        """Send the signal; the last line that it says to people. It must end well."""
        self.process.send_signal(by)
        rest, said = self.process.communicate(timeout=PATIENCE)
        self.log += [json.loads(line) for line in rest.splitlines()]
        assert self.process.returncode == 0, said
        assert "Traceback" not in said
        # On a busy machine libasound tells of underruns in between.
        return said.splitlines()[-1]


@contextmanager
def running(room: PulseRoom, bedroom: Bedroom) -> Iterator[Running]:
    command = [sys.executable, "-m", "bedside", "run", "--json", "--config", str(bedroom.config_file)]
    process = subprocess.Popen(command, env=room.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        program = Running(process)
        program.wait_until_it_listens()
        yield program
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()


def test_leg_cramp_and_stop_through_the_sound_card(pulse_room: PulseRoom, bedroom: Bedroom, tmp_path: Path) -> None:
    silence = tmp_path / "silence.wav"
    write_wav(silence, np.zeros(16_000, dtype=np.float32))
    pulse_room.start_recording()
    with running(pulse_room, bedroom) as program:
        pulse_room.say(bedroom.clip("leg cramp"))
        program.wait_for("intent", intent="leg_cramp", decision="act")
        said = program.wait_for("say", step="acute-calf-bed/1")
        ended = program.wait_for("said", step="acute-calf-bed/1")
        pulse_room.say(bedroom.clip("stop"))
        stopped = program.wait_for("session", state="ended")
        pulse_room.say(silence)
        farewell = program.end(signal.SIGINT)
    recorded = pulse_room.stop_recording()
    check_shapes(program.log)
    assert farewell == "Good night."
    assert not [line for line in of(program.log, "say") if line["t"] > stopped["t"]]
    spoken_seconds = ended["t"] - said["t"]
    # Most of a sentence is loud enough to count, and nothing but the sentences sounds.
    assert sounding(recorded) > 0.5 * spoken_seconds * 16_000


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_the_middle_of_a_sentence_and_says_so(
    pulse_room: PulseRoom, bedroom: Bedroom, by: signal.Signals
) -> None:
    with running(pulse_room, bedroom) as program:
        pulse_room.say(bedroom.clip("leg cramp"))
        program.wait_for("say")
        assert program.end(by) == "Good night."


def test_it_does_not_talk_to_itself(pulse_room: PulseRoom, bedroom: Bedroom) -> None:
    with pulse_room.echo(), running(pulse_room, bedroom) as program:
        pulse_room.say(bedroom.clip("leg cramp"))
        program.wait_for("hold")
        assert len(of(program.log, "said", complete=True)) == 3
        pulse_room.say(bedroom.clip("stop"))
        program.wait_for("session", state="ended")
        program.end(signal.SIGINT)
    assert meant(program.log) == ["leg_cramp", "stop"]


def test_after_a_power_cut_the_stretch_is_asked_about(pulse_room: PulseRoom, bedroom: Bedroom) -> None:
    with running(pulse_room, bedroom) as program:
        pulse_room.say(bedroom.clip("leg cramp"))
        program.wait_for("said", step="acute-calf-bed/1")
        # What began is looked at twice a second.
        program.wait_for("said", step="acute-calf-bed/2")
        program.process.kill()
    with running(pulse_room, bedroom) as program:
        program.wait_for("say", step="acute-calf-bed/taken-up")
        ended = program.wait_for("session", state="ended")
        program.end(signal.SIGINT)
    assert ended["routine"] == "acute-calf-bed"
    assert not of(program.log, "hold")
