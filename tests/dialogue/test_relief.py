"""Relief from the first sentence on: the clock, the ways on, what follows when a stretch hurts (guidance.md D, E4)."""

from __future__ import annotations

import pytest

from bedside.nlu.match import Decision
from bedside.rehearsal import VirtualNight

from .own import answer, until_asked
from .reading import events, said, sessions, steps


def test_the_technique_changes_at_about_two_minutes(night: VirtualNight) -> None:
    """guidance.md D0."""
    night.hear("leg_cramp")
    while "stand up" not in said(night.log)[-1]:
        assert night.step()
    assert 110 <= night.now <= 135 + 10


def test_who_will_not_stand_may_have_somebodys_hands(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"side": "left"})
    answer(night, "no", "no", "no", "no")
    assert until_asked(night) == "Is someone there to help you? Yes or no."
    night.hear("yes")
    assert "Look and feel" in until_asked(night)
    assert sessions(night.log)[-1] == ("partner-calf-stretch", "started")


def test_nobody_there_goes_on_with_the_leg_questions(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"side": "left"})
    answer(night, "no", "no", "no", "no", "no")
    assert "Feel both calves" in until_asked(night)
    assert sessions(night.log)[-1] == ("not-easing", "started")


def hurt(night: VirtualNight) -> None:
    """The stretch of a cramp hurts more, and the leg questions are answered."""
    night.hear("leg_cramp", {"side": "left"})
    while not events(night.log, "hold"):
        assert night.step()
    night.run(night.now + 5)
    night.hear("still_hurts", {"worse": "yes"})
    answer(night, "no", "no", "no")
    assert until_asked(night) == "Is it still cramping?"


@pytest.mark.parametrize("intent", ["no", "easing", ""])
def test_a_stretch_that_hurt_does_not_begin_again_by_itself(night: VirtualNight, intent: str) -> None:
    hurt(night)
    if intent:
        night.hear(intent)
    night.run(night.now + 120)
    if intent == "easing":
        assert ("recovery", "started") in sessions(night.log)
    else:
        assert said(night.log)[-1].startswith("Then no more stretching tonight.")
    assert said(night.log).count("Now bring foot and toes slowly up toward your shin.") == 1
    assert not events(night.log, "alert")


def test_a_cramp_that_goes_on_is_not_left_alone(night: VirtualNight) -> None:
    hurt(night)
    night.hear("yes")
    assert sessions(night.log)[-1] == ("not-easing", "started")


@pytest.mark.parametrize("routine", ["wall-stretch", "foot-flexes-day", "towel-stretch-evening"])
def test_without_a_cramp_nothing_is_stretched_after_it_hurt(night: VirtualNight, routine: str) -> None:
    night.start(routine)
    while not events(night.log, "hold"):
        assert night.step()
    night.run(night.now + 3)
    night.hear("still_hurts", {"worse": "yes"})
    answer(night, "no", "no", "no")
    night.run(night.now + 300)
    assert "That is enough for tonight." in said(night.log)[-1]
    assert len(events(night.log, "hold")) == 1


def test_a_cramp_in_the_thigh_is_felt_at_the_thighs(night: VirtualNight) -> None:
    """guidance.md D4, C0: in pregnancy it often sits high up."""
    night.start("thigh-back")
    assert until_asked(night) == "Feel both thighs and calves. Is one more swollen, hotter, redder or darker?"
    answer(night, "no", "no")
    night.hear("leg_cramp", {"part": "calf"})
    night.hear("easing")
    assert "Feel both thighs" not in until_asked(night)


def test_both_feet_have_words_of_their_own(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"part": "foot", "side": "both"})
    assert said(night.log)[0] == "Both legs straight, soles against the footboard or the wall."
    night.hear("stop")
    night.hear("leg_cramp", {"part": "foot", "side": "both", "who": "her"})
    assert said(night.log)[-1] == "Both her legs straight, soles against the footboard or the wall."


