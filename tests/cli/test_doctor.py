"""`bedside doctor`: what is right is fine, what is wrong says so and what to do, and nothing hangs or crashes it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bedside.doctor import household, machine, sound
from bedside.doctor.finding import Finding, guarded
from bedside.doctor.patient import Patient
from bedside.errors import SoundError
from bedside.resources import embedded_model
from bedside.service.control_client import ask
from bedside.service.protocol import Mute
from bedside.service.status import ServiceStatus, status_of
from tests.end_to_end.night import Bedroom
from tests.end_to_end.test_pulse import running
from tests.pulse import PulseRoom

Findings = dict[str, Finding]


def doctor(env: dict[str, str], *options: object, code: int) -> Findings:
    command = [sys.executable, "-m", "bedside", "doctor", "--json", *map(str, options)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=200, stdin=subprocess.DEVNULL)
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr
    told = json.loads(done.stdout)
    assert told["well"] is (code == 0)
    return {each["name"]: Finding(**each) for each in told["findings"]}


def deaf(folder: Path) -> dict[str, str]:
    """An environment without sound devices, and without settings."""
    return {
        **os.environ,
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder),
        "PULSE_SERVER": "unix:/nowhere",
        "BEDSIDE_SOCKET": "/nowhere",
    }


def test_a_machine_without_sound_is_not_well_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    found = doctor(deaf(tmp_path), code=1)
    assert {name for name, each in found.items() if each.state == "wrong"} == {"microphone", "speaker", "tone"}
    assert "Plug one in" in found["microphone"].what
    assert found["settings"].state == "warning"
    assert "no emergency number" in found["settings"].what
    for name in ("model", "hearing", "voice", "cache", "disk"):
        assert found[name].state == "fine", found[name]
    assert "my left leg is cramping" in found["hearing"].what


def test_unsound_settings_are_told_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("country: UK\nvoice: {pitch: 300}\n")
    found = doctor(deaf(tmp_path), "--no-sound", "--config", file, code=1)
    assert "config.yaml:2" in found["settings"].what
    assert found["hearing"].state == "skipped"
    assert "tone" not in found


def test_a_damaged_model_and_words_that_leave_the_cramp_out(tmp_path: Path) -> None:
    shutil.copytree(embedded_model(), tmp_path / "model")
    (tmp_path / "model" / "graph" / "Gr.fst").write_bytes(b"nothing")
    file = tmp_path / "config.yaml"
    file.write_text("recognizer: {model: model}\n")
    found = doctor(deaf(tmp_path), "--no-sound", "--config", file, code=1)
    assert found["model"].state == found["hearing"].state == "wrong"
    (tmp_path / "words.yaml").write_text("language: en\nintents: {yes: {data: [{sentences: [okay]}]}}\n")
    file.write_text("intents: words.yaml\n")
    found = doctor(deaf(tmp_path), "--no-sound", "--config", file, code=1)
    assert found["model"].state == "fine"
    assert found["hearing"].state == "wrong"


@pytest.mark.soundcard
def test_a_tone_goes_from_the_speaker_to_the_microphone(pulse_room: PulseRoom, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text('country: UK\nnumbers: {maternity: "0123"}\ndisclaimer_accepted: "2026-01-01"\n')
    with pulse_room.echo():
        found = doctor(pulse_room.env, "--config", file, code=0)
        assert [found[name].state for name in ("settings", "microphone", "speaker", "tone", "noise")] == ["fine"] * 5
        assert "Hz" in found["microphone"].what
        assert "heard after 0." in found["tone"].what
        with file.open("a") as more:
            more.write('measured: {day: "2026-01-01", delay: 0.2, voice_dbfs: -5.0}\n')
        found = doctor(pulse_room.env, "--config", file, code=0)
        assert (found["tone"].state, "At set-up it was -5 dBFS" in found["tone"].what) == ("warning", True)
    found = doctor(pulse_room.env, "--config", file, code=1)
    assert found["tone"].state == "wrong"
    assert "does not hear the speaker" in found["tone"].what


def test_a_check_that_hangs_or_fails_is_one_line() -> None:
    never = threading.Event()

    def hangs() -> Finding:
        never.wait()
        raise AssertionError

    def fails() -> Finding:
        raise ZeroDivisionError("by zero")

    def unplugged() -> Finding:
        raise SoundError("no microphone.")

    def locked() -> Finding:
        raise PermissionError(13, "Permission denied", "/var/cache/bedside")

    found, hanging = guarded("a", hangs, 0.05)
    never.set()
    assert hanging
    assert found is not None
    assert (found.state, "did not answer" in found.what) == ("wrong", True)
    for check, state, words in (
        (fails, "wrong", "by zero"),
        (unplugged, "wrong", "no mic"),
        (locked, "skipped", "root"),
    ):
        found, hanging = guarded("a", check, 5)
        assert found is not None
        assert (found.state, hanging) == (state, False)
        assert words in found.what


RUNNING = """LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled
NRestarts=0
WatchdogUSec=30s
WatchdogTimestampMonotonic=95000000
ActiveEnterTimestamp=Mon 2026-11-30 20:00:00 UTC
"""


@pytest.mark.parametrize(
    ("changes", "service", "watchdog"),
    [
        ({}, "fine", "fine"),
        ({"NRestarts": "7"}, "warning", "fine"),
        ({"UnitFileState": "disabled"}, "warning", "fine"),
        ({"ActiveState": "failed", "SubState": "failed"}, "wrong", None),
        ({"ActiveState": "inactive", "SubState": "dead"}, "wrong", None),
        ({"ActiveState": "activating", "SubState": "auto-restart", "NRestarts": "12"}, "warning", "fine"),
        ({"WatchdogUSec": "0"}, "fine", "warning"),
        ({"WatchdogUSec": "infinity"}, "fine", "warning"),
        ({"WatchdogTimestampMonotonic": "0"}, "fine", "warning"),
        ({"LoadState": "not-found", "ActiveState": "inactive"}, "skipped", None),
    ],
)
def test_the_service_as_systemd_tells_of_it(changes: dict[str, str], service: str, watchdog: str | None) -> None:
    facts = dict(line.split("=", 1) for line in RUNNING.splitlines()) | changes
    patient = with_service(status_of("".join(f"{name}={value}\n" for name, value in facts.items()), 100.0))
    found = household.service(patient)
    assert found.state == service
    assert found.advice or service == "fine"
    fed = household.watchdog(patient)
    assert (fed.state if fed else None) == watchdog
    if fed and watchdog == "fine":
        assert "5 s ago" in fed.what


def with_service(service: ServiceStatus) -> Patient:
    patient = Patient(None, sound=False)
    patient.__dict__["service"] = service
    return patient


def test_a_running_service_keeps_its_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEDSIDE_SOCKET", str(tmp_path / "nobody.sock"))
    patient = with_service(status_of(RUNNING, 100.0))
    patient.sound = True
    for check in (sound.microphone, sound.speaker, sound.tone, sound.noise):
        found = check(patient)
        assert found is not None
        assert found.state == "skipped"


@pytest.mark.parametrize(
    ("words", "microphone", "speaker"),
    [
        ("Listening with 'Jabra'.", "fine", "fine"),
        ("Listening with 'Jabra', but no speaker: looking for it.", "fine", "wrong"),
        ("No microphone: looking for it.", "wrong", "skipped"),
        ("the last 5 starts came to nothing; waiting 4 s before the next", "warning", "warning"),
    ],
)
def test_a_service_that_may_not_be_asked_tells_systemd(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, microphone: str, speaker: str
) -> None:
    monkeypatch.setenv("BEDSIDE_SOCKET", str(tmp_path / "nobody.sock"))
    patient = with_service(status_of(f"{RUNNING}StatusText={words}\n", 100.0))
    for check, state in ((sound.microphone, microphone), (sound.speaker, speaker)):
        found = check(patient)
        assert found.state == state
        assert words in found.what or state == "skipped"


@pytest.mark.soundcard
def test_a_bedside_that_runs_is_asked_how_it_is(bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch) -> None:
    with PulseRoom() as room, running(room, bedroom) as program:
        socket = Path(room.env["XDG_RUNTIME_DIR"]) / "bedside" / "control.sock"
        monkeypatch.setenv("BEDSIDE_SOCKET", str(socket))

        def found() -> tuple[Finding, Finding, Finding]:
            patient = Patient(None, sound=False)
            noise = sound.noise(patient)
            assert noise is not None
            return sound.microphone(patient), sound.speaker(patient), noise

        microphone, speaker, noise = found()
        assert (microphone.state, speaker.state) == ("fine", "fine")
        assert re.search(r"'default', \d+ Hz", microphone.what)
        # A null sink gives nothing at all.
        assert (noise.state, "digital silence" in noise.what) == ("warning", True)
        ask(Mute(seconds=7200.0), [socket])
        microphone, speaker, _ = found()
        assert (microphone.state, microphone.advice, speaker.state) == ("warning", "bedside mute off", "fine")
        ask(Mute(seconds=0.0), [socket])
        room.unplug()
        assert program.process.stderr is not None
        next(line for line in program.process.stderr if "the speaker 'default' is gone" in line)
        told = doctor(room.env, "--no-sound", "--config", bedroom.config_file, code=1)
        assert [told[name].state for name in ("microphone", "speaker", "noise")] == ["wrong", "wrong", "skipped"]
        program.process.send_signal(signal.SIGSTOP)
        microphone, speaker, _ = found()
        assert (microphone.state, "does not answer" in microphone.what) == ("wrong", True)


@pytest.mark.parametrize(
    ("heat", "alarm", "state"), [("51540", "0", "fine"), ("84000", "0", "warning"), ("51540", "1", "wrong")]
)
def test_heat_and_power(tmp_path: Path, heat: str, alarm: str, state: str) -> None:
    zone, volt = tmp_path / "class/thermal/thermal_zone0", tmp_path / "class/hwmon/hwmon1"
    other = tmp_path / "class/hwmon/hwmon0"
    for folder in (zone, volt, other):
        folder.mkdir(parents=True)
    (zone / "temp").write_text(f"{heat}\n")
    for folder, name, value in ((volt, "rpi_volt", alarm), (other, "nvme", "1")):
        (folder / "name").write_text(f"{name}\n")
        (folder / "in0_lcrit_alarm").write_text(f"{value}\n")
    assert machine.power(Patient(None, sound=False), tmp_path).state == state
    assert machine.power(Patient(None, sound=False), tmp_path / "nothing").state == "skipped"
