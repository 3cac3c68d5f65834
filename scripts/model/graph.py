"""The graph of a Vosk model: pronunciation tree with look-ahead (HCLr.fst), grammar (Gr.fst), words.txt.

"[unk]" is a loop over all phones with a cost for each, so that speech which fits some other phone sequence
much better than every word becomes "[unk]"; SPN, a loud sound, is "[unk]" too.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openfst import compile_fst
from phones import PHONE_ID, PHONES, in_word
from transitions import Transitions

Lexicon = Mapping[str, Sequence[tuple[str, ...]]]
"""Each word with its pronunciations."""

_HALF = math.log(2)
"""Cost (negative natural logarithm) of each of two ways."""


@dataclass(frozen=True)
class Costs:
    """Costs of "[unk]", negative natural logarithms. phone: of each phone; opening: of the first one beyond
    that; loud: of a loud sound that is no speech."""

    phone: float = 1.8
    opening: float = 0.0
    loud: float = 0.0


class _Tree:
    """HMMs and pronunciation tree as the arcs of an OpenFst text."""

    def __init__(self, transitions: Transitions) -> None:
        self._transitions = transitions
        self._states = itertools.count()
        self._arcs: list[tuple[int, int, int, int, float]] = []
        start, self.loop, self._silence = self.state(), self.state(), self.state()
        self._sil = transitions.forward["SIL"]
        self.arc(start, self.loop, 0, 0, _HALF)
        self.arc(start, self._silence, self._sil, 0, _HALF)
        self.arc(self._silence, self._silence, transitions.loop["SIL"], 0, _HALF)
        self.arc(self._silence, self.loop, 0, 0, 0)

    def state(self) -> int:
        return next(self._states)

    def arc(self, source: int, target: int, transition: int, word: int, cost: float) -> None:
        self._arcs.append((source, target, transition, word, cost))

    def enter(self, node: int, phone: str, word: int, cost: float) -> int:
        """From `node` into the state of a phone, which may repeat; returns that state."""
        here = self.state()
        self.arc(node, here, self._transitions.forward[phone], word, _HALF + cost)
        self.arc(here, here, self._transitions.loop[phone], 0, _HALF)
        return here

    def leave(self, node: int, word: int = 0) -> None:
        """Back to the beginning of a word, with or without silence."""
        self.arc(node, self.loop, 0, word, _HALF)
        self.arc(node, self._silence, self._sil, word, 2 * _HALF)

    def add_words(
        self, node: int, depth: int, entries: list[tuple[list[str], str]], ids: Mapping[str, int], said: bool
    ) -> None:
        """Grow the tree of (phones, word) from `depth` on; a word's label is on the first arc that is only
        its own. `said`: the label was on an arc above."""
        for phone in sorted({phones[depth] for phones, _ in entries}):
            below = [entry for entry in entries if entry[0][depth] == phone]
            words = sorted({word for _, word in below})
            alone = len(words) == 1
            here = self.enter(node, phone, ids[words[0]] if alone and not said else 0, 0)
            if depth + 1 < len(below[0][0]):
                self.add_words(here, depth + 1, below, ids, said or alone)
            elif alone:
                self.leave(here)
            else:
                for word in words:  # words that sound alike
                    self.leave(here, ids[word])

    def add_unknown(self, unk: int, costs: Costs) -> None:
        """The loop over all phones."""
        self.leave(self.enter(self.loop, "SPN", unk, costs.loud))
        middle, end = self.state(), self.state()
        for phone in PHONES:
            first = costs.phone + costs.opening
            self.arc(self.enter(self.loop, phone + "_S", unk, first), end, 0, 0, 0)
            self.arc(self.enter(self.loop, phone + "_B", unk, first), middle, 0, 0, 0)
            self.arc(self.enter(middle, phone + "_I", 0, costs.phone), middle, 0, 0, 0)
            self.arc(self.enter(middle, phone + "_E", 0, costs.phone), end, 0, 0, 0)
        self.leave(end)

    def text(self) -> str:
        return "".join(f"{a} {b} {t} {w} {cost:.5f}\n" for a, b, t, w, cost in self._arcs) + f"{self.loop} 0\n"


def pronunciation_tree(lexicon: Lexicon, ids: Mapping[str, int], transitions: Transitions, costs: Costs) -> str:
    """HMMs and pronunciation tree as OpenFst text."""
    tree = _Tree(transitions)
    entries = [(in_word(way), word) for word, ways in lexicon.items() for way in ways]
    # Phones of one depth end the word or do not ("_E" and "_S" against "_B" and "_I"), so entries that
    # share their phones so far are of one kind.
    tree.add_words(tree.loop, 0, entries, ids, False)
    tree.add_unknown(ids["[unk]"], costs)
    return tree.text()


def bigram(lexicon: Lexicon, phrases: Iterable[str], ids: Mapping[str, int]) -> str:
    """Bigram of words as OpenFst text, for use without a run-time grammar: mostly `phrases`, any order
    possible."""
    keep, unk = 0.7, 0.002
    pairs: dict[str, dict[str, int]] = {}
    single: dict[str, int] = {}
    for phrase in phrases:
        words = ["<s>", *(word for word in phrase.split() if word in lexicon), "</s>"]
        for one, two in itertools.pairwise(words):
            pairs.setdefault(one, {}).setdefault(two, 0)
            pairs[one][two] += 1
            single[two] = single.get(two, 0) + 1
    total = sum(single.values())
    unigram = {w: 0.5 * single.get(w, 0) / total + 0.5 / len(lexicon) for w in sorted(lexicon)}
    unigram["[unk]"], unigram["</s>"] = unk, 0.5 * single["</s>"] / total
    scale = sum(unigram.values())
    state = {"<s>": 0, "": 1}
    for word in pairs:
        state.setdefault(word, len(state))
    lines: list[str] = []
    for history, number in state.items():
        if history:
            seen = sum(pairs[history].values())
            following = {word: keep * count / seen for word, count in pairs[history].items()}
            lines.append(f"{number} 1 0 0 {-math.log(1 - keep):.5f}\n")
        else:
            following = {word: p / scale for word, p in unigram.items()}
        for word, p in following.items():
            cost = f"{-math.log(p):.5f}\n"
            if word == "</s>":
                lines.append(f"{number} {cost}")
            else:
                lines.append(f"{number} {state.get(word, 1)} {ids[word]} {ids[word]} {cost}")
    return "".join(lines)


def write_graph(folder: Path, lexicon: Lexicon, phrases: Iterable[str], transitions: Transitions, costs: Costs) -> None:
    """Write the folder `graph` of a Vosk model. Raises OpenFstError."""
    (folder / "phones").mkdir(parents=True)
    ids = {word: number for number, word in enumerate(["<eps>", "[unk]", *sorted(lexicon)])}
    relabel = folder / "relabel"  # look-ahead needs words numbered by their place in the tree
    tree = compile_fst(
        pronunciation_tree(lexicon, ids, transitions, costs),
        ["fstarcsort", "--sort_type=olabel"],
        ["fstconvert", "--fst_type=olabel_lookahead", f"--save_relabel_opairs={relabel}"],
    )
    (folder / "HCLr.fst").write_bytes(tree)
    pairs = (line.split() for line in relabel.read_text().splitlines())
    new = {int(old): int(number) for old, number in pairs}
    relabel.unlink()
    ids = {word: new.get(number, number) for word, number in ids.items()}
    if len(set(ids.values())) != len(ids):
        raise AssertionError("two words have one number")
    rows = sorted(ids.items(), key=lambda item: item[1])
    (folder / "words.txt").write_text("".join(f"{word} {number}\n" for word, number in rows))
    grammar = compile_fst(
        bigram(lexicon, phrases, ids), ["fstarcsort", "--sort_type=ilabel"], ["fstconvert", "--fst_type=const"]
    )
    (folder / "Gr.fst").write_bytes(grammar)
    (folder / "disambig_tid.int").write_text(f"{transitions.count + 1}\n")
    kinds = {"B": "begin", "E": "end", "I": "internal", "S": "singleton"}
    special = {"SIL": "nonword", "SPN": "singleton"}
    (folder / "phones" / "word_boundary.int").write_text(
        "".join(f"{i} {special.get(name) or kinds[name[-1]]}\n" for name, i in PHONE_ID.items())
    )
