"""libvosk itself, called as the package `vosk` calls it.

Of that package only the library and its declarations are taken. Importing it brings along what it has for downloads,
progress bars and subtitles (requests, tqdm, srt): a fifth of a second on a small computer, and 8 MB all night.
Names are those of the package.
"""

# ruff: noqa: N802

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from bedside.errors import ModelError


@lru_cache(maxsize=1)
def _library() -> tuple[Any, Any]:
    """The declarations and the library. Raises ModelError if that does not load here."""
    package = find_spec("vosk")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("No module named 'vosk'", name="vosk")
    folder = Path(package.submodule_search_locations[0])
    spec = spec_from_file_location("vosk_cffi", folder / "vosk_cffi.py")
    assert spec is not None
    assert spec.loader is not None
    declarations = module_from_spec(spec)
    spec.loader.exec_module(declarations)
    try:
        return declarations.ffi, declarations.ffi.dlopen(str(folder / "libvosk.so"))
    except OSError as error:
        advice = "Install it: sudo apt install libatomic1" if "libatomic" in str(error) else "Install bedside anew."
        raise ModelError(f"libvosk cannot be loaded ({str(error).rsplit('libvosk.so: ', 1)[-1]}). {advice}") from None


def SetLogLevel(level: int) -> None:
    """How much libvosk writes to standard error: 0 is usual, below are warnings and errors only, then nothing."""
    _library()[1].vosk_set_log_level(level)


class Model:
    """A model folder in memory. Raises RuntimeError if it cannot be read."""

    def __init__(self, folder: str) -> None:
        self._ffi, self._vosk = _library()
        self.handle = self._vosk.vosk_model_new(folder.encode())
        if self.handle == self._ffi.NULL:
            raise RuntimeError("no model")

    def __del__(self) -> None:
        self._vosk.vosk_model_free(self.handle)

    def vosk_model_find_word(self, word: str) -> int:
        """The number of a word; -1 if the model does not know it."""
        return int(self._vosk.vosk_model_find_word(self.handle, word.encode()))


class KaldiRecognizer:
    """A recogniser. rate: Hz of the sound. grammar: JSON, a list of phrases. Raises RuntimeError."""

    def __init__(self, model: Model, rate: float, grammar: str) -> None:
        self._ffi, self._vosk = _library()
        self._handle = self._vosk.vosk_recognizer_new_grm(model.handle, rate, grammar.encode())
        if self._handle == self._ffi.NULL:
            raise RuntimeError("no recogniser")

    def __del__(self) -> None:
        self._vosk.vosk_recognizer_free(self._handle)

    def SetWords(self, wanted: bool) -> None:
        """Whether results tell of each word when it was said."""
        self._vosk.vosk_recognizer_set_words(self._handle, int(wanted))

    def SetMaxAlternatives(self, count: int) -> None:
        """How many alternatives a final result gives, each with its likelihood; 0: one result without."""
        self._vosk.vosk_recognizer_set_max_alternatives(self._handle, count)

    def AcceptWaveform(self, pcm: bytes) -> int:
        """Take 16-bit sound; 1 if libvosk takes the utterance for over. Raises RuntimeError."""
        over = int(self._vosk.vosk_recognizer_accept_waveform(self._handle, pcm, len(pcm)))
        if over < 0:
            raise RuntimeError("the sound cannot be processed")
        return over

    def PartialResult(self) -> str:
        """What has been heard of the utterance, as JSON."""
        return self._text(self._vosk.vosk_recognizer_partial_result(self._handle))

    def FinalResult(self) -> str:
        """The same once the utterance is over, which it is by this."""
        return self._text(self._vosk.vosk_recognizer_final_result(self._handle))

    def _text(self, answer: Any) -> str:
        return bytes(self._ffi.string(answer)).decode()
