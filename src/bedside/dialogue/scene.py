"""What a script knows: the time, the session, the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bedside.dialogue.library import Library
from bedside.dialogue.routine import Routine, Step
from bedside.dialogue.script import Line
from bedside.dialogue.wording import Wording


@dataclass(frozen=True)
class Settings:
    """Times of the conversation in seconds. Sources: guidance.md (PD marks a product default there).

    gap: between sentences. answer: how long an answer is waited for (E3). confirm: after "Leg cramp?".
    legs_due, too_long: the escalation clock (D0, E4). repeats: of the urgent number (E5).
    emergency_repeat: of the emergency number (E5). attend: how long an answered alert stays open.
    pause: before asking to go on. comes_back: a cramp that is back so soon is the same one.
    new_night: after so long without a word, pace and volume are as at the start.
    """

    gap: float = 0.6
    answer: float = 6.0
    confirm: float = 6.0
    legs_due: float = 300.0
    too_long: float = 600.0
    emergency_repeat: float = 15.0
    repeats: tuple[float, ...] = (30.0, 120.0)
    attend: float = 600.0
    pause: float = 120.0
    comes_back: float = 120.0
    new_night: float = 6 * 3600.0


@dataclass
class Session:
    """One session: from a request to its end.

    cramp_since: start of the escalation clock, None before; eased_at: when the cramp let go, and the clock rests.
    legs: answers to the leg questions by sign ("yes", "no", "unsure"); legs_asked: they were put once;
    legs_open: one stayed without an answer. up: she is out of bed.
    """

    side: str | None = None
    part: str | None = None
    routine: Routine | None = None
    index: int = 0
    history: list[int] = field(default_factory=list)
    cramp_since: float | None = None
    eased_at: float | None = None
    up: bool = False
    legs: dict[str, str] = field(default_factory=dict)
    legs_asked: bool = False
    legs_open: bool = False
    net_said: bool = False


@dataclass
class Scene:
    """The stage of the running script; `now` is set before each event is handled."""

    library: Library
    wording: Wording
    settings: Settings
    session: Session = field(default_factory=Session)
    now: float = 0.0
    pace: float = 1.0

    @property
    def gap(self) -> float:
        """Seconds between sentences at the present pace."""
        return self.settings.gap / self.pace

    def line(self, text: str, step: str, sources: Sequence[str] = ()) -> Line:
        """A line outside a routine step."""
        return Line(self.wording.fill(text, self.session.side), step, tuple(sources))

    def step_line(self, step: Step) -> Line:
        return Line(self.wording.fill(step.text, self.session.side, step.seconds), step.id, step.sources)
