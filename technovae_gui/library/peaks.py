"""Peaks of a track's waveform: all that is drawn of it. Slow: not for the window's thread."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.settings import SAMPLE_RATE

Peaks = NDArray[np.float32]
PER_SECOND = 900
"""Buckets; fine enough to see a millisecond. Divides the sample rate."""


def of_track(library_path: Path, track_id: str) -> Peaks:
    """(n, 2) lowest and highest sample of every 1 / `PER_SECOND` s, channels taken together.

    Raises:
        LibraryError: no such track, or its audio is gone or damaged.
    """
    from core.library.store import Library

    with Library.open(library_path, read_only=True) as library:
        return of_blocks(library.blocks(library.track(track_id)))


def of_blocks(blocks: Iterable[NDArray[np.float32]]) -> Peaks:
    """The same of audio in blocks (frames, channels); the last bucket may be short."""
    size = SAMPLE_RATE // PER_SECOND
    found: list[Peaks] = []
    rest = np.zeros((0, 2), np.float32)
    for block in blocks:
        both = np.stack([block.min(axis=1), block.max(axis=1)], axis=1)
        both = np.concatenate([rest, both])
        whole = len(both) // size * size
        found.append(_reduced(both[:whole], size))
        rest = both[whole:]
    if len(rest):
        found.append(_reduced(rest, len(rest)))
    return np.concatenate(found) if found else np.zeros((0, 2), np.float32)


def columns(peaks: Peaks, first: float, per_column: float, count: int) -> Peaks:
    """(count, 2) of `count` columns of `per_column` buckets from bucket `first`; zero outside."""
    edges = np.floor(first + per_column * np.arange(count + 1)).astype(np.int64)
    made = np.zeros((count, 2), np.float32)
    starts, ends = edges[:-1], np.maximum(edges[1:], edges[:-1] + 1)
    inside = (ends > 0) & (starts < len(peaks))
    if len(peaks) == 0 or not inside.any():
        return made
    begins = np.clip(starts[inside], 0, len(peaks) - 1)
    part = peaks[: ends[inside][-1]]
    made[inside, 0] = np.minimum.reduceat(part[:, 0], begins)
    made[inside, 1] = np.maximum.reduceat(part[:, 1], begins)
    return made


def _reduced(both: Peaks, size: int) -> Peaks:
    buckets = both.reshape(-1, size, 2)
    return np.stack([buckets[:, :, 0].min(axis=1), buckets[:, :, 1].max(axis=1)], axis=1)
