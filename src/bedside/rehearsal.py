"""Conversations in virtual time: a whole night in milliseconds, without sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from bedside.dialogue.actions import Action, Event, Heard, Hush, Report, Said, Say, SayingStop, Tick
from bedside.dialogue.conversation import Conversation
from bedside.dialogue.kept import Kept
from bedside.nlu.match import Decision, Match

END = 3600.0
"""Seconds after which a rehearsal ends in any case: an emergency repeats its number for ever."""

ANSWER_AFTER = 1.0
"""Seconds between the end of a question and its answer in a rehearsal."""


AT_ONCE = 1000
"""So many things do not happen one after the other in no time."""


class StandstillError(Exception):
    """A conversation in which time does not go on."""


class VirtualNight:
    """Runs a conversation by itself: utterances last as long as `speech_seconds` says, then time jumps on.

    log: the event log so far, in the shapes of the real one. now: seconds.
    """

    def __init__(self, conversation: Conversation, speech_seconds: Callable[[str], float]) -> None:
        self.conversation = conversation
        self.log: list[dict[str, object]] = []
        self.now = 0.0
        self._speech_seconds = speech_seconds
        self._speaking: tuple[Say, float] | None = None
        self._at_once = 0

    @property
    def speaking(self) -> Say | None:
        """What is being spoken at this moment."""
        return self._speaking[0] if self._speaking else None

    def start(self, routine: str, side: str | None = None) -> None:
        """Start a routine now."""
        self._do(self.conversation.start(routine, self.now, side))

    def take_up(self, kept: Kept, away: float | None) -> None:
        """Begin with what was kept, so many seconds after it was."""
        self._do(self.conversation.take_up(kept, away, self.now))

    def hear(self, intent: str, slots: Mapping[str, str] | None = None, decision: Decision = "act") -> None:
        """Somebody says something that means `intent`, now."""
        self.take(Match(intent, intent, slots or {}, 100.0, 100.0, intent, decision))

    def give(self, event: Event) -> None:
        """Something happens now that nobody said."""
        self._do(self.conversation.handle(event, self.now))

    def saying_stop(self) -> None:
        """Somebody is about to say "stop"."""
        self.give(SayingStop())

    def take(self, heard: Match) -> None:
        """Somebody says something that was understood as `heard`, now."""
        self._tell("intent", {"intent": heard.intent, "slots": dict(heard.slots), "decision": heard.decision})
        self._do(self.conversation.handle(Heard(heard), self.now))

    def next_time(self) -> float | None:
        """When something happens next; None if nothing will."""
        times = [self.conversation.next_deadline(), self._speaking[1] if self._speaking else None]
        return min((t for t in times if t is not None), default=None)

    def step(self) -> bool:
        """Go on to the next thing that happens by itself. False if nothing will."""
        time = self.next_time()
        if time is None:
            return False
        self._at_once = self._at_once + 1 if time <= self.now else 0
        if self._at_once > AT_ONCE:
            raise StandstillError(f"at {self.now:.1f} s the night goes round in circles")
        self.now = max(self.now, time)
        event: Event = Tick()
        if self._speaking is not None and self._speaking[1] <= self.now:
            say, self._speaking = self._speaking[0], None
            self._tell("said", {"step": say.step, "complete": True})
            event = Said(say.ident)
        self._do(self.conversation.handle(event, self.now))
        return True

    def run(self, until: float) -> None:
        """Go on to the time `until` (seconds)."""
        while (time := self.next_time()) is not None and time <= until:
            self.step()
        self.now = max(self.now, until)

    def _do(self, actions: Sequence[Action]) -> None:
        for action in actions:
            if isinstance(action, Say):
                self._speaking = (action, self.now + self._speech_seconds(action.text))
                self._tell("say", {"text": action.text, "step": action.step, "sources": list(action.sources)})
            elif isinstance(action, Hush) and self._speaking is not None:
                say, self._speaking = self._speaking[0], None
                self._tell("silenced", {"by": action.by})
                self._tell("said", {"step": say.step, "complete": False})
            elif isinstance(action, Report):
                self._tell(action.event, action.fields)

    def _tell(self, event: str, fields: Mapping[str, object]) -> None:
        self.log.append({"t": round(self.now, 4), "event": event, **fields})


def rehearse(
    night: VirtualNight, routine: str, side: str | None = None, answers: Sequence[str] = (), through: bool = False
) -> Iterator[dict[str, object]]:
    """The event log of `routine` from its start to its end; what follows it is another rehearsal.

    answers: intents, given to the questions one after another. When they are used up there is silence, or, if
    `through`, the answers that lead through most of the routine.
    """
    left, told = list(answers), 0
    night.start(routine, side)
    while True:
        for event in night.log[told:]:
            yield event
            if event["event"] == "session" and (event["state"], event["routine"]) == ("ended", routine):
                return
        told = len(night.log)
        waiting = night.conversation.state == "asking" and night.speaking is None
        answer = left.pop(0) if waiting and left else night.conversation.leads_on if waiting and through else ""
        if answer:
            night.now += ANSWER_AFTER
            night.hear(answer)
        elif night.now > END or not night.step():
            return