def test_strokes_along_the_sole_come_after_a_foot_cramp_behind_the_gate(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"part": "foot", "side": "left"})
    answer(night, "yes", "no", "no", "yes")
    answer(night, "no", "yes")  # breathing, and the read-back
    assert until_asked(night) == "Would you like light strokes along the sole?"
    night.hear("yes")
    night.run(night.now + 60)
    assert any("from the heel forward" in text for text in said(night.log))


def test_the_cramp_is_noted_and_the_leg_asked_for_afterwards(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.run(5)
    night.hear("easing")
    answer(night, "no", "no", "no", "no")
    assert until_asked(night) == "Which leg was it?"
    night.run(night.now + 60)
    assert "I have noted this cramp." in said(night.log)


def test_without_a_cramp_none_is_noted(night: VirtualNight) -> None:
    night.start("recovery")
    night.run(600)
    assert "I have noted this cramp." not in said(night.log)


def test_heat_that_nobody_puts_on_has_no_timer(night: VirtualNight) -> None:
    night.start("warm-compress")
    answer(night, "no", "no", "no", "yes", "no")
    night.run(night.now + 120)
    assert not events(night.log, "hold")
    assert said(night.log)[-1] == "Nothing warm stays on the leg overnight."


def test_before_the_fifteenth_minute_anyone_in_the_room_is_asked(night: VirtualNight) -> None:
    """guidance.md D7: never past fifteen."""
    night.start("warm-compress")
    answer(night, "no", "no", "no", "yes", "yes")
    on = night.now
    answer(night, "yes")
    while "Anyone in the room" not in said(night.log)[-1]:
        assert night.step()
    assert night.now - on < 15 * 60


def test_a_bottle_stays_off_when_the_gate_stays_shut(night: VirtualNight) -> None:
    night.hear("question", {"topic": "hot-water-bottle"})
    night.run(120)
    assert said(night.log)[0] == "Take it off, and leave it off until I say."
    assert said(night.log)[-1] == "Leave it off your leg tonight."


def test_raised_legs_are_asked_about_at_the_fifteenth_minute_and_come_down(night: VirtualNight) -> None:
    """guidance.md D10, E5."""
    night.start("elevation")
    answer(night, "no", "no")
    while not events(night.log, "release"):
        assert night.step()
    assert said(night.log)[-1] == "Time is up. Are you awake?"
    night.run(night.now + 120)
    assert not any("circles" in text for text in said(night.log))
    assert "Bend your knees, and roll to your left side." in said(night.log)


def test_raised_legs_that_feel_wrong_come_down_before_the_questions(night: VirtualNight) -> None:
    night.start("elevation")
    answer(night, "no", "no")
    night.run(night.now + 120)
    night.hear("still_hurts", {"worse": "yes"})
    assert said(night.log)[-1] == "Bend your knees, and roll to your left side."
    assert "Feel both calves" in until_asked(night)


def test_too_much_massage_ends_with_the_hands_away(night: VirtualNight) -> None:
    night.start("massage-calf")
    answer(night, "no", "no", "no", "yes", "no")
    night.run(night.now + 60)
    assert said(night.log)[-1] == "Good. Lift your hands away, and cover her loosely."


def eased(night: VirtualNight, part: str) -> None:
    """A cramp in this part has eased in its first stretch, and all leg questions so far were answered no."""
    night.hear("leg_cramp", {"part": part, "side": "left"})
    while not events(night.log, "hold"):
        assert night.step()
    night.run(night.now + 2)
    night.hear("easing")


@pytest.mark.parametrize(("part", "goes_on"), [("hamstring", "thigh"), ("thigh-front", "thigh"), ("foot", "foot")])
def test_after_a_cramp_it_is_spoken_of_the_part_that_cramped(night: VirtualNight, part: str, goes_on: str) -> None:
    eased(night, part)
    answer(night, "no", "no", "yes", "no", "yes", "yes")
    night.run(night.now + 300)
    assert sessions(night.log)[-2] == (f"{goes_on}-recovery", "started")
    after = " ".join(said(night.log)).split("Rest now")[1]
    assert "small circles on the outer side" in after or goes_on == "foot"
    assert "calf" not in after.replace("Feel both calves", "")
    assert f"say {goes_on} cramp" in after
    assert not events(night.log, "alert")


@pytest.mark.parametrize(("part", "goes_on"), [("thigh", "thigh"), ("foot", "foot"), ("calf", "")])
def test_a_cramp_that_eases_after_all_stretches_goes_on_with_its_own_part(
    night: VirtualNight, part: str, goes_on: str
) -> None:
    night.hear("leg_cramp", {"part": part, "side": "left"})
    while ("not-easing", "started") not in sessions(night.log):
        assert night.step()
    night.hear("easing")
    assert sessions(night.log)[-1] == (f"{goes_on}-recovery".removeprefix("-"), "started")


def test_a_thigh_that_eases_in_standing_is_over(night: VirtualNight) -> None:
    """Asked as after standing with a calf cramp, so that what helped is not taken for what failed."""
    night.hear("leg_cramp", {"part": "hamstring", "side": "left"})
    answer(night, "no", "no", "no", "yes", "yes")
    assert sessions(night.log)[-1] == ("thigh-recovery", "started")
    assert not night.conversation._scene.night.failed


def test_pain_in_walking_is_asked_about(night: VirtualNight) -> None:
    """guidance.md C19: pain on standing or walking is more than soreness."""
    night.start("recovery", side="left")
    answer(night, "no", "no", "no", "yes")
    assert until_asked(night) == "One minute. Have you had enough?"
    night.hear("still_hurts")
    assert until_asked(night) == "Is the cramp back?"
    assert "Sit down first, slowly, and hold on." in said(night.log)
    answer(night, "no")
    assert "Feel both calves." in until_asked(night)
    answer(night, "no", "yes")
    assert events(night.log, "alert")[-1]["sign"] == "pain_between_cramps"


def test_an_unsure_answer_ends_a_massage(night: VirtualNight) -> None:
    night.start("massage-self", side="left")
    answer(night, "no", "no", "no", "yes", "unsure")
    night.run(night.now + 1)
    assert said(night.log)[-1].startswith("Good. Lift your hands away")


def stretching(night: VirtualNight, **slots: str) -> None:
    """Five seconds into the first hold of a cramp's stretch."""
    night.hear("leg_cramp", slots)
    while not events(night.log, "hold"):
        assert night.step()
    night.run(night.now + 5)


@pytest.mark.parametrize(("intent", "decision"), [("stop", "act"), ("stop", "confirm"), ("still_hurts", "act")])
def test_stop_it_hurts_lets_go_and_asks(night: VirtualNight, intent: str, decision: Decision) -> None:
    """guidance.md STOP-3, N-52."""
    stretching(night)
    night.hear(intent, {"worse": "yes"}, decision)
    night.run(night.now + 2)
    assert said(night.log)[-1] == "Let go slowly, and rest."
    assert "Feel both calves" in until_asked(night)


@pytest.mark.parametrize("intent", ["stop", "still_hurts"])
def test_a_stretch_that_made_it_worse_does_not_begin_again_when_asked(night: VirtualNight, intent: str) -> None:
    night.hear("leg_cramp")
    assert "Easing?" in until_asked(night)
    night.hear(intent, {"worse": "yes"})
    night.run(night.now + 1)
    assert said(night.log)[-1] == "Let go slowly, and rest."


def test_it_still_hurts_is_an_answer_and_the_stretch_goes_on(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    until_asked(night)
    night.hear("still_hurts")
    night.run(night.now + 20)
    assert "Let go slowly, and rest." not in said(night.log)


def test_out_of_bed_stop_it_hurts_lets_her_sit_down_first(night: VirtualNight) -> None:
    night.start("acute-calf-standing")
    while not events(night.log, "hold"):
        assert night.step()
    night.hear("stop", {"worse": "yes"})
    night.run(night.now + 8)
    assert said(night.log)[-2:] == ["Sit down first, slowly, and hold on.", "Let go slowly, and rest."]


def test_a_plain_stop_is_quiet(night: VirtualNight) -> None:
    stretching(night)
    told = len(said(night.log))
    night.hear("stop")
    night.run(night.now + 60)
    assert len(said(night.log)) == told
    assert night.conversation.state == "idle"


def test_stop_it_hurts_ends_no_alert(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "urgent", "sign": "leg_heat"})
    night.run(20)
    night.hear("stop", {"worse": "yes"})
    night.run(night.now + 8)
    assert night.conversation.state == "alert"
    assert "Worse? Then call 1 1 2 now." in said(night.log)


def test_with_something_warm_on_the_leg_stop_it_hurts_takes_it_off(night: VirtualNight) -> None:
    night.start("warm-compress")
    answer(night, "no", "no", "no", "yes", "yes")
    night.run(night.now + 30)
    night.hear("stop", {"worse": "yes"})
    assert until_asked(night) == "Take it off the leg now. Is it off?"


@pytest.mark.parametrize("part", ["foot", "thigh", "hamstring"])
@pytest.mark.parametrize("when", ["stretch", "recovery"])
def test_my_calf_i_mean_moves_to_the_calf(night: VirtualNight, part: str, when: str) -> None:
    night.hear("leg_cramp", {"part": part})
    night.run(3)
    if when == "recovery":
        night.hear("easing")
        night.run(night.now + 3)
    night.hear("leg_cramp", {"part": "calf"})
    night.run(night.now + 3)
    assert sessions(night.log)[-1] == ("acute-calf-bed", "started")


@pytest.mark.parametrize("routine", ["acute-calf-standing", "acute-calf-bed"])
def test_a_calf_cramp_in_the_calf_goes_on_as_it_is(night: VirtualNight, routine: str) -> None:
    night.hear("leg_cramp")
    night.run(3)
    night.start(routine)
    night.run(night.now + 20)
    before = len(sessions(night.log))
    night.hear("leg_cramp", {"part": "calf"})
    night.run(night.now + 3)
    assert len(sessions(night.log)) == before


@pytest.mark.parametrize(
    ("recovery", "more"), [("recovery", "stretch"), ("foot-recovery", "stretch"), ("thigh-recovery", "stretch")]
)
@pytest.mark.parametrize("intent", ["yes", "still_hurts", "easing", "no"])
def test_still_sore_or_tight_takes_the_words_it_asks_for(
    night: VirtualNight, recovery: str, more: str, intent: str
) -> None:
    night.start(recovery)
    answer(night, "no", "no")
    assert "still sore or tight?" in until_asked(night)
    night.hear(intent)
    night.run(night.now + 6)
    stretched = any(step.endswith(f"/{more}") for step in steps(night.log))
    assert stretched == (intent in ("yes", "still_hurts"))
    assert not events(night.log, "alert")


def test_the_partner_who_says_that_it_eases_is_talked_to(night: VirtualNight) -> None:
    """guidance.md E11."""
    stretching(night)
    night.hear("easing", {"who": "her"})
    night.run(night.now + 8)
    assert said(night.log)[-1] == "Good. Let her rest, toes toward her shin."


def test_in_the_leg_questions_stop_it_hurts_takes_off_what_is_warm(night: VirtualNight) -> None:
    night.start("warm-compress")
    answer(night, "no", "no", "no", "yes", "yes")
    night.run(night.now + 30)
    night.hear("leg_swelling")
    until_asked(night)
    night.hear("stop", {"worse": "yes"})
    night.run(night.now + 2)
    assert said(night.log)[-1] == "Take it off the leg now, before any sleep."
