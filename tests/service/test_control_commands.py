"""The commands to a running bedside, as people and scripts call them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bedside.cli.durations import seconds_of
from bedside.cli.main import run
from bedside.service import system
from tests.end_to_end.log import of, spoken
from tests.end_to_end.night import Bedroom
from tests.end_to_end.test_pulse import PATIENCE, running
from tests.pulse import PulseRoom
from tests.service.house import House, house


@pytest.fixture
def home(bedroom: Bedroom, place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("BEDSIDE_SOCKET", str(place))
    with house(bedroom, place) as home:
        yield home


def bedside(home: House, *words: str) -> int:
    return home.wait_for(lambda: run(list(words)))


def test_a_routine_from_the_keyboard(home: House, capfd: pytest.CaptureFixture[str]) -> None:
    assert bedside(home, "start", "acute-calf-bed", "--side", "left") == 0
    assert bedside(home, "pause") == 0
    assert bedside(home, "pause", "--json") == 0
    assert bedside(home, "status", "--json") == 0
    assert bedside(home, "resume") == 0
    assert bedside(home, "stop", "--json") == 0
    told, complaints = capfd.readouterr()
    lines = told.splitlines()
    assert lines[0] == "Started acute-calf-bed."
    assert json.loads(lines[2])["ok"] is True
    status = json.loads(lines[3])
    assert (status["state"], status["routine"], status["muted_until"]) == ("paused", "acute-calf-bed", None)
    assert json.loads(lines[-1]) == {"version": 1, "ok": True, "told": "Stopped."}
    assert complaints == ""
    assert "your left leg" in spoken(home.log)


def test_status_for_people(home: House, capfd: pytest.CaptureFixture[str]) -> None:
    assert bedside(home, "mute", "1h30m") == 0
    assert bedside(home, "status") == 0
    told = capfd.readouterr().out
    assert "not even calls for help" in told
    assert "hears nothing until" in told
    assert bedside(home, "mute", "off") == 0


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["pause"], 1, "nothing is going on"),
        (["resume"], 1, "nothing is paused"),
        (["start", "wall-strech"], 2, "'wall-stretch'"),
        (["start", "a" * 200], 2, "there is no routine"),
        (["start", "wall-stretch", "--side", "top"], 2, "'top'"),
        (["say", "..."], 2, "nothing to say"),
        (["say", "x" * 301], 2, "at most 300"),
        (["say", "x" * 5000], 2, "at most 4096 bytes"),
        (["mute", "2d"], 2, "'2d' is no time"),
        (["mute", "0"], 2, "write 30m"),
        (["mute", "25h"], 2, "from 1m to 24h"),
        (["mute", "10s"], 2, "from 1m"),
    ],
)
def test_what_cannot_be_is_one_line(
    home: House, capfd: pytest.CaptureFixture[str], words: list[str], code: int, complaint: str
) -> None:
    assert bedside(home, *words) == code
    told, complaints = capfd.readouterr()
    assert told == ""
    assert complaints.count("\n") == 1
    assert complaint in complaints
    assert of(home.log, "say") == []


def test_the_running_one_says_it(home: House, capfd: pytest.CaptureFixture[str]) -> None:
    assert bedside(home, "say", "good", "night") == 0
    assert capfd.readouterr().out == "Said.\n"
    home.run(2.0)
    assert spoken(home.log) == "good night"


@pytest.mark.parametrize("words", [["stop"], ["pause"], ["resume"], ["status"], ["mute", "2h"], ["status", "--json"]])
def test_where_none_is_running_it_says_so(
    place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.setenv("BEDSIDE_SOCKET", str(place))
    assert run(words) == 1
    told, complaints = capfd.readouterr()
    assert (told, complaints.count("\n")) == ("", 1)
    assert "no bedside is running" in complaints


def test_without_permission_it_says_what_to_do(home: House) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    home.path.parent.chmod(0o755)
    program = (
        "import os, sys; from bedside.cli.main import run; import bedside.cli.control_commands;"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534); sys.exit(run(['status']))"
    )
    done = home.wait_for(
        lambda: subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE)
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "be in the group 'bedside'" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30m", 1800), ("2h", 7200), ("1h30m", 5400), ("1H 30min", 5400), ("90s", 90), ("0m", 0)]
    + [(text, None) for text in ("", "h", "2", "m30", "1m1h", "-1h", "1.5h", "٣h", "9999h", "2hours")],
)
def test_lengths_of_time(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds


def test_start_without_the_sound_device_is_one_line(
    bedroom: Bedroom, place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BEDSIDE_SOCKET", str(place))
    config = bedroom.folder / "no-sound.yaml"
    config.write_text("microphone: no such microphone\nspeaker: no such speaker\nvoice: {cache: voice-cache}\n")
    assert run(["start", "foot-flexes", "--config", str(config)]) == 1
    told, complaints = capfd.readouterr()
    assert told == ""
    assert complaints.splitlines()[-1].startswith("bedside: no microphone")
    assert run(["start", "foot-flex", "--config", str(config)]) == 2
    assert "'foot-flexes'" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("state", "complaint"),
    [
        ("active", "Try again in a moment"),
        ("activating", "Try again in a moment"),
        ("deactivating", "Try again in a moment"),
        ("inactive", "no microphone"),
        ("failed", "no microphone"),
    ],
)
def test_start_leaves_the_microphone_to_a_service_that_comes_or_goes(
    bedroom: Bedroom,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    state: str,
    complaint: str,
) -> None:
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(f"#!/bin/sh\nprintf 'LoadState=loaded\\nActiveState={state}\\n'\n")
    systemctl.chmod(0o755)
    monkeypatch.setattr(system, "BOOTED", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("BEDSIDE_SOCKET", raising=False)
    config = bedroom.folder / "no-sound.yaml"
    config.write_text("microphone: no such microphone\nspeaker: no such speaker\nvoice: {cache: voice-cache}\n")
    assert run(["start", "foot-flexes", "--config", str(config)]) == 1
    told, complaints = capfd.readouterr()
    assert told == ""
    assert complaint in complaints.splitlines()[-1]


@pytest.mark.soundcard
def test_a_listening_program_obeys_and_keeps_its_socket(pulse_room: PulseRoom, bedroom: Bedroom) -> None:
    def ask(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bedside", *words]
        return subprocess.run(command, env=pulse_room.env, capture_output=True, text=True, timeout=PATIENCE)

    with running(pulse_room, bedroom) as program:
        status = json.loads(ask("status", "--json").stdout)
        assert (status["state"], status["microphone"]) == ("idle", "alive")
        # A second one takes no commands, and takes nothing away.
        with running(pulse_room, bedroom) as other:
            assert ask("start", "acute-calf-bed").returncode == 0
            program.wait_for("say", step="acute-calf-bed/1")
            other.end(signal.SIGINT)
        assert ask("stop").returncode == 0
        program.wait_for("session", state="ended")
        assert program.end(signal.SIGTERM) == "Good night."
    assert ask("status").returncode == 1


@pytest.mark.soundcard
def test_start_runs_here_if_none_is_running_and_ends_with_the_routine(pulse_room: PulseRoom, bedroom: Bedroom) -> None:
    command = [sys.executable, "-m", "bedside", "start", "drinking", "--json", "--config", str(bedroom.config_file)]
    done = subprocess.run(command, env=pulse_room.env, capture_output=True, text=True, timeout=PATIENCE)
    log = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert "leak" not in done.stderr
    assert [line["state"] for line in of(log, "session")] == ["started", "ended"]
    assert len(of(log, "said", complete=True)) == len(of(log, "say")) > 0
