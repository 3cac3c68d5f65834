"""What an utterance means: the result of matching."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

INTENTS: tuple[str, ...] = (
    "leg_cramp",
    "leg_swelling",
    "danger_sign",
    "start_routine",
    "stop",
    "pause",
    "resume",
    "next_step",
    "previous_step",
    "repeat",
    "slower",
    "faster",
    "louder",
    "quieter",
    "time_left",
    "yes",
    "no",
    "unsure",
    "easing",
    "still_hurts",
    "mention_to_provider",
    "question",
    "help",
    "diary",
    "good_night",
)
"""The names of all intents. They are fixed: routines, the event log and other programs rely on them."""

Scope = Literal["idle", "session"]
"""When something may be heard: nobody has asked for anything yet, or a session is open."""

Decision = Literal["act", "confirm", "ignore"]
"""act on it; ask softly whether it was meant; or do nothing."""


@dataclass(frozen=True)
class Match:
    """The meaning of one utterance.

    text: the utterance as given. intent: one of the fixed names, None when ignored.
    slots: for example {"side": "left", "part": "calf"}. score: 0 to 100, likeness to `phrase`.
    margin: how much better than the best phrase of any other intent, 0 to 100.
    phrase: the sentence of intents.yaml that fits best, None if nothing comes near. of_me: it speaks of the leg or
    body of the one speaking ("my left leg").
    """

    text: str
    intent: str | None = None
    slots: Mapping[str, str] = field(default_factory=dict)
    score: float = 0.0
    margin: float = 0.0
    phrase: str | None = None
    decision: Decision = "ignore"
    of_me: bool = False

    def as_json(self) -> dict[str, Any]:
        """The object that `bedside match --json` prints, keys in their fixed order."""
        fields = {**asdict(self), "slots": dict(self.slots)}
        del fields["of_me"]
        return fields
