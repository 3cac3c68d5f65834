"""Danger signs that are worse together, also when one was told long before the other (guidance.md C6, C2 notes)."""

from __future__ import annotations

from collections.abc import Iterable

from bedside.dialogue.scene import Scene
from bedside.dialogue.spoken import Spoken


def together(scene: Scene, sign: str) -> tuple[str, str] | None:
    """Tier and sign of what `sign` makes with what was told tonight; None if it makes nothing more."""
    told = _told(scene)
    for pair in scene.library.spoken.alert.together:
        one, other = _signs(scene.library.spoken, pair.one), _signs(scene.library.spoken, pair.other)
        if (sign in one and told & other) or (sign in other and told & one):
            return pair.tier, pair.sign
    return None


def _told(scene: Scene) -> set[str]:
    """The signs of this night, and the one that is being asked about at this moment."""
    session, asked = scene.session, set[str]()
    if session.in_question is not None and session.routine is not None and session.routine.id == session.in_question[0]:
        asked = {session.in_question[1]}
    return {*scene.night.warnings, *scene.night.told, *asked}


def _signs(spoken: Spoken, names: Iterable[str]) -> set[str]:
    """The signs meant by names of signs and of groups."""
    return {sign for name in names for sign in spoken.alert.groups.get(name, [name])}
