"""Peaks, lines of a grid, spans and clicks: the arithmetic below the grid editor."""

from __future__ import annotations

import numpy as np
import pytest

from core.library.latent_map import LatentMap
from core.rhythm.grid import BeatGrid, GridSection
from core.settings import SAMPLE_RATE
from technovae_gui.library.beat_lines import add_clicks, beat_lines
from technovae_gui.library.waveform import (
    PEAKS_PER_SECOND,
    VisibleSpan,
    column_peaks,
    peaks_of,
    read_peaks,
)

SIZE = SAMPLE_RATE // PEAKS_PER_SECOND


def test_peaks_do_not_depend_on_the_blocks(rng: np.random.Generator) -> None:
    sound = rng.uniform(-1, 1, (10 * SIZE + 7, 2)).astype(np.float32)
    whole = peaks_of([sound])
    cut = peaks_of(np.split(sound, [13, 14, 5 * SIZE]))
    assert whole.shape == (11, 2)
    np.testing.assert_array_equal(cut, whole)
    np.testing.assert_array_equal(
        whole[3], [sound[3 * SIZE : 4 * SIZE].min(), sound[3 * SIZE : 4 * SIZE].max()]
    )


def test_peaks_of_nothing() -> None:
    assert peaks_of([]).shape == (0, 2)


def test_peaks_of_a_track(demo_map: LatentMap) -> None:
    track = next(iter(demo_map.tracks.values()))
    found = read_peaks(demo_map.library_path, track.id)
    assert len(found) == pytest.approx(track.seconds * PEAKS_PER_SECOND, abs=1)
    assert (found[:, 0] <= found[:, 1]).all()


@pytest.mark.parametrize("per_column", [0.3, 1.0, 7.5])
def test_columns_hold_the_extremes_of_their_buckets(
    rng: np.random.Generator, per_column: float
) -> None:
    given = np.sort(rng.uniform(-1, 1, (100, 2)).astype(np.float32), axis=1)
    drawn = column_peaks(given, 2.0, per_column, 12)
    for column in range(12):
        first = int(2.0 + per_column * column)
        last = max(first + 1, int(2.0 + per_column * (column + 1)))
        assert drawn[column, 0] == given[first:last, 0].min()
        assert drawn[column, 1] == given[first:last, 1].max()


def test_columns_outside_the_track_are_silent() -> None:
    given = np.full((4, 2), 0.5, np.float32)
    drawn = column_peaks(given, -2.0, 1.0, 10)
    assert drawn[:, 1].tolist() == [0, 0, 0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0]


def test_lines_of_beats_bars_and_phrases() -> None:
    grid = BeatGrid((GridSection.through(0.0, 60.0, 120.0, 4.5),), 0.9)
    beats = beat_lines(grid, 0.0, 8.0)
    assert [line.seconds for line in beats] == pytest.approx(np.arange(0.0, 8.01, 0.5))
    bars = beat_lines(grid, 0.0, 20.0, 4)
    assert [line.seconds for line in bars][:3] == pytest.approx([0.5, 2.5, 4.5])
    assert [line.bar for line in bars][:3] == [1, 2, 3]
    phrases = beat_lines(grid, 0.0, 20.0, 16)
    assert [line.seconds for line in phrases] == pytest.approx([4.5, 12.5])
    assert all(line.begins_phrase for line in phrases)
    assert [line.seconds for line in beats if line.begins_phrase] == pytest.approx([4.5])


def test_lines_keep_to_their_section() -> None:
    first = GridSection.through(0.0, 10.0, 120.0, 0.0)
    second = GridSection.through(12.0, 20.0, 140.0, 12.1)
    found = beat_lines(BeatGrid((first, second), 0.9), 0.0, 30.0, 4)
    assert all(line.seconds <= 10.0 or 12.0 <= line.seconds <= 20.0 for line in found)
    assert next(line.bar for line in found if line.seconds > 11) == 1


def test_a_span_keeps_within_the_track() -> None:
    span = VisibleSpan.whole_track(60.0, 300)
    near = span.zoomed(4.0, 0.0)
    assert (near.start, near.length) == (0.0, 15.0)
    assert near.scrolled(-5.0).start == 0.0
    assert near.scrolled(500.0).end == 60.0
    assert near.zoomed(1e-9, 150).length == 60.0
    assert near.x_at(near.seconds_at(77.0)) == pytest.approx(77.0)


def test_clicks_sit_on_the_beats() -> None:
    grid = BeatGrid((GridSection.through(0.0, 60.0, 120.0, 0.25),), 0.9)
    clicked = add_clicks(np.zeros((SAMPLE_RATE, 2), np.float32), grid, 10.0)
    begins = np.flatnonzero(clicked[:, 0])[0]
    assert begins == pytest.approx(0.25 * SAMPLE_RATE, abs=1)
    assert not clicked[: round(0.25 * SAMPLE_RATE), 0].any()
    assert np.abs(clicked[round(0.75 * SAMPLE_RATE) :]).max() > 0.1
