"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pulse import PulseRoom, missing_parts


@pytest.fixture(scope="session")
def pulse_room() -> Iterator[PulseRoom]:
    """One room of virtual sound devices for all tests that are marked `soundcard`."""
    missing = missing_parts()
    if missing:
        pytest.skip(f"virtual sound devices need {', '.join(missing)}; scripts/test installs them")
    with PulseRoom() as room:
        yield room
