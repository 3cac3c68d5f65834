"""The hour of soak.py: a real `bedside run` at PulseAudio null sinks, spoken to, unplugged, stopped and killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from pathlib import Path
from typing import Any

import numpy as np
from barge_clips import PERSON_DBFS, spoken
from processes import children, make_setting, shared_out_mb
from rich.console import Console
from rich.table import Table

from bedside.audio.levels import active_level_dbfs, amplitude
from bedside.audio.wavfiles import write_wav

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.pulse import PulseRoom, missing_parts

REQUESTS = ("my left leg is cramping", "leg cramp", "what should I drink")
ANSWER_WITHIN, BACK_WITHIN = 6.0, 10.0
"""Seconds, generous: the machine may be busy. Back: from a fault to listening again."""

ROWS = 4


class Process:
    """`bedside run --json`, started anew as systemd would."""

    def __init__(self, room: PulseRoom, config: Path) -> None:
        self._room = room
        self._config = config
        self.events: deque[dict[str, Any]] = deque(maxlen=500)
        self.said: list[str] = []
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "bedside", "run", "--json", "--config", str(self._config)]
        self._process = subprocess.Popen(
            command, env=self._room.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.said = []
        for stream, take in ((self._process.stdout, self._event), (self._process.stderr, self.said.append)):
            threading.Thread(target=_read, args=(stream, take), daemon=True).start()

    def _event(self, line: str) -> None:
        self.events.append(json.loads(line))

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def wait_for(self, line: str, seconds: float) -> bool:
        """Whether it tells this of itself in time."""
        return _comes(lambda: any(line in each for each in list(self.said)), seconds)

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> bool:
        """Whether it ends well when it is asked to."""
        self.send(signal.SIGTERM)
        return self._process.wait(30) == 0

    def killed(self) -> None:
        self._process.kill()
        self._process.wait(30)

    def size(self) -> tuple[float, int, int]:
        """MB of it and its children, open files, threads."""
        memory = sum(shared_out_mb(each) for each in (self.pid, *children(self.pid)))
        files = len(os.listdir(f"/proc/{self.pid}/fd"))
        return memory, files, len(os.listdir(f"/proc/{self.pid}/task"))


def live(seconds: float, chance: random.Random, console: Console) -> int:
    """Live so long; 1 if anything was lost."""
    if missing := missing_parts():
        console.print(f"for --real there must be: {', '.join(missing)}", markup=False)
        return 1
    table = Table("minutes", "asked", "answered", "faults", "back", "MB", "files", "threads")
    lost: list[str] = []
    with tempfile.TemporaryDirectory() as name, PulseRoom() as room:
        folder = Path(name)
        setting = make_setting(folder / "setting", "embedded")
        setting.warm_up()
        clips = {text: _clip(folder, text) for text in (*REQUESTS, "stop")}
        process = Process(room, setting.folder / "config.yaml")
        if not process.wait_for("Listening", 30.0):
            lost.append("it never listened")
        began, counts = time.monotonic(), Counter[str]()
        for row in range(ROWS):
            while time.monotonic() - began < seconds * (row + 1) / ROWS and process.alive:
                _one_thing(room, process, clips, chance, counts, lost)
            figures = (counts[name] for name in ("asked", "answered", "faults", "back"))
            memory, files, threads = process.size() if process.alive else (0.0, 0, 0)
            minutes = (time.monotonic() - began) / 60
            table.add_row(f"{minutes:.0f}", *map(str, figures), f"{memory:.0f}", str(files), str(threads))
        if not process.alive or not process.end():
            lost.append(f"it did not end well: {process.said[-1:]}")
    console.print(table)
    for line in lost:
        console.print(f"lost: {line}", markup=False)
    return 1 if lost else 0


def _one_thing(
    room: PulseRoom,
    process: Process,
    clips: dict[str, Path],
    chance: random.Random,
    counts: Counter[str],
    lost: list[str],
) -> None:
    time.sleep(chance.uniform(5.0, 20.0))
    if chance.random() < 0.7:
        text = chance.choice(REQUESTS)
        counts["asked"] += 1
        process.events.clear()
        room.say(clips[text])
        if _comes(lambda: any(event["event"] == "say" for event in list(process.events)), ANSWER_WITHIN):
            counts["answered"] += 1
        else:
            lost.append(f"nobody answered “{text}”; the last it told: {process.said[-1:]}")
        time.sleep(chance.uniform(1.0, 15.0))
        for _ in range(3):
            room.say(clips["stop"])
            if _comes(lambda: any(event.get("state") == "ended" for event in list(process.events)), 3.0):
                break
        return
    counts["faults"] += 1
    before = len(process.said)
    fault = chance.choice(["unplugged", "stopped", "killed"])
    if fault == "unplugged":
        room.unplug()
        time.sleep(chance.uniform(3.0, 12.0))
        room.plug_in()
        back = _comes(lambda: any("microphone" in each and "is back" in each for each in process.said[before:]), 20.0)
        back = back and _comes(
            lambda: any("speaker" in each and "is back" in each for each in process.said[before:]), 20.0
        )
    elif fault == "stopped":
        process.send(signal.SIGSTOP)
        time.sleep(chance.uniform(1.0, 4.0))
        process.send(signal.SIGCONT)
        time.sleep(BACK_WITHIN)
        back = process.alive
    else:
        process.killed()
        time.sleep(2.0)
        process.start()
        back = process.wait_for("Listening", BACK_WITHIN)
    counts["back"] += back
    if not back:
        lost.append(f"not back after it was {fault}: {process.said[-2:]}")
    time.sleep(3.0)


def _clip(folder: Path, text: str) -> Path:
    clip = spoken(text, "flite slt")
    level = clip * np.float32(amplitude(PERSON_DBFS - active_level_dbfs(clip)))
    file = folder / f"{text.replace(' ', '-')}.wav"
    write_wav(file, np.concatenate([level, np.zeros(8000, dtype=np.float32)]))
    return file


def _read(stream: Any, take: Any) -> None:
    for line in stream:
        take(line)


def _comes(true: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False
