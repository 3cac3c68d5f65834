"""What the frequency of cramps makes worth mentioning to the midwife (guidance.md E6), from the diary's figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from bedside.dialogue.routine import Step
from bedside.dialogue.scene import Scene
from bedside.dialogue.script import Outcome, Script, Speak, Until

DAY = 24 * 3600.0
NIGHTS_A_WEEK = 3
CRAMPS_A_NIGHT = 2
WEEKS_OF_STRETCHES = 14

QUIET_DAYS = {"three_nights": 7.0, "two_in_a_night": 1.0, "more_each_week": 14.0, "stretching_in_vain": 14.0}
"""Days for which a prompt is not given again (guidance.md E6); what is not named is given once for ever."""


@dataclass(frozen=True)
class History:
    """How it has been lately.

    nights_in_week: nights with a cramp in the last seven days, this one included. last_night: cramps in the night
    before this one. weeks: cramps in this week, the last, and the one before that. stretch_days: days in a row with
    bedtime stretches. first: no cramp was written down before this one.
    """

    nights_in_week: int = 0
    last_night: int = 0
    weeks: tuple[int, int, int] = (0, 0, 0)
    stretch_days: int = 0
    first: bool = False


class Diary(Protocol):
    """What the conversation asks of a diary. Times are seconds on the conversation's clock."""

    def cramp_began(self, now: float) -> None: ...

    def cramp_over(self, now: float) -> None: ...

    def history(self, now: float) -> History: ...

    def days_since(self, prompt: str, now: float) -> float | None:
        """Days since a prompt was given; None if it never was."""

    def prompted(self, prompt: str, now: float) -> None: ...


class MemoryDiary:
    """A diary that forgets when the program ends. A night lasts from noon to noon of the clock's days."""

    def __init__(self) -> None:
        self._cramps: list[float] = []
        self._prompts: dict[str, float] = {}

    def cramp_began(self, now: float) -> None:
        self._cramps.append(now)

    def cramp_over(self, now: float) -> None:
        pass

    def history(self, now: float) -> History:
        tonight = _night(now)
        nights = [_night(time) for time in self._cramps]
        weeks = [sum(7 * week <= tonight - night < 7 * (week + 1) for night in nights) for week in range(3)]
        return History(
            nights_in_week=len({night for night in nights if tonight - night < 7}),
            last_night=nights.count(tonight - 1),
            weeks=(weeks[0], weeks[1], weeks[2]),
            first=len(self._cramps) == 1,
        )

    def days_since(self, prompt: str, now: float) -> float | None:
        given = self._prompts.get(prompt)
        return None if given is None else (now - given) / DAY

    def prompted(self, prompt: str, now: float) -> None:
        self._prompts[prompt] = now


def _night(time: float) -> int:
    return int(time // DAY)


def prompts(history: History) -> Iterator[str]:
    """What is worth mentioning, the most important first."""
    if history.nights_in_week >= NIGHTS_A_WEEK:
        yield "three_nights"
    if history.weeks[0] > history.weeks[1] > history.weeks[2] > 0:
        yield "more_each_week"
    if history.last_night >= CRAMPS_A_NIGHT:
        yield "two_in_a_night"
    if history.stretch_days >= WEEKS_OF_STRETCHES and history.weeks[0] >= history.weeks[2] > 0:
        yield "stretching_in_vain"
    if history.first:
        yield "first_use"


class Mentions:
    """Writes cramps down and says what is due, one prompt at a time."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary

    def cramp_began(self, now: float) -> None:
        self._diary.cramp_began(now)

    def cramp_over(self, now: float) -> None:
        self._diary.cramp_over(now)

    def due(self, now: float) -> str | None:
        """The prompt to give now."""
        for prompt in prompts(self._diary.history(now)):
            since = self._diary.days_since(prompt, now)
            if since is None or since >= QUIET_DAYS.get(prompt, float("inf")):
                return prompt
        return None

    def script(self, scene: Scene, step: Step) -> Script | None:
        """The script of a `mention` step; None for any other step."""
        if step.kind != "mention":
            return None
        return self._noted(scene, step) if step.mention == "noted" else self._mention(scene, step)

    def _noted(self, scene: Scene, step: Step) -> Script:
        """guidance.md D7: tell that the cramp was written down, which it was when it began."""
        texts = scene.library.spoken.frequency
        if scene.session.cramp_since is None:
            yield Until(scene.now)
        else:
            yield Speak(scene.line(texts.noted, step.id, step.sources), scene.gap)
        return Outcome()

    def _mention(self, scene: Scene, step: Step) -> Script:
        prompt, texts = self.due(scene.now), scene.library.spoken.frequency
        if prompt is None:
            yield Until(scene.now)
        else:
            self._diary.prompted(prompt, scene.now)
            yield Speak(scene.line(getattr(texts, prompt), step.id, texts.sources), scene.gap)
        return Outcome()
