"""How to lie or sit in an emergency goes by the sign that was told (guidance.md C1)."""

from __future__ import annotations

import pytest

from bedside.rehearsal import VirtualNight

from .reading import said

WAKING = "Not waking, or not breathing normally? Do what the call handler says."
FIT = "Until it is over, keep hard things away from her. Then onto her left side."


def emergency(night: VirtualNight, *signs: str, seconds: float = 120, **slots: str) -> list[str]:
    """The texts of an emergency in which these signs were told, the later ones after its first sentences."""
    for sign in signs:
        night.hear("danger_sign", {"tier": "emergency", "sign": sign, **slots})
        night.run(night.now + seconds)
    return said(night.log)


@pytest.mark.parametrize("sign", ["not_breathing", "unresponsive"])
@pytest.mark.parametrize("who", [{"who": "her"}, {}])
def test_who_does_not_wake_or_breathe_is_left_to_the_call_handler(
    night: VirtualNight, sign: str, who: dict[str, str]
) -> None:
    texts = emergency(night, sign, seconds=60, **who)
    assert texts.count(WAKING) == 1
    assert not any("Sit up" in text or "sit up" in text or "left side" in text for text in texts)
    assert "1 1 2" in texts[1]


def test_in_a_fit_hard_things_are_kept_away_and_the_side_comes_afterwards(night: VirtualNight) -> None:
    texts = emergency(night, "seizure", who="her")
    assert FIT in texts
    assert WAKING in texts


def test_breathless_she_sits_up(night: VirtualNight) -> None:
    assert "Help her sit up, well propped with pillows." in emergency(night, "breathing", who="her")


def test_breathless_and_then_no_breath_is_the_call_handlers(night: VirtualNight) -> None:
    texts = emergency(night, "breathing", "not_breathing", seconds=60)
    assert WAKING in texts


@pytest.mark.parametrize("first", ["not_breathing", "unresponsive", "seizure"])
@pytest.mark.parametrize("then", ["breathing", "fainted"])
def test_nobody_is_sat_up_or_turned_by_a_later_sign(night: VirtualNight, first: str, then: str) -> None:
    texts = emergency(night, first, then, who="her")
    assert not any("sit up" in text or "never on her back" in text for text in texts)


def test_a_faint_after_a_leg_sign_is_no_reason_to_sit_up(night: VirtualNight) -> None:
    """Together they are a graver sign, of which one usually sits up."""
    night.hear("danger_sign", {"tier": "urgent", "sign": "leg_heat"})
    night.run(10)
    texts = emergency(night, "fainted", who="her")
    assert "Let her lie on her left side, never on her back." in texts
    assert not any("sit up" in text for text in texts)


def test_the_first_words_of_an_alarm_tell_to_leave_everything(night: VirtualNight) -> None:
    assert emergency(night, "chest_pain")[:2] == ["Put everything else aside.", "Call now: 1 1 2. Again: 1 1 2."]


def test_what_to_tell_of_a_leg_comes_in_two_short_utterances(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "urgent", "sign": "leg_heat"})
    night.run(60)
    texts = said(night.log)
    at = texts.index("Say that you are pregnant, and the week, or that you just gave birth.")
    assert texts[at + 1].startswith("Say which leg, since when, and any past clot.")
    for text in texts[at : at + 2]:
        assert all(len(sentence.split()) <= 14 for sentence in text.split("."))


@pytest.mark.parametrize("before", [1.0, 2.0, 4.0])
def test_a_cramp_told_just_before_a_repeat_does_not_double_the_number(night: VirtualNight, before: float) -> None:
    night.hear("danger_sign", {"tier": "emergency", "sign": "chest_pain"})
    night.run(100)
    told = len(said(night.log))
    while len(said(night.log)) < told + 2 or night.speaking is not None:
        assert night.step()
    due = night.next_time()
    assert due is not None
    night.run(due - before)
    told = len(said(night.log))
    night.hear("leg_cramp")
    night.run(night.now + 6)
    assert said(night.log)[told:] == ["Call 1 1 2. Again: 1 1 2."]
    night.run(night.now + 10)
    assert "Anyone in the room: call 1 1 2." in said(night.log)[told:]
