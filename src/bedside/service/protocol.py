"""The language of the control socket: one JSON object a line, a request and its reply.

A request is such as ``{"version": 1, "command": "start", "routine": "wall-stretch", "side": "left"}``; a reply says
``"ok"``, and if that is false, why in ``"error"``, for people, and in ``"reason"``, for programs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from bedside.errors import BedsideError
from bedside.yamlfile import suggest

VERSION: Literal[1] = 1

LONGEST_LINE = 4096
"""Bytes in a request or a reply, its end of line included."""

LONGEST_TEXT = 300
"""Characters that are spoken at one request: about half a minute."""

LONGEST_MUTE = 24 * 3600.0
SHORTEST_MUTE = 60.0
"""Seconds for which nothing may be heard."""

Reason = Literal["bad_request", "too_long", "busy", "not_answering", "unknown_routine", "not_now"]
"""Why a request was not carried out. not_now: the state of the conversation forbids it."""

State = Literal["idle", "guiding", "asking", "paused", "alert"]


class RequestError(BedsideError):
    """A line that is no request. reason: as in the reply to it."""

    def __init__(self, message: str, reason: Reason = "bad_request") -> None:
        self.reason = reason
        super().__init__(message)


def speakable(text: str) -> str:
    """`text` in one line and without what cannot be spoken. Raises ValueError if nothing is left of it."""
    shown = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    words = " ".join(shown.split())
    if not any(sign.isalnum() for sign in words):
        raise ValueError("there is nothing to say in this text")
    return words


def _of_some_length(seconds: float) -> float:
    if 0 < seconds < SHORTEST_MUTE:
        raise ValueError(f"less than {SHORTEST_MUTE:.0f} seconds are no time; 0 ends it")
    return seconds


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    version: Literal[1] = VERSION


class Start(_Message):
    """Start a routine, as if somebody had asked for it."""

    command: Literal["start"] = "start"
    routine: str = Field(min_length=1, max_length=100)
    side: Literal["left", "right", "both"] | None = None


class Simple(_Message):
    """What needs no more than its name."""

    command: Literal["stop", "pause", "resume", "status"]


class Say(_Message):
    """Speak a text in between."""

    command: Literal["say"] = "say"
    text: Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(speakable)]


class Mute(_Message):
    """Hear nothing for so many seconds; 0: hear again."""

    command: Literal["mute"] = "mute"
    seconds: Annotated[float, Field(ge=0, le=LONGEST_MUTE), AfterValidator(_of_some_length)]


Request: TypeAlias = Start | Simple | Say | Mute

COMMANDS: Mapping[str, type[Request]] = {
    "start": Start,
    "stop": Simple,
    "pause": Simple,
    "resume": Simple,
    "status": Simple,
    "say": Say,
    "mute": Mute,
}


class UsedDevice(BaseModel):
    """A sound device that bedside has open. rate: its own, Hz."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    rate: int


class SoundState(BaseModel):
    """How it is with the sound. microphone: whether sound comes from it. speaker: whether it is there, None where
    nobody knows. The devices are None for one that is not there. noise_dbfs: of the room's quietest moments of late."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    microphone: Literal["alive", "gone"]
    speaker: Literal["alive", "gone"] | None = None
    microphone_device: UsedDevice | None = None
    speaker_device: UsedDevice | None = None
    noise_dbfs: float | None = None


class Status(SoundState):
    """How bedside is. Nothing of what was said is in it.

    routine: the session that is open, a routine or a talk, and its step. muted_until: None unless nothing is heard on
    purpose. program: the version of bedside; model: of the recogniser.
    """

    state: State
    routine: str | None
    step: str | None
    listening_since: datetime
    muted_until: datetime | None
    program: str
    model: str


class Reply(BaseModel):
    """What became of a request. told: what was done, for people. status: in the reply to "status"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = VERSION
    ok: bool
    told: str | None = None
    error: str | None = None
    reason: Reason | None = None
    status: Status | None = None

    def line(self) -> bytes:
        """The reply as it goes over the socket."""
        return self.model_dump_json(exclude_none=self.status is None).encode() + b"\n"


_REPLY: TypeAdapter[Reply] = TypeAdapter(Reply)


def done(told: str) -> Reply:
    """It was carried out."""
    return Reply(ok=True, told=told)


def refused(error: str, reason: Reason) -> Reply:
    """It was not carried out."""
    return Reply(ok=False, error=error, reason=reason)


def read_request(line: bytes) -> Request:
    """The request in one line, without its end. Raises RequestError, whatever the bytes are."""
    if len(line) >= LONGEST_LINE:
        raise RequestError(f"a request has at most {LONGEST_LINE} bytes.", "too_long")
    try:
        data: Any = from_json(line, allow_inf_nan=False)
    except ValueError as error:
        raise RequestError(f"this line is not JSON ({error}).") from None
    if not isinstance(data, dict):
        raise RequestError('a request is a JSON object, such as {"version": 1, "command": "status"}.')
    version, command = data.get("version"), data.get("command")
    if version != VERSION or isinstance(version, bool):
        raise RequestError(f'this bedside speaks version {VERSION}: write "version": {VERSION} into the request.')
    model = COMMANDS.get(command) if isinstance(command, str) else None
    if model is None:
        given = f"there is no command '{command[:40]}'." if isinstance(command, str) else "the command is missing."
        raise RequestError(f"{given} {suggest(str(command)[:40], list(COMMANDS))}")
    try:
        return model.model_validate_json(line)
    except ValidationError as error:
        raise RequestError(_in_words(model, str(command), error.errors(include_url=False)[0])) from None


def read_reply(line: bytes) -> Reply:
    """The reply in one line. Raises RequestError if it is none."""
    try:
        return _REPLY.validate_json(line)
    except ValidationError:
        raise RequestError("what answers there does not speak as this bedside does.") from None


def _in_words(model: type[BaseModel], command: str, fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"])[:40]
    if fault["type"] == "extra_forbidden":
        return f"'{command}' takes no '{where}'. {suggest(where, list(model.model_fields))}"
    if fault["type"] == "missing":
        return f"'{command}' needs '{where}'."
    if fault["type"] == "string_too_long":
        return f"'{where}' has at most {fault['ctx']['max_length']} characters."
    return f"'{where}': {fault['msg'].removeprefix('Value error, ')[:200]}."
