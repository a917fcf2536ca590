"""Keys of tracks and segments, from the chroma that is kept of each track."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.dsp import key
from core.dsp.chroma import SECONDS_PER_FRAME
from core.dsp.key import Key
from core.library.segments import Segment

Array = NDArray[np.float32]


class Keys:
    """The keys of a library's tracks as far as they are known, and of their segments."""

    def __init__(self, chroma: Mapping[str, Array] | None = None) -> None:
        """`chroma`: (frames, 12) by track id."""
        self._chroma = dict(chroma or {})
        self._keys: dict[str, Key | None] = {}

    def knows(self, track_id: str) -> bool:
        """Whether a track was analysed; it may still have no key."""
        return track_id in self._chroma

    def add(self, track_id: str, chroma: Array) -> None:
        """Take the chroma of a track that was analysed.

        Args:
            track_id: the track.
            chroma: (frames, 12).
        """
        self._chroma[track_id] = chroma
        self._keys.pop(track_id, None)

    def of_track(self, track_id: str) -> Key | None:
        """The key of a track; None without pitch in it, or if it was not analysed."""
        if track_id not in self._keys:
            chroma = self._chroma.get(track_id)
            self._keys[track_id] = None if chroma is None else key.estimate(chroma)
        return self._keys[track_id]

    def of_segment(self, segment: Segment) -> Key | None:
        """The key of a segment alone; None without pitch in it, or if its track was not analysed.

        Corrected beat grids are followed: the segment says where it lies in its track.
        """
        chroma = self._chroma.get(segment.track_id)
        if chroma is None:
            return None
        first = max(0, round(segment.start_seconds / SECONDS_PER_FRAME))
        last = round((segment.start_seconds + segment.seconds) / SECONDS_PER_FRAME)
        return key.estimate(chroma[first : last + 1])
