"""What the checks look at together: the settings, the service, what was measured. Each is fetched once."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

from bedside import resources
from bedside.audio.calibration import Echo, listen_to_itself, measure, probe_sound
from bedside.audio.soundcard import SoundCard
from bedside.config import Config, load_config
from bedside.doctor.finding import Background, NotInTimeError
from bedside.doctor.running import Running, find_running
from bedside.errors import BedsideError, ModelError
from bedside.service.places import Places
from bedside.service.status import ServiceStatus, ask
from bedside.service.system import is_booted
from bedside.tts.voice import SENTENCES, Voice, VoiceSettings, default_cache_folder

HEARING_TAKES = 60.0
"""Seconds at most for the self-test of hearing, whose recogniser is loaded meanwhile."""

SOUND_TAKES = 20.0
"""Seconds at most for the tone and what comes back of it, which takes some five."""

CLIP = "my-left-leg-is-cramping.wav"


class Patient:
    """file: the settings file, which need not exist. sound: the tone may be played."""

    def __init__(self, file: Path | None, sound: bool) -> None:
        self.file = file
        self.sound = sound
        self._hearing: subprocess.Popen[str] | None = None
        self._sounding: Background[Echo] | None = None

    @cached_property
    def settings(self) -> tuple[Config, BedsideError | None]:
        """The settings, or those as shipped and what is wrong with the household's."""
        try:
            return (load_config(self.file) if self.file is not None else Config()), None
        except BedsideError as error:
            return Config(), error

    @property
    def config(self) -> Config:
        return self.settings[0]

    @cached_property
    def service(self) -> ServiceStatus | None:
        """None where systemd does not run. Raises ServiceError if it does not answer."""
        return ask() if is_booted() else None

    @cached_property
    def running(self) -> Running | None:
        """The bedside that holds the devices, if one does."""
        try:
            service = self.service
        except BedsideError:
            service = None
        return find_running(service)

    @property
    def cache_folder(self) -> Path:
        """Where rendered sentences are kept: by the service, where there is one."""
        places = Places()
        usual = places.cache / SENTENCES if places.installed else default_cache_folder()
        return self.config.voice.cache or usual

    def start_hearing(self) -> None:
        """Begin the self-test of hearing. It runs in a process of its own: libvosk may take its process along, and it
        takes longest of all."""
        if self.settings[1] is not None:
            return
        config = ["--config", str(self.file)] if self.file is not None else []
        clip = resources.content_folder() / "demo" / CLIP
        command = [sys.executable, "-P", "-m", "bedside", "hear", "--json", str(clip), *config]
        self._hearing = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )

    def heard(self) -> dict[str, Any] | None:
        """What was heard in a recording of "my left leg is cramping". Raises ModelError. None if the settings, which
        say with what to hear, are not sound."""
        if self._hearing is None:
            return None
        try:
            out, complaints = self._hearing.communicate(timeout=HEARING_TAKES)
        except subprocess.TimeoutExpired:
            raise ModelError(f"the recogniser did not answer within {HEARING_TAKES:.0f} s.") from None
        if self._hearing.returncode != 0 or not out.strip():
            lines = complaints.strip().splitlines() or [f"it ended with code {self._hearing.returncode}"]
            raise ModelError(lines[-1].removeprefix("bedside: "))
        found: dict[str, Any] = json.loads(out.splitlines()[0])
        return found

    def echo(self) -> Echo:
        """What the microphone hears of the speaker. Raises SoundError or NotInTimeError."""
        if self._sounding is None:
            self._sounding = Background(self._listen)
        elif self._sounding.hangs:
            raise NotInTimeError
        return self._sounding.result(SOUND_TAKES)

    def _listen(self) -> Echo:
        config = self.config
        with SoundCard(config.microphone, config.speaker) as card:
            played, heard = listen_to_itself(card, probe_sound(), config.voice.gain_db)
        return measure(played, heard)

    def voice(self) -> Voice:
        """The voice of the settings, which has said nothing yet."""
        voice = self.config.voice
        settings = VoiceSettings(voice.name or "", voice.words_per_minute, voice.pitch, voice.timeout, None)
        return Voice(settings)

    def close(self) -> None:
        """End what still runs."""
        if self._hearing is not None and self._hearing.poll() is None:
            self._hearing.kill()
            self._hearing.communicate()
