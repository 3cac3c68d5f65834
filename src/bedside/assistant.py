"""The shell around the conversation: one block-synchronous loop that turns sound into events and actions into sound."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bedside.audio.block import AudioEnd, Block, silence
from bedside.dialogue.actions import (
    Action,
    Adjust,
    Event,
    Heard,
    Hush,
    QuietHours,
    Report,
    Said,
    Say,
    SayingStop,
    Speaking,
    Tick,
)
from bedside.dialogue.conversation import Conversation
from bedside.dialogue.kept import Kept
from bedside.ears import Ears, Understood
from bedside.mouth import Begun, Ended, Mouth
from bedside.own_voice import OwnWords

LogEvent = Mapping[str, object]
"""One line of the event log: t (seconds on the sound clock), event, and its fields."""

TIME_DIGITS = 4
"""Times in the event log are exact to a sample."""

EPSILON = 1e-6
"""Deadlines lie on the grid of blocks; this takes up the rounding of their sums."""


HOURS_EVERY = 30.0
"""Seconds between two looks at the time of day."""


class Assistant:
    """Runs a conversation over one audio end.

    log: gets every event of the event log, in order. trouble: gets one line for whatever could not be spoken.
    """

    def __init__(
        self,
        end: AudioEnd,
        ears: Ears,
        mouth: Mouth,
        conversation: Conversation,
        log: Callable[[LogEvent], None],
        trouble: Callable[[str], None] = lambda line: None,
        quiet_hours: Callable[[], bool] | None = None,
    ) -> None:
        self._end = end
        self._ears = ears
        self._mouth = mouth
        self._conversation = conversation
        self._log = log
        self._trouble = trouble
        self._own_words = OwnWords()
        self._quiet_hours = quiet_hours
        self._look_at_hours = 0.0
        self.attendants: list[Callable[[float], None]] = []
        """Called with the time of each block before it is heard, in the same thread: they may `take` an event."""
        self._deaf = False

    @property
    def conversation(self) -> Conversation:
        """To be looked at; events go through `take`."""
        return self._conversation

    def close_ears(self, closed: bool) -> None:
        """While they are closed, nothing that the microphone hears is looked at."""
        if self._deaf and not closed:
            # What was spoken meanwhile had no echo: what is known of it is wrong.
            self._ears.jumped()
        self._deaf = closed

    @property
    def hearing(self) -> tuple[int, int]:
        """Blocks so far in which there was a voice, and those that the recogniser has taken."""
        return self._ears.progress

    def run(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """Go on until the sound ends or `stopped` says so. The audio end must be open."""
        jumps = self._end.jumps
        while not stopped():
            block = self._end.read()
            if block is None:
                return
            if self._end.jumps != jumps:
                jumps = self._end.jumps
                self._ears.jumped()
            self._end.write(self.step(block, self._end.now))

    def step(self, microphone: Block, now: float) -> Block:
        """Take the microphone block that starts at `now`, and give the speaker block for it."""
        if self._quiet_hours is not None and now >= self._look_at_hours:
            self._look_at_hours = now + HOURS_EVERY
            self.take(QuietHours(self._quiet_hours()), now)
        for attend in self.attendants:
            attend(now)
        scope = self._conversation.scope
        for understood in self._ears.hear(silence() if self._deaf else microphone, now, scope):
            self._understood(understood, now)
        if self._ears.someone_speaks:
            self.take(Speaking(), now)
        if self._ears.saying_stop:
            self.take(SayingStop(), now)
        self._tick(now)
        self._mouth.duck(self._ears.talked_over(now))
        block, news = self._mouth.next_block(now)
        self._ears.spoke(block)
        for event in news:
            if isinstance(event, Begun):
                self._begun(event)
            else:
                self._ended(event, now)
        return block

    def chime(self) -> None:
        """Tell softly that a device is back."""
        self._mouth.chime()

    def keep(self, now: float) -> Kept:
        """What is to be taken up if the program ends now."""
        return self._conversation.keep(now)

    def take_up(self, kept: Kept, away: float | None) -> None:
        """Take up what was kept, before the first block. away: seconds since then; None where no clock tells."""
        now = self._end.now
        for action in self._conversation.take_up(kept, away, now):
            self._do(action, now)

    def _tick(self, now: float) -> None:
        while True:
            deadline = self._conversation.next_deadline()
            if deadline is None or deadline > now + EPSILON:
                return
            # A deadline is met to the block, even where the sum that made it is off by the last digit.
            self.take(Tick(), max(now, deadline))
            if self._conversation.next_deadline() == deadline:
                return

    def _understood(self, understood: Understood, now: float) -> None:
        heard, match = understood.hypothesis, understood.match
        self._tell(
            now,
            "heard",
            text=heard.text,
            speech_start=_rounded(heard.speech_start),
            speech_end=_rounded(heard.speech_end),
        )
        doubtful = match.intent != "stop" and not understood.surely
        if match.intent is None or (doubtful and self._own_words.explain(heard)):
            return
        self._tell(
            now,
            "intent",
            intent=match.intent,
            slots=dict(match.slots),
            score=round(match.score, 1),
            decision=match.decision,
        )
        self.take(Heard(match), now)

    def take(self, event: Event, now: float) -> None:
        """Give an event to the conversation, and do what it says."""
        for action in self._conversation.handle(event, now):
            self._do(action, now)

    def _do(self, action: Action, now: float) -> None:
        if isinstance(action, Say):
            self._mouth.speak(action)
        elif isinstance(action, Hush):
            self._mouth.hush(action.by)
        elif isinstance(action, Adjust):
            self._mouth.adjust(action)
        elif isinstance(action, Report):
            self._tell(now, action.event, **action.fields)

    def _begun(self, begun: Begun) -> None:
        say = begun.say
        self._own_words.begun(say.text, begun.t)
        self._tell(begun.t, "say", text=say.text, step=say.step, sources=list(say.sources))

    def _ended(self, ended: Ended, now: float) -> None:
        self._own_words.ended(ended.t)
        if ended.trouble is not None:
            self._trouble(ended.trouble)
        if ended.by is not None:
            self._tell(ended.t, "silenced", by=ended.by)
        self._tell(ended.t, "said", step=ended.say.step, complete=ended.complete)
        self.take(Said(ended.say.ident, ended.complete), max(now, ended.t))

    def _tell(self, t: float, event: str, **fields: object) -> None:
        line = {"t": _rounded(t), "event": event, **fields}
        self._log(line)
        self._end.observe(line)


def _rounded(t: float) -> float:
    return round(t, TIME_DIGITS)
