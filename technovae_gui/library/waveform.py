"""What the waveform view draws of a track: its peaks, and the span of time in sight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.settings import SAMPLE_RATE

Peaks = NDArray[np.float32]
"""(n, 2): lowest and highest sample of each bucket."""
PEAKS_PER_SECOND: Final = 900
"""Buckets per second: a millisecond can be seen. Divides the sample rate."""
_MIN_SECONDS: Final = 0.05
"""Across the whole width, when zoomed in as far as it goes."""


def read_peaks(library_path: Path, track_id: str) -> Peaks:
    """The peaks of a track. Slow: not for the window's thread.

    Args:
        library_path: folder of the library.
        track_id: of the track.

    Returns:
        (n, 2) lowest and highest sample of every 1 / `PEAKS_PER_SECOND` s of both channels.

    Raises:
        LibraryError: no such track, or its audio is gone or damaged.
    """
    from core.library.store import Library

    with Library.open(library_path, read_only=True) as library:
        return peaks_of(library.blocks(library.track(track_id)))


def peaks_of(blocks: Iterable[NDArray[np.float32]]) -> Peaks:
    """The peaks of audio in blocks of any length (frames, channels); the last bucket may be short.

    Returns:
        (n, 2) lowest and highest sample of every 1 / `PEAKS_PER_SECOND` s of all channels.
    """
    size = SAMPLE_RATE // PEAKS_PER_SECOND
    buckets: list[Peaks] = []
    rest = np.zeros((0, 2), np.float32)
    for block in blocks:
        extremes = np.stack([block.min(axis=1), block.max(axis=1)], axis=1)
        extremes = np.concatenate([rest, extremes])
        whole = len(extremes) // size * size
        buckets.append(_reduced(extremes[:whole], size))
        rest = extremes[whole:]
    if len(rest):
        buckets.append(_reduced(rest, len(rest)))
    return np.concatenate(buckets) if buckets else np.zeros((0, 2), np.float32)


def column_peaks(peaks: Peaks, first: float, per_column: float, count: int) -> Peaks:
    """Peaks of the columns of pixels of a picture.

    Args:
        peaks: (n, 2) of a track.
        first: bucket at the left edge; outside the track is silence.
        per_column: buckets per column.
        count: columns.

    Returns:
        (count, 2) lowest and highest sample of each column.
    """
    edges = np.floor(first + per_column * np.arange(count + 1)).astype(np.int64)
    columns = np.zeros((count, 2), np.float32)
    starts, ends = edges[:-1], np.maximum(edges[1:], edges[:-1] + 1)
    inside = (ends > 0) & (starts < len(peaks))
    if len(peaks) == 0 or not inside.any():
        return columns
    begins = np.clip(starts[inside], 0, len(peaks) - 1)
    part = peaks[: ends[inside][-1]]
    columns[inside, 0] = np.minimum.reduceat(part[:, 0], begins)
    columns[inside, 1] = np.maximum.reduceat(part[:, 1], begins)
    return columns


def _reduced(extremes: Peaks, size: int) -> Peaks:
    buckets = extremes.reshape(-1, size, 2)
    return np.stack([buckets[:, :, 0].min(axis=1), buckets[:, :, 1].max(axis=1)], axis=1)


@dataclass(frozen=True)
class VisibleSpan:
    """A stretch of a track over the width of a widget, and how seconds become pixels.

    Attributes:
        start: seconds of the track at the left edge.
        length: seconds from the left edge to the right one.
        track_length: seconds of the whole track.
        width: of the widget, in pixels.
    """

    start: float
    length: float
    track_length: float
    width: int

    @classmethod
    def whole_track(cls, track_length: float, width: int) -> VisibleSpan:
        """All of a track.

        Args:
            track_length: seconds.
            width: of the widget, in pixels.
        """
        return cls(0.0, max(track_length, _MIN_SECONDS), track_length, max(width, 1))

    @property
    def end(self) -> float:
        """Seconds at the right edge."""
        return self.start + self.length

    @property
    def seconds_per_pixel(self) -> float:
        """Seconds of one pixel."""
        return self.length / self.width

    def x_at(self, seconds: float) -> float:
        """Pixels from the left edge to a time of the track."""
        return (seconds - self.start) / self.seconds_per_pixel

    def seconds_at(self, x: float) -> float:
        """The time of the track at pixel `x`."""
        return self.start + x * self.seconds_per_pixel

    def zoomed(self, factor: float, x: float) -> VisibleSpan:
        """Zoomed in.

        Args:
            factor: 2 shows half as many seconds.
            x: pixel at which the same time stays.
        """
        length = min(max(self.length / factor, _MIN_SECONDS), max(self.track_length, _MIN_SECONDS))
        start = self.seconds_at(x) - x * length / self.width
        return self._limited(start, length)

    def scrolled(self, seconds: float) -> VisibleSpan:
        """Moved later by `seconds`, to the ends of the track at most."""
        return self._limited(self.start + seconds, self.length)

    def centred(self, seconds: float) -> VisibleSpan:
        """Moved so that `seconds` of the track is in the middle."""
        return self._limited(seconds - self.length / 2, self.length)

    def resized(self, width: int) -> VisibleSpan:
        """The same stretch over another width in pixels."""
        return VisibleSpan(self.start, self.length, self.track_length, max(width, 1))

    def _limited(self, start: float, length: float) -> VisibleSpan:
        last = max(0.0, self.track_length - length)
        return VisibleSpan(min(max(start, 0.0), last), length, self.track_length, self.width)
