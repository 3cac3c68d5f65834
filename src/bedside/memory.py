"""The C library's memory, which Python does not look after: libvosk takes and gives back tens of MB an hour."""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8
"""Of mallopt(3), glibc."""


def one_heap() -> None:
    """Let all threads share one heap; to be called before there are any. Each thread's own keeps what is free in it
    to itself (10 MB and more)."""
    _call("mallopt", _M_ARENA_MAX, 1)


def give_back() -> None:
    """Hand what is free back to the system, also what lies between things in use. Takes some milliseconds."""
    _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> None:
    # Not every C library has it.
    function = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function(*arguments)
