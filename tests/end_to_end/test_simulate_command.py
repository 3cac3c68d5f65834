"""`bedside simulate`: the same scene twice gives the same log, and the sound of it can be kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bedside.audio.block import RATE
from bedside.audio.levels import active_level_dbfs
from bedside.audio.wavfiles import read_clip, write_wav
from tests.end_to_end.log import check_shapes, meant, of, read_log
from tests.end_to_end.night import Bedroom, after, at


def simulate(bedroom: Bedroom, scene: Path, *more: str) -> str:
    """What `bedside simulate --json` prints, from a process of its own."""
    command = [sys.executable, "-m", "bedside", "simulate", str(scene), "--json", "--config", str(bedroom.config_file)]
    done = subprocess.run([*command, *more], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
    return done.stdout


def noisy_scene(bedroom: Bedroom) -> Path:
    fan = np.random.default_rng(5).standard_normal(2 * RATE).astype(np.float32) * np.float32(0.1)
    write_wav(bedroom.folder / "fan.wav", fan)
    return bedroom.scene(
        60,
        at(1.0, "my left leg is cramping"),
        after("hold", "how long", wait=2.0),
        after("release", "stop", wait=4.0),
        noise={"file": "fan.wav", "gain_db": -25},
        echo={"gain_db": -10, "delay_ms": 45, "rt60": 0.3},
        seed=11,
    )


def test_the_same_scene_twice_gives_the_same_log_whether_or_not_the_voice_is_kept(bedroom: Bedroom) -> None:
    scene = noisy_scene(bedroom)
    for file in (bedroom.folder / "voice-cache").glob("*"):
        file.unlink()
    cold = simulate(bedroom, scene)
    assert list((bedroom.folder / "voice-cache").iterdir())
    warm = simulate(bedroom, scene)
    assert cold == warm
    log = read_log(cold)
    check_shapes(log)
    assert meant(log) == ["leg_cramp", "time_left", "stop"]


def test_another_seed_is_another_room(bedroom: Bedroom) -> None:
    says = (at(1.0, "leg cramp"),)
    rooms = [bedroom.scene(6, *says, echo={"gain_db": 0, "rt60": 0.5}, seed=seed).read_text() for seed in (1, 2)]
    sounds = []
    for number, text in enumerate(rooms):
        scene = bedroom.folder / f"room-{number}.yaml"
        scene.write_text(text)
        simulate(bedroom, scene, "--record", str(bedroom.folder / "room.wav"))
        sounds.append(soundfile.read(bedroom.folder / "room.wav")[0])
    assert not np.array_equal(sounds[0][:, 0], sounds[1][:, 0])
    np.testing.assert_array_equal(sounds[0][:, 1], sounds[1][:, 1])


def test_the_recording_holds_the_conversation(bedroom: Bedroom, tmp_path: Path) -> None:
    scene = bedroom.scene(12, at(1.0, "leg cramp"))
    log = read_log(simulate(bedroom, scene, "--record", str(tmp_path / "night.wav")))
    sound, rate = soundfile.read(tmp_path / "night.wav", dtype="float32")
    assert (rate, sound.shape) == (RATE, (12 * RATE, 2))
    person, voice = sound[:, 0], sound[:, 1]
    heard, said = of(log, "heard")[0], of(log, "say")[0]
    speech = person[round(heard["speech_start"] * RATE) : round(heard["speech_end"] * RATE)]
    assert active_level_dbfs(speech) > -40
    assert np.abs(voice[: int(said["t"] * RATE)]).max() < 0.005
    first = voice[round(said["t"] * RATE) : round(of(log, "said")[0]["t"] * RATE)]
    assert active_level_dbfs(first) == pytest.approx(-24.0, abs=1.0)
    # Without an echo the microphone hears nothing of it, once the file with the clip is over.
    over = RATE + len(read_clip(bedroom.clip("leg cramp")))
    assert not person[over:].any()
