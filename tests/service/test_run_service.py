"""`bedside run --service` on virtual sound devices, and what systemd would be told."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bedside.audio.wavfiles import write_wav
from tests.asr.speech import quiet, spoken
from tests.pulse import PulseRoom

pytestmark = pytest.mark.soundcard

CHECKOUT = Path(__file__).parent.parent.parent


def hear_until(end: socket.socket, wanted: str) -> list[str]:
    """What systemd is told up to this."""
    told: list[str] = []
    while not told or not told[-1].startswith(wanted):
        told.append(end.recv(1000).decode())
    return told


def test_systemd_is_told_and_the_journal_holds_no_word(tmp_path: Path) -> None:
    for name, sound in {"cramp": spoken("leg cramp"), "silence": quiet(1.0)}.items():
        write_wav(tmp_path / f"{name}.wav", sound)
    with PulseRoom() as room, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(120)
        env = room.env | {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "5000000"}
        env |= {"RUNTIME_DIRECTORY": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
        process = subprocess.Popen(
            [sys.executable, "-m", "bedside", "run", "--service"],
            cwd=CHECKOUT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert "WATCHDOG=1" not in hear_until(systemd, "READY=1")[:-1]
            hear_until(systemd, "STATUS=Listening with 'default'.")
            room.say(tmp_path / "cramp.wav")
            room.say(tmp_path / "silence.wav")
            room.unplug()
            hear_until(systemd, "STATUS=No microphone")
            room.plug_in()
            hear_until(systemd, "STATUS=Listening with 'default'.")
            process.send_signal(signal.SIGTERM)
            hear_until(systemd, "STOPPING=1")
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 0, err
    assert out == ""
    lines = err.splitlines()
    assert "<6>listening" in lines
    assert "<6>a session began" in lines
    assert "<4>the microphone 'default' is gone; looking for it" in lines
    assert lines[-1] == "<6>ended"
    assert not any(word in err.replace("“leg cramp”", "") for word in ("cramp", "calf", "heel", "toes"))
