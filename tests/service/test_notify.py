"""sd_notify over a real datagram socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bedside.service.notify import Notifier


@pytest.fixture(params=["file", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """The manager's end, and its address as it stands in NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        address = str(tmp_path / "notify") if request.param == "file" else f"@bedside-test-{os.getpid()}"
        end.bind("\0" + address[1:] if address.startswith("@") else address)
        end.settimeout(10)
        yield end, address


def test_systemd_is_told(systemd: tuple[socket.socket, str]) -> None:
    end, address = systemd
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "5000000"})
    assert notifier.watchdog_seconds == 5.0
    notifier.ready()
    notifier.feed()
    notifier.status("Listening\nwith 'Jabra'.")
    notifier.status("Listening with 'Jabra'.")
    notifier.stopping()
    heard = [end.recv(1000) for _ in range(4)]
    # What is the same as before is not told again.
    assert heard == [b"READY=1", b"WATCHDOG=1", b"STATUS=Listening with 'Jabra'.", b"STOPPING=1"]


@pytest.mark.parametrize(
    "environment",
    [{}, {"WATCHDOG_USEC": "5000000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "soon"}],
)
def test_nobody_watches(environment: dict[str, str]) -> None:
    notifier = Notifier.from_environment(environment)
    notifier.ready()
    assert notifier.watchdog_seconds is None


def test_a_manager_that_is_gone_or_does_not_read_holds_nobody_up(tmp_path: Path) -> None:
    Notifier(str(tmp_path / "nobody")).feed()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(str(tmp_path / "notify"))
        notifier = Notifier(str(tmp_path / "notify"))
        for _ in range(10_000):
            notifier.feed()
