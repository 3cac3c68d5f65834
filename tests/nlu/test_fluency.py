"""Words count as fluent as far as they follow each other as in known sentences."""

from __future__ import annotations

import pytest

from bedside.nlu.fluency import Fluency

FLUENCY = Fluency(["i can't breathe", "my chest hurts"])


@pytest.mark.parametrize(
    ("text", "pairs", "triples"),
    [
        ("i can't breathe", 1.0, 1.0),
        ("my chest hurts i can't breathe", 6 / 7, 4 / 6),
        ("breathe chest i hurts my can't", 0.0, 0.0),
        ("i can't", 2 / 3, 1 / 2),
        ("", 0.0, 0.0),
    ],
)
def test_shares_of_neighbours(text: str, pairs: float, triples: float) -> None:
    assert FLUENCY.pairs(text.split()) == pytest.approx(pairs)
    assert FLUENCY.triples(text.split()) == pytest.approx(triples)
