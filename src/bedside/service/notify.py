"""Telling systemd how it goes: its sd_notify protocol, a datagram to the socket it names."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Mapping


class Notifier:
    """Tells the service manager of state. Without one (no NOTIFY_SOCKET) it says nothing, and it never fails: what
    systemd does not hear must not cost her the voice."""

    def __init__(self, address: str | None, watchdog_seconds: float | None = None) -> None:
        self._address = "\0" + address[1:] if address and address.startswith("@") else address
        self._socket = None
        self._status = ""
        self.watchdog_seconds = watchdog_seconds
        """After so many seconds without `feed` systemd ends the process; None: it does not watch."""
        if self._address:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            # The loop that speaks must never wait for systemd.
            self._socket.setblocking(False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Notifier:
        """As systemd wants it told (NOTIFY_SOCKET, WATCHDOG_USEC)."""
        micros, pid = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", str(os.getpid()))
        watched = micros.isdecimal() and int(micros) > 0 and pid == str(os.getpid())
        return cls(environment.get("NOTIFY_SOCKET"), int(micros) / 1e6 if watched else None)

    def ready(self) -> None:
        """It works now."""
        self._send("READY=1")

    def feed(self) -> None:
        """It still works."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """It ends because it was asked to."""
        self._send("STOPPING=1")

    def status(self, line: str) -> None:
        """One line for people (`systemctl status`)."""
        line = " ".join(line.split())
        if line != self._status:
            self._status = line
            self._send(f"STATUS={line}")

    def _send(self, message: str) -> None:
        if self._socket is not None and self._address:
            with contextlib.suppress(OSError):
                self._socket.sendto(message.encode(), self._address)
