"""Which routine a cramp gets."""

from __future__ import annotations

FIRST_ROUTINE = "acute-calf-bed"

ROUTINE_OF_PART = {
    "foot": "foot-cramp",
    "toes": "foot-cramp",
    "ankle": "foot-cramp",
    "thigh": "thigh-cramp",
    "hamstring": "thigh-back",
    "thigh-front": "thigh-front",
}
"""By the part of the leg; everywhere else it is the calf (guidance.md E1)."""

OWN = frozenset({FIRST_ROUTINE, *ROUTINE_OF_PART.values()})
"""The routines that a cramp is first given, and comes back to (place `own` of a routine file)."""

NOT_EASING = "not-easing"
"""The routine that puts the leg questions and goes on in bed."""

LET_GO = "let-go"
"""The routine for pain that gets worse in a stretch (guidance.md STOP-3)."""
