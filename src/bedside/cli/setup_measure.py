"""The third sound step of `bedside setup`: how the voice is heard in the room, and how loud it is to be at night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from bedside.audio.calibration import Echo, Volume, listen_to_itself, measure, probe_sound, recommend
from bedside.audio.echo_filter import REACH
from bedside.audio.soundcard import SoundCard
from bedside.cli.dialog import Dialog
from bedside.cli.say import play
from bedside.cli.setup_questions import Values
from bedside.cli.setup_texts import setup_texts
from bedside.config import Config
from bedside.tts.clip import Clip
from bedside.wiring import voice_for

STEP_DB = 3.0
SOFTEST, LOUDEST = -20.0, 0.0
"""How softer and louder go at night, and how far (dB), as the settings allow."""


@dataclass(frozen=True)
class Measured:
    """An echo, and the volume that follows from it; advice: one line for each thing that is not as it should be."""

    echo: Echo
    volume: Volume
    advice: tuple[str, ...]

    def values(self) -> Values:
        """As settings. What was not heard is not written, so that nothing is compared with it later."""
        heard = self.echo.delay is not None
        return {
            "measured.day": date.today().isoformat(),
            "measured.delay": round(self.echo.delay, 3) if self.echo.delay is not None else None,
            "measured.voice_dbfs": round(self.echo.level_dbfs, 1) if heard else None,
            "measured.noise_dbfs": round(self.echo.noise_dbfs, 1),
        }


def measure_room(config: Config, dialog: Dialog) -> Measured:
    """Play the test sound and measure what comes back. Raises SoundError or VoiceError."""
    dialog.line(setup_texts().sound.playing)
    sound = probe_sound(trial_clip(config).samples)
    with SoundCard(config.microphone, config.speaker) as card:
        played, heard = listen_to_itself(card, sound, config.voice.gain_db)
    echo = measure(played, heard)
    volume = recommend(echo, config.voice.gain_db, config.voice.max_gain_db)
    found = Measured(echo, volume, tuple(_advice(echo, volume)))
    if echo.delay is not None:
        text = setup_texts().sound.measured
        dialog.line(text.format(delay=echo.delay, above=echo.above_noise_db, noise=echo.noise_dbfs))
    for line in found.advice:
        dialog.line(line, style="yellow")
    return found


def choose_night_volume(config: Config, gain_db: float, dialog: Dialog) -> float:
    """Speak at the volume of the nights until it is right: an ear knows what is too loud, a microphone does not.
    gain_db: to begin with, dB below the usual."""
    ask, clip = setup_texts().ask, trial_clip(config)
    while True:
        dialog.line(setup_texts().sound.night.format(gain=gain_db))
        softer = config.voice.model_copy(update={"gain_db": config.voice.gain_db + gain_db})
        dialog.attempt(partial(play, clip, config.model_copy(update={"voice": softer})))
        answer = dialog.choose(ask.night, ("yes", "softer", "louder"))
        if answer == "yes":
            return gain_db
        step = STEP_DB if answer == "louder" else -STEP_DB
        gain_db = min(LOUDEST, max(SOFTEST, gain_db + step))


def trial_clip(config: Config) -> Clip:
    """The test sentence in the voice of the settings. Raises VoiceError."""
    with voice_for(config, lambda line: None) as voice:
        return voice.clip(setup_texts().test)


def _advice(echo: Echo, volume: Volume) -> list[str]:
    advice = setup_texts().advice
    if echo.delay is None:
        return [advice.echo_unheard]
    lines = []
    if echo.clipped:
        lines.append(advice.echo_overloaded)
    if echo.delay > REACH:
        lines.append(advice.echo_late.format(delay=echo.delay, reach=REACH))
    if not volume.enough:
        lines.append(advice.too_soft)
    return lines
