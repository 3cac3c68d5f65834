#!/usr/bin/env python3
"""How many danger signs are missed, and how much bedroom talk raises an alarm, half by half.

    python bench/danger_recall.py [--show]

"tuned" (content/en/heard and learnt) was learnt from, "held" (the tables of tests/nlu) was not; --show names every
fault.
The emergencies among the signs are counted once more by themselves: of those none may be missed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from bedside.nlu.heard import load_heard
from bedside.nlu.intents import SCOPES, load_intents
from bedside.nlu.match import Match
from bedside.nlu.matcher import match

TABLES = Path(__file__).resolve().parent.parent / "tests" / "nlu"
PARTS = ("tuned", "held")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="name every sentence that went wrong")
    show: bool = parser.parse_args().show
    danger = {"tuned": load_heard().danger, "held": table("danger")}
    chatter = {"tuned": load_heard().harmless, "held": table("chatter")}
    print(f"{'':28}{'tuned':>20}{'held':>20}")
    row("danger signs missed", [missed(danger[part]) for part in PARTS], show)
    row("emergencies missed", [missed({"emergency": danger[part]["emergency"]}) for part in PARTS], show)
    row("danger signs, wrong tier", [wrong_tier(danger[part]) for part in PARTS], show)
    row("bedroom talk that alarms", [alarms(chatter[part]) for part in PARTS], show)


def table(name: str) -> Any:
    return yaml.safe_load((TABLES / f"{name}.yaml").read_text(encoding="utf-8"))


Faults = tuple[list[str], int]
"""What went wrong, and of how many."""


def missed(tiers: dict[str, list[str]]) -> Faults:
    return faults((text for texts in tiers.values() for text in texts), lambda m: m.intent != "danger_sign")


def wrong_tier(tiers: dict[str, list[str]]) -> Faults:
    wrong: list[str] = []
    count = 0
    for tier, texts in tiers.items():
        other = "urgent" if tier == "emergency" else "emergency"
        some, of = faults(texts, partial(has_tier, other))
        wrong, count = wrong + some, count + of
    return wrong, count


def has_tier(tier: str, found: Match) -> bool:
    return found.slots.get("tier") == tier


def alarms(texts: Iterable[str]) -> Faults:
    return faults(texts, lambda m: m.intent == "danger_sign")


def faults(texts: Iterable[str], wrong: Callable[[Match], bool]) -> Faults:
    said = [(text, scope) for text in texts for scope in SCOPES]
    return [f"{scope}: {text}" for text, scope in said if wrong(match(text, load_intents(), scope))], len(said)


def row(name: str, parts: list[Faults], show: bool) -> None:
    cells = [f"{len(wrong)} of {count} = {100 * len(wrong) / count:.1f} %" for wrong, count in parts]
    print(f"{name:28}" + "".join(f"{cell:>20}" for cell in cells))
    if show:
        for wrong, _ in parts:
            for text in wrong:
                print(f"    {text}")


if __name__ == "__main__":
    main()
