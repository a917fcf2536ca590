"""Where shards lie: in the library, or, for a read-only one without, in the user's cache folder."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import user_folders
from core.deletion import delete_file
from core.errors import OutputError
from core.library import spectrograms
from core.library.tracks import Track

Shard = NDArray[np.float16]


def name(track: Track) -> str:
    """File name of the shard of `track` on its present grid."""
    layout = repr([(s.bpm, s.downbeat, s.bars) for s in track.sections])
    return f"{track.id}-{hashlib.sha256(layout.encode()).hexdigest()[:8]}.npy"


def path(folder: Path, track: Track) -> Path:
    """Where the shard of a track lies; its name changes with the track's sections.

    Args:
        folder: of shards.
        track: on the grid that the shard was made for.

    Returns:
        The file, whether it is there or not.
    """
    return folder / name(track)


def find(folder: Path, library_id: str, track: Track) -> Shard | None:
    """Open the shard of a track, if the library or the user's cache folder has it.

    Args:
        folder: of the library's shards.
        library_id: of the library, for the cache.
        track: on its present grid.

    Returns:
        (track.rows, 128) float16 dB, memory-mapped; None where there is none.
    """
    for place in (folder, _cache(library_id)):
        shard = spectrograms.load(path(place, track), track.rows)
        if shard is not None:
            return shard
    return None


def keep(folder: Path, library_id: str, track: Track, rows: Shard, *, writable: bool) -> Shard:
    """Save a shard where that can be done.

    Args:
        folder: of the library's shards.
        library_id: of the library, for the cache.
        track: on its present grid.
        rows: (track.rows, 128) float16 dB.
        writable: whether the library can be written; if not, the user's cache folder is used.

    Returns:
        The rows, memory-mapped where they were saved.
    """
    place = folder if writable else _cache(library_id)
    with contextlib.suppress(OutputError):
        spectrograms.save(path(place, track), rows)
        saved = spectrograms.load(path(place, track), track.rows)
        return rows if saved is None else saved
    return rows


def drop_others(folder: Path, track: Track) -> None:
    """Delete the shards of `track` on former grids; one in use is left for the next sweep.

    Args:
        folder: of the library's shards.
        track: on its present grid, whose shard stays.
    """
    for old in folder.glob(f"{track.id}-*.npy"):
        if old.name != name(track):
            delete_file(old, folder)


def _cache(library_id: str) -> Path:
    return user_folders.cache_folder() / "spectrograms" / library_id
