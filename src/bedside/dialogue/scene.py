"""What a script knows: the time, the session, the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bedside.dialogue.library import Library
from bedside.dialogue.routine import Routine, Step
from bedside.dialogue.script import Line
from bedside.dialogue.spoken import Wordings
from bedside.dialogue.wording import Wording


@dataclass(frozen=True)
class Settings:
    """Times of the conversation in seconds. Sources: guidance.md (PD marks a product default there).

    gap: between sentences. answer: how long an answer is waited for (E3). confirm: after "Leg cramp?".
    legs_due, too_long: the escalation clock (D0, E4). repeats: of the urgent number (E5).
    emergency_repeat: of the emergency number (E5). attend: how long an answered alert stays open.
    pause: before asking to go on. comes_back: a cramp that is back so soon is the same one.
    left_off: so soon after a session that ended without easing, a cramp is still the same one (E4).
    call_watch: a second half-heard call for help within this time is one (Q-16).
    new_night: after so long without a word, pace and volume are as at the start, and what was shut is not.
    insist: between two times of a question that insists on its answer. gate: how long the three clear answers
    last (E2). laid_on: how long anything may lie on the leg, whatever comes in between (D7). risks: the risk
    flags that are set (C0), by the names of the settings; quiet_db: gain in the quiet hours. hands: somebody sleeps
    near her who can lend them.
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
    left_off: float = 900.0
    call_watch: float = 60.0
    new_night: float = 6 * 3600.0
    insist: float = 20.0
    gate: float = 3600.0
    laid_on: float = 900.0
    risks: frozenset[str] = frozenset()
    quiet_db: float = 0.0
    hands: bool = True


@dataclass(frozen=True)
class Bookmark:
    """Where a routine was left for a question in between. symptom: what was told is news of how she is."""

    name: str
    routine: Routine
    index: int
    symptom: bool = False


@dataclass(frozen=True)
class LeftCramp:
    """The escalation clock of a session that ended without easing. since: its start; left: when the session ended;
    legs_asked: the leg questions had been put."""

    since: float
    left: float
    legs_asked: bool


@dataclass
class Night:
    """What is remembered until the morning. asked: steps that are asked once a night. alarmed: there was an alert
    (guidance.md E10); shut: an answer shut the gate; failed: no stretch eased a cramp (E4, C07).

    warnings: the danger signs that were told and not taken back, each with its tier. told: what is no sign by itself
    but may be one with another (C6). partner_heard: the partner has spoken. left: a cramp that may still be on.
    risks: risk flags that were told, by the names of the settings; they stay for as long as bedside runs, as a clot or
    a blood thinner does not end with the night (C0).
    """

    asked: set[str] = field(default_factory=set)
    alarmed: bool = False
    shut: bool = False
    failed: bool = False
    warnings: dict[str, str] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    partner_heard: bool = False
    left: LeftCramp | None = None
    risks: frozenset[str] = frozenset()

    def next(self) -> Night:
        """The night after it."""
        return Night(risks=self.risks)


@dataclass
class Session:
    """One session: from a request to its end.

    cramp_since: start of the escalation clock, None before; eased_at: when the cramp let go, and the clock rests.
    legs: answers to the leg questions by sign ("yes", "no", "unsure"); legs_asked: they were put once;
    legs_open: one stayed without an answer. thighs_felt: not only the calves were. up: she is out of bed.
    partner: it is the partner who talks.
    gate_opened: when the gate was opened, absolute seconds; gate_told: it was said that it stays shut.
    timer: the timer that was begun last, its step and when; way_out: the routine that ends what it set going;
    laid_on: what to say before anything else, as something lies on the leg. Both are cleared only by the way out, by
    the end of the steps that they belong to, or by being said. bookmark: what goes on after the answer to a question.
    own: the routine that the cramp was first given. waiting: a cramp's routine that waits for the answer to a question
    of guidance.md C5. holds: so many holds were begun.
    in_question: the question of guidance.md C5 that is open, and the danger sign it asks about.
    cleared: after tonight's warning all leg questions were answered no (E10).
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
    thighs_felt: bool = False
    net_said: bool = False
    partner: bool = False
    gate_opened: float | None = None
    gate_told: bool = False
    timer: tuple[str, float] = ("", 0.0)
    way_out: str | None = None
    laid_on: str | None = None
    bookmark: Bookmark | None = None
    own: str | None = None
    waiting: str | None = None
    holds: int = 0
    in_question: tuple[str, str] | None = None
    cleared: bool = False

    @property
    def step(self) -> Step | None:
        """The present step of the routine; None without one, and at its end."""
        routine = self.routine
        return routine.steps[self.index] if routine is not None and self.index < len(routine.steps) else None

    def forget_answers(self) -> None:
        """A new symptom: what was answered before does not count any more (guidance.md E2)."""
        self.legs.clear()
        self.gate_opened = None

    def nothing_on(self) -> None:
        """Whatever a timer set going has come to its end."""
        self.way_out = self.laid_on = None


@dataclass
class Scene:
    """The stage of the running script; `now` is set before each event is handled."""

    library: Library
    wording: Wording
    settings: Settings
    session: Session = field(default_factory=Session)
    night: Night = field(default_factory=Night)
    now: float = 0.0
    pace: float = 1.0

    def new_session(self) -> None:
        """A new session. The clock of a cramp that was not told to have eased is kept for the night."""
        session = self.session
        if session.cramp_since is not None:
            on = session.eased_at is None
            self.night.left = LeftCramp(session.cramp_since, self.now, session.legs_asked) if on else None
        self.session = Session()

    @property
    def left_cramp(self) -> LeftCramp | None:
        """The cramp of an earlier session that must be taken to be on still."""
        left = self.night.left
        return left if left is not None and self.now - left.left <= self.settings.left_off else None

    @property
    def risks(self) -> frozenset[str]:
        """The risk flags: as set, and as told (guidance.md C0)."""
        return self.settings.risks | self.night.risks

    @property
    def hands(self) -> bool:
        """Whether anybody can be there to lend a hand; whoever has spoken tonight is."""
        return self.settings.hands or self.session.partner or self.night.partner_heard

    @property
    def bed_rest(self) -> bool:
        return "bed_rest" in self.risks

    @property
    def gap(self) -> float:
        """Seconds between sentences at the present pace."""
        return self.settings.gap / self.pace

    def line(self, text: str | Wordings, step: str, sources: Sequence[str] = ()) -> Line:
        """A line outside a routine step, to whoever talks to bedside."""
        partner = self.session.partner
        words = text if isinstance(text, str) else text.text(partner)
        return Line(self.wording.fill(words, self.session.side, partner=partner), step, tuple(sources))

    def step_line(self, step: Step, text: str | None = None, raise_db: float = 0.0) -> Line:
        """What a step says: `text`, or the text of its round."""
        partner = self.session.partner
        words = step.text(partner, self.session.side == "both") if text is None else text
        filled = self.wording.fill(words, self.session.side, step.seconds, partner=step.speaks_of_her(partner))
        return Line(filled, step.id, step.sources, raise_db)
