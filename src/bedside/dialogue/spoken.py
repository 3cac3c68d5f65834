"""The format of spoken.yaml: everything that is said outside the routines."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bedside.dialogue.routine_file import Text, Texts


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Legs(_Strict):
    none: Text
    left: Text
    right: Text
    both: Text


class Numbers(_Strict):
    """How a telephone number is spoken of while it is not configured."""

    emergency: Text
    maternity: Text
    urgent_line: Text
    crisis_line: Text


class HoldTexts(_Strict):
    half: Text
    last: list[Text] = Field(min_length=3, max_length=3)


class TimeLeft(_Strict):
    hold: Text
    seconds: Text
    minutes: Text


class Paused(_Strict):
    said: Text
    ask: Text
    end: Text


class LegQuestion(_Strict):
    """ask: the question, and a shorter one for asking again. sign, tier: the alert when the answer is yes.

    yes: intents that count as a yes to it.
    """

    sign: str
    tier: Literal["urgent", "emergency"]
    sources: list[str]
    yes: list[str] = Field(min_length=1)
    ask: Texts


class Sourced(_Strict):
    text: Text
    sources: list[str]


class Lines(_Strict):
    lines: list[Text]
    sources: list[str]


class Help(_Strict):
    ask: Text
    within: Text
    no: Text
    sources: list[str]


class AlertTexts(_Strict):
    sources: list[str]
    lines: list[Text]
    again: list[Text]
    calling: Text
    closed: Text


class FollowUp(_Strict):
    """A question after the number has been given; a clear no lowers the alert to `tier` and `sign`."""

    ask: Text
    tier: Literal["urgent"]
    sign: str


class Alert(_Strict):
    emergency: AlertTexts
    urgent: AlertTexts
    tell: dict[str, Text]
    position: dict[str, Text]
    crisis: list[Text]
    follow_up: dict[str, FollowUp]
    doubt: Text
    check: dict[str, Text]
    groups: dict[str, list[str]]


class Spoken(_Strict):
    """All of spoken.yaml."""

    legs: Legs
    numbers: Numbers
    gated: list[Text]
    plus: Text
    twice: Text
    hold: HoldTexts
    confirm: dict[str, Text]
    louder: Text
    quieter: Text
    slower: Text
    faster: Text
    hears_pain: Text
    is_it_easing: Text
    is_it_back: Text
    sit_down: Text
    time_left: TimeLeft
    paused: Paused
    leg_questions: list[LegQuestion] = Field(min_length=3, max_length=3)
    safety_net: Sourced
    swelling: Sourced
    help: Help
    mention_to_provider: Lines
    diary: Lines
    good_night: Lines
    alert: Alert
