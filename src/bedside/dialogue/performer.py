"""Runs scripts: one at a time, one utterance at a time, with absolute deadlines."""

from __future__ import annotations

import math

from bedside.dialogue.actions import Action, Hush, Say
from bedside.dialogue.script import Ask, Cue, Line, Operation, Outcome, Script, Speak, Tell, Until
from bedside.nlu.match import Match

SPEECH_LIMIT = 45.0
"""Seconds after which an utterance counts as over even if nobody reported its end: never a dead end."""

LATE_ANSWER = 2.0
"""Seconds for which listening goes on after somebody was last heard speaking."""

LATEST_ANSWER = 8.0
"""Seconds by which speech that gives no answer can prolong the listening in all."""

CUT = 1.0
"""Seconds of silence after a sentence was cut off because "stop" was being said: by then it is known what was meant."""

TAKING_ITS_COURSE = "step"
"""What a script is begun by when the one before it has come to its end."""


class Performer:
    """The state of the running script and of the mouth.

    `actions` collects what is to be done; the conversation takes it away after each event.
    """

    def __init__(self) -> None:
        self.actions: list[Action] = []
        self.outcome: Outcome | None = None
        self._script: Script | None = None
        self._operation: Operation | None = None
        self._deadline: float | None = None
        self._latest: float = 0.0
        self._ident = 0
        self._speaking: int | None = None
        self._own = False  # what is being spoken is the line of the running operation
        self._owed = False  # the running operation's line waits until an aside has been spoken
        self._speech_limit: float | None = None
        self._is_cut = False  # what counts as being spoken was cut off
        self._asides: list[Line] = []

    @property
    def asking(self) -> bool:
        """True from the start of a question to its answer or the end of its time."""
        return isinstance(self._operation, Ask)

    @property
    def asking_about_legs(self) -> bool:
        """True while one of the leg questions is open."""
        return isinstance(self._operation, Ask) and self._operation.legs

    def asks_for(self, heard: Match) -> bool:
        """Whether the open question is one that this in particular answers."""
        return isinstance(self._operation, Ask) and self._operation.is_answered_by(heard)

    @property
    def leads_on(self) -> str:
        """The answer to the open question with which a rehearsal sees most; empty while none is open."""
        return self._operation.leads_on if isinstance(self._operation, Ask) else ""

    @property
    def speaking(self) -> bool:
        return self._speaking is not None

    def quiet_for(self, now: float) -> float:
        """Seconds for which nothing will be said and no answer is waited for; math.inf without a script."""
        if self._speaking is not None or self._asides:
            return 0.0
        if self._script is None:
            return math.inf
        return self._deadline - now if isinstance(self._operation, Until) and self._deadline is not None else 0.0

    def next_deadline(self) -> float | None:
        times = [t for t in (self._deadline, self._speech_limit) if t is not None]
        return min(times, default=None)

    def begin(self, script: Script | None, now: float, by: str) -> None:
        """Drop the running script, cut off its speech (`by` whom) and run another, or none.

        When things only take their course (`by` "step"), an aside may finish first; nobody's words wait for one.
        """
        if self._script is not None:
            self._script.close()
        self._deadline = self._operation = self.outcome = None
        self._owed = False
        if by != TAKING_ITS_COURSE or self._own:
            if self._speaking is not None:
                self._hush(by)
            self._speaking = self._speech_limit = None
            self._is_cut = False
        if by != TAKING_ITS_COURSE:
            self._asides.clear()
        self._script = script
        if script is not None:
            self._drive(None, now)

    def aside(self, line: Line, now: float) -> None:
        """Say something beside the script, now or when the present utterance is over."""
        if self._speaking is None:
            self._say(line, now, own=False)
        else:
            self._asides.append(line)

    def answer(self, match: Match, now: float) -> None:
        """Give the open question its answer; what is still being spoken of it is cut off."""
        assert self.asking
        if self._speaking is not None:
            self._hush(match.intent or "answer")
            self._speaking = self._speech_limit = None
            self._is_cut = False
        self._owed = False
        self._drive(match, now)

    def cut(self, by: str, now: float) -> None:
        """Cut off what is being spoken; after a moment in which nothing else is begun it counts as said."""
        if self._speaking is not None and not self._is_cut:
            self._hush(by)
            self._is_cut, self._speech_limit = True, now + CUT

    def _hush(self, by: str) -> None:
        if not self._is_cut:
            self.actions.append(Hush(by))

    def hearing(self, now: float) -> None:
        """Somebody is speaking at this moment: do not close the open question over it."""
        if self.asking and self._deadline is not None:
            self._deadline = max(self._deadline, min(now + LATE_ANSWER, self._latest))

    def said(self, ident: int, now: float) -> None:
        """The utterance `ident` is over."""
        if ident != self._speaking or (self._is_cut and now < (self._speech_limit or 0.0)):
            return
        self._is_cut = False
        own, self._speaking, self._speech_limit = self._own, None, None
        if own and isinstance(self._operation, Speak):
            self._deadline = now + self._operation.wait
        elif own and isinstance(self._operation, Ask):
            self._deadline = now + self._operation.seconds
            self._latest = self._deadline + LATEST_ANSWER
        if self._asides:
            # Before what the script has come to meanwhile: that may be louder, and nothing gets softer in an emergency.
            self._say(self._asides.pop(0), now, own=False)
        elif self._owed and isinstance(self._operation, Speak | Ask):
            self._owed = False
            self._say(self._operation.line, now, own=True)
        self.tick(now)

    def tick(self, now: float) -> None:
        """Do what is due."""
        if self._speech_limit is not None and now >= self._speech_limit and self._speaking is not None:
            self.said(self._speaking, now)
        if self._deadline is not None and now >= self._deadline:
            self._drive(None, now)

    def _drive(self, value: Match | None, now: float) -> None:
        """Run the script on to its next wait."""
        self._deadline = None
        while self._script is not None:
            try:
                operation = self._script.send(value)
            except StopIteration as end:
                self._script = self._operation = None
                self.outcome = end.value
                return
            value, self._operation = None, operation
            if isinstance(operation, Tell):
                self.actions.append(operation.report)
            elif isinstance(operation, Cue):
                if self._speaking is None:
                    self._say(operation.line, now, own=False)
            elif isinstance(operation, Until):
                if operation.time > now:
                    self._deadline = operation.time
                    return
            else:
                self._owed = self._speaking is not None
                if not self._owed:
                    self._say(operation.line, now, own=True)
                return

    def _say(self, line: Line, now: float, own: bool) -> None:
        self._ident += 1
        self._speaking, self._own, self._speech_limit = self._ident, own, now + SPEECH_LIMIT
        self.actions.append(Say(self._ident, line.text, line.step, line.sources, line.raise_db, line.keep))
