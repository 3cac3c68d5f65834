"""Whole nights in the simulated room: real recogniser, matcher, conversation and voice, time counted in samples."""

from __future__ import annotations

import pytest

from tests.end_to_end.log import check_shapes, holds, meant, of, spoken
from tests.end_to_end.night import EMERGENCY, Bedroom, after, at

CRAMP = at(1.0, "leg cramp")
TO_SPEAK_AT_LATEST = 1.0
TO_FALL_SILENT_AT_LATEST = 0.5


@pytest.mark.parametrize(
    "words", ["leg cramp", "my left leg is cramping", "i have a cramp in my calf", "leg cramp/rms"]
)
def test_help_comes_within_a_second(bedroom: Bedroom, words: str) -> None:
    evening = bedroom.play(8, at(1.0, words))
    heard, said = of(evening.log, "heard")[0], of(evening.log, "say")[0]
    assert meant(evening.log) == ["leg_cramp"]
    assert heard["speech_end"] == pytest.approx(evening.clips[0].end, abs=0.35)
    assert evening.clips[0].end < said["t"] <= evening.clips[0].end + TO_SPEAK_AT_LATEST
    assert said["t"] <= heard["speech_end"] + TO_SPEAK_AT_LATEST
    assert said["step"] == "acute-calf-bed/1"


def test_the_side_is_spoken_back(bedroom: Bedroom) -> None:
    evening = bedroom.play(8, at(1.0, "my left leg is cramping"))
    assert of(evening.log, "intent")[0]["slots"]["side"] == "left"
    assert "your left leg" in spoken(evening.log)


def test_a_whole_night_holds_as_long_as_announced_and_has_the_shapes_of_the_log(bedroom: Bedroom) -> None:
    evening = bedroom.play(
        300,
        CRAMP,
        after("said", "no", match="acute-calf-bed/7", wait=1.0),
        after("said", "yes", match="acute-calf-bed/stand", wait=1.0),
    )
    check_shapes(evening.log)
    durations = list(holds(evening.log))
    assert len(durations) >= 4
    assert all(length == pytest.approx(announced, abs=1e-3) for announced, length in durations)
    for hold in of(evening.log, "hold"):
        before = [say for say in of(evening.log, "say", step=hold["step"]) if say["t"] < hold["t"]]
        assert f" {hold['seconds']} seconds" in before[-1]["text"]
    times = [event["t"] for event in evening.log if event["event"] != "silenced"]
    assert times == sorted(times)


@pytest.mark.parametrize("voice", ["slt", "rms", "awb"])
@pytest.mark.parametrize("wait", [0.4, 1.3])
def test_stop_cuts_the_voice_and_nothing_is_said_afterwards(bedroom: Bedroom, voice: str, wait: float) -> None:
    evening = bedroom.play(25, CRAMP, after("say", f"stop/{voice}", match="Now bring", wait=wait))
    silenced = of(evening.log, "silenced", by="stop")
    assert len(silenced) == 1
    assert silenced[0]["t"] <= evening.clips[1].end + TO_FALL_SILENT_AT_LATEST
    assert of(evening.log, "say")[-1]["t"] < evening.clips[1].start
    assert evening.log[-1]["event"] != "say"
    assert of(evening.log, "session")[-1]["state"] == "ended"
    check_shapes(evening.log)


def test_stop_ends_a_hold_and_nothing_is_said_afterwards(bedroom: Bedroom) -> None:
    evening = bedroom.play(40, CRAMP, after("hold", "stop", wait=3.0))
    assert meant(evening.log) == ["leg_cramp", "stop"]
    ended = of(evening.log, "session", state="ended")[0]
    assert ended["t"] <= evening.clips[1].end + TO_FALL_SILENT_AT_LATEST
    assert of(evening.log, "release")[-1]["t"] == ended["t"]
    assert of(evening.log, "say")[-1]["t"] < evening.clips[1].start


def test_repeat_says_the_step_again(bedroom: Bedroom) -> None:
    evening = bedroom.play(20, CRAMP, after("said", "say that again", match="acute-calf-bed/1", wait=0.3))
    first, second = of(evening.log, "say")[:2]
    assert meant(evening.log) == ["leg_cramp", "repeat"]
    assert (first["text"], first["step"]) == (second["text"], second["step"])


