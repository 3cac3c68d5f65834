"""What the last run has left is taken up as far as it can be, at once or when the clock has come to be right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bedside.cli.keeping import Later, take_up
from bedside.dialogue.conversation import Conversation
from bedside.dialogue.kept import Kept, KeptAlert, KeptNight, KeptSession
from bedside.dialogue.library import Library, load_library
from bedside.resources import content_folder
from bedside.service.state import Left, load_state, write_state
from bedside.service.time_away import Moment

STRETCH = KeptSession(activity="step", routine="acute-calf-bed", index=2, cramp_since=5.0)
BROKEN = KeptSession(activity="step", routine="acute-calf-bed", index=2, laid_on="{towel} off")
ALERT = KeptAlert(tier="emergency", sign="breathless")


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(content_folder())


class Assistant:
    """In the place of the one with sound: a conversation that begins at 0."""

    def __init__(self, library: Library) -> None:
        self.conversation = Conversation(library)
        self.now = 0.0
        self.said = 0

    def keep(self, now: float) -> Kept:
        return self.conversation.keep(now)

    def take_up(self, kept: Kept, away: float | None) -> None:
        self.said += len(self.conversation.take_up(kept, away, self.now))


def silent(line: str) -> None:
    raise AssertionError(line)


Leave = Callable[..., Left]


@pytest.fixture
def leave(tmp_path: Path) -> Leave:
    def left(**kept: object) -> Left:
        record = Kept.model_validate({"at": 10.0, "heard": 9.0, **kept})
        write_state(tmp_path, record, Moment("one", 100.0, 1000.0, True))
        found = load_state(tmp_path, silent)
        assert found is not None
        return found

    return left


def test_what_breaks_taking_up_leaves_the_rest(library: Library, leave: Leave) -> None:
    night = KeptNight(warnings={"leg_heat": "urgent"}, risks=frozenset({"past_clot"}))
    assistant = Assistant(library)
    assert not take_up(assistant, leave(session=BROKEN, night=night), 1000.0)  # type: ignore[arg-type]
    assert assistant.keep(0.0).night.warnings == {"leg_heat": "urgent"}
    assert assistant.keep(0.0).night.risks == {"past_clot"}
    assert assistant.keep(0.0).session is None


def test_an_alert_survives_a_session_that_breaks(library: Library, leave: Leave) -> None:
    assistant = Assistant(library)
    assert take_up(assistant, leave(session=STRETCH, alert=ALERT), None)  # type: ignore[arg-type]
    alert = assistant.keep(0.0).alert
    assert alert is not None
    assert alert.sign == "breathless"


def test_a_clock_that_comes_right_brings_the_question(library: Library, leave: Leave) -> None:
    assistant, clock = Assistant(library), [Moment("two", 40.0, 1020.0, False)]
    left = leave(session=STRETCH)
    assert take_up(assistant, left, left.away(clock[0]))  # type: ignore[arg-type]
    later = Later(assistant, left, lambda: clock[0])  # type: ignore[arg-type]
    for second in range(20):
        later(float(second))
    assert assistant.said == 0
    clock[0] = Moment("two", 60.0, 1090.0, True)
    for second in range(20, 40):
        later(float(second))
    assert assistant.said
    assert assistant.keep(0.0).session is not None


@pytest.mark.parametrize("wall", [1000.0 + 5 * 3600, 999.0])
def test_if_it_was_long_ago_it_stays_silent(library: Library, leave: Leave, wall: float) -> None:
    assistant = Assistant(library)
    later = Later(assistant, leave(session=STRETCH), lambda: Moment("two", 60.0, wall, True))  # type: ignore[arg-type]
    for second in range(400):
        later(float(second))
    assert assistant.said == 0


NAMES = st.sampled_from(["step", "paused", "help", "swelling", "telling", "legs", "gate", "", "nothing"])
TIMES = st.floats(-1e6, 1e6)
SESSIONS = st.builds(
    KeptSession,
    activity=NAMES,
    asks=st.booleans(),
    routine=st.one_of(st.none(), st.sampled_from(["acute-calf-bed", "warm-compress", "q-07", "wall-stretch", "gone"])),
    index=st.integers(-5, 10**6),
    up=st.booleans(),
    partner=st.booleans(),
    side=st.one_of(st.none(), st.text(max_size=5)),
    cramp_since=st.one_of(st.none(), TIMES),
    way_out=st.one_of(st.none(), st.sampled_from(["heat-off", "gone"])),
    laid_on=st.one_of(st.none(), st.text(max_size=20)),
)
ALERTS = st.builds(KeptAlert, tier=st.sampled_from(["urgent", "emergency", "other"]), sign=st.text(max_size=9))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(session=st.one_of(st.none(), SESSIONS), alert=st.one_of(st.none(), ALERTS), away=st.one_of(st.none(), TIMES))
def test_no_record_keeps_her_from_being_heard(
    library: Library, leave: Leave, session: KeptSession | None, alert: KeptAlert | None, away: float | None
) -> None:
    assistant = Assistant(library)
    take_up(assistant, leave(session=session, alert=alert), away)  # type: ignore[arg-type]
    assert not any(report for report in [assistant.conversation.state] if report == "")
    assistant.keep(1.0)
