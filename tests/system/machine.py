"""A machine with systemd and virtual sound devices, booted from a root by systemd-nspawn."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from bedside.audio.wavfiles import write_wav
from tests.asr.speech import spoken
from tests.system.roots import KEPT, environment, forget_machine

PATIENCE = 120
"""Seconds that something may take on the slowest machine; how long it takes is printed, never asserted."""

SOUND_SERVER = """
[Unit]
Description=Virtual sound devices
[Service]
ExecStart=/usr/bin/pulseaudio --system -n --exit-idle-time=-1 --daemonize=no --disallow-module-loading=no \
 --use-pid-file=no --realtime=no -F /etc/pulse/room.pa
RuntimeDirectory=pulse
Restart=always
RestartSec=200ms
[Install]
WantedBy=multi-user.target
"""

ROOM = """
load-module module-native-protocol-unix auth-anonymous=1 socket=/run/pulse/native
load-module module-null-sink sink_name=speaker rate=48000 norewinds=1
load-module module-null-sink sink_name=room rate=48000 norewinds=1
load-module module-remap-source source_name=mic master=room.monitor
set-default-sink speaker
set-default-source mic
"""

ALSA = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
CLIENT = "autospawn = no\ndefault-server = unix:/run/pulse/native\n"


class Machine:
    """Use as a context manager; `root` is spoilt. Inside, programs run as root with `run`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._nspawn: subprocess.Popen[bytes] | None = None
        for file, text in {
            "etc/systemd/system/sound-server.service": SOUND_SERVER,
            "etc/pulse/room.pa": ROOM,
            "etc/pulse/client.conf": CLIENT,
            "etc/asound.conf": ALSA,
        }.items():
            (root / file).write_text(text)
        wanted = root / "etc/systemd/system/multi-user.target.wants/sound-server.service"
        wanted.symlink_to("/etc/systemd/system/sound-server.service")
        (root / "var/log/journal").mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        self.boot()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.power_off()

    def boot(self) -> None:
        """Switch on, and wait until systemd has started everything."""
        cache = KEPT / "pip-cache"
        cache.mkdir(parents=True, exist_ok=True)
        name = f"bedside-{self.root.name}"
        command = ["systemd-nspawn", "--quiet", f"--directory={self.root}", f"--machine={name}", "--boot"]
        # Without a systemd here there is nobody to register with. PrivateNetwork= inside needs CAP_NET_ADMIN.
        command += ["--register=no", "--keep-unit", "--capability=CAP_NET_ADMIN", "--resolv-conf=off"]
        command += ["--link-journal=no", "--console=pipe", f"--bind={cache}:/var/cache/pip"]
        forget_machine(name)
        with (self.root.parent / f"{self.root.name}.log").open("wb") as console:
            self._nspawn = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        booted = ("running", "degraded")
        until(lambda: self.run("systemctl", "is-system-running", check=False).stdout.strip() in booted, "boot")

    def power_off(self) -> None:
        """Shut down and switch off."""
        assert self._nspawn is not None
        if self._nspawn.poll() is None:
            self.run("systemctl", "poweroff", check=False)
        try:
            self._nspawn.wait(60)
        except subprocess.TimeoutExpired:
            self._nspawn.kill()
            self._nspawn.wait()

    def run(
        self, *command: str, check: bool = True, timeout: int = 1800, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program in the machine; on failure the test shows what it said."""
        leader = self._leader()
        done = subprocess.run(
            ["nsenter", "-t", leader, "-m", "-u", "-i", "-n", "-p", "-C", "--", *command],
            env=environment() | {"PIP_CACHE_DIR": "/var/cache/pip"} | env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        assert not check or done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def _leader(self) -> str:
        """The process that is number 1 inside."""
        assert self._nspawn is not None
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children")
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = children.read_text().split() if self._nspawn.poll() is None else []
            # Until it has become systemd it is in no namespace of its own yet.
            if found and os.readlink(f"/proc/{found[0]}/ns/pid") != os.readlink("/proc/self/ns/pid"):
                return found[0]
            time.sleep(0.05)
        raise AssertionError(f"the machine is gone: {self.root}.log")

    def say(self, text: str) -> None:
        """Let somebody say something into the microphone, with silence around it."""
        write_wav(self.root / "tmp-said.wav", spoken(text))
        self.run("paplay", "--device=room", "/tmp-said.wav")

    def show(self, *properties: str) -> dict[str, str]:
        """Properties of the service."""
        shown = self.run("systemctl", "show", "bedside", f"--property={','.join(properties)}").stdout
        return dict(line.split("=", 1) for line in shown.splitlines())

    def journal(self) -> list[str]:
        """All that the service itself wrote to the journal since the machine was made."""
        return self.run("journalctl", "-u", "bedside", "-o", "cat", "--no-pager", "_COMM=bedside").stdout.splitlines()

    def count(self, line: str) -> int:
        """How often the service wrote a line."""
        return sum(line in written for written in self.journal())

    def listens(self) -> bool:
        """Whether the service is up and hears something."""
        shown = self.show("ActiveState", "StatusText")
        return shown["ActiveState"] == "active" and shown["StatusText"].startswith("Listening with")


def until(holds: Callable[[], bool], what: str) -> float:
    """Wait until something holds. Gives the seconds that took, and prints them."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < PATIENCE, f"{what}: not within {PATIENCE} s"
        time.sleep(0.1)
    took = time.monotonic() - begun
    print(f"{what}: {took:.1f} s")
    return took
