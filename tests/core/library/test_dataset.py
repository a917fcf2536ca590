from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from core import settings
from core.errors import Cancelled, InputError, LibraryError, OutputError
from core.library.dataset import window_tracks, write_dataset
from core.library.describe import COLUMNS, describe
from core.library.store import Library
from core.rhythm.grid import BeatGrid
from core.vae.data import TrainingData
from tests.core.library.building import add_track


def test_the_array_holds_every_window_in_order(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "spectrogram_dataset.npy"
    segments = library.segments(1)
    assert write_dataset(library, path) == len(segments)
    array = np.load(path)
    assert array.dtype == np.float32
    assert array.shape == (len(segments), settings.FRAMES_PER_SEGMENT, settings.N_BANDS)
    assert array.min() >= settings.FLOOR_DB
    for segment, window in zip(segments, array, strict=True):
        np.testing.assert_array_equal(window, library.segment_spectrogram(segment))
    assert window_tracks(library) == [s.track_id for s in segments]
    assert write_dataset(library, path, hop_bars=4) == len(library.segments(4))


def test_training_takes_the_array(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "spectrogram_dataset.npy"
    count = write_dataset(library, path)
    assert len(TrainingData.from_file(path)) == count


def test_training_takes_the_library_by_reference(library: Library) -> None:
    data = TrainingData.of_tracks(
        (t.id, library.track_spectrogram(t.id), library.segment_rows(t.id))
        for t in library.tracks()
    )
    assert len(data) == len(library.segments(1))
    assert all(isinstance(track.decibels, np.memmap) for track in data.tracks)


def test_what_cannot_be_written_is_said(library: Library, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.npy"):
        write_dataset(library, tmp_path / "x.txt")
    with pytest.raises(OutputError, match="does not exist"):
        write_dataset(library, tmp_path / "nowhere" / "x.npy")
    with Library.create(tmp_path / "empty") as empty, pytest.raises(LibraryError, match="no segm"):
        write_dataset(empty, tmp_path / "x.npy")


def test_cancelling_leaves_the_old_file(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(b"old")
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        write_dataset(library, path, cancel=cancel)
    assert path.read_bytes() == b"old"
    assert not list(tmp_path.glob(".x-*"))


def test_the_tables_say_what_is_there(library: Library) -> None:
    add_track(library, "Ambient", grid=BeatGrid.default(12.0, 127.0, 0.1))
    first = library.tracks()[1]
    library.set_grid(first.id, first.grid.nudged(0.01))
    about = describe(library)
    assert about.columns == COLUMNS
    assert about.facts["tracks"] == "3, 1 without a steady beat"
    assert about.facts["music"] == "0:36"
    assert about.facts["segments"] == str(len(library.segments()))
    assert about.facts["training windows"] == str(len(library.segments(1)))
    tempo = COLUMNS.index("bpm")
    assert [(*row[:2], row[tempo]) for row in about.rows] == [
        ("Ambient", "unaligned", "127.00"),
        ("Track 1", "corrected", "126.00"),
        ("Track 2", "aligned", "128.00"),
    ]
    assert all(len(row) == len(COLUMNS) for row in about.rows)