def test_it_is_better_leads_to_the_recovery_and_its_questions_to_good_night(bedroom: Bedroom) -> None:
    evening = bedroom.play(
        160,
        CRAMP,
        after("hold", "it's better", wait=3.0),
        after("said", "no", match="recovery/2", wait=0.8),
        after("said", "no", match="recovery/2", wait=0.8),
        after("said", "no", match="recovery/recovery-end/6", wait=0.8),
    )
    assert meant(evening.log) == ["leg_cramp", "easing", "no", "no", "no"]
    assert of(evening.log, "alert") == []
    assert of(evening.log, "session")[-1] == {
        "t": evening.log[-1]["t"],
        "event": "session",
        "state": "ended",
        "routine": "recovery",
    }
    assert "massage" not in spoken(evening.log).lower()


def test_a_leg_question_answered_yes_is_an_alert(bedroom: Bedroom) -> None:
    evening = bedroom.play(
        60, CRAMP, after("hold", "it's better", wait=3.0), after("said", "yes", match="recovery/2", wait=0.8)
    )
    assert of(evening.log, "alert", tier="urgent", sign="one_leg_different")


def test_pause_and_resume(bedroom: Bedroom) -> None:
    evening = bedroom.play(
        60,
        CRAMP,
        after("hold", "wait a moment", wait=3.0),
        after("said", "continue", match="acute-calf-bed/3", wait=3.0),
    )
    states = [line["state"] for line in of(evening.log, "session")]
    assert states[:3] == ["started", "paused", "resumed"]
    paused, resumed = of(evening.log, "session")[1:3]
    assert [h for h in of(evening.log, "hold") if paused["t"] < h["t"] < resumed["t"]] == []
    assert [s for s in of(evening.log, "say", step="acute-calf-bed/3") if s["t"] > resumed["t"]]


def test_how_long_tells_what_is_left_of_the_hold(bedroom: Bedroom) -> None:
    evening = bedroom.play(45, CRAMP, after("hold", "how long", wait=4.0))
    asked = of(evening.log, "intent", intent="time_left")[0]
    hold = of(evening.log, "hold")[0]
    left = round(hold["t"] + hold["seconds"] - asked["t"])
    answer = next(say for say in of(evening.log, "say") if say["t"] > asked["t"])
    told = int(answer["text"].split()[0])
    assert told == pytest.approx(left, abs=1)
    assert of(evening.log, "release")[0]["t"] == pytest.approx(hold["t"] + hold["seconds"], abs=1e-3)


@pytest.mark.parametrize("moment", ["say", "hold"])
def test_a_danger_sign_interrupts_everything_and_gets_the_number(bedroom: Bedroom, moment: str) -> None:
    evening = bedroom.play(45, CRAMP, after(moment, "i can't breathe", wait=1.5))
    alert = of(evening.log, "alert")[0]
    assert (alert["tier"], alert["sign"]) == ("emergency", "breathing")
    assert alert["t"] <= evening.clips[1].end + TO_SPEAK_AT_LATEST
    later = [say["text"] for say in of(evening.log, "say") if say["t"] > alert["t"]]
    assert EMERGENCY in later[1]
    assert not any(hold["t"] > alert["t"] for hold in of(evening.log, "hold"))


def test_nobody_spoke_and_nothing_is_said(bedroom: Bedroom) -> None:
    assert bedroom.play(60).log == []


@pytest.mark.parametrize("voice", ["slt", "rms", "awb"])
def test_danger_told_right_after_stop_is_heard(bedroom: Bedroom, voice: str) -> None:
    evening = bedroom.play(20, CRAMP, after("say", f"stop i can't breathe/{voice}", match="Now bring", wait=0.8))
    assert [alert["tier"] for alert in of(evening.log, "alert")] == ["emergency"]


def test_leg_cramp_that_is_gone_is_taken_back(bedroom: Bedroom) -> None:
    evening = bedroom.play(20, at(1.0, "leg cramp"), at(2.0, "is gone"))
    assert meant(evening.log) == ["leg_cramp", "easing"]
