"""Whether the model can hear what the phrases ask for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bedside.asr.recognizer import UNKNOWN, SpeechModel
from bedside.errors import ContentError

SHOWN = 5
"""So many missing words are named; the rest are counted."""

Origin = tuple[str, Path, int]
"""Where a word comes from: intent, file, line."""


def check_vocabulary(model: SpeechModel, words: Mapping[str, Origin]) -> None:
    """Check that `model` knows every word of `words`; a recogniser would leave out the others without a word,
    and the phrase could then be heard only in part.

    Raises ContentError at the line of the first missing word, naming the missing words with their intents.
    """
    missing = {word: origin for word, origin in words.items() if word != UNKNOWN and not model.has_word(word)}
    if not missing:
        return
    named = [
        f"'{word}' (intent {intent}, line {line})" for word, (intent, _file, line) in list(missing.items())[:SHOWN]
    ]
    more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
    _intent, file, line = next(iter(missing.values()))
    if len(missing) == 1:
        problem = f"the recogniser's model does not know the word {named[0]}."
    else:
        problem = f"the recogniser's model does not know the words {', '.join(named)}{more}."
    raise ContentError(
        file,
        line,
        problem,
        "Say it with other words, add them with 'scripts/rebuild-model', or take the official model "
        "('bedside model fetch').",
    )
