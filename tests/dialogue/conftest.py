"""What the tests of the conversation share: the shipped content, and nights in virtual time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bedside.dialogue.conversation import Conversation
from bedside.dialogue.library import Library, load_library
from bedside.dialogue.wording import PhoneNumbers
from bedside.rehearsal import VirtualNight
from bedside.resources import content_folder

NUMBERS = PhoneNumbers(emergency="112", maternity="01234 567", urgent_line="116 117", crisis_line="0800 111")

NewNight = Callable[[], VirtualNight]


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library(content_folder())


def speech_seconds(text: str) -> float:
    return 0.4 + len(text) / 14


@pytest.fixture
def night(library: Library) -> VirtualNight:
    return VirtualNight(Conversation(library, NUMBERS), speech_seconds)


@pytest.fixture
def new_night(library: Library) -> NewNight:
    return lambda: VirtualNight(Conversation(library, NUMBERS), speech_seconds)
