"""The voice: texts in, clips out, each rendered once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path

from bedside.audio.block import Samples
from bedside.errors import VoiceError
from bedside.tts.cache import ClipCache, cache_key
from bedside.tts.clip import Clip
from bedside.tts.render import Renderer

SLOWEST, FASTEST = 80, 320
"""Words a minute that espeak-ng can speak and people can follow."""

SENTENCES = "speech"
"""Where in bedside's cache folder they are kept."""


def default_cache_folder() -> Path:
    return Path(user_cache_path("bedside")) / SENTENCES


@dataclass(frozen=True)
class VoiceSettings:
    """How the voice sounds and where it keeps its sentences. The default is slow, low and soft: of the English
    voices it is the one with little sound above 3 kHz that is still understood as well as the best.

    name: an espeak-ng voice or language, with a variant behind a plus sign. words_per_minute: 80 to 320.
    pitch: 0 to 99, 50 is the voice's own. timeout: seconds for one text. cache_folder: None keeps the
    sentences in memory only. cache_bytes: the most that is kept on disk.
    """

    name: str = "en-us+m7"
    words_per_minute: int = 135
    pitch: int = 40
    timeout: float = 10.0
    cache_folder: Path | None = field(default_factory=default_cache_folder)
    cache_bytes: int = 200_000_000


class Voice:
    """Turns texts into clips. Any thread may use it; close it in the end.

    warn: called with one line, at most once, when the sentences cannot be kept on disk.
    """

    def __init__(
        self, settings: VoiceSettings | None = None, warn: Callable[[str], None] = lambda message: None
    ) -> None:
        self.settings = settings or VoiceSettings()
        self._cache = ClipCache(self.settings.cache_folder, self.settings.cache_bytes, warn)
        self._renderer = Renderer(self.settings.timeout)
        # One thread: the engine renders one text at a time anyway.
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="voice")
        self._requests = 0
        self._closed = False
        self._free = threading.Condition()
        self._behind: threading.Thread | None = None

    def words_per_minute(self, rate_factor: float = 1.0) -> int:
        """The rate when it is changed by a factor (0.8: slower), within what can be spoken."""
        return max(SLOWEST, min(FASTEST, round(self.settings.words_per_minute * rate_factor)))

    def clip(self, text: str, rate_factor: float = 1.0, keep: bool = True) -> Clip:
        """`text` as sound; waits for it. keep: it will be spoken again. Raises VoiceError."""
        key = self._key(text, rate_factor)
        samples = self._cache.get(key)
        if samples is None:
            samples = self._render(text, rate_factor, keep=keep)
        return Clip(text, samples)

    def request(self, text: str, rate_factor: float = 1.0, keep: bool = True) -> Future[Clip]:
        """`text` as sound, later. keep: it will be spoken again. A failure is a VoiceError in the future; it is never
        left undone: after two time-outs it has failed, and `close` cancels it."""
        with self._free:
            self._requests += 1
        future = self._executor.submit(self.clip, text, rate_factor, keep)
        future.add_done_callback(self._served)
        return future

    def prepare(
        self,
        texts: Sequence[str],
        progress: Callable[[int, int], None] = lambda done, total: None,
        rate_factor: float = 1.0,
    ) -> None:
        """Have all of `texts` ready before they are needed. Waits, while `request` goes on being served.

        progress: called after each text with how many are done and how many there are. Raises VoiceError.
        """
        wanted = list(dict.fromkeys(texts))
        for done, text in enumerate(wanted, start=1):
            if not self._cache.holds(self._key(text, rate_factor)):
                self.clip(text, rate_factor)
            progress(done, len(wanted))

    def prepare_behind(
        self,
        texts: Sequence[str],
        progress: Callable[[int, int], None] = lambda done, total: None,
        trouble: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Render what is missing of `texts` in the background, in their order, until `close`. What is requested comes
        first.

        progress: called after each text that was missing. trouble: gets one line, once, if texts cannot be spoken.
        Both are called from another thread. To be called once.
        """
        self._behind = threading.Thread(
            target=self._render_missing, args=(list(dict.fromkeys(texts)), progress, trouble), name="preparing"
        )
        self._behind.start()

    def _render_missing(
        self, texts: Sequence[str], progress: Callable[[int, int], None], trouble: Callable[[str], None]
    ) -> None:
        told = False
        try:
            missing = [text for text in texts if not self._cache.holds(self._key(text, 1.0))]
        except VoiceError:
            return  # Closed already.
        for done, text in enumerate(missing, start=1):
            with self._free:
                self._free.wait_for(lambda: self._closed or not self._requests)
            try:
                self._render(text, 1.0, behind=True)
            except VoiceError as error:
                if self._closed:
                    return
                if not told:
                    trouble(str(error))
                told = True
            progress(done, len(missing))

    def _render(self, text: str, rate_factor: float, behind: bool = False, keep: bool = True) -> Samples:
        rate = self.words_per_minute(rate_factor)
        samples = self._renderer.render(text, self.settings.name, rate, self.settings.pitch, behind)
        if keep:
            self._cache.put(self._key(text, rate_factor), samples)
        return samples

    def _served(self, _: Future[Clip]) -> None:
        with self._free:
            self._requests -= 1
            self._free.notify_all()

    def _key(self, text: str, rate_factor: float) -> str:
        rate = self.words_per_minute(rate_factor)
        return cache_key(text, self.settings.name, rate, self.settings.pitch, self._renderer.engine)

    def close(self) -> None:
        """End the child process and the threads; what is still requested is cancelled or fails."""
        with self._free:
            self._closed = True
            self._free.notify_all()
        self._renderer.close()
        self._executor.shutdown(wait=True, cancel_futures=True)
        if self._behind is not None:
            self._behind.join()

    def __enter__(self) -> Voice:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
