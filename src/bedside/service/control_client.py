"""Whoever speaks to a running bedside: one request, one reply."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence
from pathlib import Path

from bedside.errors import ControlError
from bedside.service.protocol import LONGEST_LINE, Reply, Request, RequestError, read_reply

PATIENCE = 10.0
"""Seconds for the reply: longer than the other side waits for its loop."""


class NotRunningError(ControlError):
    """No bedside runs at any of the places."""


class ForbiddenError(ControlError):
    """bedside runs, perhaps, and may not be spoken to."""


class RefusedError(ControlError):
    """bedside runs, and did not do it. reply: with the reason."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__(reply.error or "bedside did not do it.")


def ask(request: Request, places: Sequence[Path]) -> Reply:
    """Send a request to the first place where a bedside runs, and give its reply, which is a good one.

    Raises NotRunningError, ForbiddenError, RefusedError, or ControlError if it does not answer.
    """
    forbidden: Path | None = None
    for place in places:
        try:
            return _ask(request, place)
        except PermissionError:
            forbidden = forbidden or place
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            continue
        except (TimeoutError, BlockingIOError):
            raise ControlError(f"the bedside at {place} does not answer. Is it stopped? Try again.") from None
        except OSError as error:
            raise ControlError(f"{place}: {error.strerror or error}.") from None
    if forbidden is not None:
        raise ForbiddenError(
            f"no permission to speak to the bedside at {forbidden}: be in the group 'bedside' "
            "(sudo usermod -aG bedside $USER), and log in anew."
        )
    raise NotRunningError("no bedside is running. Start it with 'bedside run', or the service.")


def _ask(request: Request, place: Path) -> Reply:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(PATIENCE)
        sock.connect(str(place))
        # It may have said why not, and closed.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            sock.sendall(request.model_dump_json(exclude_none=True).encode() + b"\n")
        with sock.makefile("rb") as replies:
            line = replies.readline(LONGEST_LINE)
    if not line:
        raise ControlError(f"the bedside at {place} ended before it answered.")
    try:
        reply = read_reply(line)
    except RequestError as error:
        raise ControlError(f"{place}: {error}") from None
    if not reply.ok:
        raise RefusedError(reply)
    return reply
