"""Vosk behind the protocols of recognizer.py.

What libvosk needs to be treated with, as read in its source and seen here: grammars are fixed when a
recogniser is made (changing one in mid-utterance throws through C), its endpoint is tested once per call,
and it writes to the process's standard error by itself.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from bedside.asr import libvosk
from bedside.asr.recognizer import UNKNOWN, RecognizedWords, Word
from bedside.asr.renewed import RenewedRecognizer
from bedside.audio.block import BLOCK, RATE, Block
from bedside.errors import ModelError

GATHER = 3 * BLOCK
"""Samples for one call of libvosk: 30 ms, far below the 100 ms at which its endpoint would come late."""

PHRASES_CONF = "phrases.conf"
"""A file in the folder conf of a model with options of model.conf that are others where a list of phrases is heard."""

HIDE_WARNINGS = -2
SHOW_WARNINGS = -1


class VoskModel:
    """A model folder in memory, shared by all recognisers made from it (libvosk allows that across threads).

    Raises ModelError if libvosk cannot read the folder. A damaged file can still abort the process inside
    libvosk, so check the files of a folder that comes from elsewhere before.
    """

    def __init__(self, folder: Path) -> None:
        folder = folder.resolve()
        if not folder.is_dir():
            raise ModelError(f"{folder}: there is no model folder here. See 'bedside model list'.")
        self.folder = folder
        self._model = self._load(folder)
        self._for_phrases = self._load_for_phrases()

    def _load_for_phrases(self) -> Any:
        """The same model with the options of `PHRASES_CONF`, if there are any: a few MB more."""
        conf = self.folder / "conf"
        if not (conf / PHRASES_CONF).is_file():
            return self._model
        with tempfile.TemporaryDirectory(prefix="bedside-model-") as derived:
            folder = Path(derived)
            for name in ("am", "graph"):
                (folder / name).symlink_to(self.folder / name, target_is_directory=True)
            (folder / "conf").mkdir()
            (folder / "conf" / "mfcc.conf").symlink_to(conf / "mfcc.conf")
            # Of an option that comes twice the last one counts.
            options = [(conf / name).read_text(encoding="utf-8") for name in ("model.conf", PHRASES_CONF)]
            (folder / "conf" / "model.conf").write_text("\n".join(options), encoding="utf-8")
            return self._load(folder)

    def _load(self, folder: Path) -> Any:
        libvosk.SetLogLevel(SHOW_WARNINGS)
        with _native_stderr() as noise:
            try:
                return libvosk.Model(str(folder))
            except Exception:
                reason = _last_complaint(noise)
                raise ModelError(
                    f"{self.folder}: the recogniser cannot read this model{reason}. "
                    "Run 'bedside model verify', or set another one with 'bedside model use'."
                ) from None
            finally:
                libvosk.SetLogLevel(HIDE_WARNINGS)

    def has_word(self, word: str) -> bool:
        """Whether `word` is in the vocabulary."""
        return bool(self._model.vosk_model_find_word(word) >= 0)

    def recognizer(self, phrases: Sequence[str], *, free: bool = False) -> RenewedRecognizer:
        """See `SpeechModel.recognizer`. libvosk drops words that the model lacks without a sign: run
        `check_vocabulary` before. Raises ModelError for a model whose graph takes no grammar."""
        if not phrases:
            raise ValueError("a grammar needs at least one phrase")
        grammar = json.dumps([*phrases, UNKNOWN])
        model = self._model if free else self._for_phrases
        with _native_stderr() as noise:
            libvosk.SetLogLevel(SHOW_WARNINGS)
            try:
                recognizer = RenewedRecognizer(lambda: self._make(model, grammar))
            except ModelError as error:
                raise ModelError(f"{str(error).rstrip('.')}{_last_complaint(noise)}.") from None
            finally:
                libvosk.SetLogLevel(HIDE_WARNINGS)
            if "Runtime graphs are not supported" in _text(noise):
                raise ModelError(
                    f"{self.folder}: this model has a fixed graph and cannot be held to bedside's phrases. "
                    "Take a model that has graph/HCLr.fst, such as the 'small' models of Vosk."
                )
        return recognizer

    def _make(self, model: Any, grammar: str) -> VoskRecognizer:
        """Also called from the thread that renews recognisers, so nothing of the process is touched here."""
        try:
            recognizer = libvosk.KaldiRecognizer(model, RATE, grammar)
        except Exception:
            raise ModelError(f"{self.folder}: no recogniser can be made of this model.") from None
        recognizer.SetWords(True)
        return VoskRecognizer(recognizer)


class VoskRecognizer:
    """One grammar on a shared `VoskModel`. One thread at a time."""

    def __init__(self, recognizer: Any) -> None:
        self._recognizer = recognizer
        self._gathered = np.zeros(0, dtype=np.float32)
        self._accepted = 0
        self._utterance_began = 0

    def accept(self, block: Block) -> bool:
        """See `Recognizer.accept`. Sound is handed on every 30 ms."""
        self._gathered = np.concatenate((self._gathered, block))
        return self._hand_on() if len(self._gathered) >= GATHER else False

    def partial(self) -> str:
        """See `Recognizer.partial`."""
        # Before the first sound of an utterance the answer has no such key.
        return str(json.loads(self._recognizer.PartialResult()).get("partial", ""))

    def finish(self) -> RecognizedWords:
        """See `Recognizer.finish`. Takes a few milliseconds: the rest of the sound is decoded now."""
        self._hand_on()
        return RecognizedWords(self._words(json.loads(self._recognizer.FinalResult())))

    def finish_scored(self) -> RecognizedWords:
        """See `Recognizer.finish_scored`."""
        self._hand_on()
        self._recognizer.SetMaxAlternatives(1)
        found = json.loads(self._recognizer.FinalResult())
        self._recognizer.SetMaxAlternatives(0)
        # Without any sound there are no alternatives.
        best = next(iter(found.get("alternatives", [])), {"confidence": 0.0})
        # What is called confidence there is the logarithm of a likelihood.
        return RecognizedWords(self._words(best), best["confidence"])

    def reset(self) -> None:
        """See `Recognizer.reset`."""
        # Reset() would keep up to 90 ms of undecoded sound for the next utterance; finishing does not,
        # and it also frees the feature pipeline, which otherwise grows.
        self.finish()

    def _words(self, result: dict[str, Any]) -> tuple[Word, ...]:
        """Those of the utterance that has just ended."""
        # libvosk counts time since the recogniser was made, not since the utterance began.
        began = self._utterance_began / RATE
        self._utterance_began = self._accepted
        return tuple(_word(entry, began) for entry in result.get("result", []))

    def _hand_on(self) -> bool:
        if not len(self._gathered):
            return False
        pcm = np.clip(np.round(self._gathered * 32767.0), -32768, 32767).astype("<i2")
        self._accepted += len(pcm)
        self._gathered = self._gathered[:0]
        return bool(self._recognizer.AcceptWaveform(pcm.tobytes()))


def _word(entry: dict[str, Any], began: float) -> Word:
    start, end = (max(0.0, entry[key] - began) for key in ("start", "end"))
    return Word(entry["word"], start, end, min(1.0, entry.get("conf", 0.0)))


@contextmanager
def _native_stderr() -> Iterator[BinaryIO]:
    """Catch what C code writes to standard error meanwhile; gives the file it goes to."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as noise:
        try:
            kept = os.dup(2)
        except OSError:
            # Standard error is closed: there is nothing to keep clean.
            yield noise
            return
        try:
            os.dup2(noise.fileno(), 2)
            yield noise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _text(noise: BinaryIO) -> str:
    noise.seek(0)
    return noise.read().decode("utf-8", "replace")


def _last_complaint(noise: BinaryIO) -> str:
    """The last thing libvosk said, as " (...)", without its file and line mark; "" if it was silent."""
    lines = [line.strip() for line in _text(noise).splitlines() if line.strip()]
    said = next((line for line in reversed(lines) if line.startswith(("ERROR", "WARNING"))), "")
    said = said.split(") ", 1)[-1]
    return f" ({said})" if said else ""
