"""Reads event logs of the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Log = Sequence[dict[str, Any]]


def said(log: Log) -> list[str]:
    """The texts that were begun to be spoken."""
    return [event["text"] for event in log if event["event"] == "say"]


def steps(log: Log) -> list[str]:
    """The steps of the texts that were begun to be spoken."""
    return [event["step"] for event in log if event["event"] == "say"]


def events(log: Log, name: str) -> list[dict[str, Any]]:
    return [event for event in log if event["event"] == name]


def sessions(log: Log) -> list[tuple[str, str]]:
    return [(event["routine"], event["state"]) for event in events(log, "session")]
