"""Massage, heat and cold: three clear noes, read back, or nothing of it (guidance.md E2, E3, E10, C0, C07)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bedside.dialogue.scene import Settings

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
    answer(night, reply.split()[0], decision="confirm" if "half" in reply else "act")
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
