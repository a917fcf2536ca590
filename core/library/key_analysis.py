"""The chroma of the tracks that have none yet: computed from their stored audio, and kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.dsp.chroma import ChromaStream
from core.errors import LibraryError
from core.library.store import Library
from core.library.tracks import Track
from core.progress import CancelFlag, Progress, check, silent

Array = NDArray[np.float32]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class TrackChroma:
    """The chroma (frames, 12) of a track, which is kept in the library by now."""

    track_id: str
    chroma: Array


def analyse_keys(
    library: Library,
    progress: Progress = silent,
    cancel: CancelFlag | None = None,
    on_track: Callable[[TrackChroma], None] = lambda _: None,
    *,
    track_ids: Collection[str] | None = None,
) -> None:
    """Compute and keep the chroma of the tracks of `library` that have none, one after the other.

    Args:
        library: that is open; for a read-only one the chroma goes to the user's data folder.
        progress: counts tracks.
        cancel: stops it; the tracks that are done stay done.
        on_track: gets each track's chroma.
        track_ids: only these tracks; None for all.

    Raises:
        LibraryError: the audio of some tracks cannot be read; the others are done.
        OutputError: what was found cannot be kept.
        Cancelled: as asked.
    """
    known = library.keys()
    missing = [
        track
        for track in library.tracks()
        if not known.knows(track.id) and (track_ids is None or track.id in track_ids)
    ]
    errors: list[LibraryError] = []
    for done, track in enumerate(missing):
        check(cancel)
        progress(done, len(missing), track.title)
        try:
            chroma = _chroma(library, track, cancel)
        except LibraryError as error:
            _LOG.warning("no key of %s: %s", track.title, error)
            errors.append(error)
            continue
        library.save_chroma(track.id, chroma)
        on_track(TrackChroma(track.id, chroma))
    progress(len(missing), len(missing))
    if errors:
        raise LibraryError(f"{errors[0]} (so its key is not known)")


def _chroma(library: Library, track: Track, cancel: CancelFlag | None) -> Array:
    stream = ChromaStream()
    for block in library.blocks(track):
        check(cancel)
        stream.feed(block)
    return stream.finish()
