"""The journal gets kinds of events, and no word of what was said or heard."""

from __future__ import annotations

import io

from bedside.service.journal import Journal


def test_a_session_and_an_alert_are_told_of_without_a_word() -> None:
    out = io.StringIO()
    journal = Journal(out)
    for event in (
        {"t": 1.0, "event": "heard", "text": "my calf"},
        {"t": 1.0, "event": "session", "state": "started", "routine": "calf-cramp"},
        {"t": 2.0, "event": "say", "text": "Pull your toes up."},
        {"t": 2.0, "event": "session", "state": "Pull your toes up", "routine": "calf-cramp"},
        {"t": 3.0, "event": "alert", "tier": "emergency", "sign": "chest-pain"},
        {"t": 4.0, "event": "session", "state": "ended", "routine": "calf-cramp"},
    ):
        journal.event(event)
    assert out.getvalue().splitlines() == [
        "<6>a session began",
        "<6>a session changed",
        "<5>an alert: emergency",
        "<6>a session ended",
    ]


def test_what_could_not_be_spoken_is_not_told() -> None:
    out = io.StringIO()
    journal = Journal(out)
    journal.unspoken("cannot speak 'Don't stop, it's fine': the speech engine did not answer.")
    journal.trouble("the microphone 'Jabra' is gone;\nlooking for it")
    assert out.getvalue() == (
        "<4>cannot speak a sentence: the speech engine did not answer.\n"
        "<4>the microphone 'Jabra' is gone; looking for it\n"
    )


def test_a_crash_tells_where_but_not_what() -> None:
    out = io.StringIO()
    try:
        {}["my calf is cramping"]
    except KeyError as error:
        Journal(out).crash(error)
    assert out.getvalue().startswith("<3>broke with KeyError at test_journal.py:")
    assert "calf" not in out.getvalue()
