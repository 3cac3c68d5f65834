"""What keeps an alert open and what ends it: the phone, a second sign, the partner (guidance.md C6, E5, E11)."""

from __future__ import annotations

from itertools import chain

import pytest

from bedside.dialogue.library import Library
from bedside.dialogue.spoken import ANKLES, WORSE
from bedside.nlu.intents import load_intents
from bedside.nlu.matcher import match
from bedside.nlu.meaning import danger_signs
from bedside.rehearsal import VirtualNight

from .reading import events, said

ANYONE = "Anyone in the room: call 1 1 2."


def emergency(night: VirtualNight, sign: str = "breathing", **slots: str) -> None:
    night.hear("danger_sign", {"tier": "emergency", "sign": sign, **slots})
    night.run(night.now + 90)


def urgent(night: VirtualNight, sign: str, seconds: float = 30.0, **slots: str) -> None:
    night.hear("danger_sign", {"tier": "urgent", "sign": sign, **slots})
    night.run(night.now + seconds)


def asked(night: VirtualNight) -> str:
    """Go on to the end of the next question of the alert; gives its text."""
    while not night.conversation.leads_on or night.speaking is not None:
        assert night.step(), "no question comes"
    return said(night.log)[-1]


def reply_next(night: VirtualNight, intent: str) -> None:
    asked(night)
    night.run(night.now + 0.5)
    night.hear(intent)


def since(night: VirtualNight, told: int) -> list[str]:
    return said(night.log)[told:]


def tiers(night: VirtualNight) -> list[tuple[str, str]]:
    return [(str(alert["tier"]), str(alert["sign"])) for alert in events(night.log, "alert")]


@pytest.mark.parametrize("reply", ["", "no", "unsure"])
def test_a_bare_yes_is_asked_about_and_does_not_end_the_repeats(night: VirtualNight, reply: str) -> None:
    emergency(night)
    night.hear("yes")
    assert "on the phone to 1 1 2" in said(night.log)[-1]
    asked(night)
    told = len(said(night.log))
    if reply:
        night.hear(reply)
    night.run(night.now + 120)
    assert since(night, told).count(ANYONE) > 5


def test_a_yes_to_being_on_the_phone_ends_them(night: VirtualNight) -> None:
    emergency(night)
    night.hear("yes")
    reply_next(night, "yes")
    night.run(night.now + 10)
    told = len(said(night.log))
    night.run(night.now + 300)
    assert not since(night, told)
    assert night.conversation.state == "alert"


@pytest.mark.parametrize("early", [1.0, 90.0])
def test_i_am_calling_ends_them_and_still_gives_the_number(night: VirtualNight, early: float) -> None:
    night.hear("danger_sign", {"tier": "emergency", "sign": "breathing"})
    night.run(early)
    night.hear("yes", {"calling": "yes"})
    night.run(night.now + 10)
    told = len(said(night.log))
    assert "1 1 2" in said(night.log)[-1]
    night.run(night.now + 300)
    assert not since(night, told)


@pytest.mark.parametrize("reply", ["", "yes"])
def test_a_new_sign_on_the_phone_gives_the_number_and_resumes_unless_they_still_are(
    night: VirtualNight, reply: str
) -> None:
    emergency(night)
    night.hear("yes", {"calling": "yes"})
    night.run(night.now + 30)
    told = len(said(night.log))
    night.hear("danger_sign", {"tier": "emergency", "sign": "unresponsive", "who": "her"})
    assert since(night, told) == ["Call 1 1 2. Again: 1 1 2."]
    assert "on the phone" in asked(night)
    night.hear(reply or "unsure")
    night.run(night.now + 120)
    assert (since(night, told).count(ANYONE) > 4) == (not reply)
    assert any("not breathing normally?" in text for text in since(night, told))


@pytest.mark.parametrize("sign", ["headache", "fever"])
def test_the_same_or_another_urgent_sign_is_answered_with_the_number(night: VirtualNight, sign: str) -> None:
    urgent(night, "fever", 300)
    told = len(said(night.log))
    night.hear("danger_sign", {"tier": "urgent", "sign": sign})
    assert since(night, told) == ["Please call now: 0 1 2 3 4, 5 6 7. Again: 0 1 2 3 4, 5 6 7."]


def test_an_urgent_bare_yes_is_asked_about_and_the_number_comes_once_more(night: VirtualNight) -> None:
    urgent(night, "fever", 300)
    night.hear("yes")
    asked(night)
    told = len(said(night.log))
    night.run(night.now + 900)
    assert since(night, told) == ["Please call now: 0 1 2 3 4, 5 6 7. Again: 0 1 2 3 4, 5 6 7."]


def test_the_urgent_number_comes_half_a_minute_and_two_minutes_after_it_was_first_said(night: VirtualNight) -> None:
    urgent(night, "leg_heat", 400)
    first = next(e["t"] for e in events(night.log, "say") if "0 1 2 3 4" in e["text"])
    again = [e["t"] - first for e in events(night.log, "say") if e["text"].startswith("Please call now")]
    assert again == [pytest.approx(30, abs=9), pytest.approx(120, abs=9)]


@pytest.mark.parametrize(
    ("first", "second", "sign"),
    [
        ("leg_heat", "dizzy", "clot_spread"),
        ("dizzy", "leg_heat", "clot_spread"),
        ("leg_swelling_one_side", "heart_racing", "clot_spread"),
        ("leg_numb", "cold_foot", "cold_white_leg"),
        ("bleeding", "dizzy", "heavy_bleeding"),
        ("heart_racing", "dizzy", "heart_and_faint"),
        ("feeling_wrong", "dizzy", "heart_and_faint"),
    ],
)
@pytest.mark.parametrize("between", [5.0, 3600.0])
def test_two_signs_of_one_night_are_an_emergency(
    night: VirtualNight, first: str, second: str, sign: str, between: float
) -> None:
    urgent(night, first, 5)
    if between > 60:
        night.hear("stop")
    night.run(night.now + between)
    night.hear("danger_sign", {"tier": "urgent", "sign": second, "ask": "Q-07"})
    assert tiers(night) == [("urgent", first), ("emergency", sign)]


