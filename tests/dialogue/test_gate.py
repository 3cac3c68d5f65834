"""Massage, heat and cold: three clear noes, read back, or nothing of it (guidance.md E2, E3, E10, C0, C07)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bedside.dialogue.scene import Settings
from bedside.nlu.intents import load_intents
from bedside.nlu.matcher import match
from bedside.rehearsal import VirtualNight

from .own import answer, night_with, until_asked
from .reading import events, said, steps

MASSAGE = """
id: hands
title: Hands
to: partner
gate: true
worse: urgent/worse_after_massage
steps:
  - {id: "1", hold: 20, say: "Massage {leg} lightly for {seconds} seconds."}
  - {id: "2", say: "Rub no harder."}
"""
MIXED = """
id: mixed
title: Mixed
steps:
  - {id: "1", say: "Rest."}
  - id: "2"
    gate: true
    ask: "Would you like something warm?"
    answers: {yes: next}
    silence: skip
    if_yes: [{id: "2a", say: "Warm, never hot."}]
  - {id: "3", say: "Good night."}
"""


def test_three_clear_noes_and_their_read_back_open_the_gate(tmp_path: Path) -> None:
    night = night_with(tmp_path, MASSAGE)
    night.start("hands", side="left")
    answer(night, "no", "no", "no")
    assert "easy breathing. Right?" in until_asked(night)
    assert not events(night.log, "hold")
    night.hear("yes")
    night.run(night.now + 60)
    assert "Massage her left leg lightly for 20 seconds." in said(night.log)
    assert [hold["seconds"] for hold in events(night.log, "hold")] == [20]


@pytest.mark.parametrize("last", ["no", "unsure", "easing", "", "yes by half"])
def test_anything_but_a_clear_yes_to_the_read_back_keeps_it_shut(tmp_path: Path, last: str) -> None:
    night = night_with(tmp_path, MASSAGE)
    night.start("hands")
    answer(night, "no", "no", "no")
    until_asked(night)
    if last:
        night.hear(last.split()[0], decision="confirm" if "half" in last else "act")
    night.run(night.now + 120)
    assert not any("assage" in text for text in said(night.log))
    assert night.conversation.state == "idle"


@pytest.mark.parametrize("question", [0, 1, 2])
@pytest.mark.parametrize("reply", ["yes", "unsure", "no by half"])
def test_a_yes_or_an_unsure_answer_is_an_alert(tmp_path: Path, question: int, reply: str) -> None:
    night = night_with(tmp_path, MASSAGE)
    night.start("hands")
    answer(night, *["no"] * question)
    times = 2 if question == 2 and "half" in reply else 1  # what would be an emergency is asked once more
    answer(night, *[reply.split()[0]] * times, decision="confirm" if "half" in reply else "act")
    assert events(night.log, "alert")[0]["tier"] == ("emergency" if question == 2 else "urgent")


@pytest.mark.parametrize("question", [0, 1, 2])
def test_a_question_nobody_answers_keeps_it_shut_and_the_rest_goes_on(tmp_path: Path, question: int) -> None:
    night = night_with(tmp_path, MIXED)
    night.start("mixed")
    answer(night, *["no"] * question)
    night.run(night.now + 120)
    assert steps(night.log)[-1] == "mixed/3"
    assert not any("arm" in text for text in said(night.log))
    assert len([text for text in said(night.log) if "leave that out" in text]) == 1


def test_a_routine_goes_on_behind_the_gate_with_what_is_wanted(tmp_path: Path) -> None:
    night = night_with(tmp_path, MIXED)
    night.start("mixed")
    answer(night, "no", "no", "no", "yes", "yes")
    night.run(night.now + 60)
    assert steps(night.log)[-2:] == ["mixed/2a", "mixed/3"]


@pytest.mark.parametrize("risk", ["past_clot", "blood_thinners", "bed_rest"])
def test_a_risk_flag_shuts_it_without_a_question(tmp_path: Path, risk: str) -> None:
    night = night_with(tmp_path, MASSAGE, settings=Settings(risks=frozenset({risk})))
    night.start("hands")
    night.run(120)
    assert len(said(night.log)) == 1
    assert "ask your midwife or doctor first" in said(night.log)[0]


def test_after_an_alert_it_stays_shut_for_the_night(tmp_path: Path) -> None:
    night = night_with(tmp_path, MASSAGE)
    night.hear("danger_sign", {"tier": "urgent", "sign": "leg_heat"})
    night.run(5)
    night.hear("stop")
    night.start("hands")
    night.run(night.now + 60)
    assert "leave that out" in said(night.log)[-1]
    assert night.conversation.state == "idle"


def test_each_session_asks_anew(tmp_path: Path) -> None:
    night = night_with(tmp_path, MASSAGE)
    for _ in range(2):
        night.start("hands")
        assert "Look and feel" in until_asked(night)
        answer(night, "no", "no", "no", "yes")
        night.run(night.now + 60)
        assert night.conversation.state == "idle"
    assert len(events(night.log, "hold")) == 2


def test_a_new_symptom_shuts_the_gate(tmp_path: Path) -> None:
    night = night_with(tmp_path, MIXED.replace("mixed", "long").replace('say: "Rest."', 'gate: true, say: "Warm."'))
    night.start("long")
    answer(night, "no", "no", "no", "yes")
    until_asked(night)
    night.now += 0.1
    night.hear("still_hurts")  # asked whether the cramp is back
    assert "back" in until_asked(night)
    night.hear("no")
    assert "Feel both calves" in until_asked(night)


def test_after_an_hour_the_answers_are_too_old(tmp_path: Path) -> None:
    timers = "".join(f"  - {{id: t{n}, timer: 900, say: '{{minutes}} minutes.'}}\n" for n in range(4))
    warm = "  - {id: %s, gate: true, say: Warm.}\n"
    text = f"id: slow\ntitle: Slow\nsteps:\n{warm % 'a'}{timers}{warm % 'b'}"
    night = night_with(tmp_path, text)
    night.start("slow")
    answer(night, "no", "no", "no", "yes")
    assert "Feel both calves" in until_asked(night, most=4000)


def test_it_is_never_the_rescue_while_the_cramp_is_on(tmp_path: Path) -> None:
    night = night_with(tmp_path, MASSAGE)
    night.hear("leg_cramp")
    night.run(3)
    night.hear("start_routine", {"routine": "hands"})
    night.run(20)
    assert any("First the stretch" in text for text in said(night.log))
    assert all(step.startswith("acute-calf-bed") for step in steps(night.log))


def test_worse_in_a_massage_is_urgent(tmp_path: Path) -> None:
    night = night_with(tmp_path, MASSAGE)
    night.start("hands")
    answer(night, "no", "no", "no", "yes")
    night.run(night.now + 12)
    night.hear("still_hurts", {"worse": "yes"})
    assert events(night.log, "alert")[0]["sign"] == "worse_after_massage"


def asked_back(folder: Path) -> VirtualNight:
    """A night in which the three questions were answered no, and are read back."""
    night = night_with(folder, MASSAGE)
    night.start("hands")
    answer(night, "no", "no", "no")
    until_asked(night)
    return night


@pytest.mark.parametrize(
    "slots", [{"feels": "hot"}, {"side": "left"}, {"side": "both"}, {"side": "right"}, {"calling": "yes"}]
)
def test_a_yes_that_says_more_does_not_open_it(tmp_path: Path, slots: dict[str, str]) -> None:
    night = asked_back(tmp_path)
    night.hear("yes", slots)
    night.run(night.now + 60)
    assert not events(night.log, "hold")


@pytest.mark.parametrize("text", ["right", "yes right", "that's right", "yes"])
def test_right_is_a_yes(tmp_path: Path, text: str) -> None:
    night = asked_back(tmp_path)
    night.take(match(text, load_intents(), "session"))
    night.run(night.now + 60)
    assert events(night.log, "hold")


@pytest.mark.parametrize("text", ["it's hot", "left", "both", "yeah the left", "yeah the right"])
def test_a_side_or_a_finding_is_no_yes(tmp_path: Path, text: str) -> None:
    night = asked_back(tmp_path)
    night.take(match(text, load_intents(), "session"))
    night.run(night.now + 60)
    assert not events(night.log, "hold")


def test_a_half_heard_no_to_the_last_question_is_asked_about_before_an_emergency(night: VirtualNight) -> None:
    night.start("massage-calf")
    answer(night, "no", "no")
    until_asked(night)
    night.hear("no", decision="confirm")
    assert not events(night.log, "alert")
    assert until_asked(night).startswith("Breathing trouble, chest pain")
    night.hear("no")
    assert until_asked(night).endswith("Right?")
    assert not events(night.log, "alert")


def test_after_a_half_heard_no_silence_shuts_the_gate_without_an_emergency(night: VirtualNight) -> None:
    night.start("massage-calf")
    answer(night, "no", "no")
    until_asked(night)
    night.hear("no", decision="confirm")
    night.run(night.now + 60)
    assert not events(night.log, "alert")
    assert not events(night.log, "hold")


@pytest.mark.parametrize("question", [0, 1])
def test_a_no_that_names_one_side_is_none(night: VirtualNight, question: int) -> None:
    """ "No, only the left one"."""
    night.start("massage-calf")
    answer(night, *["no"] * question)
    until_asked(night)
    night.hear("no", {"side": "left"})
    assert events(night.log, "alert")[0]["tier"] == "urgent"


@pytest.mark.parametrize("manner", ["slower", "faster", "louder", "quieter"])
def test_a_half_heard_manner_is_none_while_a_leg_question_is_open(night: VirtualNight, manner: str) -> None:
    """ "A bit sore" sounds like "a bit slower"."""
    night.start("massage-calf")
    until_asked(night)
    told = len(said(night.log))
    night.hear(manner, decision="confirm")
    assert len(said(night.log)) == told
    night.hear(manner)
    assert len(said(night.log)) == told + 1


def test_thighs_that_were_not_felt_are_asked_about_before_they_are_massaged(night: VirtualNight) -> None:
    night.start("massage-calf")
    answer(night, "no", "no", "no", "yes")
    night.run(night.now + 10)
    night.start("massage-full-leg")
    assert "one thigh or calf more swollen" in until_asked(night)


def test_after_a_thigh_cramp_the_calves_are_felt_too(night: VirtualNight) -> None:
    """guidance.md E3, C0: the calf's massage may follow."""
    night.start("thigh-recovery")
    assert until_asked(night) == "Feel both thighs and calves. Is one more swollen, hotter, redder or darker?"
    night.run(night.now + 12)
    assert "One thigh or calf bigger, hotter or darker than the other? Yes, no, or skip." in said(night.log)


HARD = {"topic": "massage-how-hard"}


def test_how_hard_to_press_is_told_behind_the_gate_only(night: VirtualNight) -> None:
    night.hear("question", HARD)
    assert "Feel both calves" in until_asked(night)
    night.run(night.now + 60)
    assert not any("spreading cream" in text for text in said(night.log))


def test_how_hard_to_press_is_not_told_after_a_warning(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "urgent", "sign": "leg_heat"})
    night.run(5)
    night.hear("stop")
    night.hear("question", HARD)
    night.run(night.now + 60)
    assert not any("spreading cream" in text for text in said(night.log))


def test_how_hard_to_press_is_told_beside_a_massage(night: VirtualNight) -> None:
    night.start("massage-calf")
    answer(night, "no", "no", "no", "yes")
    while not events(night.log, "hold"):
        assert night.step()
    night.run(night.now + 2)
    night.hear("question", HARD)
    night.run(night.now + 3)
    assert said(night.log)[-1] == "Lighter: like spreading cream. Less still where it is sore."
    assert not events(night.log, "release")
