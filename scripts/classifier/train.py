"""Learn the classifier of danger from sentences and write its weights. Run by scripts/train-classifier.

It learns from the sentences of `heard`, from what the templates of intents.yaml mean (many of them, so each counts
little), and from misheard.tsv: what the recogniser made of sentences that it did not know, and of talk, noise and
coughs that it should make nothing of.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from bedside.nlu.classifier import FILE, SIZE, features
from bedside.nlu.heard import KINDS, load_heard
from bedside.nlu.intents import SCOPES, load_intents
from bedside.resources import content_folder

MISHEARD = Path(__file__).resolve().parent / "misheard.tsv"
TEMPLATE_WEIGHT = 0.1
MISHEARD_WEIGHT = 0.3
LOOSENESS = 100.0
"""scikit-learn's C: the inverse of how strongly large weights are held down."""

Example = tuple[str, str, float]
"""Text, kind, weight."""


def examples() -> list[Example]:
    """All there is to learn from, each text once."""
    found: dict[str, Example] = {}
    for text, kind, weight in (*_heard(), *_templates(), *_misheard()):
        found.setdefault(text, (text, kind, weight))
    return list(found.values())


def _heard() -> Iterator[Example]:
    for kind, texts in load_heard().by_kind.items():
        for text in texts:
            yield text, kind, 1.0


def _templates() -> Iterator[Example]:
    intents = load_intents()
    for scope in SCOPES:
        for sentence in (*intents.sentences(scope), *intents.decoys(scope)):
            if sentence.intent == "danger_sign":
                yield sentence.text, sentence.slots.get("tier", "urgent"), TEMPLATE_WEIGHT
            elif sentence.intent != "leg_swelling":
                yield sentence.text, "harmless", TEMPLATE_WEIGHT


def _misheard() -> Iterator[Example]:
    for number, line in enumerate(MISHEARD.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#") or not line:
            continue
        kind, _, text = line.partition("\t")
        if kind not in KINDS or not text:
            sys.exit(f"{MISHEARD}:{number}: write {', '.join(KINDS)}, a tab and what was heard.")
        yield text, kind, MISHEARD_WEIGHT


def matrix(texts: Sequence[str]) -> csr_matrix:
    """A row a text, each of length one."""
    starts, places, values = [0], [], []
    for text in texts:
        found = sorted(features(text))
        places += found
        values += [len(found) ** -0.5] * len(found)
        starts.append(len(places))
    return csr_matrix((values, places, starts), shape=(len(texts), SIZE))


def learn(rows: csr_matrix, is_so: np.ndarray, weights: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=LOOSENESS, max_iter=3000).fit(rows, is_so, sample_weight=weights)


def check(found: list[Example]) -> None:
    """What a classifier that has not seen a sentence makes of it: the surest faults, to look for wrong labels."""
    texts, kinds, weights = (np.array(column) for column in zip(*found, strict=True))
    rows, danger = matrix(list(texts)), kinds != "harmless"
    guess = np.zeros(len(found))
    for seen, unseen in KFold(5, shuffle=True, random_state=1).split(texts):
        guess[unseen] = learn(rows[seen], danger[seen], weights[seen]).predict_proba(rows[unseen])[:, 1]
    whole = weights == 1.0
    for limit in (0.5, 0.6, 0.7, 0.8, 0.9):
        missed, alarms = (guess < limit)[danger & whole].mean(), (guess >= limit)[~danger & whole].mean()
        print(f"from {limit}: danger missed {missed:.1%}, harmless talk taken for danger {alarms:.1%}")
    wrong = sorted(np.flatnonzero(whole), key=lambda at: -abs(guess[at] - danger[at]))
    for at in wrong[:150]:
        print(f"{kinds[at]:10} {guess[at]:.2f} {texts[at]}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="train-classifier", description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="tell how sentences left out would have been read")
    given = parser.parse_args()
    found = examples()
    if given.check:
        check(found)
        return
    texts, kinds, weights = (np.array(column) for column in zip(*found, strict=True))
    rows, danger = matrix(list(texts)), kinds != "harmless"
    both = (
        learn(rows, danger, weights),
        learn(rows[danger], (kinds == "emergency")[danger], weights[danger]),
    )
    scale = [float(np.abs(one.coef_).max()) / 127 for one in both]
    kept = np.stack([np.rint(one.coef_[0] / step).astype(np.int8) for one, step in zip(both, scale, strict=True)])
    file = content_folder() / FILE
    bias = [float(one.intercept_[0]) for one in both]
    np.savez_compressed(file, weights=kept, scale=scale, bias=bias, digest=load_heard().digest)
    print(f"{file}: learnt from {len(found)} sentences")


if __name__ == "__main__":
    main()
