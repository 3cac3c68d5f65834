"""Machines to install bedside on. They need root and the packages that scripts/test --system installs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.system.machine import Machine
from tests.system.roots import fresh_root, put_clone, remove

NEEDED = ("debootstrap", "systemd-nspawn", "nsenter", "flite")


@pytest.fixture(scope="session", autouse=True)
def _able() -> None:
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if os.geteuid() != 0 or missing:
        pytest.fail(f"system tests run as root, with {', '.join(NEEDED)}: scripts/test --system")


@pytest.fixture(scope="module", params=["bookworm", "trixie"])
def machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    """A fresh Debian with the clone of somebody who has set bedside up for herself."""
    root = fresh_root(request.param, f"machine-{request.param}")
    home = root / "home/anna"
    put_clone(home / "bedside")
    with Machine(root) as machine:
        machine.run("useradd", "--home-dir", "/home/anna", "anna")
        yield machine
    if not request.session.testsfailed:
        remove(root)
