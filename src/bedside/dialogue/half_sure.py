"""What was only half heard in an idle room: "Leg cramp?", asked softly, and what the answer makes of it."""

from __future__ import annotations

import math

from bedside.dialogue import talks
from bedside.dialogue.controls import CONTROLS
from bedside.dialogue.cramp import Cramp
from bedside.dialogue.doubt import ANSWERS
from bedside.dialogue.stage import Stage
from bedside.dialogue.walk import Walk
from bedside.nlu.match import Match

BELLY = "q-01-belly"
"""What is asked when a cramp without a limb turned out to be no leg cramp (guidance.md C0.9)."""


CALL = "help"
"""Whoever calls is asked each time."""

NOT_AGAIN = 600.0
"""Seconds after such a question that nobody answered in which no other is put: it was the television, or somebody who
sleeps."""

SAID_AGAIN = 20.0
"""Seconds within which the same, half heard once more, is asked about all the same: she says it again."""


class HalfSure:
    """At most one such question is open."""

    def __init__(self, stage: Stage, walk: Walk, cramp: Cramp) -> None:
        self._stage = stage
        self._walk = walk
        self._cramp = cramp
        self._meant: Match | None = None
        self._unanswered = -math.inf
        self._heard = "", -math.inf

    def ask(self, match: Match) -> None:
        """Ask whether this was meant, if there is a question for it."""
        scene, intent = self._stage.scene, match.intent or ""
        text = scene.library.spoken.confirm.get(intent)
        (before, then), self._heard = self._heard, (intent, scene.now)
        again = intent == before and scene.now - then <= SAID_AGAIN
        if text is not None and (intent == CALL or again or scene.now - self._unanswered >= NOT_AGAIN):
            self._meant, self._unanswered = match, scene.now
            self._stage.run(talks.confirm(scene, text), "confirming", intent)

    def answered(self, match: Match) -> Match | None:
        """What is to be done now: yes and the thing itself confirm what was meant, a no ends it, all else takes its
        place. Half sure still, it is to be asked about once more; None if nothing is to be done."""
        meant, intent = self._meant, match.intent
        assert meant is not None
        self._unanswered = -math.inf
        if intent == "yes" or intent == meant.intent:
            self._stage.end("yes")
            return _sure(meant, match)
        if intent in ("no", "good_night"):
            self._stage.end(intent)
            if intent == "no" and self._cramp.needs_asking(meant):
                self._cramp.take_slots(meant)
                self._walk.go(BELLY, intent)
        elif match.decision == "act" and intent not in (*ANSWERS, *CONTROLS):
            self._stage.end("yes")
            return match
        elif intent == "repeat":
            return meant
        return None


def _sure(meant: Match, answer: Match) -> Match:
    """What was meant, as if it had been heard clearly, with what the answer adds."""
    slots = {**meant.slots, **answer.slots}
    if answer.intent == "yes" or "ask" not in answer.slots:
        slots.pop("ask", None)  # "Leg cramp?" was answered: it is the leg
    return Match(answer.text, meant.intent, slots, answer.score, answer.margin, answer.phrase, "act")
