"""Windows by reference, arrays of either unit, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError, TrainingError
from core.vae.data import TrainingData, fold, unfold
from tests.core.vae.conftest import music, track_rows


def test_windows_lie_one_bar_apart_and_share_memory() -> None:
    rows = track_rows(7, 0)
    data = TrainingData.of_tracks([("a", rows, None)])
    assert data.places().tolist() == [[0, 0], [0, 128], [0, 256], [0, 384]]
    assert np.shares_memory(data.tracks[0].rows(128), rows)


def test_fold_puts_the_same_beat_of_all_bars_in_one_place(rng: np.random.Generator) -> None:
    decibels = rng.uniform(-90, 0, (2, 512, 128)).astype(np.float32)
    folded = fold(decibels)
    assert folded.shape == (2, 128, 128, 4)
    unit = (decibels + 90) / 90
    np.testing.assert_allclose(folded[1, 5, 7], unit[1, [5, 133, 261, 389], 7], atol=1e-6)


@given(st.integers(0, 3), st.integers(0, 2**32 - 1))
def test_unfold_undoes_fold(count: int, seed: int) -> None:
    decibels = np.random.default_rng(seed).uniform(-90, 0, (count, 512, 128)).astype(np.float32)
    np.testing.assert_allclose(unfold(fold(decibels)), decibels, atol=1e-4)


def test_levels_outside_floor_and_ceiling_are_clipped() -> None:
    decibels = np.full((1, 512, 128), -300.0)
    decibels[:, :256] = 20.0
    assert set(np.unique(fold(decibels))) == {0.0, 1.0}


def test_an_array_in_units_and_one_in_decibels_are_the_same_data(
    rng: np.random.Generator,
) -> None:
    decibels = rng.uniform(-90, -1, (9, 512, 128)).astype(np.float32)
    from_db = TrainingData.of_array(decibels)
    from_unit = TrainingData.of_array((decibels + 90) / 90)
    places = from_db.places()
    assert len(places) == 9
    # float16 holds 90 dB to within .032
    np.testing.assert_allclose(from_db.batch(places), from_unit.batch(places), atol=0.04 / 90)
    assert "decibels" in from_db.notes[0]
    assert "0..1" in from_unit.notes[0]


def test_overlapping_windows_of_an_array_tell_the_tracks_apart() -> None:
    original = music(tracks=3, bars=6)
    windows = np.stack([t.rows(int(s)) for t in original.tracks for s in t.starts])
    data = TrainingData.of_array(windows)
    assert data.grouped
    assert [len(track.starts) for track in data.tracks] == [3, 3, 3]
    np.testing.assert_array_equal(data.batch(data.places()), fold(windows))


def test_an_array_of_unrelated_segments_stays_one_group() -> None:
    windows = np.stack([track_rows(4, seed) for seed in range(5)])
    data = TrainingData.of_array(windows)
    assert not data.grouped
    assert len(data.tracks) == 1


def test_ids_group_an_array(rng: np.random.Generator) -> None:
    decibels = rng.uniform(-90, -1, (4, 512, 128))
    data = TrainingData.of_array(decibels, ["b", "a", "b", "a"])
    assert [track.name for track in data.tracks] == ["b", "a"]
    np.testing.assert_array_equal(data.batch(np.array([[0, 512], [1, 0]])), fold(decibels[[2, 1]]))


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.zeros((4, 128, 512)), "(4, 128, 512)"),
        (np.zeros((512, 128)), "four bars"),
        (np.full((4, 512, 128), 40_000.0), "4e+04"),
        (np.full((4, 512, 128), np.nan), "not finite"),
        (np.zeros((4, 512, 128), complex), "numbers"),
    ],
)
def test_arrays_of_another_kind_are_refused_in_one_line(array: np.ndarray, says: str) -> None:
    with pytest.raises(InputError) as caught:
        TrainingData.of_array(array)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_array_is_too_little_data() -> None:
    with pytest.raises(TrainingError):
        TrainingData.of_array(np.zeros((0, 512, 128)))


def test_a_file_is_read_without_pickles(tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "spectrogram_dataset.npy"
    np.save(path, rng.uniform(-90, -1, (8, 512, 128)).astype(np.float32))
    assert len(TrainingData.from_file(path)) == 8


def _pickled(path: Path) -> None:
    np.save(path, np.array([{"a": 1}], object), allow_pickle=True)


def _truncated(path: Path) -> None:
    np.save(path, np.zeros((9, 512, 128), np.float32))
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize(
    "spoil",
    [
        _pickled,
        _truncated,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("not an array"),
        lambda path: None,
    ],
)
def test_files_that_are_no_array_are_refused_in_one_line(tmp_path: Path, spoil) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "broken.npy"
    spoil(path)
    with pytest.raises(InputError) as caught:
        TrainingData.from_file(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_seven_segments_are_too_few_and_eight_are_enough() -> None:
    with pytest.raises(TrainingError, match="7 segments"):
        TrainingData.of_tracks([("a", track_rows(31, 0), None)]).check()
    TrainingData.of_tracks([("a", track_rows(32, 0), None)]).check()


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_a_few_segments_are_enough_with_background_music(count: int) -> None:
    few = TrainingData.of_tracks((f"t{i}", track_rows(4, i), None) for i in range(count))
    music = TrainingData.of_tracks((f"m{i}", track_rows(30, i + 50), None) for i in range(9))
    mixed = few.with_background(music)
    mixed.check()
    assert len(mixed) == mixed.segments() == count
    behind = mixed.background_places()
    assert len(behind) == 96
    learned = mixed.along_with_background(mixed.places())
    assert len(behind) / len(learned) == pytest.approx(1 / 3, abs=0.01)
    assert sorted({int(track) for track, _ in learned}) == list(range(count + 9))
    first = mixed.batch(behind[:1])
    number, start = behind[0] - [count, 0]
    np.testing.assert_array_equal(first, music.batch(np.array([[number, start]])))


def test_no_segment_at_all_is_refused_in_one_line() -> None:
    music = TrainingData.of_tracks([("m", track_rows(30, 1), None)])
    with pytest.raises(TrainingError, match="no segments"):
        TrainingData(()).with_background(music).check()


def test_without_background_the_windows_are_as_they_were() -> None:
    data = TrainingData.of_tracks([("a", track_rows(12, 1), None)])
    assert data.background_places().shape == (0, 2)
    np.testing.assert_array_equal(data.along_with_background(data.places()), data.places())


def test_a_window_beyond_its_track_is_refused() -> None:
    with pytest.raises(InputError, match="beyond"):
        TrainingData.of_tracks([("a", track_rows(5, 0), [128, 256])])


def test_windows_come_as_often_as_they_weigh_and_never_if_that_is_not_at_all() -> None:
    data = music(tracks=3, bars=7)  # four windows each
    weights = np.array([[1, 1, 1, 1], [0, 3, 2, 0], [0.5, 0.5, 0.5, 0.5]])
    tracks = tuple(t.weighed(w) for t, w in zip(data.tracks, weights, strict=True))
    weighed = TrainingData(tracks)
    places = weighed.places()
    assert len(places) == 10
    chosen, counts = np.unique(weighed.weighted(places), axis=0, return_counts=True)
    times = {(int(t), int(row)): int(n) for (t, row), n in zip(chosen, counts, strict=True)}
    assert [times[0, row] for row in (0, 128, 256, 384)] == [1, 1, 1, 1]
    assert (times[1, 128], times[1, 256]) == (3, 2)
    assert sum(n for (track, _), n in times.items() if track == 2) == 2
    assert data.weighted(data.places()).tolist() == data.places().tolist()
    assert len(weighed.weighted(places[:0])) == 0
