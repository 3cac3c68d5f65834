"""What spoken content must keep to beyond its format: variables, sources, the gate, words never said, ends.

Each fault is a ContentError with file, line and what to write instead.
"""

from __future__ import annotations

import string
from collections.abc import Collection, Mapping

from bedside.dialogue.alert_checks import TARGET_KEYS, check_alerts, check_targets_of, mistyped_tier
from bedside.dialogue.flatten import Source
from bedside.dialogue.forbidden import forbidden
from bedside.dialogue.guidance_table import known_ids
from bedside.dialogue.loops import circle, trapped
from bedside.dialogue.routine import PLACES, TIERS, Routine
from bedside.dialogue.spoken import Spoken
from bedside.dialogue.step_checks import check_steps, gated_word, is_spoken
from bedside.errors import ContentError
from bedside.yamlfile import Document, Key, suggest, texts_of

VARIABLES = (
    "leg",
    "Leg",
    "emergency",
    "maternity",
    "provider",
    "urgent_line",
    "crisis_line",
    "emergency_twice",
    "maternity_twice",
    "seconds",
    "minutes",
    "hours",
)
MORE_VARIABLES = {"alert": ("tell", "position"), "taken_up": ("routine",)}
"""In some parts of spoken.yaml."""

NOT_GATED = ("alert", "gate")
"""Parts of spoken.yaml that may name what the gate keeps shut: alerts, to forbid it, and the gate, which reads back."""

Path = tuple[Key, ...]


def check_spoken(spoken: Spoken, document: Document, signs: Collection[str]) -> None:
    """Check the texts of spoken.yaml. signs: of danger, all that there are. Raises ContentError."""
    for path, text in texts_of(document.data):
        if path == ("twice",):
            check_variables(document, path, text, ("number",))
            continue
        if path[-2:-1] == ("sources",):
            _check_source(document, path, text)
            continue
        if path[0] in ("gated", "out_of_bed") or path[:2] in (("alert", "groups"), ("alert", "signs")):
            continue
        more = MORE_VARIABLES.get(str(path[0]), ())
        check_variables(document, path, text, (*VARIABLES, *more))
        _check_never(document, path, text)
        if path[0] not in NOT_GATED and (word := gated_word(spoken, text)):
            raise document.error(path, f"'{word}' may only be spoken of behind the gate.", "Leave it out here.")
    check_alerts(spoken, document, signs)


def check_file(source: Source, spoken: Spoken, signs: Collection[str]) -> None:
    """Check one routine file by itself. signs: of danger, all that there are. Raises ContentError."""
    for path, text in texts_of(source.document.data):
        if "sources" in path:
            _check_source(source.document, path, text)
        elif is_spoken(path):
            check_variables(source.document, path, text, VARIABLES)
            _check_never(source.document, path, text)
        elif path == ("called",):
            check_variables(source.document, path, text, ())
            _check_never(source.document, path, text)
            if word := gated_word(spoken, text):
                advice = "Leave 'called' out: it is asked before the questions are put."
                raise source.document.error(path, f"'{word}' may only be spoken of behind the gate.", advice)
    check_steps(source, spoken)
    check_targets_of(source, signs)


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
                advice = suggest(target, [*routines, *PLACES])
                if target.partition("/")[1]:
                    advice = mistyped_tier(target)
                    problem = f"'{target}' is no alert; these begin with {' or '.join(f'{tier}/' for tier in TIERS)}."
                raise _target_error(sources, ident, target, problem, advice)
        if (back := circle(routine, routines)) is not None:
            problem = f"'{ident}' and '{back}' lead to each other without end."
            if back == ident:
                problem = f"'{ident}' leads to itself without end."
            advice = "Let one of them end, or mark them 'relief: true', which the escalation clock ends."
            raise _target_error(sources, ident, back, problem, advice)
    for ident, step in trapped(routines).items():
        problem = f"whatever she answers in step '{step.split('/')[-1]}', '{ident}' never ends."
        answered = {t for s in routines[ident].steps for t in s.answers.values() if t not in ("next", "skip")}
        raise _target_error(
            sources, ident, min(answered, default=ident), problem, "Let one answer lead to 'next' or 'end'."
        )


def _target_error(sources: Mapping[str, Source], ident: str, target: str, problem: str, advice: str) -> ContentError:
    """The error at the line where `target` is written, in the file itself or in one that it uses."""
    for source in (sources[ident], *sources.values()):
        for path, text in texts_of(source.document.data):
            written = text == target or (text == "again" and target == ident)
            if written and (path[-1] in TARGET_KEYS or "answers" in path):
                return source.document.error(path, problem, advice)
    return sources[ident].document.error((), problem, advice)
