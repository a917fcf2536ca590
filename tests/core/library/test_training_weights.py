"""What is left out of a training and what is learned more often, kept by time."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError, LibraryError
from core.library.store import Library
from core.library.training_weights import (
    LearningChoice,
    LearningSummary,
    SegmentTimes,
    TrackSpan,
    TrainingWeights,
    how_often,
    span_of,
)
from core.session import training_data
from tests.core.library.building import add_track
from tests.core.library.test_hostile_libraries import script, sql


@pytest.fixture
def long_track(library: Library) -> str:
    """A track of 16 bars of 1.875 s, the first at .25 s; its id."""
    return add_track(library, "Long", seconds=31.0, seed=5).id


def test_windows_weigh_in_the_order_of_the_librarys_rows(library: Library, long_track: str) -> None:
    track = library.track(long_track)
    assert len(TrainingWeights().of_track(track)) == len(library.segment_rows(long_track))
    second = library.segments(track_id=long_track)[1]
    weights = TrainingWeights().with_weight([span_of(second)], 2.0)
    # Bars 4 to 7 weigh 2, so windows weigh what their bars do on average.
    expected = [1, 1.25, 1.5, 1.75, 2, 1.75, 1.5, 1.25, 1, 1, 1, 1, 1]
    np.testing.assert_allclose(weights.of_track(track), expected)
    np.testing.assert_allclose(
        weights.of_segments(SegmentTimes.of(library.segments(1, long_track))), expected
    )


def test_no_window_that_touches_what_is_left_out_is_learned(
    library: Library, long_track: str
) -> None:
    second = library.segments(track_id=long_track)[1]
    library.weigh([span_of(second)], 0.0)
    (learned,) = (it for it in training_data(library.path).tracks if it.name.startswith("Long"))
    first_rows = [0, *range(8 * 128, 13 * 128, 128)]
    assert learned.starts.tolist() == first_rows


def test_what_is_said_last_counts() -> None:
    weights = TrainingWeights().with_weight([TrackSpan("a", 0.0, 100.0)], 2.0)
    weights = weights.with_weight([TrackSpan("a", 40.0, 60.0)], 0.0)
    assert [tuple(part) for part in weights.by_track["a"]] == [
        (0.0, 40.0, 2.0),
        (40.0, 60.0, 0.0),
        (60.0, 100.0, 2.0),
    ]
    assert weights.with_weight([TrackSpan("a", -1.0, 101.0)], 1.0).by_track == {}


@pytest.mark.parametrize("weight", [-0.1, 3.1, float("nan")])
def test_no_other_weight_can_be(weight: float) -> None:
    with pytest.raises(InputError, match="weight"):
        TrainingWeights().with_weight([TrackSpan("a", 0.0, 1.0)], weight)


def test_weights_stay_when_the_library_is_opened_again_and_go_with_their_track(
    library: Library, long_track: str
) -> None:
    assert library.training_weights() == TrainingWeights()
    library.weigh([span_of(library.track(long_track))], 3.0)
    with Library.open(library.path) as again:
        assert again.training_weights().of_track(again.track(long_track)).tolist() == [3.0] * 13
        again.remove_track(long_track)
    assert library.training_weights() == TrainingWeights()


def test_weights_stay_with_the_music_when_its_grid_is_corrected(
    library: Library, long_track: str
) -> None:
    second = library.segments(track_id=long_track)[1]
    library.weigh([span_of(second)], 0.0)
    library.set_grid(long_track, library.track(long_track).grid.nudged(0.02))
    times = SegmentTimes.of(library.segments(track_id=long_track))
    weights = library.training_weights().of_segments(times)
    assert weights.tolist() == [1.0, 0.0, 1.0, 1.0]


def test_a_read_only_library_is_weighed_beside_it(library: Library, long_track: str) -> None:
    with Library.open(library.path, read_only=True) as closed:
        closed.weigh([span_of(closed.track(long_track))], 0.0)
        assert closed.training_weights().by_track.keys() == {long_track}
    assert library.training_weights() == TrainingWeights()


def test_one_training_can_be_of_a_few_tracks(library: Library, long_track: str) -> None:
    whole = span_of(library.track(long_track))
    segments = library.segments(track_id=long_track)
    only = training_data(library.path, LearningChoice(only=(whole,)))
    assert [track.name[:4] for track in only.tracks] == ["Long"]
    without = training_data(library.path, LearningChoice(without=(whole,)))
    assert [track.name[:7] for track in without.tracks] == ["Track 1", "Track 2"]
    # A lone segment is one window: no other lies inside it.
    one = training_data(library.path, LearningChoice(only=(span_of(segments[1]),)))
    assert [track.starts.tolist() for track in one.tracks] == [[4 * 128]]
    assert "learned from 1 of 6 segments" in one.notes


def test_whole_tracks_are_weighed_without_a_look_at_their_segments(
    library: Library, long_track: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault: with 500 of 1,000 tracks, the window stood still for 46 ms."""
    track, times = library.track(long_track), SegmentTimes.of(library.segments())
    kept = TrainingWeights().with_weight([span_of(track)], 2.0)
    only = LearningChoice(only=(span_of(track),))
    counted = LearningChoice(without=(span_of(track),)).summary(kept, library.tracks())
    monkeypatch.delattr(TrainingWeights, "_of_windows")
    assert kept.range_of(track) == (2.0, 2.0)
    assert sorted(set(kept.of_segments(times).tolist())) == [1.0, 2.0]
    assert only.summary(kept, library.tracks()) == LearningSummary(
        times.count, track.windows(), more_often=track.windows()
    )
    assert counted == LearningSummary(times.count, times.count - track.windows())


def test_what_is_learned_is_said_in_a_musicians_words(library: Library, long_track: str) -> None:
    first, second, *_ = library.segments(track_id=long_track)
    kept = TrainingWeights().with_weight([span_of(first)], 0.0)
    kept = kept.with_weight([span_of(second)], 2.0)
    found = LearningChoice().summary(kept, library.tracks())
    assert found == LearningSummary(6, 5, more_often=1)
    assert found.text == "5 of 6 segments, 1 of them more often"
    assert LearningSummary(6, 6).text == "6 segments"
    assert how_often([(0.0, 0.0), None, (0.0, 0.0)]) == "left out"
    assert how_often([(2.0, 2.0)]) == "×2"  # noqa: RUF001
    assert how_often([(0.0, 1.0)]) == "some left out"


@pytest.mark.parametrize("row", ["'a', 0, 1, 9", "'a', 0, 1e99, 1", "'a', 'x', 1, 1", "1, 0, 1, 1"])
def test_weights_of_others_are_checked(library_to_copy: Path, tmp_path: Path, row: str) -> None:
    path = tmp_path / "hostile"
    shutil.copytree(library_to_copy, path)
    script(path, "CREATE TABLE training_weights (a, b, c, d)")
    sql(path, f"INSERT INTO training_weights VALUES ({row})")
    with closing(Library.open(path)) as library, pytest.raises(LibraryError, match="damaged"):
        library.training_weights()
