"""Routines that never end: along silence, and whatever she answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bedside.dialogue.routine import PLACES, Routine, Step, alert_of

Place = tuple[str, int]
"""A routine and the index of one of its steps."""


def circle(routine: Routine, routines: Mapping[str, Routine]) -> str | None:
    """The routine that leads back to `routine` while nobody says anything; None if there is none."""
    for target in _unasked(routine):
        if not routine.relief and routine.id in _reachable(target, routines):
            return target
    return None


def _unasked(routine: Routine) -> Iterator[str]:
    """Where the routine goes when nobody says anything."""
    if routine.then:
        yield routine.then
    for step in routine.steps:
        silences = [step.silence] if step.kind in ("ask", "leg_questions") else [c.silence for c in step.checks]
        for target in (*silences, step.target):
            if target == "again":
                yield routine.id
            elif target and target not in PLACES and alert_of(target) is None:
                yield target


def _reachable(start: str, routines: Mapping[str, Routine]) -> set[str]:
    found, todo = {start}, [start]
    while todo:
        for target in _unasked(routines[todo.pop()]):
            if target in routines and target not in found:
                found.add(target)
                todo.append(target)
    return found


def trapped(routines: Mapping[str, Routine]) -> dict[str, str]:
    """Routines that somebody who answers every question cannot get out of, each with the step that holds her.

    The escalation clock ends those that treat a cramp.
    """
    leads = {
        (ident, index): set(_ways(routine, index)) for ident, routine in routines.items() for index in _places(routine)
    }
    out = {place for place, ways in leads.items() if None in ways or _ends(routines[place[0]], place[1])}
    grew = True
    while grew:
        more = {place for place, ways in leads.items() if place not in out and ways & out}
        out |= more
        grew = bool(more)
    held = {}
    for ident, routine in routines.items():
        if not routine.relief and (ident, 0) not in out:
            held[ident] = next((step.id for step in routine.steps if step.kind == "ask"), routine.steps[0].id)
    return held


def _places(routine: Routine) -> range:
    return range(len(routine.steps) + 1)


def _ends(routine: Routine, index: int) -> bool:
    return routine.relief or (index >= len(routine.steps) and routine.then is None)


def _ways(routine: Routine, index: int) -> Iterator[Place | None]:
    """Where one can be after the step at `index`; None is the end, or an alert."""
    if index >= len(routine.steps):
        yield (routine.then, 0) if routine.then else None
        return
    step = routine.steps[index]
    targets = [*_answers(step), *(target for check in step.checks for target in check.answers.values())]
    if step.kind != "ask":
        targets.append("next")
    for target in targets:
        if target == "next":
            yield routine.id, index + 1
        elif target == "skip":
            yield routine.id, max(step.skip_to, index + 1)
        elif target == "again":
            yield routine.id, 0
        else:
            yield None if target == "end" or alert_of(target) else (target, 0)


def _answers(step: Step) -> Iterator[str]:
    """Where the answers to a question lead. A yes or a no that is not listed counts as silence."""
    if step.kind == "ask":
        yield from step.answers.values()
        if not {"yes", "no"} <= set(step.answers):
            yield step.silence