def test_a_sign_that_is_being_asked_about_counts_with_the_next(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "urgent", "sign": "leg_numb", "ask": "Q-09"})
    night.run(3)
    assert not tiers(night)
    night.hear("danger_sign", {"tier": "urgent", "sign": "cold_foot", "ask": "Q-14"})
    assert tiers(night) == [("emergency", "cold_white_leg")]


def test_a_sign_that_was_taken_back_does_not_count(night: VirtualNight) -> None:
    urgent(night, "leg_heat")
    night.hear("no")
    reply_next(night, "no")
    night.run(night.now + 60)
    urgent(night, "dizzy", 5)
    assert tiers(night)[-1] == ("urgent", "dizzy")


def test_bleeding_that_gets_worse_is_an_emergency(night: VirtualNight) -> None:
    urgent(night, "bleeding", 20)
    night.hear("still_hurts", {"worse": "yes"})
    assert tiers(night)[-1] == ("emergency", "heavy_bleeding")


def test_anything_urgent_that_gets_worse_gets_the_emergency_number(night: VirtualNight) -> None:
    urgent(night, "fever", 300)
    night.hear("still_hurts", {"worse": "yes"})
    assert said(night.log)[-1] == "Worse? Then call 1 1 2 now."


def test_both_ankles_after_a_headache_are_urgent_at_once(night: VirtualNight) -> None:
    urgent(night, "headache", 5)
    night.hear("stop")
    night.hear("leg_swelling", {"side": "both"})
    assert tiers(night)[-1] == ("urgent", "leg_swelling_with_signs")


def test_the_table_names_signs_that_exist(library: Library) -> None:
    alert = library.spoken.alert
    known = {*danger_signs(), *alert.groups, *chain(*alert.groups.values()), ANKLES, WORSE}
    for pair in alert.together:
        assert {*pair.one, *pair.other, pair.sign} <= known


def test_once_she_told_of_it_herself_the_partner_cannot_take_it_back(night: VirtualNight) -> None:
    urgent(night, "leg_heat", 5, who="her")
    urgent(night, "leg_redness", 25)
    for denial in ({"who": "her"}, {}):
        night.hear("no", denial)
        night.run(night.now + 8)
        assert not any("still swollen" in text for text in said(night.log))
    night.hear("no", {"who": "me"})
    assert said(night.log)[-1].endswith("only she can say so: I am fine.")
    reply_next(night, "no")
    assert night.conversation.state == "alert"
    night.run(night.now + 60)
    night.hear("easing", {"who": "me"})
    asked(night)
    night.hear("no", {"who": "me"})
    night.run(night.now + 20)
    assert night.conversation.state == "idle"


def test_a_partner_may_take_back_what_only_the_partner_told(night: VirtualNight) -> None:
    urgent(night, "leg_heat", who="her")
    night.hear("no", {"who": "her"})
    asked(night)
    night.hear("no", {"who": "her"})
    night.run(night.now + 20)
    assert night.conversation.state == "idle"


def test_what_lies_on_the_leg_comes_off_right_after_the_number(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.conversation._scene.session.laid_on = "Take it off."
    night.hear("danger_sign", {"tier": "urgent", "sign": "leg_heat"})
    night.run(night.now + 30)
    assert said(night.log).index("Take it off.") == 4
    night.hear("stop")
    night.run(night.now + 30)
    assert said(night.log).count("Take it off.") == 1


def test_stopped_before_that_it_is_still_said(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.conversation._scene.session.laid_on = "Take it off."
    night.hear("danger_sign", {"tier": "urgent", "sign": "leg_heat"})
    night.run(night.now + 3)
    night.hear("stop")
    assert said(night.log)[-1] == "Take it off."
    night.run(night.now + 30)
    assert night.conversation.state == "idle"


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("i'm calling nine one one", {"calling": "yes"}),
        ("the ambulance is coming", {"calling": "yes"}),
        ("they're on the phone", {"calling": "yes"}),
        ("okay", {}),
        ("please", {}),
        ("fine", {}),
        ("i'm fine", {"who": "me"}),
        ("no i'm okay", {"who": "me"}),
        ("i feel better", {"who": "me"}),
        ("no", {}),
    ],
)
def test_who_says_it_and_whether_somebody_calls(text: str, slots: dict[str, str]) -> None:
    assert match(text, load_intents(), "session").slots == slots


def test_how_to_sit_with_another_sign_comes_before_the_next_louder_repeat(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "emergency", "sign": "other_person"})
    while not said(night.log)[-1].startswith("I am listening") or night.speaking is not None:
        assert night.step()
    # The repeat is due while the number that answers the new sign is being spoken.
    night.run(night.now + 4.0)
    told = len(said(night.log))
    night.hear("danger_sign", {"tier": "emergency", "sign": "breathing"})
    night.run(night.now + 12)
    assert said(night.log)[told:][:2] == ["Call 1 1 2. Again: 1 1 2.", "Sit up, well propped with pillows."]


def test_stop_that_is_still_being_said_does_not_end_an_alert(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "emergency", "sign": "chest_pain"})
    night.run(night.now + 0.5)
    night.saying_stop()
    night.run(night.now + 5.0)
    assert night.conversation.state == "alert"
    assert len(said(night.log)) > 1
