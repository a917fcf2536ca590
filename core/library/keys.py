"""Keys of tracks and segments, from the chroma that is kept of each track."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.dsp import key
from core.dsp.chroma import PITCH_CLASSES, SECONDS_PER_FRAME
from core.dsp.key import Key
from core.library import schema, validation
from core.library.database import Database
from core.library.segments import Segment

Array = NDArray[np.float32]
_VERSION: Final = 1
"""Of the way chroma is computed; what another version has kept is computed again."""


class ChromaStore:
    """The chroma of tracks in one database. Its table is made when the first chroma is saved."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, Array]:
        """(frames, 12) by track id."""
        if self._database.row("SELECT 1 FROM sqlite_master WHERE name = 'chroma'") is None:
            return {}
        sql = "SELECT track_id, frames FROM chroma WHERE version = ?"
        folder = self._database.path.parent
        rows = self._database.rows(sql, (_VERSION,))
        found = validation.checked(rows, validation.ChromaRow, folder)
        return {row.track_id: _unpacked(row.frames, folder) for row in found}

    def save(self, track_id: str, chroma: Array, *, of_library: bool) -> None:
        """Keep the chroma of a track.

        Args:
            track_id: of the track. Nothing is kept of one that is not there any more.
            chroma: (frames, 12).
            of_library: whether this is the library's database, which holds the tracks.
        """
        values = (track_id, _VERSION, np.ascontiguousarray(chroma, "<f2").tobytes())
        condition = " WHERE EXISTS (SELECT 1 FROM tracks WHERE id = ?1)" if of_library else ""
        with self._database.transaction():
            self._database.execute(schema.chroma_table(of_library=of_library))
            self._database.execute(
                f"INSERT OR REPLACE INTO chroma SELECT ?1, ?2, ?3{condition}", values
            )


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
        """Take the chroma (frames, 12) of a track."""
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


def _unpacked(frames: bytes, folder: Path) -> Array:
    if len(frames) % (2 * PITCH_CLASSES):
        validation.refuse(folder, f"chroma of {len(frames)} bytes")
    chroma = np.frombuffer(frames, "<f2").reshape(-1, PITCH_CLASSES).astype(np.float32)
    if not np.isfinite(chroma).all():
        validation.refuse(folder, "chroma that is no number")
    return chroma
