"""Which tracks a filter accepts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.dsp.key import Key
from core.library.tracks import Track
from technovae_gui.library.track_filter import GridFilter, TrackFilter, folders, mixes


@pytest.mark.parametrize(
    ("camelot", "other", "expected"),
    [
        ("8A", "8A", True),
        ("8A", "8B", True),
        ("8A", "9A", True),
        ("1B", "12B", True),
        ("8A", "9B", False),
        ("8A", "10A", False),
        ("1A", "7A", False),
    ],
)
def test_keys_mix_with_their_neighbours_on_the_wheel(
    camelot: str, other: str, expected: bool
) -> None:
    assert mixes(camelot, other) is expected
    assert mixes(other, camelot) is expected


def test_everything_has_to_hold(tracks: list[Track]) -> None:
    second = replace(tracks[1], source_path="/music/dub/a.wav")
    key = Key(9, minor=True)  # A minor, 8A
    chosen = TrackFilter(("ruiz",), second.bpm - 1, second.bpm + 1, "9A", folder="/music/dub")
    assert chosen.accepts(second, key)
    assert not replace(chosen, words=("nobody",)).accepts(second, key)
    assert not replace(chosen, lowest_bpm=second.bpm + 0.5).accepts(second, key)
    assert not replace(chosen, highest_bpm=second.bpm - 0.5).accepts(second, key)
    assert not replace(chosen, fits="3B").accepts(second, key)
    assert not chosen.accepts(second, None), "its key is not known"
    assert not replace(chosen, folder="/music").accepts(second, key)


def test_grids_are_told_apart(tracks: list[Track]) -> None:
    first, _, unsteady = tracks
    corrected = replace(first, grid=replace(first.grid, origin="user"))
    accepted = {
        kind: [TrackFilter(grid=kind).accepts(t, None) for t in (first, corrected, unsteady)]
        for kind in GridFilter
    }
    assert accepted == {
        GridFilter.ANY: [True, True, True],
        GridFilter.SURE: [True, True, False],
        GridFilter.UNSURE: [False, False, True],
        GridFilter.CORRECTED: [False, True, False],
    }


def test_folders_come_in_order_with_their_counts(tracks: list[Track]) -> None:
    names = ("/m/set 10/a.wav", "/m/set 2/b.wav", "/m/set 2/c.wav")
    placed = [replace(t, source_path=p) for t, p in zip(tracks, names, strict=True)]
    assert folders(placed) == [("/m/set 2", 2), ("/m/set 10", 1)]
    assert folders([replace(tracks[0], source_path="a.wav")]) == []
