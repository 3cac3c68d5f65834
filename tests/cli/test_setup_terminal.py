"""The first evening at a real terminal, with and without sound devices."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bedside.config import load_config
from tests.end_to_end.night import Bedroom
from tests.pulse import PulseRoom
from tests.terminal import Terminal

SETUP = [sys.executable, "-m", "bedside", "setup"]

HOUSEHOLD = ["--country", "UK", "--alone", "--no-risks", "--quiet-hours", "22:00-7:00"]
SOUND = ["--no-voice", "--sound"]


def deaf(folder: Path) -> dict[str, str]:
    """An environment without sound devices."""
    return {**os.environ, "HOME": str(folder), "PULSE_SERVER": "unix:/nowhere"}


def answer_household(at: Terminal) -> None:
    at.answer("Country", "UK")
    at.answer("Maternity unit", "01234 567")
    at.answer("Midwife")
    at.answer("Medical advice")
    at.answer("despair")
    at.answer("lend a hand", "n")
    at.answer("0 for none", "2 9")
    at.answer("softer at certain hours")
    at.answer("From")
    at.answer("Until", "06:30")


def test_all_questions_at_a_terminal_without_sound(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    with Terminal([*SETUP, "--config", str(file)], deaf(tmp_path)) as at:
        answer_household(at)
        at.expect("No sound device")
        at.answer("do you accept it?", "y")
        at.expect("maternity: 0 1 2 3 4, 5 6 7")
        at.answer("numbers right?")
        at.expect("Done.")
        assert at.end() == 0
        assert at.shown.rstrip().endswith("Not tried: microphone, speaker, test cramp.")
        assert at.shown.count("not said aloud") == 1
        assert "Traceback" not in at.shown
    config = load_config(file)
    assert config.risks.flags == {"clotting_disorder", "ivf"}
    assert (config.household.partner, config.quiet_hours.end) == (False, "06:30")


def test_a_no_to_the_disclaimer_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    with Terminal([*SETUP, "--config", str(file), "--no-voice"], deaf(tmp_path)) as at:
        answer_household(at)
        at.answer("do you accept it?")
        assert at.end() == 1
    assert not [each for each in tmp_path.iterdir() if "config" in each.name]


@pytest.mark.parametrize("question", ["Country", "Midwife", "0 for none", "From", "accept it?", "numbers right?"])
def test_control_c_at_any_question_leaves_nothing_half_written(tmp_path: Path, question: str) -> None:
    file = tmp_path / "config.yaml"
    before = "# ours\nvoice: {pitch: 30}\n"
    file.write_text(before)
    answers = {
        "Country": "IE",
        "Maternity": "",
        "Midwife": "",
        "Medical advice": "",
        "despair": "",
        "lend a hand": "",
        "0 for none": "0",
        "certain hours": "",
        "From": "",
        "Until": "",
        "accept it?": "y",
        "numbers right?": "",
    }
    with Terminal([*SETUP, "--config", str(file), "--no-voice"], deaf(tmp_path)) as at:
        for asked, text in answers.items():
            if asked == question:
                at.expect(asked)
                at.interrupt()
                break
            at.answer(asked, text)
        at.expect("Nothing was written.")
        assert at.end() == 130
        assert "Traceback" not in at.shown
    assert file.read_text() == before
    assert [each.name for each in tmp_path.iterdir() if "config" in each.name] == ["config.yaml"]


@pytest.mark.soundcard
def test_microphone_and_speaker_are_tried_and_the_room_is_measured(
    pulse_room: PulseRoom,
    bedroom: Bedroom,
    tmp_path: Path,
) -> None:
    file = tmp_path / "config.yaml"
    with pulse_room.echo(), Terminal([*SETUP, *HOUSEHOLD, *SOUND, "--config", str(file)], pulse_room.env) as at:
        for question in ("Maternity", "Midwife", "Medical advice", "despair"):
            at.answer(question)
        at.answer("Which one?", "2")
        at.expect("dB")
        pulse_room.say(bedroom.clip("leg cramp"))
        at.expect("Understood. The microphone is 'pulse'.")
        at.answer("Which one?", "2")
        at.answer("Was that heard?", "again")
        at.answer("Was that heard?", "no")
        at.expect("'default' says:")
        at.answer("Was that heard?", "yes")
        at.answer("room sounds?")
        at.expect("The voice is heard after 0.")
        at.answer("Right for the night?", "louder")
        at.answer("Right for the night?")
        at.answer("accept it?", "y")
        at.answer("numbers right?")
        assert at.end() == 0
    config = load_config(file)
    assert (config.microphone, config.speaker) == ("pulse", None)
    # A null sink is as quiet as can be, so the nights are as soft as they get, and then louder by a step.
    assert config.quiet_hours.gain_db == -9.0
    assert config.measured.delay == pytest.approx(0.25, abs=0.15)


@pytest.mark.soundcard
def test_a_test_cramp_is_answered_and_stopped(
    pulse_room: PulseRoom,
    bedroom: Bedroom,
    tmp_path: Path,
) -> None:
    file = tmp_path / "config.yaml"
    with Terminal([*SETUP, "--config", str(file), "--accept", "--no-voice", "--test"], pulse_room.env) as at:
        at.expect("Now say “leg cramp”.")
        pulse_room.say(bedroom.clip("leg cramp"))
        at.expect("Straighten")
        at.expect("Now say “stop”.")
        pulse_room.say(bedroom.clip("stop"))
        at.expect("It stopped at once.")
        assert at.end() == 0


@pytest.mark.soundcard
def test_control_c_while_the_microphone_is_tried(pulse_room: PulseRoom, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    with Terminal([*SETUP, *HOUSEHOLD, "--config", str(file)], pulse_room.env) as at:
        for question in ("Maternity", "Midwife", "Medical advice", "despair", "speaker now?", "Which one?"):
            at.answer(question)
        at.expect("dB")
        at.interrupt()
        at.expect("Nothing was written.")
        assert at.end() == 130
        assert "Traceback" not in at.shown
    assert not file.exists()


@pytest.mark.soundcard
def test_without_a_terminal_it_measures_and_tells_a_program(pulse_room: PulseRoom, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    options = [*HOUSEHOLD, "--config", str(file), "--accept", "--no-voice", "--sound", "--json"]
    for echo, heard in ((True, True), (False, False)):
        if echo:
            with pulse_room.echo():
                told = json.loads(program(options, pulse_room.env))
        else:
            told = json.loads(program(options, pulse_room.env))
        assert (told["sound"]["delay"] is not None) is heard
        assert bool(told["sound"]["advice"]) is not heard
        assert (load_config(file).measured.delay is not None) is heard
    # What was not heard changes no volume.
    assert load_config(file).quiet_hours.gain_db == -12.0


SYSTEMCTL = """#!/bin/sh
# A service that is running until it is stopped; who starts it is ended once more meanwhile.
case " $* " in
  *" show "*) printf 'LoadState=loaded\\nActiveState=active\\n'; exit ;;
  *" --no-block start "*) kill -TERM $PPID; kill -HUP $PPID; kill -HUP $$ ;;
