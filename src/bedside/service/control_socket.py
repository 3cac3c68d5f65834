"""Where the control socket is, and how it is opened: for its group only, and never in the place of a living one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import stat
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from bedside.errors import ControlError
from bedside.service.places import Places, given_folder

VARIABLE = "BEDSIDE_SOCKET"
"""Names another place, for both sides."""

FILE = "control.sock"

SYSTEM = Places().runtime / FILE
"""Where the service of the whole machine listens."""

MODE = 0o660
BACKLOG = 8
KNOCK = 1.0
"""Seconds for which a socket that is there is tried whether somebody listens."""

PATIENCE = 2.0
"""Seconds to wait for another one that is being started."""
_PAUSE = 0.05


def own_place(env: Mapping[str, str] = os.environ) -> Path | None:
    """Where a bedside that is started listens; None where there is no place for a socket."""
    if named := env.get(VARIABLE):
        return Path(named)
    given = given_folder("RUNTIME", env)
    return given / FILE if given is not None else _users(env)


def known_places(env: Mapping[str, str] = os.environ) -> list[Path]:
    """Where a running bedside is looked for, in this order."""
    if named := env.get(VARIABLE):
        return [Path(named)]
    users = _users(env)
    return [SYSTEM, *([users] if users else [])]


def _users(env: Mapping[str, str]) -> Path | None:
    folder = env.get("XDG_RUNTIME_DIR")
    return Path(folder) / "bedside" / FILE if folder else None


def open_socket(path: Path) -> socket.socket:
    """A listening socket at `path`, mode 0660, of the group of its folder; 0600 if that group is not to be had.

    A socket that nobody listens at any more is replaced. Raises ControlError if somebody does, or if no socket can be
    made there.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with _alone_in(path.parent):
            _make_room(path)
            listener.bind(str(path))
            # Nobody can connect before it listens, so there is no moment in which it is open to more.
            _restrict(path)
            listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ControlError(f"{path}: no control socket can be made here ({error.strerror or error}).") from None
    except ControlError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Two that start at once do not take each other's socket for a dead one. Raises ControlError if the other one takes
    too long: whoever may read the folder can lock it, and must not hold up the start."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        deadline = time.monotonic() + PATIENCE
        while not _locked(descriptor):
            if time.monotonic() > deadline:
                raise ControlError(f"{folder}: another program keeps this folder locked.")
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _make_room(path: Path) -> None:
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(kind):
        raise ControlError(f"{path}: this is no socket. Move it away, or name another place in {VARIABLE}.")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock:
        knock.settimeout(KNOCK)
        try:
            knock.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except OSError:
            pass  # Busy, or not ours to connect to: it lives.
    raise ControlError(f"another bedside listens at {path} already.")


def _restrict(path: Path) -> None:
    try:
        os.chown(path, -1, path.parent.stat().st_gid)
    except PermissionError:
        os.chmod(path, MODE & ~0o060)
        return
    os.chmod(path, MODE)
