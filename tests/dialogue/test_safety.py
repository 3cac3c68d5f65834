"""The leg questions, the escalation clock, the alerts and the way back."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bedside.dialogue.actions import Adjust, Heard, Speaking
from bedside.nlu.match import Match
from bedside.rehearsal import VirtualNight

from .reading import events, said, sessions, steps


def answer_next(night: VirtualNight, intent: str, decision: str = "act") -> None:
    """Wait for the next question, and answer it when it has been asked."""
    start = night.now
    while not (night.conversation.state == "asking" and night.speaking is None):
        assert night.step()
        assert night.now < start + 1000, "no question comes"
    night.now += 0.5
    night.hear(intent, decision=decision)  # type: ignore[arg-type]


def in_recovery(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.run(5)
    night.hear("easing")


def test_two_clear_noes_close_an_ordinary_session(night: VirtualNight) -> None:
    in_recovery(night)
    answer_next(night, "no")
    answer_next(night, "no")
    night.run(400)
    assert not events(night.log, "alert")
    assert sessions(night.log)[-1] == ("recovery", "ended")
    assert said(night.log)[-1].endswith("Good night.")


@pytest.mark.parametrize(("intent", "decision"), [("yes", "act"), ("unsure", "act"), ("no", "confirm")])
@pytest.mark.parametrize("question", [0, 1])
def test_yes_unsure_or_a_half_heard_no_is_urgent(
    night: VirtualNight, question: int, intent: str, decision: str
) -> None:
    in_recovery(night)
    for _ in range(question):
        answer_next(night, "no")
    answer_next(night, intent, decision)
    assert events(night.log, "alert")[0]["tier"] == "urgent"
    night.run(night.now + 60)
    assert any("0 1 2 3 4, 5 6 7" in text for text in said(night.log))


def test_after_a_leg_sign_breathing_is_asked_and_yes_is_an_emergency(night: VirtualNight) -> None:
    in_recovery(night)
    answer_next(night, "yes")
    while "breathing" not in said(night.log)[-1] or "?" not in said(night.log)[-1]:
        assert night.step()
    night.hear("yes")
    assert events(night.log, "alert")[-1]["tier"] == "emergency"


def test_a_question_without_answer_is_asked_twice_then_the_safety_net(night: VirtualNight) -> None:
    in_recovery(night)
    night.run(400)
    asked = [e for e in events(night.log, "say") if e["step"] == "recovery/2"]
    assert len(asked) == 3
    assert "Call 0 1 2 3 4" in asked[2]["text"]
    assert night.conversation.state == "idle"


def test_a_swollen_leg_is_asked_about_at_once_and_silence_is_urgent(night: VirtualNight) -> None:
    night.hear("leg_swelling", {"side": "left"})
    assert steps(night.log) == ["leg-questions/1"]
    night.run(60)
    assert events(night.log, "alert")[0]["tier"] == "urgent"


def test_two_swollen_ankles_with_every_answer_clear_get_the_safety_net_and_relief(night: VirtualNight) -> None:
    night.hear("leg_swelling")
    for intent in ("no", "no", "no", "yes", "no", "no"):
        answer_next(night, intent)
    answer_next(night, "no")  # the read back is not confirmed: nothing that needs it
    night.run(night.now + 120)
    assert not events(night.log, "alert")
    assert night.conversation.state == "idle"
    assert any("straight away" in text for text in said(night.log))
    assert not any("massage" in text for text in said(night.log))


@pytest.mark.parametrize(("same", "signs"), [("no", ""), ("unsure", ""), ("", ""), ("yes", "yes"), ("yes", "")])
def test_swelling_that_is_not_clearly_the_ordinary_one_is_urgent(night: VirtualNight, same: str, signs: str) -> None:
    night.hear("leg_swelling")
    for intent in ("no", "no", "no", same, signs):
        if intent:
            answer_next(night, intent)
        if events(night.log, "alert"):
            break
    night.run(night.now + 60)
    assert events(night.log, "alert")[0]["tier"] == "urgent"


def test_the_leg_questions_come_by_five_minutes(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"side": "left"})
    for intent in ("still_hurts", "still_hurts", "still_hurts", "yes"):
        answer_next(night, intent)
    night.run(330)
    asked = [e["t"] for e in events(night.log, "say") if "Feel both calves" in e["text"]]
    assert asked
    assert asked[0] <= 330


def test_ten_minutes_without_easing_are_urgent(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    while night.now < 599:
        if night.conversation.state == "asking" and night.speaking is None:
            night.now += 0.5
            night.hear("no")
        elif not night.step():
            break
    night.run(660)
    alerts = events(night.log, "alert")
    assert [(a["t"], a["tier"], a["sign"]) for a in alerts] == [(600.0, "urgent", "cramp_too_long")]


def test_the_order_when_it_does_not_ease(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"side": "left"})
    while len(events(night.log, "session")) < 7:
        if night.conversation.state == "asking" and night.speaking is None:
            night.hear("yes" if "stand up" in said(night.log)[-1] else "no")
        else:
            night.step()
    started = [name for name, state in sessions(night.log) if state == "started"]
    assert started == ["acute-calf-bed", "acute-calf-standing", "not-easing", "acute-calf-bed"]
    # The clock asked them at five minutes, in the standing stretch; what was answered no is not asked again.
    assert len([text for text in said(night.log) if "Feel both calves" in text]) == 1


def test_getting_up_comes_before_standing(night: VirtualNight) -> None:
    night.hear("start_routine", {"routine": "acute-calf-standing"})
    night.run(90)
    assert steps(night.log)[:6] == [f"acute-calf-standing/getting-up/{n}" for n in "123456"]


def test_an_emergency_repeats_its_number_until_somebody_calls(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "emergency", "sign": "breath"})
    night.run(600)
    told = [e for e in events(night.log, "say") if "Anyone in the room: call 1 1 2" in e["text"]]
    assert len(told) > 15
    gaps = [b["t"] - a["t"] for a, b in pairwise(told)]
    assert max(gaps) < 25
    night.hear("yes", {"calling": "yes"})
    night.run(900)
    assert night.conversation.state == "alert"
    assert said(night.log)[-1].endswith("I am listening.")


def test_the_emergency_grows_louder_and_nothing_else_does(night: VirtualNight) -> None:
    raised = []
    night.hear("danger_sign", {"tier": "emergency", "sign": "breath"})
    while night.now < 200:
        if night.speaking is not None:
            raised.append(night.speaking.raise_db)
        night.step()
    assert raised[0] > 0
    assert raised == sorted(raised)
    assert raised[-1] > raised[0]


def test_the_urgent_number_comes_again_at_thirty_seconds_and_two_minutes(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "urgent", "sign": "fever"})
    night.run(900)
    again = [e["t"] for e in events(night.log, "say") if e["text"].startswith("Please call now")]
    assert len(again) == 2
    assert night.conversation.state == "idle"


def test_false_alarm_is_asked_once_and_only_a_clear_no_closes_it(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "urgent", "sign": "leg"})
    night.run(20)
    night.hear("no")
    assert night.conversation.state == "alert"
    night.run(night.now + 6)
    night.hear("no", decision="confirm")
    assert night.conversation.state == "alert"
    night.run(night.now + 30)
    night.hear("no")
    night.run(night.now + 4)
    night.hear("no")
    night.run(night.now + 20)
    assert night.conversation.state == "idle"


def test_an_urgent_sign_never_takes_the_place_of_an_emergency(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "emergency", "sign": "breath"})
    night.run(10)
    night.hear("danger_sign", {"tier": "urgent", "sign": "fever"})
    assert [a["tier"] for a in events(night.log, "alert")] == ["emergency"]
    night.hear("stop")
    night.hear("danger_sign", {"tier": "urgent", "sign": "fever"})
    night.hear("danger_sign", {"tier": "emergency", "sign": "breath"})
    assert [a["tier"] for a in events(night.log, "alert")] == ["emergency", "urgent", "emergency"]


def test_a_doubtful_danger_sign_gives_the_number_before_it_asks(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "emergency", "sign": "breath"}, decision="confirm")
    while "hear you right" not in said(night.log)[-1]:
        night.step()
    assert any("1 1 2" in text for text in said(night.log))
    night.hear("no")
    night.run(40)
    assert night.conversation.state == "idle"


def test_help_out_of_nothing_is_an_emergency_when_nobody_answers(night: VirtualNight) -> None:
    night.hear("help")
    night.run(30)
    assert events(night.log, "alert")[0]["tier"] == "emergency"


def test_help_within_a_routine_goes_on_with_it(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.run(10)
    night.hear("help")
    assert steps(night.log)[-1] == "help/1"
    night.run(25)
    assert not events(night.log, "alert")
    assert steps(night.log)[-1].startswith("acute-calf-bed/")


def test_help_answered_with_leg_cramp_starts_the_stretch(night: VirtualNight) -> None:
    night.hear("help")
    night.run(3)
    night.hear("leg_cramp")
    assert steps(night.log)[-1] == "acute-calf-bed/1"


def test_speech_at_the_end_of_the_answering_time_is_waited_for(night: VirtualNight) -> None:
    night.hear("help")
    while night.speaking is not None:
        night.step()
    deadline = night.conversation.next_deadline()
    assert deadline is not None
    night.now = deadline - 0.1
    night.conversation.handle(Speaking(), night.now)
    later = night.conversation.next_deadline()
    assert later is not None
    assert later > deadline


@pytest.mark.parametrize("intent", ["yes", "no", "easing"])
@pytest.mark.parametrize("tier", ["urgent", "emergency"])
def test_no_answer_closes_an_alert_before_its_number_was_given(night: VirtualNight, tier: str, intent: str) -> None:
    night.hear("danger_sign", {"tier": tier, "sign": "fever"})
    for _ in range(3):
        night.run(night.now + 0.7)
        night.hear(intent)
    night.run(30)
    number = "1 1 2" if tier == "emergency" else "0 1 2 3 4, 5 6 7"
    assert any(number in text for text in said(night.log))


def test_crying_out_again_does_not_cut_the_number(night: VirtualNight) -> None:
    for _ in range(20):
        night.hear("danger_sign", {"tier": "emergency", "sign": "breathing"})
        night.hear("still_hurts")
        night.run(night.now + 3)
    assert len(events(night.log, "alert")) == 1
    assert not events(night.log, "silenced")
    assert any("1 1 2" in text for text in said(night.log))


def test_on_the_phone_only_stop_and_worse_count(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "urgent", "sign": "fever"})
    night.run(20)
    night.hear("yes", {"calling": "yes"})
    night.run(40)
    told = len(said(night.log))
    for intent in ("no", "yes", "still_hurts", "easing", "no", "leg_swelling", "pause"):
        night.hear(intent)
        night.run(night.now + 5)
    assert len(said(night.log)) == told
    night.hear("danger_sign", {"tier": "emergency", "sign": "breathing"})
    assert events(night.log, "alert")[-1]["tier"] == "emergency"


def test_a_half_heard_emergency_denied_leaves_the_urgent_alert_open(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "urgent", "sign": "fever"})
    night.run(20)
    night.hear("danger_sign", {"tier": "emergency", "sign": "breathing"}, decision="confirm")
    while "hear you right" not in said(night.log)[-1]:
        night.step()
    night.hear("no")
    night.run(night.now + 20)
    assert night.conversation.state == "alert"
    assert [a["tier"] for a in events(night.log, "alert")] == ["urgent", "emergency", "urgent"]


def test_a_half_heard_stop_only_cuts_the_sentence_in_an_emergency(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "emergency", "sign": "breathing"})
    night.run(5)
    night.hear("stop", decision="confirm")
    assert night.conversation.state == "alert"
    night.hear("stop")
    assert night.conversation.state == "idle"


def test_a_swollen_leg_is_taken_up_whatever_was_asked(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    while night.conversation.state != "asking":
        night.step()
    night.hear("leg_swelling", {"side": "left"})
    assert steps(night.log)[-1] == "leg-questions/1"
    for intent in ("leg_cramp", "diary", "pause", "help"):
        night.hear(intent)
    assert steps(night.log)[-1] == "leg-questions/1"
    for _ in range(3):
        answer_next(night, "no")
    night.run(night.now + 20)
    ended = sessions(night.log).index(("leg-questions", "ended"))
    assert sessions(night.log)[ended + 1] == ("acute-calf-bed", "started")


def test_calling_help_twice_is_no_clear_answer(night: VirtualNight) -> None:
    night.hear("help")
    night.run(2)
    night.hear("help")
    assert events(night.log, "alert")[0]["tier"] == "emergency"


def test_within_a_cramp_yes_to_breathing_is_an_emergency(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.run(5)
    night.hear("help")
    night.run(6)
    night.hear("yes")
    assert events(night.log, "alert")[0]["tier"] == "emergency"


def test_half_heard_easing_is_asked_about(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.run(20)
    night.hear("easing", decision="confirm")
    assert said(night.log)[-1] == "Is it easing now?"
    night.run(40)
    assert sessions(night.log) == [("acute-calf-bed", "started")]


@pytest.mark.parametrize(("intent", "slots"), [("still_hurts", {"worse": "yes"}), ("no", {})])
def test_worse_pain_or_no_in_a_hold_lets_go(night: VirtualNight, intent: str, slots: dict[str, str]) -> None:
    night.hear("leg_cramp")
    while not events(night.log, "hold"):
        night.step()
    night.run(night.now + 5)
    night.hear(intent, slots)
    assert events(night.log, "release")
    assert said(night.log)[-1] == "Let go slowly, and rest."
    night.run(night.now + 13)
    assert "Feel both calves" in said(night.log)[-1]


def test_pain_after_the_cramp_is_asked_about(night: VirtualNight) -> None:
    in_recovery(night)
    night.hear("still_hurts")
    assert said(night.log)[-1] == "Is the cramp back?"
    night.run(night.now + 3)
    night.hear("no")
    assert "Feel both calves" in said(night.log)[-1]


def stand(night: VirtualNight) -> None:
    night.hear("start_routine", {"routine": "acute-calf-standing"})
    while not events(night.log, "hold"):
        night.step()
    night.run(night.now + 5)


@pytest.mark.parametrize(
    ("intent", "slots"),
    [
        ("easing", {}),
        ("leg_swelling", {}),
        ("pause", {}),
        ("danger_sign", {"tier": "urgent", "sign": "dizzy"}),
        ("start_routine", {"routine": "acute-calf-bed"}),
    ],
)
def test_out_of_bed_she_first_sits_down(night: VirtualNight, intent: str, slots: dict[str, str]) -> None:
    stand(night)
    told = len(said(night.log))
    night.hear(intent, slots)
    assert said(night.log)[told:] == ["Sit down first, slowly, and hold on."]
    night.run(night.now + 10)
    assert len(said(night.log)) > told + 1


def test_no_walking_is_offered_when_a_leg_question_stayed_open(night: VirtualNight) -> None:
    in_recovery(night)
    night.run(300)
    assert "recovery/recovery-end/6" not in steps(night.log)


def test_a_cramp_that_is_soon_back_is_the_same_cramp(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.run(560)
    night.hear("easing")
    night.run(570)
    night.hear("leg_cramp")
    night.run(650)
    assert [a["t"] for a in events(night.log, "alert")] == [600.0]


def test_a_new_night_begins_with_the_configured_voice(night: VirtualNight) -> None:
    for _ in range(4):
        night.hear("quieter")
    night.run(10 * 3600)
    actions = night.conversation.handle(Heard(Match("x", "leg_cramp", {}, 100, 100, "x", "act")), night.now)
    assert actions[0] == Adjust(pace=1.0, gain_db=0.0)
