"""Risk flags that are told by voice count like those of the settings (guidance.md C0.8, E2, E3)."""

from __future__ import annotations

import pytest

from bedside.config_sections import RisksConfig
from bedside.dialogue.conversation import Conversation
from bedside.dialogue.library import Library
from bedside.dialogue.scene import Settings
from bedside.nlu.schema import RISKS
from bedside.rehearsal import VirtualNight

from .conftest import NUMBERS, speech_seconds
from .own import answer, until_asked
from .reading import events, said, sessions
from .test_questions import hear

THINNERS = {"topic": "clot-history", "risk": "blood_thinners"}


@pytest.fixture
def at_risk(library: Library) -> VirtualNight:
    settings = Settings(risks=frozenset({"past_clot"}))
    return VirtualNight(Conversation(library, NUMBERS, settings), speech_seconds)


def massage(night: VirtualNight) -> None:
    """In the middle of the massage of one's own calf."""
    night.start("massage-self", side="left")
    answer(night, "no", "no", "no", "yes")
    while not events(night.log, "hold"):
        assert night.step()
    night.run(night.now + 3)


def test_they_have_the_names_of_the_settings() -> None:
    assert set(RISKS) == set(RisksConfig.model_fields)


@pytest.mark.parametrize("slots", [THINNERS, {"topic": "clot-history"}])
def test_told_in_a_massage_it_ends_the_massage(night: VirtualNight, slots: dict[str, str]) -> None:
    massage(night)
    before = len(said(night.log))
    night.hear("question", slots)
    night.run(night.now + 120)
    told = said(night.log)[before:]
    assert told[0].startswith("Thank you for telling me.")
    assert "Take the hands away now, and let the leg lie loose." in told
    assert not any("Now along the muscle" in text for text in told)
    assert len(events(night.log, "hold")) == 1


def test_told_in_a_cramp_it_is_answered_beside_and_still_counts(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.run(20)
    night.hear("question", THINNERS)
    night.run(30)
    assert sessions(night.log) == [("acute-calf-bed", "started")]
    night.hear("easing")
    answer(night, "no", "no")
    assert "breathing" in until_asked(night), "with a risk flag the third question belongs to them"


def test_it_outlasts_the_night(night: VirtualNight) -> None:
    hear(night, "i take blood thinners")
    night.run(10 * 3600)
    night.hear("start_routine", {"routine": "massage-self"})
    night.run(night.now + 30)
    assert "ask your midwife or doctor first" in said(night.log)[-1]
    assert not any("Feel both calves" in text for text in said(night.log))


def test_half_heard_it_only_shuts_the_gate(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.run(5)
    night.hear("question", THINNERS, decision="confirm")
    night.hear("stop")
    before = len(said(night.log))
    night.hear("start_routine", {"routine": "massage-self"})
    night.run(night.now + 30)
    assert said(night.log)[before:] == ["Then we leave that out for tonight."]


def test_told_bed_rest_nobody_stands_up(night: VirtualNight) -> None:
    hear(night, "i'm on bed rest")
    night.run(60)
    night.hear("start_routine", {"routine": "wall-stretch"})
    night.run(night.now + 30)
    assert "stay there" in said(night.log)[-1]
    night.hear("leg_cramp")
    night.run(night.now + 400)
    assert not any("stand up" in text for text in said(night.log))


def test_told_on_the_way_out_of_bed_she_stays_there(night: VirtualNight) -> None:
    night.start("wall-stretch-short", side="left")
    while "Roll onto your side" not in said(night.log)[-1]:
        assert night.step()
    night.hear("question", {"topic": "clot-history", "risk": "bed_rest"})
    night.run(night.now + 120)
    assert not any("stand up" in text for text in said(night.log))


def test_with_a_risk_a_muscle_that_stays_sore_is_urgent(at_risk: VirtualNight) -> None:
    at_risk.hear("leg_cramp")
    at_risk.run(5)
    at_risk.hear("easing")
    answer(at_risk, "no", "no", "no", "yes")
    assert [alert["sign"] for alert in events(at_risk.log, "alert")] == ["leg_pain_lasting"]


def test_with_a_risk_tenderness_is_urgent(at_risk: VirtualNight) -> None:
    at_risk.hear("danger_sign", {"tier": "urgent", "sign": "leg_tender", "ask": "Q-04"})
    at_risk.run(5)
    assert [alert["sign"] for alert in events(at_risk.log, "alert")] == ["leg_tender"]


def test_a_no_to_the_read_back_holds_for_the_night(night: VirtualNight) -> None:
    night.start("massage-self", side="left")
    answer(night, "no", "no", "no", "no")
    night.run(night.now + 30)
    before = len(said(night.log))
    night.start("massage-self", side="left")
    night.run(night.now + 30)
    assert said(night.log)[before:] == ["Then we leave that out for tonight."]


def test_a_risk_that_is_asked_about_counts_once_it_is_confirmed(night: VirtualNight) -> None:
    night.hear("question", THINNERS, decision="confirm")
    night.run(3)
    night.hear("yes")
    night.run(10 * 3600)
    night.hear("start_routine", {"routine": "massage-self"})
    assert "ask your midwife or doctor first" in said(night.log)[-1]
