"""How the event log looks on a screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rich.text import Text

from bedside.assistant import LogEvent
from bedside.cli.output import console, print_json

_STYLES = {"heard": "cyan", "intent": "cyan", "say": "bold", "alert": "bold red", "hold": "green", "release": "green"}


def event_printer(as_json: bool) -> Callable[[LogEvent], None]:
    """What to do with each event: a JSON line for programs, a line of the timeline for people."""
    return (lambda event: print_json(dict(event))) if as_json else print_event


def print_event(event: LogEvent) -> None:
    """One line of the timeline; ends of sentences are left out."""
    words = _words(event)
    if words is None:
        return
    name = str(event["event"])
    line = Text(f"{_clock(event['t'])}  ")
    line.append(f"{name:<8} ", style=_STYLES.get(name, "dim"))
    line.append(words, style="bold" if name in ("say", "alert") else "")
    console.print(line)


def _clock(t: object) -> str:
    seconds = float(t) if isinstance(t, int | float) else 0.0
    return f"{int(seconds // 60):3d}:{seconds % 60:05.2f}"


def _words(event: Mapping[str, object]) -> str | None:
    name = event["event"]
    if name == "heard":
        return f"“{event['text']}”"
    if name == "intent":
        slots = event.get("slots")
        more = " ".join(f"{k}={v}" for k, v in slots.items()) if isinstance(slots, Mapping) else ""
        return f"{event['intent']} {more}".strip() + ("" if event.get("decision") == "act" else " (half sure)")
    if name == "say":
        return str(event["text"])
    if name == "hold":
        return f"{event['seconds']} s"
    if name == "release":
        return "let go"
    if name == "silenced":
        return f"silenced by {event['by']}"
    if name == "session":
        return f"{event['routine']} {event['state']}"
    if name == "mute":
        return f"nothing is heard for {event['seconds']} s" if event["state"] == "on" else "over"
    if name == "alert":
        return f"{event['tier']}: {event['sign']}"
    return None
