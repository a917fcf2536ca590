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
    """The shard of `track` in `folder`."""
    return folder / name(track)


def find(folder: Path, library_id: str, track: Track) -> Shard | None:
    """The shard of `track`, memory-mapped; None where there is none."""
    for place in (folder, _cache(library_id)):
        shard = spectrograms.load(path(place, track), track.rows)
        if shard is not None:
            return shard
    return None


def keep(folder: Path, library_id: str, track: Track, rows: Shard, *, writable: bool) -> Shard:
    """Save `rows` where possible; returns them memory-mapped, or as they are where it is not."""
    place = folder if writable else _cache(library_id)
    with contextlib.suppress(OutputError):
        spectrograms.save(path(place, track), rows)
        saved = spectrograms.load(path(place, track), track.rows)
        return rows if saved is None else saved
    return rows


def drop_others(folder: Path, track: Track) -> None:
    """Delete the shards of `track` on former grids; one in use is left for the next sweep."""
    for old in folder.glob(f"{track.id}-*.npy"):
        if old.name != name(track):
            delete_file(old, folder)


def _cache(library_id: str) -> Path:
    return user_folders.cache_folder() / "spectrograms" / library_id
