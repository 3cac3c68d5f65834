"""The format of spoken.yaml: everything that is said outside the routines."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bedside.dialogue.routine_file import Text, Texts

ANKLES, WORSE = "both_ankles", "worse"
"""Both ankles swollen, and "it's getting worse" (guidance.md C2 notes): no danger signs by themselves, but with one."""

FIRST_WITH_NUMBER, LINES_WITH_NUMBER = 2, 3
"""After so many sentences of an alert the number was said once; after so many it is known what to do with it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Wordings(_Strict):
    """One thing to say. say: to her; partner: to the partner, where that is different (guidance.md E11)."""

    say: Text
    partner: Text | None = None

    def text(self, partner: bool) -> str:
        """The wording for whoever talks to bedside."""
        return self.partner if partner and self.partner else self.say


def _as_wordings(value: Any) -> Any:
    return {"say": value} if isinstance(value, str) else value


Voiced = Annotated[Wordings, BeforeValidator(_as_wordings)]
"""A text, or one for her (`say`) and one for the partner."""


class Legs(_Strict):
    none: Text
    left: Text
    right: Text
    both: Text


class Numbers(_Strict):
    """How a telephone number is spoken of while it is not configured."""

    emergency: Text
    maternity: Text
    provider: Text
    urgent_line: Text
    crisis_line: Text


class HoldTexts(_Strict):
    """half: breathing cues for the middle of a hold, in turn. last: the count of the last three seconds."""

    half: Texts
    last: list[Text] = Field(min_length=3, max_length=3)


class TimeLeft(_Strict):
    hold: Text
    timer: Text
    seconds: Text
    minutes: Text


class Mute(_Strict):
    """That nothing is heard, for a minute, for {minutes} or for {hours}; and that it is over."""

    minute: Text
    minutes: Text
    hours: Text
    over: Text


class Paused(_Strict):
    said: Text
    ask: Text
    end: Text


class TakenUp(_Strict):
    """After an interruption. ask: with {routine}, as the routine's file calls it; ask_plainly: where it does not."""

    ask: Text
    ask_plainly: Text
    sources: list[str]


class ThighTexts(_Strict):
    ask: Texts
    partner: Texts


class LegQuestion(_Strict):
    """ask: the question, and a shorter one for asking again. sign, tier: the alert when the answer is yes.

    yes: intents that count as a yes to it. thigh: the same after a cramp in the thigh, where other places are felt.
    """

    sign: str
    tier: Literal["urgent", "emergency"]
    sources: list[str]
    yes: list[str] = Field(min_length=1)
    ask: Texts
    partner: Texts
    thigh: ThighTexts | None = None

    def asks(self, partner: bool, thigh: bool = False) -> list[str]:
        texts = self.thigh if thigh and self.thigh else self
        return texts.partner if partner else texts.ask

    def wordings(self) -> list[str]:
        """Every way in which it is asked."""
        return [text for partner in (False, True) for thigh in (False, True) for text in self.asks(partner, thigh)]


class Sourced(_Strict):
    text: Voiced
    sources: list[str]


class Gate(_Strict):
    """Massage, heat and cold (guidance.md E3). confirm: the three answers read back. shut: a no to that, for the night.
    unclear: something was not answered. risk: a risk flag is set. alarmed: there was an alert tonight. told: a risk was
    told. failed: no stretch helped (C07). later: while the cramp is on."""

    confirm: Voiced
    shut: Voiced
    unclear: Voiced
    risk: Voiced
    alarmed: Voiced
    told: Voiced
    failed: Voiced
    later: Voiced
    sources: list[str]


class Frequency(_Strict):
    """What guidance.md E6 wants mentioned to the midwife, by its reason. noted: the cramp is in the diary (D7)."""

    three_nights: Text
    two_in_a_night: Text
    more_each_week: Text
    stretching_in_vain: Text
    first_use: Text
    noted: Text
    sources: list[str]


class Lines(_Strict):
    lines: list[Text]
    sources: list[str]


class Help(_Strict):
    ask: Voiced
    within: Voiced
    no: Text
    sources: list[str]


class AlertTexts(_Strict):
    """lines: what must be said, in this order; partner: the same when the partner talks to bedside. on_phone: asked
    when a yes may mean anything."""

    sources: list[str]
    lines: list[Text]
    partner: list[Text]
    again: list[Text]
    on_phone: Voiced
    calling: Voiced
    closed: Text


class FollowUp(_Strict):
    """A question after the number has been given; a clear no lowers the alert to `tier` and `sign`."""

    ask: Voiced
    tier: Literal["urgent"]
    sign: str


class Together(_Strict):
    """Signs or groups of signs: one of these with one of those is the alert `tier` and `sign` (guidance.md C6)."""

    one: list[str] = Field(min_length=1)
    other: list[str] = Field(min_length=1)
    tier: Literal["urgent", "emergency"]
    sign: str


class Warned(_Strict):
    number: Text
    refuse: Text


class Aftermath(_Strict):
    """In a night with an alert (guidance.md E10). number: before the leg questions; refuse: no exercises."""

    urgent: Warned
    emergency: Warned
    sources: list[str]


class Alert(_Strict):
    """tell, position, check: by group of signs, and `other`. signs: known without words of danger.yaml for them."""

    emergency: AlertTexts
    urgent: AlertTexts
    tell: dict[str, Voiced]
    position: dict[str, Voiced]
    crisis: list[Text]
    follow_up: dict[str, FollowUp]
    doubt: Text
    worse: Text
    check: dict[str, Voiced]
    check_hers: Text
    together: list[Together]
    signs: list[str]
    groups: dict[str, list[str]]


class Spoken(_Strict):
    """All of spoken.yaml."""

    legs: Legs
    her_legs: Legs
    numbers: Numbers
    gated: list[Text]
    out_of_bed: list[Text]
    plus: Text
    twice: Text
    hold: HoldTexts
    confirm: dict[str, Text]
    louder: Text
    quieter: Text
    slower: Text
    faster: Text
    hears_pain: Voiced
    not_now: Voiced
    take_off: Voiced
    is_it_easing: Voiced
    is_it_back: Voiced
    sit_down: Voiced
    stay_in_bed: Voiced
    time_left: TimeLeft
    paused: Paused
    taken_up: TakenUp
    mute: Mute
    leg_questions: list[LegQuestion] = Field(min_length=3, max_length=3)
    safety_net: Sourced
    gate: Gate
    frequency: Frequency
    help: Help
    diary: Lines
    good_night: Lines
    alert: Alert
    aftermath: Aftermath
