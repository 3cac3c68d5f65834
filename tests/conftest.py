"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pulse import PulseRoom, missing_parts


@pytest.fixture(scope="session")
def every_pulse_room() -> Iterator[PulseRoom]:
    """One room of virtual sound devices for all tests that are marked `soundcard`."""
    missing = missing_parts()
    if missing:
        pytest.skip(f"virtual sound devices need {', '.join(missing)}; scripts/test installs them")
    with PulseRoom() as room:
        yield room


@pytest.fixture
def pulse_room(every_pulse_room: PulseRoom) -> PulseRoom:
    """That room, in which nothing is left of the night before."""
    every_pulse_room.forget()
    return every_pulse_room


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A busy machine makes sound stumble, which is nothing that the code could help: sound is tried three times."""
    for item in items:
        if item.get_closest_marker("soundcard"):
            item.add_marker(pytest.mark.flaky(reruns=2))
