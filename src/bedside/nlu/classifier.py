"""A second reader of danger: how much an utterance sounds like danger, learnt from sentences.

The patterns of danger.yaml find what somebody thought of; nobody thinks of everything. This reader weighs the words,
pairs and triples of words and pieces of words that the sentences of `heard` have in common, so that new wording is
near to known wording, and so that a word garbled by the recogniser still counts. It is a logistic regression on
hashed features; `scripts/train-classifier` writes its weights.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bedside.errors import ContentError
from bedside.nlu.meaning import load_meanings
from bedside.resources import content_folder

SIZE = 2**17
"""Places that features are hashed to."""

FILE = "classifier.npz"


@dataclass(frozen=True)
class Likelihood:
    """What the classifier makes of an utterance. danger: 0 to 1. emergency: 0 to 1, if there is danger at all."""

    danger: float
    emergency: float


@dataclass(frozen=True)
class Classifier:
    """weights: int8 of shape (2, SIZE), for danger and for emergency; scale and bias: two numbers each.
    digest: of the sentences it learnt from."""

    weights: npt.NDArray[np.int8]
    scale: tuple[float, float]
    bias: tuple[float, float]
    digest: str

    def read(self, text: str) -> Likelihood:
        """How much a normalised text sounds like danger. An empty text sounds like none."""
        if not text:
            return Likelihood(0.0, 0.0)
        places = sorted(features(text))
        sums = self.weights[:, places].sum(axis=1, dtype=np.int64) / math.sqrt(len(places))
        danger, emergency = (
            _logistic(float(total) * scale + bias)
            for total, scale, bias in zip(sums, self.scale, self.bias, strict=True)
        )
        return Likelihood(danger, emergency)


def features(text: str) -> set[int]:
    """The places of the features of a normalised text: runs of one to three words and pairs with one word between,
    as they stand and with marks on what is denied or told of somebody else; pieces of three to five letters."""
    words, marked = text.split(), load_meanings().marked(text)
    names = {*_runs(words), *_pieces(words), *_runs(marked)}
    return {zlib.crc32(name.encode()) % SIZE for name in names}


def _runs(words: list[str]) -> Iterator[str]:
    framed = ["^", *words, "$"]
    for length in (1, 2, 3):
        for at in range(len(framed) - length + 1):
            yield " ".join(framed[at : at + length])
    for at in range(len(framed) - 2):
        yield f"{framed[at]} _ {framed[at + 2]}"


def _pieces(words: list[str]) -> Iterator[str]:
    for word in words:
        letters = f"<{word}>"
        for length in (3, 4, 5):
            for at in range(len(letters) - length + 1):
                yield "#" + letters[at : at + length]


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, value))))


@lru_cache(maxsize=2)
def load_classifier(folder: Path | None = None) -> Classifier:
    """Read the classifier of a content folder (None: the shipped one). Raises ContentError if it cannot be used."""
    file = (folder or content_folder()) / FILE
    try:
        with np.load(file, allow_pickle=False) as kept:
            weights, scale, bias, digest = kept["weights"], kept["scale"], kept["bias"], str(kept["digest"])
    except (OSError, ValueError, KeyError, zlib.error) as error:
        raise ContentError(
            file, 1, f"cannot be read ({error}).", "Write it anew with scripts/train-classifier."
        ) from None
    if weights.shape != (2, SIZE) or weights.dtype != np.int8:
        raise ContentError(file, 1, "has another form. Write it anew with scripts/train-classifier.")
    return Classifier(weights, (float(scale[0]), float(scale[1])), (float(bias[0]), float(bias[1])), digest)
