"""Questions at the terminal. With --json all that is for people goes to standard error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import click
from rich.console import Console

from bedside.cli.output import console, errors
from bedside.errors import BedsideError

T = TypeVar("T")


@dataclass(frozen=True)
class Dialog:
    """as_json: standard output is for a program. Questions raise click.Abort for Ctrl-C and the end of the input."""

    as_json: bool = False

    @property
    def console(self) -> Console:
        """Where people read."""
        return errors if self.as_json else console

    def line(self, text: str = "", style: str | None = None) -> None:
        # People read whole words; programs and files get whole lines.
        self.console.print(text, style=style, markup=False, soft_wrap=not self.console.is_terminal)

    def title(self, text: str) -> None:
        """What comes next, after an empty line."""
        self.console.print(f"\n{text}", style="bold", markup=False)

    def ask(self, text: str, default: str, checked: Callable[[str], Any] | None = None) -> Any:
        """One answer; `checked` turns it into a value, or raises click.BadParameter to have it asked again."""
        return click.prompt(text, default=default, value_proc=checked, show_default=bool(default), err=self.as_json)

    def yes(self, text: str, default: bool) -> bool:
        return click.confirm(text, default=default, err=self.as_json)

    def choose(self, text: str, words: Sequence[str]) -> str:
        """One of `words`, of which the first is the default; their beginnings do."""

        def checked(answer: str) -> str:
            wanted = answer.strip().casefold()
            found = [word for word in words if wanted and word.startswith(wanted)]
            if len(found) != 1:
                raise click.BadParameter(f"{', '.join(words[:-1])} or {words[-1]}.")
            return found[0]

        return str(self.ask(text, words[0], checked))

    def attempt(self, action: Callable[[], T]) -> T | None:
        """What comes of it; None, and one line, if something is wrong with the world: the next try may do."""
        try:
            return action()
        except BedsideError as error:
            self.line(f"{error}", style="yellow")
            return None
