"""Runs `bedside run` and the plain way as processes and watches them: for cpu.py and startup.py. Needs Linux."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import yaml

from bedside.asr.recognizer import UNKNOWN
from bedside.config import Config, RecognizerConfig, load_config
from bedside.wiring import every_fixed_text, load_content, load_model, voice_for

FED = Path(__file__).with_name("fed_process.py")
LISTENING = "Listening"
PATIENCE = 120.0
"""Seconds until a process has to listen; a cold voice takes a while."""

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Setting:
    """A folder with everything that the processes need. model: as in the settings; path: its folder."""

    folder: Path
    model: str
    path: Path

    @property
    def cache(self) -> Path:
        """Where the voice keeps its sentences."""
        return self.folder / "voice"

    def warm_up(self) -> None:
        """Render all sentences, as they are in any night but the first."""
        config = load_config(self.folder / "config.yaml")
        with voice_for(config, print) as voice:
            voice.prepare(every_fixed_text(config, load_content(config)))

    def bedside(self, sound: Path, seconds: float) -> list[str]:
        """The command of `bedside run` over a file."""
        return [*self._fed("bedside", sound, seconds), "--config", str(self.folder / "config.yaml"), "--json"]

    def plain(self, sound: Path, seconds: float) -> list[str]:
        """The command of the plain way over a file."""
        return [*self._fed("plain", sound, seconds), str(self.folder / "phrases.json"), str(self.path)]

    def at_the_sound_card(self) -> list[str]:
        """The command of `bedside run` itself."""
        return [sys.executable, "-m", "bedside", "run", "--json", "--config", str(self.folder / "config.yaml")]

    def report(self) -> Mapping[str, float]:
        """What the process that has just ended has left."""
        found: dict[str, float] = json.loads((self.folder / "report.json").read_text())
        return found

    def _fed(self, way: str, sound: Path, seconds: float) -> list[str]:
        return [sys.executable, str(FED), way, str(sound), str(seconds), str(self.folder / "report.json")]


def make_setting(folder: Path, model: str) -> Setting:
    """Settings for one model, and the list of phrases for the plain way."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = {"recognizer": {"model": model}, "voice": {"cache": str(folder / "voice")}}
    (folder / "config.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    # As an installed bedside has them, modules are compiled once, at the first run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    os.environ["XDG_STATE_HOME"] = str(folder / "state")
    config = Config(recognizer=RecognizerConfig(model=model))
    content = load_content(config)
    chosen = load_model(config, content)[1]
    phrases = [*content.intents.grammar("idle"), *content.intents.grammar("session"), UNKNOWN]
    (folder / "phrases.json").write_text(json.dumps(list(dict.fromkeys(phrases))))
    return Setting(folder, model, chosen.path)


@contextmanager
def listening(command: Sequence[str], env: Mapping[str, str] | None = None) -> Iterator[tuple[int, float]]:
    """Start a process and wait until it listens; gives its process id and the seconds that it took, wall clock.

    Leaving ends it as Ctrl-C does. Raises RuntimeError with what it said if it never listens.
    """
    began = time.monotonic()
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=None if env is None else dict(env)
    )
    assert process.stderr is not None
    try:
        yield process.pid, _until_listening(process.stderr, began)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def run_to_end(command: Sequence[str]) -> None:
    """Run a process that ends by itself. Raises RuntimeError with what it said if it fails."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())


def cpu_seconds(pid: int) -> float:
    """What a living process and its living children have used, user and system."""
    return sum(_own_cpu(each) for each in (pid, *children(pid)))


def peak_mb(pid: int) -> float:
    """The most memory that a living process has held at once, libraries included."""
    return _memory(pid, "status", "VmHWM")


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still live."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def shared_out_mb(pid: int) -> float:
    """The memory of a process in which what it shares with others counts by its share only."""
    return _memory(pid, "smaps_rollup", "Pss")


def _memory(pid: int, file: str, key: str) -> float:
    lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith(f"{key}:"))


def _own_cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _until_listening(errors: IO[str], began: float) -> float:
    said = []
    for line in errors:
        said.append(line)
        if line.startswith(LISTENING):
            return time.monotonic() - began
        if time.monotonic() - began > PATIENCE:
            break
    raise RuntimeError(f"never listened: {''.join(said).strip()}")
