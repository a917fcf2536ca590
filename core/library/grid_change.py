"""One correction for the beat grids of many tracks."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import InputError, LibraryError
from core.progress import CancelFlag, Progress, check

if TYPE_CHECKING:
    from core.library.store import Library
    from core.rhythm.grid import BeatGrid

_NUDGE_SECONDS = 0.005


class GridChange(StrEnum):
    """What is done to a beat grid."""

    DOUBLE = "double"
    HALVE = "halve"
    EARLIER = "earlier"
    LATER = "later"

    def apply(self, grid: BeatGrid) -> BeatGrid:
        """The corrected grid. Raises `InputError` where it cannot be corrected so."""
        if self is GridChange.DOUBLE:
            return grid.doubled()
        if self is GridChange.HALVE:
            return grid.halved()
        return grid.nudged(-_NUDGE_SECONDS if self is GridChange.EARLIER else _NUDGE_SECONDS)


def change_grids(
    library: Library,
    track_ids: Sequence[str],
    change: GridChange,
    progress: Progress,
    cancel: CancelFlag | None,
) -> tuple[str, ...]:
    """Correct the beat grids of several tracks in the same way.

    Args:
        library: an open library.
        track_ids: of the tracks.
        change: what to do with each grid.
        progress: called after each track.
        cancel: polled between tracks; what was corrected so far stays so.

    Returns:
        A line for each track that could not be corrected; it stays as it was.

    Raises:
        LibraryError: the library is read-only.
        Cancelled: as asked.
    """
    library.database.require_writable()
    problems = []
    for done, track_id in enumerate(track_ids):
        check(cancel)
        title = track_id
        try:
            track = library.track(track_id)
            title = track.title
            progress(done, len(track_ids), title)
            library.set_grid(track_id, change.apply(track.grid), cancel=cancel)
        except (InputError, LibraryError) as error:
            problems.append(f"{title}: {error}")
    progress(len(track_ids), len(track_ids))
    return tuple(problems)
