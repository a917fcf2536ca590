"""Judging windows never share a bar with learning ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.vae.data import TrainingData
from core.vae.split import MIN_TRACKS, split
from tests.core.vae.conftest import music, track_rows

_BLANK = np.zeros((400 * 128, 128), np.float16)


def _data(bars: list[int], grouped: bool = True) -> TrainingData:
    tracks = ((str(i), _BLANK[: n * 128], None) for i, n in enumerate(bars))
    return TrainingData(TrainingData.of_tracks(tracks).tracks, grouped)


@given(
    st.lists(st.integers(4, 80), min_size=1, max_size=9),
    st.floats(0.05, 0.3),
    st.integers(0, 99),
    st.booleans(),
)
def test_no_row_is_on_both_sides(bars: list[int], share: float, seed: int, grouped: bool) -> None:
    found = split(_data(bars, grouped), share, seed)
    assert len(found.training)
    rows = [
        {(track, start // 128 + k) for track, start in part for k in range(4)}
        for part in (found.training.tolist(), found.validation.tolist())
    ]
    assert not rows[0] & rows[1]


@given(st.lists(st.integers(4, 80), min_size=MIN_TRACKS, max_size=9), st.integers(0, 99))
def test_whole_tracks_are_held_out_where_there_are_enough(bars: list[int], seed: int) -> None:
    data = _data(bars)
    found = split(data, 0.1, seed)
    held = set(found.validation[:, 0])
    assert held
    assert not held & set(found.training[:, 0])
    assert len(found.training) + len(found.validation) == len(data)


def test_the_share_is_about_what_was_asked() -> None:
    found = split(_data([40] * 20), 0.1, 3)
    assert len(found.validation) == 2 * 37


def test_few_tracks_are_split_by_stretches_and_the_note_says_so() -> None:
    found = split(music(tracks=2, bars=30), 0.1, 0)
    assert "stretch" in found.note
    assert "flattering" in found.note
    assert set(found.validation[:, 0]) == {0, 1}


def test_the_seed_decides() -> None:
    data = _data([12] * 8)
    same = [split(data, 0.1, 5).validation.tolist() for _ in range(2)]
    assert same[0] == same[1]
    assert len({tuple(split(data, 0.1, s).validation[0]) for s in range(20)}) > 1


def test_the_rows_are_those_of_the_track() -> None:
    data = TrainingData.of_tracks([("a", track_rows(12, 1), None)])
    found = split(data, 0.1, 0)
    assert all(0 <= start <= 8 * 128 for _, start in found.training)
