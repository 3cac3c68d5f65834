"""Loads the spoken content: routines, answers and spoken.yaml. Every fault is named with file and line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bedside.dialogue.alert_checks import known_signs
from bedside.dialogue.content_checks import check_file, check_spoken, check_targets
from bedside.dialogue.flatten import Source, flatten
from bedside.dialogue.routine import Routine
from bedside.dialogue.routine_file import RoutineFile
from bedside.dialogue.spoken import Spoken
from bedside.errors import ContentError
from bedside.nlu.meaning import danger_signs
from bedside.yamlfile import read_model

FOLDERS = (("routines", False), ("answers", True))


@dataclass(frozen=True)
class Library:
    """All that bedside can say. routines: by id, the answers to questions among them. own: ids of the household's."""

    routines: Mapping[str, Routine]
    spoken: Spoken
    own: frozenset[str] = frozenset()


def load_library(content: Path, routines: Path | None = None) -> Library:
    """Load spoken.yaml of the folder `content`, its routines and answers, and the routines of one's own in the folder
    `routines` beside them, which take the place of none. Raises ContentError.
    """
    spoken, document = read_model(content / "spoken.yaml", Spoken)
    signs = known_signs(spoken, danger_signs())
    check_spoken(spoken, document, signs)
    sources: dict[str, Source] = {}
    for name, answer in FOLDERS:
        _read_folder(content / name, sources, answer=answer)
    if routines is not None:
        _read_folder(routines, sources, own=True)
    for source in sources.values():
        check_file(source, spoken, signs)
    built = {ident: flatten(source, sources) for ident, source in sources.items() if not source.file.block}
    check_targets(built, sources)
    return Library(built, spoken, frozenset(ident for ident in built if sources[ident].own))


def _read_folder(folder: Path, found: dict[str, Source], answer: bool = False, own: bool = False) -> None:
    """Add the files of a folder to `found`."""
    if not folder.is_dir():
        raise ContentError(folder, None, "there is no such folder of routines.")
    files = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    if not files:
        raise ContentError(folder, None, "there is no routine (*.yaml) in this folder.")
    for file in files:
        model, document = read_model(file, RoutineFile)
        other = found.get(model.id)
        if other is not None:
            comes_with = own and not other.own
            problem = f"'{model.id}' is " + (
                "a routine that comes with bedside." if comes_with else f"the id of {other.document.file.name} already."
            )
            raise document.error(("id",), problem, "Choose another id.")
        found[model.id] = Source(model, document, answer, own)
