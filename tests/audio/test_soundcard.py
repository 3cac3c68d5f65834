"""The real PortAudio stack: ALSA on PulseAudio null sinks. What is asserted is the sound itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bedside.audio.wavfiles import read_clip, write_wav
from tests.audio.sounds import chirp, share_found, sounding, tone
from tests.pulse import PulseRoom

pytestmark = pytest.mark.soundcard

CHECKOUT = Path(__file__).parent.parent.parent


class Program:
    """The running card_program and what it has said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.said: list[dict[str, Any]] = []

    def wait_for(self, **facts: object) -> dict[str, Any]:
        """Read what it says until it says this."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.append(json.loads(line))
            if facts.items() <= self.said[-1].items():
                return self.said[-1]
        raise AssertionError(f"the program ended without {facts}; it said {self.said}")

    def first(self, key: str) -> dict[str, Any]:
        """The first thing it has said of this."""
        return next(said for said in self.said if key in said)

    def wait_for_trouble(self, words: str) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.append(json.loads(line))
            if words in self.said[-1].get("trouble", ""):
                return str(self.said[-1]["trouble"])
        raise AssertionError(f"the program ended without '{words}'; it said {self.said}")

    def end(self) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self.said += [json.loads(line) for line in self._process.stdout]
        assert self._process.wait(60) == 0
        return self.said[-1]


@contextmanager
def program(room: PulseRoom, heard: Path, clip: Path | str = "-", cut: int = 0, waits: str = "") -> Iterator[Program]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.audio.card_program", str(clip), str(cut), str(heard), waits],
        cwd=CHECKOUT,
        env=room.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Program(process)
    finally:
        process.kill()
        process.wait()


def test_a_clip_comes_out_of_the_speaker_whole(pulse_room: PulseRoom, tmp_path: Path) -> None:
    sound = chirp(2.0)
    write_wav(tmp_path / "clip.wav", sound)
    pulse_room.start_recording()
    with program(pulse_room, tmp_path / "heard.wav", clip=tmp_path / "clip.wav") as running:
        started = running.wait_for(event="Started")
        finished = running.wait_for(event="Finished")
        pulse_room.say(_silence(tmp_path))
        running.end()
    recorded = pulse_room.stop_recording()
    assert finished["t"] - started["t"] == pytest.approx(2.0, abs=0.25)
    assert share_found(recorded, sound) >= 0.8
    assert sounding(recorded) == pytest.approx(len(sound), abs=3200)


def test_the_microphone_hears_the_room(pulse_room: PulseRoom, tmp_path: Path) -> None:
    sound = chirp(1.5)
    write_wav(tmp_path / "said.wav", sound)
    with program(pulse_room, tmp_path / "heard.wav") as running:
        running.wait_for(ready=True)
        pulse_room.say(tmp_path / "said.wav")
        pulse_room.say(_silence(tmp_path))
        facts = running.end()
    heard = read_clip(tmp_path / "heard.wav")
    assert len(heard) == facts["blocks"] * 160
    assert share_found(heard, sound) >= 0.8
    assert facts["counts"].keys() >= {"microphone_overflows", "speaker_underflows", "speaker_adjusted"}


def test_in_a_quiet_room_several_blocks_are_read_at_once(pulse_room: PulseRoom, tmp_path: Path) -> None:
    with program(pulse_room, tmp_path / "heard.wav") as running:
        running.wait_for(ready=True)
        facts = running.end()
    assert facts["blocks"] >= 100
    assert facts["counts"]["microphone_waits"] <= facts["blocks"] / 3


def test_the_microphone_does_not_hear_the_speaker_without_an_echo(pulse_room: PulseRoom, tmp_path: Path) -> None:
    write_wav(tmp_path / "clip.wav", chirp(1.0))
    with program(pulse_room, tmp_path / "heard.wav", clip=tmp_path / "clip.wav") as running:
        running.wait_for(event="Finished")
        running.end()
    assert sounding(read_clip(tmp_path / "heard.wav")) == 0


def test_an_echo_can_be_had_too(pulse_room: PulseRoom, tmp_path: Path) -> None:
    sound = chirp(1.0)
    write_wav(tmp_path / "clip.wav", sound)
    with (
        pulse_room.echo(),
        program(pulse_room, tmp_path / "heard.wav", clip=tmp_path / "clip.wav") as running,
    ):
        running.wait_for(event="Finished")
        pulse_room.say(_silence(tmp_path))
        running.end()
    assert share_found(read_clip(tmp_path / "heard.wav"), sound) >= 0.6


def test_a_cut_clip_falls_silent_at_once(pulse_room: PulseRoom, tmp_path: Path) -> None:
    write_wav(tmp_path / "clip.wav", tone(8.0))
    pulse_room.start_recording()
    with program(pulse_room, tmp_path / "heard.wav", clip=tmp_path / "clip.wav", cut=100) as running:
        running.wait_for(event="Silenced")
        pulse_room.say(_silence(tmp_path))
        running.end()
    recorded = pulse_room.stop_recording()
    # 100 blocks and the fade; the device may leave out or stretch a few blocks at its own start.
    assert 16_000 * 0.8 < sounding(recorded) < 16_000 * 1.1


def test_an_unplugged_microphone_is_noticed_and_found_again(tmp_path: Path, pulse_room: PulseRoom) -> None:
    sound = chirp(1.0)
    write_wav(tmp_path / "said.wav", sound)
    # Its own room: the one of the session stays plugged in.
    with PulseRoom() as room, program(room, tmp_path / "heard.wav") as running:
        running.wait_for(ready=True)
        room.unplug()
        assert "microphone" in running.wait_for_trouble("is gone")
        room.plug_in()
        running.wait_for_trouble("the microphone 'default' is back")
        room.say(_silence(tmp_path))
        room.say(tmp_path / "said.wav")
        room.say(_silence(tmp_path))
        facts = running.end()
    heard = read_clip(tmp_path / "heard.wav")
    assert share_found(heard, sound) >= 0.8
    troubles = [said["trouble"] for said in running.said if "trouble" in said]
    assert len(troubles) == 4, troubles
    assert facts["returns"] == 2
    # The clock and the blocks went on in the meantime: silence took the place of the sound.
    assert facts["blocks"] * 0.01 == pytest.approx(facts["now"], abs=1.0)


def test_a_card_that_waits_starts_without_devices_and_finds_them_later(tmp_path: Path) -> None:
    sound = chirp(1.0)
    write_wav(tmp_path / "said.wav", sound)
    with PulseRoom() as room:
        room.unplug()
        with program(room, tmp_path / "heard.wav", waits="waits") as running:
            assert "looking for one" in running.wait_for_trouble("microphone")
            running.wait_for(ready=True)
            assert running.first("in_use") == {"in_use": [None, None], "searching": True, "real": 0}
            room.plug_in()
            running.wait_for(in_use=["default", "default"])
            room.say(tmp_path / "said.wav")
            room.say(_silence(tmp_path))
            # What is late after the start has not come back.
            assert running.end()["returns"] == 0
    assert share_found(read_clip(tmp_path / "heard.wav"), sound) >= 0.8


def test_a_missing_device_is_an_error_for_who_does_not_wait(tmp_path: Path) -> None:
    with PulseRoom() as room:
        room.unplug()
        with program(room, tmp_path / "heard.wav") as running, pytest.raises(AssertionError, match="the program ended"):
            running.wait_for(ready=True)


def test_devices_are_listed_and_found_by_name(pulse_room: PulseRoom) -> None:
    done = _bedside(pulse_room.env, "devices", "--json")
    assert done.returncode == 0
    devices = json.loads(done.stdout)
    assert {"pulse", "default"} <= {device["name"] for device in devices}
    assert [device["name"] for device in devices if device["default_input"]] == ["default"]

    found = _python(
        pulse_room.env,
        "from bedside.audio.devices import find_device\n"
        "print(find_device('microphone', 'PULS').name)\n"
        "find_device('speaker', 'Jabra')",
    )
    assert found.stdout == "pulse\n"
    assert "no speaker has 'Jabra' in its name. There are: 'pulse', 'default'." in found.stderr


def _silence(folder: Path) -> Path:
    """Half a second of silence to play: a way to wait by the clock of the devices."""
    path = folder / "silence.wav"
    write_wav(path, tone(0.5, level=0.0))
    return path


def _bedside(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bedside", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)


def _python(env: dict[str, str], code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)
