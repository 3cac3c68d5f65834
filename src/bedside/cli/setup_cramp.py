"""The last step of `bedside setup`: a test cramp, with everything as it will be at night."""

from __future__ import annotations

from dataclasses import dataclass

from bedside.assistant import LogEvent
from bedside.audio.soundcard import SoundCard
from bedside.cli.dialog import Dialog
from bedside.cli.setup_sound import Hearing
from bedside.cli.setup_texts import setup_texts
from bedside.config import Config
from bedside.wiring import assemble, voice_for

FIRST_WORDS, STOP = 20.0, 30.0
"""Seconds in which "leg cramp", and then "stop", is to be said."""


@dataclass(frozen=True)
class TestCramp:
    """heard: "leg cramp" was understood, and answered. stopped: so was "stop"."""

    __test__ = False

    heard: bool
    stopped: bool


class _Watch:
    """Follows the event log: first the cramp, then its first sentence, then the stop. Times are those of the log."""

    def __init__(self, dialog: Dialog) -> None:
        self._dialog = dialog
        self._until = FIRST_WORDS
        self._text = ""
        self._asked = False
        self.heard = self.stopped = False

    def log(self, event: LogEvent) -> None:
        t, said = event["t"], setup_texts().sound
        assert isinstance(t, int | float)
        if event["event"] == "heard":
            self._text = str(event["text"])
        elif event["event"] == "say":
            self._dialog.line(f"  {event['text']}")
        elif event["event"] == "session" and event["state"] == "started":
            self.heard, self._until = True, t + STOP
        elif event["event"] == "said":
            # Not before: over its very first sentence it hears badly, and that is not what is tried here.
            if self.heard and not self._asked:
                self._asked, self._until = True, t + STOP
                self._dialog.line(said.stop, style="bold")
        elif event["event"] == "intent":
            # What meant nothing would only puzzle: over its first sentence bedside may hear itself a little.
            self._dialog.line(said.heard.format(text=self._text), style="dim")
            self.stopped = self.heard and event["intent"] == "stop"

    def over(self, now: float) -> bool:
        return self.stopped or now > self._until


def try_cramp(config: Config, hearing: Hearing, dialog: Dialog) -> TestCramp:
    """Wait for "leg cramp", answer it, wait for "stop". Raises SoundError, VoiceError or ModelError."""
    content, model = hearing.parts
    said, advice, watch = setup_texts().sound, setup_texts().advice, _Watch(dialog)
    with voice_for(config, dialog.line) as voice:
        card = SoundCard(config.microphone, config.speaker, on_trouble=dialog.line)
        assistant = assemble(config, content, model, voice, card, watch.log, dialog.line)
        with card:
            dialog.line(said.cramp, style="bold")
            assistant.run(lambda: watch.over(card.now))
    if not watch.heard:
        dialog.line(advice.cramp_unheard.format(seconds=FIRST_WORDS), style="yellow")
    elif not watch.stopped:
        dialog.line(advice.stop_unheard.format(seconds=STOP), style="yellow")
    else:
        dialog.line(said.stopped, style="green")
    return TestCramp(watch.heard, watch.stopped)
