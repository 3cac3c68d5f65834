"""The event log, as its readers count on it: every line of exactly one of these shapes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Event = Mapping[str, Any]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    t: float = Field(ge=0)


class _Heard(_Line):
    event: Literal["heard"]
    text: str
    speech_start: float = Field(ge=0)
    speech_end: float = Field(ge=0)


class _Intent(_Line):
    event: Literal["intent"]
    intent: str
    slots: dict[str, str]
    score: float = Field(ge=0, le=100)
    decision: Literal["act", "confirm"]


class _Say(_Line):
    event: Literal["say"]
    text: str = Field(min_length=1)
    step: str
    sources: list[str]


class _Said(_Line):
    event: Literal["said"]
    step: str
    complete: bool


class _Hold(_Line):
    event: Literal["hold"]
    seconds: int | float = Field(gt=0)
    step: str


class _Release(_Line):
    event: Literal["release"]
    step: str


class _Silenced(_Line):
    event: Literal["silenced"]
    by: str = Field(min_length=1)


class _Session(_Line):
    event: Literal["session"]
    state: Literal["started", "paused", "resumed", "ended"]
    routine: str


class _Alert(_Line):
    event: Literal["alert"]
    tier: Literal["emergency", "urgent"]
    sign: str


class _Mute(_Line):
    event: Literal["mute"]
    state: Literal["on", "off"]
    seconds: int | None = Field(default=None, gt=0)


_AnyLine = _Heard | _Intent | _Say | _Said | _Hold | _Release | _Silenced | _Session | _Alert | _Mute
_SHAPES: TypeAdapter[_AnyLine] = TypeAdapter(Annotated[_AnyLine, Field(discriminator="event")])


def read_log(lines: str) -> list[dict[str, Any]]:
    """The lines that --json printed."""
    return [json.loads(line) for line in lines.splitlines()]


def check_shapes(log: Iterable[Event]) -> None:
    """Raises pydantic.ValidationError for a line of another shape."""
    for line in log:
        _SHAPES.validate_python(dict(line))


def of(log: Iterable[Event], event: str, **facts: object) -> list[Event]:
    """All lines of one event with these facts."""
    return [line for line in log if line["event"] == event and facts.items() <= line.items()]


def meant(log: Iterable[Event]) -> list[str]:
    """Every intent that was understood, in order."""
    return [line["intent"] for line in of(log, "intent")]


def spoken(log: Iterable[Event]) -> str:
    return "\n".join(line["text"] for line in of(log, "say"))


def holds(log: Iterable[Event]) -> Iterator[tuple[float, float]]:
    """(seconds announced, seconds to its release) of every hold."""
    begun: Event | None = None
    for line in log:
        if line["event"] == "hold":
            begun = line
        elif line["event"] == "release" and begun is not None:
            yield begun["seconds"], line["t"] - begun["t"]
            begun = None
