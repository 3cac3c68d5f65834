"""The month of soak.py: nights in virtual time, what is said in them, what goes wrong, and what must not come of it."""

from __future__ import annotations

import gc
import random
import resource
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from barge_clips import PERSON_DBFS, spoken
from hearing import QUIET_DBFS, OneModel

from bedside.assistant import Assistant, LogEvent
from bedside.audio.block import BLOCK, BLOCK_SECONDS, RATE, Block, Samples, silence
from bedside.audio.echo_path import EchoPath
from bedside.audio.levels import active_level_dbfs, amplitude
from bedside.cli.keeping import take_up
from bedside.config import Config
from bedside.dialogue.kept import Kept
from bedside.dialogue.scene import Settings
from bedside.memory import give_back
from bedside.service.state import FILE, StateKeeper, load_state
from bedside.service.time_away import Moment
from bedside.tts.render import LEVEL_DBFS
from bedside.wiring import Content, assemble, voice_for

VOICE = "flite slt"
REQUESTS = ("my left leg is cramping", "leg cramp", "bedtime stretches", "what should I drink")
DANGER = ("I can't breathe", "my left calf is swollen and hot", "I have chest pain")
TALK = ("did you feed the cat this morning", "we should paint the kitchen on sunday", "turn the radio down please")

ANSWER_WITHIN = 4.0
"""Seconds after the end of a request."""

DAY = 86_400.0
AWAY = (20.0, 200.0, 2000.0, 20_000.0)
FAULTS = ("kill", "kill", "kill", "microphone", "disk", "clock", "damage")


class NightEnd:
    """An AudioEnd whose sound is told to it, and whose clock can be put forward."""

    realtime = False

    def __init__(self) -> None:
        self.now = 0.0
        self.jumps = 0
        self.gone = False
        self._chance = np.random.default_rng(1)
        self._coming: Samples = np.zeros(0, dtype=np.float32)
        self._echo = EchoPath(amplitude(PERSON_DBFS - LEVEL_DBFS), 0.045, 0.3, 1)
        self._echo_block = silence()

    @property
    def silent(self) -> bool:
        """Whether all that was told has been heard."""
        return not len(self._coming)

    def tell(self, sound: Samples) -> None:
        self._coming = np.concatenate([self._coming, sound])

    def read(self) -> Block:
        block = self._chance.standard_normal(BLOCK).astype(np.float32) * np.float32(amplitude(QUIET_DBFS))
        piece, self._coming = self._coming[:BLOCK], self._coming[BLOCK:]
        block[: len(piece)] += piece
        self.now += BLOCK_SECONDS
        return silence() if self.gone else block + self._echo_block

    def write(self, block: Block) -> None:
        self._echo_block = self._echo(block)

    def observe(self, event: Mapping[str, object]) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


