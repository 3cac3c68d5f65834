"""What the alerts must keep to beyond their format: the number at once, no treatment, signs that there are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from bedside.dialogue.flatten import Source
from bedside.dialogue.routine import TIERS, alert_of
from bedside.dialogue.spoken import ANKLES, FIRST_WITH_NUMBER, LINES_WITH_NUMBER, WORSE, Spoken
from bedside.yamlfile import Document, Key, suggest, texts_of

OTHER = "other"
BY_GROUP = ("tell", "position", "check")

TARGET_KEYS = ("then", "eased", "worse", "way_out", "with_partner", "silence", "if_risk")

NUMBERS = {"emergency": "{emergency", "urgent": "{maternity"}

DENIED = re.compile(r"\b(no|not|never|nor|without)\b[^,;:]*$", re.IGNORECASE)
"""What stands before a word that an alert may only forbid: "no heat or ice"."""

SENTENCE = re.compile(r"[^.!?]+")

Path = tuple[Key, ...]


def check_alerts(spoken: Spoken, document: Document, signs: Collection[str]) -> None:
    """Check the alerts of spoken.yaml. Raises ContentError."""
    _check_numbers(document)
    _check_denied(spoken, document)
    _check_names(spoken, document, signs)


def _check_numbers(document: Document) -> None:
    """The number is in the first two sentences; by their count the rest of the alert goes."""
    for tier, number in NUMBERS.items():
        texts = document.data["alert"][tier]
        for voice in ("lines", "partner"):
            path: Path = ("alert", tier, voice)
            if len(texts[voice]) < LINES_WITH_NUMBER or number not in texts[voice][FIRST_WITH_NUMBER - 1]:
                problem = f"the second sentence of an alert gives the number: {number}_twice}}."
                raise document.error(path, problem, "Write at most one short sentence before it.")
        if not texts["again"] or number not in texts["again"][0]:
            raise document.error(("alert", tier, "again"), f"the first of these gives the number: {number}_twice}}.")


def _check_denied(spoken: Spoken, document: Document) -> None:
    """Massage, heat and cold are only named to forbid them."""
    patterns = [re.compile(rf"\b{pattern}\w*", re.IGNORECASE) for pattern in spoken.gated]
    for path, text in texts_of(document.data["alert"], ("alert",)):
        if path[1] in ("groups", "signs", "together") or "sources" in path:
            continue
        for sentence in SENTENCE.findall(text):
            found = next(
                (f for p in patterns for f in p.finditer(sentence) if not DENIED.search(sentence[: f.start()])), None
            )
            if found:
                problem = f"'{found[0]}' is no part of an alert, unless to forbid it."
                raise document.error(path, problem, "Write 'no' or 'not' before it, or leave it out.")


def _check_names(spoken: Spoken, document: Document, signs: Collection[str]) -> None:
    alert = spoken.alert
    groups = [*alert.groups, OTHER]
    for key in BY_GROUP:
        for name in document.data["alert"][key]:
            if name not in groups:
                raise document.error(("alert", key, name), f"there is no group '{name}'.", near(name, groups))
        if OTHER not in document.data["alert"][key]:
            raise document.error(("alert", key), f"the text for every other sign is missing: '{OTHER}'.")
    for path, name in _names(spoken):
        known = {*signs, *alert.groups, ANKLES, WORSE} if path[-2] in ("one", "other") else signs
        if name not in known:
            raise document.error(path, *_no_sign(name, known))


def _names(spoken: Spoken) -> Iterator[tuple[Path, str]]:
    """Every name of a sign or a group in the tables of the alerts."""
    alert = spoken.alert
    yield from texts_of(alert.groups, ("alert", "groups"))
    for sign, follow_up in alert.follow_up.items():
        yield ("alert", "follow_up", sign), sign
        yield ("alert", "follow_up", sign, "sign"), follow_up.sign
    for index, pair in enumerate(alert.together):
        here: Path = ("alert", "together", index)
        yield from texts_of({"one": pair.one, "other": pair.other}, here)
        yield (*here, "sign"), pair.sign


def known_signs(spoken: Spoken, told: Collection[str]) -> frozenset[str]:
    """All danger signs: those that words tell of, and those of spoken.yaml."""
    return frozenset({*told, *spoken.alert.signs, *(question.sign for question in spoken.leg_questions)})


def check_targets_of(source: Source, signs: Collection[str]) -> None:
    """Every alert that a routine file leads to is about a sign that there is. Raises ContentError."""
    for path, text in texts_of(source.document.data):
        alert = alert_of(text)
        is_target = path[-1] in TARGET_KEYS or "answers" in path
        if is_target and alert is not None and alert[1] not in signs:
            raise source.document.error(path, *_no_sign(alert[1], signs))


def _no_sign(name: str, known: Collection[str]) -> tuple[str, str]:
    problem = f"there is no danger sign '{name}'."
    advice = "Signs stand in danger.yaml."
    return problem, near(name, known, advice)


def near(word: str, allowed: Collection[str] | Mapping[str, object], otherwise: str = "") -> str:
    """ "Did you mean ...?", where the list of all that is allowed would be too long to help."""
    close = get_close_matches(word, sorted(allowed), n=1, cutoff=0.6)
    return suggest(word, close) if close else otherwise


def mistyped_tier(target: str) -> str:
    """The advice for a target that looks like an alert and is none."""
    typed, _, sign = target.partition("/")
    advice = f"Write '{TIERS[0]}/{sign}'."
    close = get_close_matches(typed, TIERS, n=1, cutoff=0.6)
    return suggest(target, [f"{close[0]}/{sign}"]) if close else advice
