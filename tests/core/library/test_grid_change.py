"""One correction for the grids of many tracks; a track that cannot have it stays as it was."""

from __future__ import annotations

import pytest

from core.errors import Cancelled, LibraryError
from core.library.grid_change import GridChange, change_grids
from core.library.store import Library
from core.progress import silent


@pytest.mark.parametrize(
    ("change", "factor", "later"),
    [
        (GridChange.HALVE, 0.5, 0.0),
        (GridChange.DOUBLE, 2.0, 0.0),
        (GridChange.LATER, 1.0, 0.005),
        (GridChange.EARLIER, 1.0, -0.005),
    ],
)
def test_changes_are_those_of_the_grid(
    library: Library, change: GridChange, factor: float, later: float
) -> None:
    grid = library.tracks()[0].grid
    changed = change.apply(grid)
    assert changed.bpm == pytest.approx(grid.bpm * factor)
    if factor == 1.0:
        moved = changed.sections[0].downbeat - grid.sections[0].downbeat
        assert moved == pytest.approx(later)


def test_tracks_that_cannot_be_corrected_are_told_and_stay(library: Library) -> None:
    first, second = library.tracks()
    library.set_grid(second.id, second.grid.doubled())
    fast = library.track(second.id)
    told: list[str] = []
    problems = change_grids(
        library,
        [first.id, second.id, "gone"],
        GridChange.DOUBLE,
        lambda done, total, message="": told.append(message),
        None,
    )
    assert library.track(first.id).bpm == pytest.approx(2 * first.bpm)
    assert library.track(second.id) == fast
    assert [line.split(":")[0] for line in problems] == [second.title, "gone"]
    assert told[0] == first.title


def test_nothing_is_begun_in_a_read_only_library(library: Library) -> None:
    ids = [track.id for track in library.tracks()]
    with Library.open(library.path, read_only=True) as opened, pytest.raises(LibraryError):
        change_grids(opened, ids, GridChange.LATER, silent, None)


def test_it_stops_between_tracks(library: Library) -> None:
    class Set:
        def is_set(self) -> bool:
            return True

    before = library.tracks()
    with pytest.raises(Cancelled):
        change_grids(library, [t.id for t in before], GridChange.LATER, silent, Set())
    assert library.tracks() == before
