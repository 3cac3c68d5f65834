"""What goes into the conversation and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bedside.nlu.match import Match


@dataclass(frozen=True)
class Heard:
    """Somebody said something, and it has been matched."""

    match: Match


@dataclass(frozen=True)
class Said:
    """An utterance is over. ident: of its `Say`. complete: False if it was cut off or could not be spoken."""

    ident: int
    complete: bool = True


@dataclass(frozen=True)
class Tick:
    """Time has reached `next_deadline()`."""


@dataclass(frozen=True)
class Speaking:
    """Somebody is speaking at this moment and has not been understood yet."""


@dataclass(frozen=True)
class SayingStop:
    """Somebody is saying "stop" at this moment. Whether that is all they say ("stop, it hurts") is not known yet."""


@dataclass(frozen=True)
class QuietHours:
    """The quiet hours of the household have begun, or are over."""

    quiet: bool


@dataclass(frozen=True)
class Announce:
    """Somebody at a keyboard wants a text spoken. It alters nothing that goes on, and nobody is asked for an answer."""

    text: str


@dataclass(frozen=True)
class Muted:
    """From now on nothing is heard, for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Unmuted:
    """What is said is heard again. aloud: somebody has asked for it; else it ends in silence, for who sleeps."""

    aloud: bool = False


Event: TypeAlias = Heard | Said | Speaking | SayingStop | Tick | QuietHours | Announce | Muted | Unmuted


@dataclass(frozen=True)
class Say:
    """Speak a text. Never given while another utterance is still being spoken.

    step: where it belongs, for the event log. sources: ids of guidance.md rows. raise_db: louder (in an
    emergency) or softer than usual, in dB. keep: its sound may be kept, as it will be spoken again.
    """

    ident: int
    text: str
    step: str
    sources: tuple[str, ...] = ()
    raise_db: float = 0.0
    keep: bool = True


@dataclass(frozen=True)
class Hush:
    """Cut off what is being spoken, at once. by: the intent that did it, or "alert"."""

    by: str


@dataclass(frozen=True)
class Adjust:
    """Speak differently from now on. pace: 1.0 is the configured rate, more is faster; gain_db: added to the gain."""

    pace: float
    gain_db: float


@dataclass(frozen=True)
class Report:
    """A line for the event log: hold, release, session or alert, with its fields."""

    event: str
    fields: Mapping[str, object]


Action: TypeAlias = Say | Hush | Adjust | Report