class Month:
    """counts: what happened; lost: what must not have."""

    def __init__(self, folder: Path, config: Config, content: Content, model: OneModel, chance: random.Random) -> None:
        self.counts: Counter[str] = Counter()
        self.lost: list[str] = []
        self._folder, self._config, self._content, self._model, self._chance = folder, config, content, model, chance
        self._voice = voice_for(config, print).__enter__()
        self._clips = {text: _clip(text) for text in (*REQUESTS, *DANGER, *TALK, "stop", "yes", "it's easing")}
        self._wall = 1_790_000_000.0
        self._clock_is_off = 0.0
        self._boot = 1
        self._has_clock = True
        self._log: list[LogEvent] = []
        self._keeper: StateKeeper | None = None
        self._begin()

    def memory(self) -> tuple[float, float]:
        """MB now and at most."""
        give_back()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return pages * resource.getpagesize() / 2**20, most

    def night(self) -> None:
        """One night, from one evening to the next."""
        begin = self._wall
        for _ in range(self._chance.randint(1, 3)):
            self._guarded(self._episode)
            self._skip(self._chance.uniform(600, 9000))
        self._skip(max(0.0, begin + DAY - self._wall))

    def _guarded(self, happens: Callable[[], None]) -> None:
        try:
            happens()
        except Exception as error:
            self._lose(f"{type(error).__name__}: {error}")
            self._begin()

    def _episode(self) -> None:
        kind = self._chance.choice(["cramp", "cramp", "danger", "talk", "noise"])
        fault = self._chance.choice(FAULTS) if self._chance.random() < 0.6 else None
        if kind == "cramp":
            self._ask(self._chance.choice(REQUESTS))
        elif kind == "danger":
            self._ask(self._chance.choice(DANGER))
            self.counts["alerts"] += 1
        else:
            self._nothing_is_said(kind)
        self._run(self._chance.uniform(2.0, 20.0))
        if fault is not None:
            self.counts["faults"] += fault != "kill"
            getattr(self, f"_{fault}")()
        self._end_it()

    def _ask(self, text: str) -> None:
        self.counts["asked"] += 1
        begun = len(self._log)
        self._end.tell(self._clips[text])
        self._run_until_silent()
        self._run(ANSWER_WITHIN)
        if any(line["event"] == "say" for line in self._log[begun:]):
            self.counts["answered"] += 1
        else:
            self._lose(f"nobody answered “{text}”")

    def _nothing_is_said(self, kind: str) -> None:
        begun = len(self._log)
        if kind == "talk":
            for text in self._chance.sample(TALK, 2):
                self._end.tell(np.concatenate([self._clips[text], np.zeros(RATE, dtype=np.float32)]))
        else:
            level = amplitude(self._chance.uniform(-60.0, -35.0))
            noise = np.random.default_rng(self._chance.randrange(10**6)).standard_normal(20 * RATE) * level
            self._end.tell(noise.astype(np.float32))
        self._run_until_silent()
        self._run(3.0)
        if any(line["event"] == "say" for line in self._log[begun:]):
            self._lose(f"spoke in {kind}")

    def _end_it(self) -> None:
        """Everything comes to an end, by "stop" or by itself."""
        for _ in range(4):
            if self._assistant.keep(self._end.now).same_as(self._quiet()):
                return
            self._end.tell(self._clips["stop"])
            self._run_until_silent()
            self._run(3.0)
        if not self._assistant.keep(self._end.now).same_as(self._quiet()):
            self._lose("it does not stop")
            self._begin()

    def _quiet(self) -> Kept:
        return self._assistant.keep(self._end.now).model_copy(update={"session": None, "alert": None})

    # ---- what goes wrong

    def _kill(self) -> None:
        self._run(1.0)
        before = self._assistant.keep(self._end.now)
        time.sleep(0.2)  # the writer's thread is on another clock
        away, off = self._chance.choice(AWAY), self._clock_is_off
        power_cut = self._chance.random() < 0.6
        self._has_clock = not power_cut or self._chance.random() < 0.5
        self._boot += power_cut
        self._wall += away
        if not self._has_clock:
            # It is set to a little after the last moment that was written down: five hours look like one minute.
            self._clock_is_off -= away - self._chance.uniform(-30.0, 60.0)
        self.counts["kills"] += 1
        begun = len(self._log)
        self._begin()
        self._run(8.0)
        self._check(before, away if self._has_clock else None, self._log[begun:])
        self._clock_is_off, self._has_clock = off, True

    def _check(self, before: Kept, away: float | None, log: list[LogEvent]) -> None:
        after = self._assistant.keep(self._end.now)
        if any(line["event"] == "hold" for line in log):
            self._lose("a hold began unasked")
        said = any(line["event"] == "say" for line in log)
        if before.alert is not None and not before.alert.done:
            if after.alert is None or not said:
                self._lose("an open alert was forgotten")
            self.counts["taken up"] += 1
        elif before.session is not None and before.session.routine and away is not None and away <= 200.0:
            self.counts["taken up"] += said
        elif said and not (before.session and (before.session.asks or before.session.laid_on)):
            self._lose(f"spoke unasked after a restart ({away} s away)")
        quiet_for = (away or 0.0) + before.at - (before.heard if before.heard is not None else before.at)
        if before.night.warnings != after.night.warnings and quiet_for < Settings().new_night:
            self._lose("a warning of this night was forgotten")

    def _microphone(self) -> None:
        self._end.gone = True
        self._run(30.0)
        self._end.gone, self._end.jumps = False, self._end.jumps + 1_000_000
        self._run(1.0)

    def _disk(self) -> None:
        # As full disks do, this makes opening the fresh file an OSError.
        obstacle = self._folder / f"{FILE}.new"
        obstacle.unlink(missing_ok=True)
        obstacle.mkdir()
        self._run(5.0)
        self._end_it()
        self._ask(REQUESTS[0])
        obstacle.rmdir()
        self._run(25.0)

    def _clock(self) -> None:
        self._clock_is_off += self._chance.choice((-3600.0, 3600.0))
        self._run(5.0)

    def _damage(self) -> None:
        self._end_it()
        time.sleep(0.1)
        (self._folder / FILE).write_bytes(bytes(self._chance.randrange(256) for _ in range(200)))
        begun = len(self._log)
        self._begin()
        self._run(5.0)
        if any(line["event"] == "say" for line in self._log[begun:]):
            self._lose("spoke after a damaged file")

    # ---- time

    def _begin(self) -> None:
        """The process begins, with whatever it left."""
        if self._keeper is not None:
            # Of a killed process nothing is left in memory, and nothing more is written.
            self._keeper.abandon()
            del self._assistant
            gc.collect()
        self._end = NightEnd()
        self._assistant: Assistant = assemble(
            self._config, self._content, self._model, self._voice, self._end, self._log.append, lambda line: None
        )
        left = load_state(self._folder, lambda line: None)
        if left is not None and not take_up(self._assistant, left, left.away(self._moment())):
            self._lose("what was kept could not be taken up")
        self._keeper = StateKeeper(self._folder, self._assistant.keep, lambda line: None, self._moment)
        self._assistant.attendants.append(self._keeper)

    def _moment(self) -> Moment:
        return Moment(str(self._boot), self._wall, self._wall + self._clock_is_off, self._has_clock)

    def _run(self, seconds: float) -> None:
        for _ in range(round(seconds / BLOCK_SECONDS)):
            block = self._end.read()
            self._end.write(self._assistant.step(block, self._end.now))
            self._wall += BLOCK_SECONDS
        del self._log[:-2000]

    def _run_until_silent(self) -> None:
        while not self._end.silent:
            self._run(BLOCK_SECONDS)

    def _skip(self, seconds: float) -> None:
        """Hours in which nothing happens."""
        self._end.now += seconds
        self._wall += seconds
        self._guarded(lambda: self._run(1.0))

    def _lose(self, what: str) -> None:
        self.counts["lost"] += 1
        self.lost.append(f"{what} (t {self._wall:.0f})")


def _clip(text: str) -> Samples:
    clip = spoken(text, VOICE)
    return clip * np.float32(amplitude(PERSON_DBFS - active_level_dbfs(clip)))
