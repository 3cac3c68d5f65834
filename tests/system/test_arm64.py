"""The same release on another architecture, under qemu-user: wheels only, no compiler, and the demo works."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.system.roots import fresh_root, in_root, put_clone, remove

pytestmark = [pytest.mark.system, pytest.mark.timeout(7200)]

EMULATED = Path("/proc/sys/fs/binfmt_misc/qemu-aarch64")


def test_the_demo_works_on_arm64() -> None:
    if not EMULATED.exists():
        pytest.fail("qemu-user does not run arm64 programs here: scripts/test --system sets that up")
    root = fresh_root("bookworm", "machine-arm64", "arm64")
    put_clone(root / "srv/bedside")
    begun = time.monotonic()
    built = in_root(root, "/srv/bedside/scripts/install-service", "--only-build", timeout=6000, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    print(f"built: {time.monotonic() - begun:.0f} s")
    assert in_root(root, "sh", "-c", "command -v gcc cc g++ || true").stdout == ""
    begun = time.monotonic()
    demo = in_root(
        root, "/opt/bedside/current/bin/bedside", "demo", "--record", "/srv/demo.wav", check=False, timeout=6000
    )
    print(f"demo: {time.monotonic() - begun:.0f} s\n{demo.stdout}{demo.stderr}")
    assert demo.returncode == 0, demo.stderr
    assert "leg_cramp side=left" in demo.stdout
    assert "let go" in demo.stdout
    assert (root / "srv/demo.wav").stat().st_size > 100_000
    remove(root)
