"""What a partner at a keyboard, a button, a script gets: the real loop, conversation, voice and recogniser."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.log import check_shapes, meant, of, spoken
from tests.end_to_end.night import EMERGENCY, Bedroom, at
from tests.service.house import House, house

README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.fixture
def home(bedroom: Bedroom, place: Path) -> Iterator[House]:
    with house(bedroom, place) as home:
        yield home
        check_shapes(home.log)


def test_a_routine_is_started_paused_resumed_and_stopped(home: House) -> None:
    assert home.status().state == "idle"
    assert home.start("acute-calf-bed", "left").ok
    home.run(3.0)
    status = home.status()
    assert (status.state, status.routine, status.step) == ("guiding", "acute-calf-bed", "acute-calf-bed/1")
    assert "your left leg" in spoken(home.log)
    assert home.tell("pause").ok
    assert home.status().state == "paused"
    assert home.tell("resume").ok
    home.run_until(lambda: bool(of(home.log, "hold")))
    assert home.tell("stop").told == "Stopped."
    assert home.status().state == "idle"
    before = len(of(home.log, "say"))
    home.run(30.0)
    assert [line["state"] for line in of(home.log, "session")] == ["started", "paused", "resumed", "ended"]
    assert len(of(home.log, "say")) == before


def test_the_line_that_the_readme_shows_works(home: House) -> None:
    (line,) = re.findall(r"echo '(.*)' \|", README.read_text(encoding="utf-8"))

    def as_socat_does() -> bytes:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.connect(str(home.path))
            sock.sendall(line.encode() + b"\n")
            sock.shutdown(socket.SHUT_WR)
            return sock.makefile("rb").read()

    assert json.loads(home.wait_for(as_socat_does))["ok"] is True
    home.run(2.0)
    assert "your left leg" in spoken(home.log)


def test_an_unknown_routine_is_named_with_the_nearest(home: House) -> None:
    reply = home.start("wall-strech")
    assert (reply.ok, reply.reason) == (False, "unknown_routine")
    assert "'wall-stretch'" in (reply.error or "")
    by_itself = home.start("q-13")
    assert (by_itself.reason, "puts by itself" in (by_itself.error or "")) == ("unknown_routine", True)
    assert home.start("q-07").reason == "unknown_routine"
    assert home.log == []


def test_where_nothing_goes_on_there_is_nothing_to_pause(home: House) -> None:
    assert home.tell("pause").reason == "not_now"
    assert home.tell("resume").reason == "not_now"
    assert home.tell("stop").told == "Nothing was going on."


def test_an_answer_is_given_as_if_it_had_been_asked_for(home: House) -> None:
    assert home.start("magnesium").ok
    home.run(60.0)
    assert home.status().state == "idle"
    assert of(home.log, "say")[0]["step"].startswith("magnesium/")


def test_massage_is_behind_its_gate_for_a_keyboard_too(home: House) -> None:
    assert home.start("massage-calf").ok
    home.run_until(lambda: home.status().state == "asking")
    home.say("No. No. No. Yes.")
    home.run_until(lambda: home.status().state == "idle", within=300.0)
    assert {say["step"].split("/")[1] for say in of(home.log, "say") if say["step"].startswith("massage-calf/")} == {
        "gate"
    }
    assert of(home.log, "hold") == []
    assert of(home.log, "say", step="say")


def test_a_massage_that_is_only_put_off_was_not_started(home: House) -> None:
    assert home.start("acute-calf-bed").ok
    home.run(20.0)
    assert home.start("massage-calf").reason == "not_now"
    assert home.tell("stop").ok
    # The cramp was left; the massage's session opens, and all it says is that the stretch comes first.
    reply = home.start("massage-calf")
    assert (reply.ok, reply.reason) == (False, "not_now")
    home.run_until(lambda: home.status().state == "idle")
    assert "First the stretch." in of(home.log, "say")[-1]["text"]


def test_that_questions_come_first_is_told(bedroom: Bedroom, place: Path) -> None:
    with house(bedroom, place) as home:
        assert "both legs come first" in (home.start("massage-calf").told or "")
    with house(bedroom, place, at(1.0, "i can't breathe")) as home:
        home.run_until(lambda: bool(of(home.log, "alert")))
        assert home.tell("stop").ok
        home.run(5.0)
        assert "both legs come first" in (home.start("acute-calf-bed").told or "")
        # Asked for again while they are open it changes nothing, and a stretch out of bed is not for tonight.
        assert home.start("acute-calf-bed").reason == "not_now"
        assert home.start("wall-stretch").reason == "not_now"


def test_in_an_alert_only_stop_is_obeyed(bedroom: Bedroom, place: Path) -> None:
    with house(bedroom, place, at(1.0, "i can't breathe")) as home:
        home.run_until(lambda: bool(of(home.log, "alert")))
        assert home.status().state == "alert"
        for reply in (home.say("Hello."), home.start("wall-stretch"), home.tell("pause"), home.mute(3600)):
            assert reply.reason == "not_now"
        home.run_until(lambda: EMERGENCY in spoken(home.log))
        assert home.tell("stop").ok
        home.run(20.0)
        assert home.status().state == "idle"
        # Until the morning it is not as if nothing had been.
        assert home.start("wall-stretch").reason == "not_now"
        home.run(20.0)
        assert EMERGENCY in of(home.log, "say")[-1]["text"]
        assert "Hello." not in spoken(home.log)


def test_a_text_is_spoken_and_its_sound_is_not_kept(home: House, bedroom: Bedroom) -> None:
    cache = bedroom.folder / "voice-cache"
    before = set(cache.glob("*"))
    assert home.say("  Dinner\x1b[31m is\u202eready\n ").told == "Said."
    home.run(5.0)
    assert [say["text"] for say in of(home.log, "say")] == ["Dinner [31m is ready"]
    assert of(home.log, "said", complete=True)
    assert set(cache.glob("*")) == before


@pytest.mark.parametrize("text", ["\u4e16", "é" * 300, "ﷺ", "5" * 300, "{leg} {nothing} %s <b>", "A" * 300])
def test_whatever_is_typed_is_spoken_and_comes_to_an_end(home: House, text: str) -> None:
    assert home.say(text).ok
    home.run(1.0)
    home.run_until(lambda: home.assistant.conversation.silent)
    assert home.start("good-night").reason == "unknown_routine"
    assert home.start("drinking").ok


def test_no_more_than_a_few_texts_wait(home: House) -> None:
    replies = [home.say(f"Text number {number}. It is a long one, from the kitchen.") for number in range(8)]
    assert [reply.ok for reply in replies[:4]] == [True] * 4
    assert replies[-1].reason == "busy"


def test_bedside_does_not_listen_to_a_text_of_its_own(bedroom: Bedroom, place: Path) -> None:
    with house(bedroom, place, echo={"gain_db": -6.0, "delay_ms": 40.0, "rt60": 0.3}) as home:
        # The first sentence teaches it the echo.
        home.say("Good evening. This is only to hear how it sounds in here.")
        home.run(12.0)
        for text in ("My left leg is cramping.", "I can't breathe.", "Leg cramp.", "Help me."):
            home.say(text)
            home.run(8.0)
        assert meant(home.log) == []
        assert len(of(home.log, "said", complete=True)) == 5


def test_muted_it_hears_nothing_and_then_it_hears_again(bedroom: Bedroom, place: Path) -> None:
    cramps = [at(seconds, "leg cramp") for seconds in (30.0, 50.0, 90.0)]
    with house(bedroom, place, *cramps) as home:
        assert home.mute(60).ok
        assert home.status().muted_until is not None
        home.run(58.0)
        assert of(home.log, "heard") == []
        assert [line["state"] for line in of(home.log, "mute")] == ["on"]
        home.run(5.0)
        assert home.status().muted_until is None
        assert [line["state"] for line in of(home.log, "mute")] == ["on", "off"]
        assert "listening again" not in spoken(home.log)
        home.run_until(lambda: home.status().state == "guiding")
        assert meant(home.log) == ["leg_cramp"]
        check_shapes(home.log)


def test_a_session_is_never_deaf(bedroom: Bedroom, place: Path) -> None:
    with house(bedroom, place, at(20.0, "stop")) as home:
        assert home.mute(7200).ok
        home.run(5.0)
        assert home.start("acute-calf-bed").told == "Started acute-calf-bed. bedside listens again."
        assert home.status().muted_until is None
        assert home.mute(7200).reason == "not_now"
        home.run_until(lambda: home.status().state == "idle", within=30.0)
        assert meant(home.log) == ["stop"]
        assert home.mute(0).told == "bedside was listening already."


def test_mute_off(bedroom: Bedroom, place: Path) -> None:
    with house(bedroom, place, at(20.0, "leg cramp")) as home:
        assert home.mute(7200).ok
        home.run(5.0)
        assert home.mute(0).ok
        home.run(4.0)
        assert spoken(home.log).splitlines()[-1] == "I am listening again."
        home.run_until(lambda: home.status().state == "guiding", within=30.0)


def test_what_is_being_said_when_it_is_muted_still_counts(bedroom: Bedroom, place: Path) -> None:
    with house(bedroom, place, at(1.0, "i can't breathe")) as home:
        home.run_until(lambda: bool(home.room.spoken) and home.room.now >= home.room.spoken[0].end + 0.05)
        assert home.mute(7200).ok
        assert of(home.log, "heard") == []
        home.run_until(lambda: bool(of(home.log, "alert")), within=5.0)
        assert home.status().muted_until is None