esac
echo "$*" >> "$0.log"
"""

AS_SERVICE = """
import sys
from pathlib import Path
import bedside.service.system as system
system.BOOTED, system.is_root = Path("/"), lambda: True
from bedside.__main__ import main
sys.argv[0] = "bedside"
main()
"""


class Service:
    """A stand-in for systemctl, on the PATH of a set-up. done: what it was told since, the options apart."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self._program = folder / "systemctl"
        self._program.write_text(SYSTEMCTL)
        self._program.chmod(0o755)
        self.env = {**env, "PATH": f"{folder}:{env['PATH']}"}
        self.setup = [sys.executable, "-c", AS_SERVICE, "setup", "--config", str(folder / "config.yaml")]

    @property
    def done(self) -> list[str]:
        log = self._program.with_name("systemctl.log")
        words = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
        return [next(word for word in line if not word.startswith("-")) for line in words]


@pytest.mark.soundcard
@pytest.mark.parametrize("ending", ["hang up", "SIGTERM", "SIGHUP"])
def test_the_service_is_started_again_when_the_connection_drops(
    pulse_room: PulseRoom, tmp_path: Path, ending: str
) -> None:
    service = Service(tmp_path, pulse_room.env)
    with Terminal([*service.setup, *HOUSEHOLD, *SOUND], service.env) as at:
        for question in ("Maternity", "Midwife", "Medical advice", "despair"):
            at.answer(question)
        at.expect("Which one?")
        before = service.done
        assert before[-1] == "stop"
        if ending == "hang up":
            assert at.hang_up() > 0
        else:
            at.send(getattr(signal, ending))
            at.expect("Nothing was written.")
            assert at.end() == 130
            assert "Traceback" not in at.shown
    assert service.done == [*before, "start"]


def test_the_service_listens_while_somebody_reads_and_takes_up_what_was_written(tmp_path: Path) -> None:
    service = Service(tmp_path, deaf(tmp_path))
    with Terminal([*service.setup, *HOUSEHOLD], service.env) as at:
        at.expect("Maternity")
        assert service.done == []
        at.answer("")
        for question in ("Midwife", "Medical advice", "despair"):
            at.answer(question)
        for question, text in (("accept it?", "y"), ("numbers right?", "")):
            at.expect(question)
            assert service.done[-2:] == ["stop", "start"]
            at.type(f"{text}\n")
        at.expect("listens again")
        assert at.end() == 0
    assert service.done[-2:] == ["restart", "start"]


def program(options: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(
        [*SETUP, *options], env=env, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
