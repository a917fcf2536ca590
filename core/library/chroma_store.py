"""The chroma of tracks, kept in a library's database."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.dsp.chroma import PITCH_CLASSES
from core.library import schema, validation
from core.library.database import Database

Array = NDArray[np.float32]
_VERSION: Final = 1
"""Of the way chroma is computed; what another version has kept is computed again."""


class ChromaStore:
    """The chroma of tracks in one database. Its table is made when the first chroma is saved."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, Array]:
        """The chroma of all tracks, (frames, 12) by track id."""
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


def _unpacked(frames: bytes, folder: Path) -> Array:
    if len(frames) % (2 * PITCH_CLASSES):
        validation.refuse(folder, f"chroma of {len(frames)} bytes")
    chroma = np.frombuffer(frames, "<f2").reshape(-1, PITCH_CLASSES).astype(np.float32)
    if not np.isfinite(chroma).all():
        validation.refuse(folder, "chroma that is no number")
    return chroma
