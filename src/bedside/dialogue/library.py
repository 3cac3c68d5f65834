"""Loads and checks the spoken content: routines and spoken.yaml. Every fault is named with file and line."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bedside.dialogue.routine import PLACES, Routine, Step
from bedside.dialogue.routine_file import RoutineFile, StepEntry
from bedside.dialogue.spoken import Spoken
from bedside.errors import ContentError
from bedside.nlu.match import INTENTS
from bedside.yamlfile import Document, Key, read_model, suggest

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


@dataclass(frozen=True)
class Library:
    """All that bedside can say. routines: by id."""

    routines: Mapping[str, Routine]
    spoken: Spoken


@dataclass(frozen=True)
class _Source:
    file: RoutineFile
    document: Document


def load_library(content: Path, routines: Path | None = None) -> Library:
    """Load spoken.yaml of the folder `content` and its routines, or those of the folder `routines` beside them.

    Nothing takes the place of a shipped routine, and a routine of one's own does not speak of what has to be asked for
    first (`gated` in spoken.yaml): both are errors. Raises ContentError.
    """
    spoken, document = read_model(content / "spoken.yaml", Spoken)
    for path, text in _texts(document.data):
        if path == ("twice",):
            _check_variables(document, path, text, ("number",))
            continue
        _check_variables(document, path, text, ALERT_VARIABLES if path[0] == "alert" else VARIABLES)
    sources = _read_folder(content / "routines")
    if routines is not None:
        for ident, own in _read_folder(routines).items():
            _check_own(own, sources, spoken)
            sources[ident] = own
    built = {ident: _build(source, sources) for ident, source in sources.items() if not source.file.block}
    _check_targets(built, sources)
    return Library(built, spoken)


def _read_folder(folder: Path) -> dict[str, _Source]:
    if not folder.is_dir():
        raise ContentError(folder, None, "there is no such folder of routines.")
    files = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    if not files:
        raise ContentError(folder, None, "there is no routine (*.yaml) in this folder.")
    found: dict[str, _Source] = {}
    for file in files:
        model, document = read_model(file, RoutineFile)
        if model.id in found:
            other = found[model.id].document.file
            raise document.error(("id",), f"'{model.id}' is the id of {other.name} already.", "Choose another.")
        found[model.id] = _Source(model, document)
    return found


def _check_own(own: _Source, shipped: Mapping[str, _Source], spoken: Spoken) -> None:
    """A household's routine beside the shipped ones. Raises ContentError."""
    if own.file.id in shipped:
        problem = f"'{own.file.id}' is a routine that comes with bedside."
        raise own.document.error(("id",), problem, "Choose another id.")
    for path, text in _texts(own.document.data):
        for word in spoken.gated:
            if path[-1] != "title" and re.search(rf"\b{word}", text, re.IGNORECASE):
                problem = f"'{word}' may only be spoken of after the leg questions were all answered no."
                advice = "A routine of one's own cannot ask them yet; leave it out."
                raise own.document.error(path, problem, advice)


def _build(source: _Source, sources: Mapping[str, _Source]) -> Routine:
    file = source.file
    steps: list[Step] = []
    _flatten(source, ("steps",), file.steps, file.id, 1, sources, steps, ())
    return Routine(file.id, file.title, tuple(steps), file.relief, file.eased, file.then)


def _flatten(
    source: _Source,
    path: tuple[Key, ...],
    entries: list[StepEntry],
    prefix: str,
    round_: int,
    sources: Mapping[str, _Source],
    steps: list[Step],
    inside: tuple[str, ...],
) -> None:
    """Append the steps of `entries` (which stand at `path` of the file) to `steps`, unrolled."""
    for index, entry in enumerate(entries):
        here = (*path, index)
        if entry.round not in (None, round_):
            continue
        if entry.kind == "repeat":
            for number in range(1, (entry.repeat or 1) + 1):
                _flatten(source, (*here, "steps"), entry.steps, prefix, number, sources, steps, inside)
        elif entry.kind == "use":
            block = _block(source, here, entry.use or "", sources, inside)
            name = f"{prefix}/{block.file.id}"
            _flatten(block, ("steps",), block.file.steps, name, 1, sources, steps, (*inside, block.file.id))
        else:
            _append(source, here, entry, prefix, round_, sources, steps, inside)


