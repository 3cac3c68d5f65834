"""From routine files to routines: repeats unrolled, blocks put in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bedside.dialogue.routine import Care, Check, Routine, Step
from bedside.dialogue.routine_file import RoutineFile, StepEntry
from bedside.nlu.match import INTENTS
from bedside.yamlfile import Document, Key, suggest

QUESTIONS = {"first": 1, "first two": 2, "all": 3}


@dataclass(frozen=True)
class Source:
    """A routine file. answer: from the folder of answers. own: a household's, not shipped."""

    file: RoutineFile
    document: Document
    answer: bool = False
    own: bool = False


@dataclass(frozen=True)
class _Place:
    """Where in the unrolling we are. path: in the file; prefix: of step ids; inside: the files being put in."""

    source: Source
    path: tuple[Key, ...]
    prefix: str
    round: int = 1
    gate: bool = False
    to_partner: bool = False
    care: Care = field(default_factory=Care)
    inside: tuple[str, ...] = ()


def flatten(source: Source, sources: Mapping[str, Source]) -> Routine:
    """The routine of a file. Raises ContentError for a block that does not exist or uses itself."""
    file = source.file
    steps: list[Step] = []
    place = _Place(source, ("steps",), file.id, 1, file.gate, file.to == "partner", _care(file), (file.id,))
    _add(file.steps, place, sources, steps)
    return Routine(
        file.id,
        file.title,
        tuple(steps),
        part=file.part,
        relief=file.relief,
        answer=source.answer,
        symptom=file.symptom or (source.answer and any(step.default for step in steps)),
        eased=file.eased,
        then=file.then,
        with_partner=file.with_partner,
        called=file.called,
    )


def _care(file: RoutineFile) -> Care:
    return Care(file.worse, file.way_out, file.on_leaving)


def _add(entries: list[StepEntry], place: _Place, sources: Mapping[str, Source], steps: list[Step]) -> None:
    """Append the steps of `entries`, unrolled."""
    for index, entry in enumerate(entries):
        here = replace(place, path=(*place.path, index), gate=place.gate or entry.gate)
        if entry.round not in (None, place.round):
            continue
        if entry.kind == "repeat":
            for number in range(1, (entry.repeat or 1) + 1):
                _add(entry.steps, replace(here, path=(*here.path, "steps"), round=number), sources, steps)
        elif entry.kind == "use":
            _use(entry.use or "", here, sources, steps)
        else:
            _append(entry, here, sources, steps)


def _use(name: str, place: _Place, sources: Mapping[str, Source], steps: list[Step]) -> None:
    document = place.source.document
    if name not in sources:
        raise document.error((*place.path, "use"), f"there is no block '{name}'.", suggest(name, list(sources)))
    if name in place.inside:
        raise document.error((*place.path, "use"), f"'{name}' uses itself.", "Write its steps out.")
    block = sources[name]
    below = replace(
        place,
        source=block,
        path=("steps",),
        prefix=f"{place.prefix}/{name}",
        round=1,
        gate=place.gate or block.file.gate,
        to_partner=place.to_partner or block.file.to == "partner",
        care=_care(block.file).within(place.care),
        inside=(*place.inside, name),
    )
    _add(block.file.steps, below, sources, steps)


def _append(entry: StepEntry, place: _Place, sources: Mapping[str, Source], steps: list[Step]) -> None:
    """Append one plain step, and behind a question the steps of its `if_yes`."""
    for intent in entry.answers:
        if "=" not in intent and intent not in INTENTS:
            path = (*place.path, "answers", intent)
            raise place.source.document.error(path, f"unknown intent '{intent}'.", suggest(intent, INTENTS))
    at = len(steps)
    below: list[Step] = [*steps, _step(entry, place, 0)]
    _add(entry.if_yes, replace(place, path=(*place.path, "if_yes")), sources, below)
    steps.append(_step(entry, place, len(below)))
    steps.extend(below[at + 1 :])


def _step(entry: StepEntry, place: _Place, skip_to: int) -> Step:
    return Step(
        kind=entry.kind,  # type: ignore[arg-type]
        id=f"{place.prefix}/{entry.id}",
        texts=tuple(entry.ask or entry.say or ()),
        partner=tuple(entry.partner or ()),
        both=tuple(entry.both or ()),
        to_partner=place.to_partner,
        seconds=entry.hold or entry.timer or entry.rest or 0.0,
        wait=entry.wait,
        round=place.round,
        sources=tuple(entry.sources),
        cues=tuple(entry.cue or ()),
        checks=tuple(
            Check(c.at, tuple(c.ask), tuple(c.partner or ()), dict(c.answers), c.silence) for c in entry.checks
        ),
        answers=dict(entry.answers),
        silence=entry.silence,
        skip_to=skip_to,
        insist=entry.insist,
        listen=entry.listen,
        learn=entry.learn,
        once=entry.once,
        leg_questions=QUESTIONS.get(entry.leg_questions or "", 0),
        up=entry.up,
        clear=entry.clear,
        hands=entry.hands,
        gate=place.gate,
        shut_gate=entry.shut_gate,
        target=entry.if_risk or "",
        mention=entry.mention,
        care=place.care,
    )
