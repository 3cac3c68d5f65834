from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bedside.audio.levels import active_level_dbfs
from bedside.audio.wavfiles import read_clip
from bedside.cli.main import run
from tests.audio.sounds import share_found, sounding
from tests.pulse import PulseRoom


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text("voice: {cache: cache, words_per_minute: 120}\n")
    return file


def test_writes_a_file_and_tells_about_it(tmp_path: Path, config: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.wav"
    assert run(["say", "Bring your toes up.", "--out", str(out), "--config", str(config), "--json"]) == 0
    said, complaints = capfd.readouterr()
    facts = json.loads(said)
    clip = read_clip(out)
    assert facts == {
        "text": "Bring your toes up.",
        "seconds": pytest.approx(len(clip) / 16_000, abs=0.001),
        "voice": "en-us+m7",
        "rate": 120,
        "file": str(out),
    }
    assert active_level_dbfs(clip) == pytest.approx(-24.0, abs=0.5)
    assert complaints == ""


def test_several_words_need_no_quotes(tmp_path: Path, config: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["say", "good", "night", "--out", str(tmp_path / "out.wav"), "--config", str(config), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["text"] == "good night"


def test_nothing_to_say(tmp_path: Path, config: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["say", "...", "--out", str(tmp_path / "out.wav"), "--config", str(config)]) == 2
    said, complaints = capfd.readouterr()
    assert said == ""
    assert complaints == "bedside: there is nothing to say in this text.\n"


def test_an_unknown_voice_is_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("voice: {cache: cache, name: nonsense}\n")
    assert run(["say", "Hold.", "--out", str(tmp_path / "out.wav"), "--config", str(config)]) == 1
    said, complaints = capfd.readouterr()
    assert said == ""
    assert complaints.count("\n") == 1
    assert "'nonsense'" in complaints


def test_an_unwritable_cache_is_a_warning(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cache").write_text("")
    config = tmp_path / "config.yaml"
    config.write_text("voice: {cache: cache}\n")
    assert run(["say", "Hold.", "--out", str(tmp_path / "out.wav"), "--config", str(config)]) == 0
    assert capfd.readouterr().err.count("\n") == 1
    assert len(read_clip(tmp_path / "out.wav")) > 1000


def test_an_unwritable_place_is_one_line(tmp_path: Path, config: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["say", "Hold.", "--out", str(tmp_path / "no" / "out.wav"), "--config", str(config)]) == 1
    assert capfd.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("name", ["out.mp3", "out", "wav"])
def test_only_wav_files_are_written(tmp_path: Path, config: Path, capfd: pytest.CaptureFixture[str], name: str) -> None:
    assert run(["say", "Hold.", "--out", str(tmp_path / name), "--config", str(config)]) == 1
    complaints = capfd.readouterr().err
    assert complaints.count("\n") == 1
    assert f"{name}: cannot be written" in complaints
    assert "ends in .wav" in complaints
    assert not (tmp_path / name).exists()


@pytest.mark.soundcard
def test_plays_all_of_it_through_the_sound_card(tmp_path: Path, config: Path, pulse_room: PulseRoom) -> None:
    out = tmp_path / "out.wav"
    command = [sys.executable, "-m", "bedside", "say", "Bring your toes up.", "--config", str(config)]
    subprocess.run([*command, "--out", str(out)], check=True, timeout=120, capture_output=True)
    pulse_room.start_recording()
    said = subprocess.run(command, check=True, timeout=120, capture_output=True, text=True, env=pulse_room.env)
    played = pulse_room.stop_recording()
    assert (said.stdout, said.stderr) == ("", "")
    clip = read_clip(out)
    # A busy machine makes the sound stumble here and there; whole it is nevertheless.
    assert sounding(played) >= 0.98 * sounding(clip)
    assert np.sum(np.square(played)) == pytest.approx(np.sum(np.square(clip)), rel=0.2)
    assert share_found(played, clip) > 0


def test_a_sound_card_that_is_not_there_is_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("microphone: nor such a microphone\nspeaker: no such speaker\nvoice: {cache: cache}\n")
    assert run(["say", "Hold.", "--config", str(config)]) == 1
    said, complaints = capfd.readouterr()
    assert said == ""
    assert complaints.startswith("bedside: no speaker ")
    assert complaints.count("\n") == 1