def _block(
    source: _Source, path: tuple[Key, ...], name: str, sources: Mapping[str, _Source], inside: tuple[str, ...]
) -> _Source:
    blocks = [ident for ident, other in sources.items() if other.file.block]
    if name not in blocks:
        raise source.document.error((*path, "use"), f"there is no block '{name}'.", suggest(name, blocks))
    if name in inside:
        raise source.document.error((*path, "use"), f"the block '{name}' uses itself.", "Write its steps out.")
    return sources[name]


def _append(
    source: _Source,
    path: tuple[Key, ...],
    entry: StepEntry,
    prefix: str,
    round_: int,
    sources: Mapping[str, _Source],
    steps: list[Step],
    inside: tuple[str, ...],
) -> None:
    """Append one plain step, and behind a question the steps of its `if_yes`."""
    document = source.document
    key = "ask" if entry.kind == "ask" else "say"
    texts = tuple(getattr(entry, key) or ())
    for text in texts:
        _check_variables(document, (*path, key), text, VARIABLES)
    for intent in entry.answers:
        if intent not in INTENTS:
            raise document.error((*path, "answers", intent), f"unknown intent '{intent}'.", suggest(intent, INTENTS))
    at = len(steps)
    below: list[Step] = [*steps, _step(entry, prefix, round_, texts, 0)]
    _flatten(source, (*path, "if_yes"), entry.if_yes, prefix, round_, sources, below, inside)
    steps.append(_step(entry, prefix, round_, texts, len(below)))
    steps.extend(below[at + 1 :])


def _step(entry: StepEntry, prefix: str, round_: int, texts: tuple[str, ...], skip_to: int) -> Step:
    assert entry.kind in ("say", "hold", "rest", "ask", "leg_questions")
    return Step(
        kind=entry.kind,  # type: ignore[arg-type]
        id=f"{prefix}/{entry.id}",
        texts=texts,
        seconds=entry.hold or entry.rest or 0.0,
        wait=entry.wait,
        round=round_,
        sources=tuple(entry.sources),
        answers=dict(entry.answers),
        silence=entry.silence,
        skip_to=skip_to,
        every_leg_question=entry.leg_questions == "all",
        up=entry.up,
        clear=entry.clear,
    )


def _check_targets(routines: Mapping[str, Routine], sources: Mapping[str, _Source]) -> None:
    """Every target exists, and routines that lead to each other in a circle are bounded by the clock."""
    for ident, routine in routines.items():
        for target in routine.targets():
            if target not in routines:
                advice = suggest(target, [*routines, *PLACES])
                raise _target_error(sources[ident], target, f"there is no routine '{target}'.", advice)
        for target in (*_unasked(routine),):
            if not routine.relief and ident in _reachable(target, routines):
                problem = f"'{ident}' and '{target}' lead to each other without end."
                advice = "Let one of them end, or mark them 'relief: true', which the escalation clock ends."
                raise _target_error(sources[ident], target, problem, advice)


def _unasked(routine: Routine) -> Iterator[str]:
    """Where the routine goes when nobody says anything."""
    if routine.then:
        yield routine.then
    for step in routine.steps:
        if step.kind == "ask" and step.silence not in PLACES:
            yield step.silence
        if step.kind == "ask" and step.silence == "again":
            yield routine.id


def _reachable(start: str, routines: Mapping[str, Routine]) -> set[str]:
    found, todo = {start}, [start]
    while todo:
        for target in _unasked(routines[todo.pop()]):
            if target in routines and target not in found:
                found.add(target)
                todo.append(target)
    return found


def _target_error(source: _Source, target: str, problem: str, advice: str) -> ContentError:
    """The error at the line where `target` is written."""
    for path, text in _texts(source.document.data):
        if text == target and (path[-1] in ("then", "eased", "silence") or "answers" in path):
            return source.document.error(path, problem, advice)
    return source.document.error((), problem, advice)


def _texts(data: object, path: tuple[Key, ...] = ()) -> Iterator[tuple[tuple[Key, ...], str]]:
    """All strings in plain data with their paths."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _texts(value, (*path, index))


def _check_variables(document: Document, path: tuple[Key, ...], text: str, allowed: tuple[str, ...]) -> None:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:
        raise document.error(path, "a curly bracket has no partner.", "Variables look like {leg}.") from None
    for name in names:
        if name not in allowed:
            problem = f"there is no variable {{{name}}}."
            raise document.error(path, problem, suggest(name, allowed))
