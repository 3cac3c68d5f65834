"""Is an utterance a sign of danger? The patterns of danger.yaml and the classifier judge together.

The patterns come first; where they find nothing and the classifier is sure, there is danger too; where they find
something that the classifier is sure is none ("I nicked my shin shaving and it's bleeding"), there is not.
"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import fuzz, process

from bedside.nlu.classifier import Likelihood, load_classifier
from bedside.nlu.heard import load_heard
from bedside.nlu.meaning import Danger, load_meanings
from bedside.nlu.schema import Tier

SURE, DOUBTFUL = 0.9, 0.85
"""Likelihoods of danger from which the classifier by itself raises an alert, and one that asks whether it heard right.
Chosen on sentences that it had not learnt from (`scripts/train-classifier --check`): below, more harmless talk
alarms than danger is found."""

DENIED = 0.93
"""The same, where the patterns found a sign that the speaker denies or tells of somebody else."""

HARMLESS = {"urgent": 0.1, "emergency": 0.05}
"""Below these likelihoods the patterns are mistaken, by the tier that they found."""

EMERGENCY = 0.35
"""From this share the tier is the higher one: in doubt the more careful reading (guidance.md C0)."""

TIERS: tuple[Tier, ...] = ("emergency", "urgent")
LEAST_WORDS = 2
NEIGHBOURS = 12
UNNAMED = {"emergency": "something_very_wrong", "urgent": "feeling_wrong"}
"""The signs of danger that has no nearer name."""


def danger_in(words: str, found: Danger | None) -> Danger | None:
    """What a normalised text tells of danger. found: what the patterns made of it (`Meanings.danger`)."""
    known = load_heard().kinds.get(words)
    if known is not None:
        return _known(words, known, found)
    likelihood = load_classifier().read(words)
    if found is not None:
        return found if likelihood.danger >= HARMLESS[found.tier] else None
    if len(words.split()) < LEAST_WORDS or likelihood.danger < DOUBTFUL:
        return None
    if likelihood.danger < DENIED and load_meanings().takes_danger_back(words):
        return None
    tier: Tier = "emergency" if likelihood.emergency >= EMERGENCY else "urgent"
    return Danger(tier, sign_like(words, tier), likelihood.danger < SURE, _pattern(likelihood))


def _known(words: str, kind: str, found: Danger | None) -> Danger | None:
    """A sentence of `heard` means what its file says."""
    for tier in TIERS:
        if kind == tier:
            same = found is not None and found.tier == tier
            return found if same else Danger(tier, sign_like(words, tier), False, f"heard/{tier}")
    return None


def sign_like(words: str, tier: Tier) -> str:
    """The sign that the most alike sentences of `heard` with this tier tell of."""
    choices = load_heard().danger[tier]
    for text, _, _ in process.extract(words, choices, scorer=fuzz.token_sort_ratio, limit=NEIGHBOURS):
        sign = _sign_of(text, tier)
        if sign is not None:
            return sign
    return UNNAMED[tier]


@lru_cache(maxsize=512)
def _sign_of(text: str, tier: Tier) -> str | None:
    danger = load_meanings().danger(text)
    return danger.sign if danger is not None and danger.tier == tier else None


def _pattern(likelihood: Likelihood) -> str:
    return f"classifier {likelihood.danger:.2f}"
