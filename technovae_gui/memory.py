"""What large arrays leave behind."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from typing import Final

_MMAP_THRESHOLD: Final = -3
"""`M_MMAP_THRESHOLD` of mallopt(3)."""
_LARGE_BYTES: Final = 1 << 20


def give_back_large_arrays() -> None:
    """Let memory of 1 MB and more go back to the system as soon as it is free (glibc; elsewhere
    nothing happens).

    glibc raises the size from which it does so with every such block that is freed, to 32 MB. After
    an evening of loops of 2.6 MB, .1 GB lay free between those that were kept.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
