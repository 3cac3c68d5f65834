"""A bedroom of virtual sound devices: a private PulseAudio daemon with null sinks.

What a program plays on its default speaker goes into the sink `speaker`, whose monitor can be recorded; what is
played into the sink `room` is what the default microphone `mic` hears.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

RATE = 16_000

# "norewinds" keeps the null sinks at 50 ms instead of 2 s.
_DAEMON = """
load-module module-native-protocol-unix
load-module module-null-sink sink_name=speaker rate=48000 norewinds=1
load-module module-null-sink sink_name=room rate=48000 norewinds=1
load-module module-remap-source source_name=mic master=room.monitor
set-default-sink speaker
set-default-source mic
"""

_ALONE = ("--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes")
_RAW = ("--format=s16le", f"--rate={RATE}", "--channels=1", "--latency-msec=20", "--raw")

_ALSA = """
</usr/share/alsa/alsa.conf>
pcm.!default { type pulse hint { show on description "PulseAudio" } }
ctl.!default { type pulse }
pcm.pulse { type pulse }
ctl.pulse { type pulse }
"""


def missing_parts() -> list[str]:
    """What has to be installed before a PulseRoom can be made."""
    missing = [name for name in ("pulseaudio", "pactl", "paplay", "parec") if shutil.which(name) is None]
    if not list(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so")):
        missing.append("libasound2-plugins")
    return missing


class PulseRoom:
    """Use as a context manager. env: the environment in which PortAudio sees only this room."""

    def __init__(self) -> None:
        # The path of a socket may have 107 characters only, so this is not below pytest's folder.
        self._folder = Path(tempfile.mkdtemp(prefix="bedside-pulse-"))
        self._daemon: subprocess.Popen[bytes] | None = None
        self._recorder: subprocess.Popen[bytes] | None = None
        self._log = self._folder / "daemon.log"
        self._recording = self._folder / "speaker.raw"
        (self._folder / "default.pa").write_text(_DAEMON)
        (self._folder / "asound.conf").write_text(_ALSA)
        (self._folder / "run").mkdir(mode=0o700)
        self.env = {
            **os.environ,
            "HOME": str(self._folder),
            "XDG_RUNTIME_DIR": str(self._folder),
            "PULSE_RUNTIME_PATH": str(self._folder / "run"),
            "PULSE_SERVER": f"unix:{self._folder / 'run' / 'native'}",
            "ALSA_CONFIG_PATH": str(self._folder / "asound.conf"),
        }

    def forget(self) -> None:
        """Take away what a bedside that lived here has kept."""
        shutil.rmtree(self._folder / ".local", ignore_errors=True)

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._recorder is not None:
            self.stop_recording()
        self.unplug()
        shutil.rmtree(self._folder, ignore_errors=True)

    def plug_in(self) -> None:
        """Start the daemon and wait until it answers."""
        with self._log.open("ab") as log:
            self._daemon = subprocess.Popen(
                ("pulseaudio", "-n", f"--file={self._folder / 'default.pa'}", "--system=false", *_ALONE),
                env=self.env,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 20
        while "mic" not in self._ask("list", "short", "sources"):
            if self._daemon.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"pulseaudio does not start: {self._log.read_text()}")
            time.sleep(0.05)

    def unplug(self) -> None:
        """Take away all devices at once, as when a USB microphone with speaker is pulled out."""
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait(20)
            self._daemon = None

    @contextmanager
    def echo(self) -> Iterator[None]:
        """Inside, the microphone hears the speaker too."""
        # Less latency than the sinks have tears holes; without adjust_time=0 the daemon stretches the sound.
        path = ("source=speaker.monitor", "sink=room", "latency_msec=120", "adjust_time=0")
        number = self._ask("load-module", "module-loopback", *path).strip()
        assert number, f"no loopback: {self._log.read_text()}"
        try:
            yield
        finally:
            self._ask("unload-module", number)

    def say(self, clip: Path) -> None:
        """Play a sound file into the room, to its end."""
        subprocess.run(["paplay", "--device=room", str(clip)], env=self.env, check=True, timeout=120)

    def start_recording(self) -> None:
        """Record what the speaker plays from now on."""
        self._recording.unlink(missing_ok=True)
        self._recorder = subprocess.Popen(
            ("parec", "--device=speaker.monitor", *_RAW, str(self._recording)),
            env=self.env,
        )
        deadline = time.monotonic() + 20
        while not self._recording.exists() or self._recording.stat().st_size == 0:
            if self._recorder.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the speaker cannot be recorded")
            time.sleep(0.02)

    def stop_recording(self) -> NDArray[np.float32]:
        """What the speaker played since: mono, shape (n,), 16 kHz, -1.0 to 1.0."""
        assert self._recorder is not None, "start_recording first"
        self._recorder.terminate()
        self._recorder.wait(20)
        self._recorder = None
        whole = np.fromfile(self._recording, dtype="<i2")
        return np.asarray(whole, dtype=np.float32) / 32768.0

    def _ask(self, *words: str) -> str:
        done = subprocess.run(["pactl", *words], env=self.env, capture_output=True, text=True, timeout=20)
        return done.stdout
