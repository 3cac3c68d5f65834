"""What spoken content must keep to beyond its format: variables, sources, the gate, words never said, ends.

Each fault is a ContentError with file, line and what to write instead.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping

from bedside.dialogue.flatten import Source
from bedside.dialogue.forbidden import forbidden
from bedside.dialogue.guidance_table import known_ids
from bedside.dialogue.routine import PLACES, TIERS, Routine, alert_of
from bedside.dialogue.spoken import Spoken
from bedside.errors import ContentError
from bedside.yamlfile import Document, Key, suggest

VARIABLES = (
    "leg",
    "Leg",
    "emergency",
    "maternity",
    "urgent_line",
    "crisis_line",
    "emergency_twice",
    "maternity_twice",
    "seconds",
    "minutes",
)
ALERT_VARIABLES = (*VARIABLES, "tell", "position")

TARGET_KEYS = ("then", "eased", "worse", "way_out", "with_partner", "silence", "if_risk")
SPOKEN_KEYS = ("say", "ask", "partner", "cue")
NOT_GATED = ("alert", "gate")
"""Parts of spoken.yaml that may name what the gate keeps shut: alerts say "no heat", the gate reads back."""

Path = tuple[Key, ...]


def check_spoken(spoken: Spoken, document: Document) -> None:
    """Check the texts of spoken.yaml. Raises ContentError."""
    for path, text in texts_of(document.data):
        if path == ("twice",):
            check_variables(document, path, text, ("number",))
            continue
        if path[-2:-1] == ("sources",):
            _check_source(document, path, text)
            continue
        if path[0] == "gated" or "groups" in path:
            continue
        check_variables(document, path, text, ALERT_VARIABLES if path[0] == "alert" else VARIABLES)
        _check_never(document, path, text)
        if path[0] not in NOT_GATED and (word := gated_word(spoken, text)):
            raise document.error(path, f"'{word}' may only be spoken of behind the gate.", "Leave it out here.")


def check_file(source: Source, spoken: Spoken) -> None:
    """Check one routine file by itself. Raises ContentError."""
    for path, text in texts_of(source.document.data):
        if "sources" in path:
            _check_source(source.document, path, text)
        elif _is_spoken(path):
            check_variables(source.document, path, text, VARIABLES)
            _check_never(source.document, path, text)
    _check_steps(source, spoken, ("steps",), source.document.data["steps"], source.file.gate)


def _check_steps(source: Source, spoken: Spoken, path: Path, entries: list[object], gate: bool) -> None:
    """What depends on the steps around a text: the gate, and sources."""
    for index, entry in enumerate(entries):
        assert isinstance(entry, dict)
        here, behind = (*path, index), gate or bool(entry.get("gate"))
        own = {key: entry[key] for key in (*SPOKEN_KEYS, "checks") if key in entry}
        for below, text in texts_of(own):
            word = None if behind or not _is_spoken(below) else gated_word(spoken, text)
            if word:
                problem = f"'{word}' may only be spoken of after the leg questions were all answered no."
                raise source.document.error((*here, *below), problem, "Give this step 'gate: true'.")
        if own and not entry.get("sources") and not source.own:
            raise source.document.error(
                here, "the step names no source.", "Give it 'sources' with ids of the guidance."
            )
        for key in ("steps", "if_yes"):
            _check_steps(source, spoken, (*here, key), entry.get(key, []), behind)


def _is_spoken(path: Path) -> bool:
    return any(part in SPOKEN_KEYS for part in path if isinstance(part, str)) and "answers" not in path


def gated_word(spoken: Spoken, text: str) -> str | None:
    """The word of `text` that belongs behind the gate, if there is one."""
    for pattern in spoken.gated:
        found = re.search(rf"\b{pattern}\w*", text, re.IGNORECASE)
        if found:
            return found[0]
    return None


def _check_source(document: Document, path: Path, ident: str) -> None:
    if ident not in known_ids():
        raise document.error(path, f"'{ident}' is no id of the guidance.", suggest(ident, sorted(known_ids())))


def _check_never(document: Document, path: Path, text: str) -> None:
    found = forbidden(text)
    if found is not None:
        raise document.error(path, f"'{found.words}' is never said: {found.reason}.", found.instead)


def check_variables(document: Document, path: Path, text: str, allowed: tuple[str, ...]) -> None:
    """Raises ContentError for a variable that does not exist."""
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:
        raise document.error(path, "a curly bracket has no partner.", "Variables look like {leg}.") from None
    for name in names:
        if name not in allowed:
            raise document.error(path, f"there is no variable {{{name}}}.", suggest(name, allowed))


def check_targets(routines: Mapping[str, Routine], sources: Mapping[str, Source]) -> None:
    """Every target exists, and routines that lead to each other in a circle are bounded by the clock."""
    for ident, routine in routines.items():
        for target in routine.targets():
            if target not in routines:
                problem = f"there is no routine '{target}'."
                if target.partition("/")[1]:
                    problem = f"'{target}' is no alert; these begin with {' or '.join(f'{tier}/' for tier in TIERS)}."
                raise _target_error(sources, ident, target, problem, suggest(target, [*routines, *PLACES]))
        for target in _unasked(routine):
            if not routine.relief and ident in _reachable(target, routines):
                problem = f"'{ident}' and '{target}' lead to each other without end."
                advice = "Let one of them end, or mark them 'relief: true', which the escalation clock ends."
                raise _target_error(sources, ident, target, problem, advice)


def _unasked(routine: Routine) -> Iterator[str]:
    """Where the routine goes when nobody says anything."""
    if routine.then and routine.then not in PLACES:
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


def _target_error(sources: Mapping[str, Source], ident: str, target: str, problem: str, advice: str) -> ContentError:
    """The error at the line where `target` is written, in the file itself or in one that it uses."""
    for source in (sources[ident], *sources.values()):
        for path, text in texts_of(source.document.data):
            written = text == target or (text == "again" and target == ident)
            if written and (path[-1] in TARGET_KEYS or "answers" in path):
                return source.document.error(path, problem, advice)
    return sources[ident].document.error((), problem, advice)


def texts_of(data: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """All strings in plain data with their paths."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from texts_of(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from texts_of(value, (*path, index))
