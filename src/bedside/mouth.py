"""The assistant's mouth: texts become clips, clips are played, and what was really heard of them is told."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

from bedside.audio.block import Block
from bedside.audio.chime import chime
from bedside.audio.player import Finished, Player, Silenced, Started
from bedside.dialogue.actions import Adjust, Say
from bedside.errors import VoiceError
from bedside.tts.clip import Clip
from bedside.tts.voice import Voice

CHIME = "chime"
"""What the player calls the one sound that is no utterance."""


@dataclass(frozen=True)
class Begun:
    """`say` is heard from t (seconds on the sound clock) on."""

    say: Say
    t: float


@dataclass(frozen=True)
class Ended:
    """`say` is over at t. by: who cut it, None if it was spoken to its end or could not be spoken.

    complete: it was spoken whole. trouble: why it could not be spoken.
    """

    say: Say
    t: float
    complete: bool
    by: str | None = None
    trouble: str | None = None


class Mouth:
    """Speaks one utterance at a time.

    waits: wait for each clip to be rendered (right where time is simulated); otherwise the sound goes on meanwhile.
    """

    def __init__(self, voice: Voice, player: Player, waits: bool) -> None:
        self._voice = voice
        self._player = player
        self._waits = waits
        self._start_gain_db = player.gain_db
        self._adjusted = Adjust(1.0, 0.0)
        self._wanted: tuple[Say, Future[Clip]] | None = None
        self._said: dict[str, Say] = {}
        self._cut_by: dict[str, str] = {}

    @property
    def busy(self) -> bool:
        return self._wanted is not None or self._player.busy

    def adjust(self, adjust: Adjust) -> None:
        """Change pace and volume: the volume at once, the pace from the next utterance on."""
        self._adjusted = adjust
        self._player.gain_db = self._start_gain_db + adjust.gain_db

    def duck(self, ducked: bool) -> None:
        """Speak lower while somebody else speaks."""
        self._player.ducked = ducked

    def speak(self, say: Say) -> None:
        """Begin to speak, as soon as the clip is there."""
        self._wanted = (say, self._voice.request(say.text, self._adjusted.pace, say.keep))

    def chime(self) -> None:
        """Sound the chime, if nothing is being spoken; whatever is spoken takes its place."""
        if not self.busy:
            self._player.lift_db = 0.0
            self._player.start(chime(), CHIME)

    def hush(self, by: str) -> None:
        """Cut what is being spoken, and forget what waits to be spoken."""
        self._wanted = None
        for ident in self._said:
            self._cut_by.setdefault(ident, by)
        self._player.cut()

    def next_block(self, now: float) -> tuple[Block, list[Begun | Ended]]:
        """The speaker block that begins at `now`, and what became of the utterances."""
        news: list[Begun | Ended] = []
        if self._wanted is not None and (self._waits or self._wanted[1].done()):
            self._start(now, news)
        block = self._player.next_block(now)
        for event in self._player.take_events():
            if event.ident == CHIME:
                continue
            say = self._said[event.ident]
            if isinstance(event, Started):
                news.append(Begun(say, event.t))
                continue
            del self._said[event.ident]
            if isinstance(event, Silenced):
                news.append(Ended(say, event.t, complete=False, by=self._cut_by.pop(event.ident, "")))
            elif isinstance(event, Finished):
                self._cut_by.pop(event.ident, None)
                news.append(Ended(say, event.t, complete=True))
        return block, news

    def _start(self, now: float, news: list[Begun | Ended]) -> None:
        assert self._wanted is not None
        (say, clip), self._wanted = self._wanted, None
        try:
            samples = clip.result().samples
        except VoiceError as error:
            news.append(Ended(say, now, complete=False, trouble=str(error)))
            return
        self._player.lift_db = say.raise_db
        ident = str(say.ident)
        # A clip that was dropped before anything of it was audible ends without an event.
        self._said = {k: s for k, s in self._said.items() if k in self._cut_by}
        self._said[ident] = say
        self._player.start(samples, ident)
