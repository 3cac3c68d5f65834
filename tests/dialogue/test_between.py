"""What is told in the middle of massage, heat or raised legs: where the conversation goes on (guidance.md E2, D7)."""

from __future__ import annotations

import pytest

from bedside.rehearsal import VirtualNight

from .own import answer, until_asked
from .reading import events, said, sessions, steps
from .test_laid_on import warm
from .test_risks import massage

DIZZY = {"tier": "urgent", "sign": "dizzy", "ask": "Q-07"}


def raised(night: VirtualNight) -> None:
    night.start("elevation", side="left")
    answer(night, "no", "no")
    while not events(night.log, "hold"):
        assert night.step()
    night.run(night.now + 60)


def dizzy_for_a_moment(night: VirtualNight) -> None:
    night.hear("danger_sign", DIZZY)
    answer(night, "no", "yes", "yes")


def test_after_a_doubt_heat_comes_off(night: VirtualNight) -> None:
    warm(night)
    dizzy_for_a_moment(night)
    assert until_asked(night) == "Take it off the leg now. Is it off?"
    night.hear("yes")
    night.run(night.now + 1000)
    assert len(events(night.log, "hold")) == 1


def test_after_a_doubt_the_legs_come_down(night: VirtualNight) -> None:
    raised(night)
    dizzy_for_a_moment(night)
    night.run(night.now + 20)
    assert "Bend your knees, and roll to your left side." in said(night.log)
    night.run(night.now + 1000)
    assert len(events(night.log, "hold")) == 1


def test_after_a_doubt_massage_ends_with_new_questions(night: VirtualNight) -> None:
    massage(night)
    dizzy_for_a_moment(night)
    assert "Feel both calves" in until_asked(night)
    assert "Take the hands away now, and let the leg lie loose." in said(night.log)
    answer(night, "no", "no", "no")
    night.run(night.now + 200)
    assert len(events(night.log, "hold")) == 1


def test_after_a_swollen_leg_nothing_gated_goes_on(night: VirtualNight) -> None:
    massage(night)
    night.hear("leg_swelling", {"side": "left"})
    answer(night, "no", "no", "no")
    night.run(night.now + 10)
    assert "Take the hands away now, and let the leg lie loose." in said(night.log)
    assert len(events(night.log, "hold")) == 1


def test_after_a_doubt_in_the_recovery_the_rest_of_it_goes_on(night: VirtualNight) -> None:
    night.start("recovery", side="left")
    answer(night, "no", "no", "yes", "no", "yes")  # and at the offer of a massage:
    until_asked(night)
    dizzy_for_a_moment(night)
    before = len(said(night.log))
    night.run(night.now + 200)
    assert not any("massage" in text for text in said(night.log)[before:])
    assert any("Call 0 1 2 3 4" in text and "always sore" in text for text in said(night.log)[before:])


@pytest.mark.parametrize("intent", ["good_night", "still_hurts", "no"])
def test_raised_legs_come_down_in_order(night: VirtualNight, intent: str) -> None:
    raised(night)
    night.hear(intent)
    assert said(night.log)[-1] == "Bend your knees, and roll to your left side."


def test_no_in_a_massage_ends_it_without_an_alert(night: VirtualNight) -> None:
    massage(night)
    night.hear("no")
    assert said(night.log)[-1] == "Take the hands away now, and let the leg lie loose."
    assert not events(night.log, "alert")


@pytest.mark.parametrize("after", [100, 595])
def test_an_ordinary_question_leaves_the_timer_as_it_was(night: VirtualNight, after: float) -> None:
    began = warm(night)
    night.run(began + 290)
    answer(night, "yes") if after > 300 else None
    night.run(began + after) if after > 300 else None
    night.hear("question", {"topic": "massage-benefits"})
    off = ""
    while "Take the warm pad away" not in off and "Take it off" not in off:
        off = until_asked(night)
        night.hear("yes") if "Halfway" in off else None
    assert night.now - began < 640
    assert max(hold["seconds"] for hold in events(night.log, "hold")[1:] or [{"seconds": 0}]) < 600


