"""Progress bars for what takes long, on standard error and only on a terminal."""

from __future__ import annotations

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bedside.cli.output import errors
from bedside.config import Config
from bedside.tts.voice import Voice
from bedside.wiring import Content, every_fixed_text


def prepare_voice(voice: Voice, config: Config, content: Content) -> None:
    """Have every fixed sentence rendered before the first one is needed. Raises VoiceError."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("Preparing the voice", total=None)
        voice.prepare(
            every_fixed_text(config, content),
            lambda done, total: progress.update(task, completed=done, total=total),
        )
