"""Memory that was freed, but which the C library keeps for what comes next.

Only glibc needs this: it puts arrays of up to 32 MB where what was freed between those in use stays
with the process. Elsewhere these functions do nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from typing import Final

_MMAP_THRESHOLD: Final = -3
"""`M_MMAP_THRESHOLD` of mallopt(3)."""
_LARGE_BYTES: Final = 1 << 20
_ARENA_MAX: Final = -8
"""`M_ARENA_MAX` of mallopt(3)."""
_ARENAS: Final = 2


def return_large_arrays() -> None:
    """Let memory of 1 MB and more go back to the system as soon as it is free, from now on.

    glibc raises the size from which it does so with every such block that is freed. After an
    evening of loops of 2.6 MB, .1 GB lay free between those in use. A renderer makes many large
    arrays that live for a moment: it would lose six tenths of its time in page faults, and is to
    `trim` instead.
    """
    _call("mallopt", _MMAP_THRESHOLD, _LARGE_BYTES)


def share_arenas() -> None:
    """Let all threads that start from now on take memory from the same two places.

    glibc gives each thread one of its own, and what is free in one is of no use to the others: a
    composition took 62 MB more.
    """
    _call("mallopt", _ARENA_MAX, _ARENAS)


def trim() -> None:
    """Give memory that is free now back to the system, as far as it lies in whole pages.

    Without it an export of loops that come and go took .3 GB more.
    """
    _call("malloc_trim", 0)


def _call(function: str, *arguments: int) -> None:
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):  # another C library
        getattr(ctypes.CDLL(None), function)(*arguments)
