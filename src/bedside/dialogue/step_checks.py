"""What depends on the steps around a text: the gate, the sources, getting up, ids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from bedside.dialogue.flatten import Source
from bedside.dialogue.spoken import Spoken
from bedside.errors import ContentError
from bedside.yamlfile import Key, texts_of

SPOKEN_KEYS = ("say", "ask", "partner", "both", "cue")
GETTING_UP = "getting-up"
"""The block that comes before everything out of bed (guidance.md D0)."""

OF_MASSAGE = "urgent/worse_after_massage"

LONGEST_ON_THE_LEG = 600
"""The longest timer of heat or cold, in seconds: with the questions that insist it is off by 15 minutes (C05, D7)."""

Path = tuple[Key, ...]
Entry = Mapping[str, Any]


def check_steps(source: Source, spoken: Spoken) -> None:
    """Raises ContentError for the first step that breaks a rule."""
    _check(source, spoken, ("steps",), source.document.data["steps"], source.file.gate)
    if source.document.data.get("worse") == OF_MASSAGE and not (source.file.gate or _all_gated(source)):
        raise _no_gate(source, ("worse",))
    _check_ids(source)
    _check_getting_up(source, spoken)


def is_spoken(path: Path) -> bool:
    return any(part in SPOKEN_KEYS for part in path if isinstance(part, str)) and "answers" not in path


def gated_word(spoken: Spoken, text: str) -> str | None:
    """The words of `text` that belong behind the gate, if there are any."""
    return _first_of(spoken.gated, text)


def _first_of(patterns: list[str], text: str) -> str | None:
    for pattern in _compiled(tuple(patterns)):
        found = pattern.search(text)
        if found:
            return found[0]
    return None


@lru_cache(maxsize=8)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"\b{pattern}\w*", re.IGNORECASE) for pattern in patterns)


def _check(source: Source, spoken: Spoken, path: Path, entries: list[Entry], gate: bool) -> None:
    for index, entry in enumerate(entries):
        here, behind = (*path, index), gate or bool(entry.get("gate"))
        _check_gate_of(source, here, entry, behind)
        own = {key: entry[key] for key in (*SPOKEN_KEYS, "checks") if key in entry}
        for below, text in texts_of(own):
            word = None if behind or not is_spoken(below) else gated_word(spoken, text)
            if word:
                problem = f"'{word}' may only be spoken of after the leg questions were all answered no."
                raise source.document.error((*here, *below), problem, "Give this step 'gate: true'.")
        # A household need not know the guidance; what is shipped names the rows that it stands on.
        if not {"repeat", "use"} & set(entry) and not entry.get("sources") and not source.own:
            problem = "the step names no source."
            raise source.document.error(here, problem, "Give it 'sources' with ids of the guidance.")
        for key in ("steps", "if_yes"):
            _check(source, spoken, (*here, key), entry.get(key, []), behind)


def _all_gated(source: Source) -> bool:
    return all(entry.get("gate") for entry in source.document.data["steps"])


def _check_gate_of(source: Source, path: Path, entry: Entry, gate: bool) -> None:
    """What belongs to massage, heat and cold is behind the gate, and does not lie on the leg too long."""
    if not gate:
        for below, target in texts_of({key: entry[key] for key in ("answers", "silence", "checks") if key in entry}):
            if target == OF_MASSAGE:
                raise _no_gate(source, (*path, *below))
    elif float(entry.get("timer") or 0) > LONGEST_ON_THE_LEG:
        problem = "nothing warm or cold lies on the leg for more than 10 minutes."
        raise source.document.error((*path, "timer"), problem, f"Write at most {LONGEST_ON_THE_LEG}.")


def _no_gate(source: Source, path: Path) -> ContentError:
    problem = "this is the alert of a massage, and nothing here is behind the gate."
    return source.document.error(path, problem, "Write 'gate: true'.")


def _check_ids(source: Source) -> None:
    """Two steps of one id cannot be told apart in the event log, unless they take turns by `round`."""
    rounds: dict[str, list[tuple[Path, object]]] = {}
    for path, entry in _every(("steps",), source.document.data["steps"]):
        if "id" not in entry:
            continue
        for other, number in rounds.setdefault(str(entry["id"]), []):
            turns = path[:-1] == other[:-1] and None not in (number, entry.get("round")) and number != entry["round"]
            if not turns:
                line = source.document.line(*other, "id")
                problem = f"the id '{entry['id']}' is that of the step in line {line} already."
                raise source.document.error((*path, "id"), problem, "Give each step an id of its own.")
        rounds[str(entry["id"])].append((path, entry.get("round")))


def _check_getting_up(source: Source, spoken: Spoken) -> None:
    """Nobody is told to stand up without the way of getting up before it, and without bedside's knowing it."""
    if source.file.id == GETTING_UP:
        return
    document = source.document
    advice = f"Write '- use: {GETTING_UP}' as a step before it."
    stood: Path | None = None
    sits = True
    for path, entry in _every(("steps",), document.data["steps"]):
        if entry.get("use") == GETTING_UP:
            stood, sits = path, False
        if entry.get("up") is not None and stood is None:
            problem = "she stands up here, and nothing has told her how."
            if entry["up"] is False:
                problem = "she sits down here, and nothing has told her how to get up."
            raise document.error((*path, "up"), problem, advice)
        sits = sits or entry.get("up") is False
        # Of what is shipped only what she does for a while: it also asks whether she can stand, and tells how to.
        held = any(key in entry for key in ("hold", "timer"))
        if stood is not None or not (source.own or held):
            continue
        for below, text in texts_of({key: entry[key] for key in SPOKEN_KEYS if key in entry}):
            if words := _first_of(spoken.out_of_bed, text):
                problem = f"'{words}' takes her out of bed, and nothing has told her how."
                raise document.error((*path, *below), problem, advice)
    # A household may let her walk away; whatever comes next lets her sit down first.
    if stood is not None and not sits and not source.own:
        problem = "she gets up here, and no step lets her sit down again."
        raise document.error(stood, problem, "Give the step in which she sits down 'up: false'.")


def _every(path: Path, entries: list[Entry]) -> Iterator[tuple[Path, Entry]]:
    """All entries in their order, those inside others too."""
    for index, entry in enumerate(entries):
        here = (*path, index)
        yield here, entry
        for key in ("steps", "if_yes"):
            yield from _every((*here, key), entry.get(key, []))