def test_whatever_comes_in_between_heat_is_off_by_fifteen_minutes(night: VirtualNight) -> None:
    began = warm(night)
    while night.now < began + 890:
        night.hear("question", {"topic": "magnesium"})
        night.run(night.now + 9)
    night.run(began + 905)
    assert "Take it off the leg now. Is it off?" in said(night.log)


def test_an_answer_that_needs_more_is_not_begun_beside(night: VirtualNight) -> None:
    night.start("recovery", side="left")
    night.run(3)
    night.hear("question", {"topic": "heat-or-cold"})
    assert "Feel both calves" in until_asked(night), "it says that it asks, and asks"
    assert said(night.log)[-2] == "First I ask about both legs."
    night.hear("no")
    answer(night, "no", "no", "yes")
    night.run(night.now + 60)
    assert any("take what feels better" in text for text in said(night.log))
    assert sessions(night.log)[-1] == ("recovery", "started")


def test_in_a_cramp_it_has_to_wait(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.run(3)
    night.hear("question", {"topic": "heat-or-cold"})
    night.run(12)
    assert "First the stretch. Ask me again when the cramp is over." in said(night.log)
    assert sessions(night.log) == [("acute-calf-bed", "started")]


def test_out_of_bed_too(night: VirtualNight) -> None:
    night.start("wall-stretch-short", side="left")
    while not events(night.log, "hold"):
        if not night.step():
            break
        if night.conversation.state == "asking" and night.speaking is None:
            night.hear("no")
    holds = len(events(night.log, "hold"))
    night.hear("question", {"topic": "magnesium"})
    night.run(night.now + 3)
    assert said(night.log)[-1] == "Let us finish this first. Then ask me again."
    night.run(night.now + 60)
    assert len(events(night.log, "hold")) > holds


def test_an_aside_is_said_to_its_end(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    while not said(night.log)[-1].startswith("Now bring foot"):
        assert night.step()
    night.run(night.now + 5)  # within the quiet after it
    night.hear("question", {"topic": "clot-history", "risk": "twins"})
    night.run(night.now + 20)
    assert not events(night.log, "silenced")


def test_danger_and_a_new_cramp_cut_an_aside(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"side": "left"})
    night.run(20)
    night.hear("question", {"topic": "clot-history", "risk": "twins"})
    night.run(night.now + 1)
    night.hear("leg_cramp", {"side": "right"})
    assert said(night.log)[-1].startswith("Straighten your right leg")


def test_the_other_leg_starts_at_the_first_round(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"side": "left"})
    night.run(90)
    assert any("Any better?" in text for text in said(night.log))
    night.hear("leg_cramp", {"side": "right"})
    assert said(night.log)[-1] == "Straighten your right leg, and push the heel away first."


def test_the_same_leg_goes_on(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"side": "left"})
    night.run(75)
    before = len(said(night.log))
    night.hear("leg_cramp", {"side": "left"})
    assert len(said(night.log)) == before


@pytest.mark.parametrize("part", ["foot", "thigh-front", "calf"])
def test_a_cramp_that_does_not_ease_goes_back_to_its_own_stretch(night: VirtualNight, part: str) -> None:
    night.hear("leg_cramp", {"part": part, "side": "left"})
    first = sessions(night.log)[0][0]
    while ("not-easing", "started") not in sessions(night.log):
        assert night.step()
        if night.conversation.state == "asking" and night.speaking is None:
            night.hear("no")
    while night.conversation.state != "alert" and sessions(night.log)[-1] != (first, "started"):
        assert night.step()
        if night.conversation.state == "asking" and night.speaking is None:
            night.hear("no")
    assert sessions(night.log)[-1] == (first, "started")


def test_back_in_the_foot_it_is_the_foot(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"part": "foot"})
    night.run(5)
    night.hear("easing")
    night.run(8)
    night.hear("still_hurts")
    answer(night, "yes")
    assert sessions(night.log)[-1] == ("foot-cramp", "started")


def test_letting_go_of_a_stretch_without_a_cramp_starts_no_clock(night: VirtualNight) -> None:
    night.start("wall-stretch-short", side="left")
    night.run(10)
    night.hear("still_hurts", {"worse": "yes"})
    assert steps(night.log)[-1].startswith("enough/")
    session = night.conversation._scene.session
    assert session.cramp_since is None
