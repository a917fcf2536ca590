"""Memory that was freed, but which the C library keeps for what comes next."""

from __future__ import annotations

import contextlib
import ctypes
import sys


def trim() -> None:
    """Give memory that is free back to the system, as far as it lies in whole pages.

    Only glibc needs this: it puts arrays of up to 32 MB where what was freed between those in use
    stays with the process. Without it an export of loops that come and go took .3 GB more.
    Having large arrays mapped one by one (`M_MMAP_THRESHOLD`) would avoid that as well, but costs a
    renderer, which makes many that live for a moment, six tenths of its time in page faults.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
