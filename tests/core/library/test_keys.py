"""Keys in a library: an additive table, read-only libraries, tracks that go."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import Cancelled, LibraryError
from core.library import latents
from core.library.key_analysis import TrackChroma, analyse_keys
from core.library.store import Library

Array = NDArray[np.float32]


def a_minor(frames: int = 40) -> Array:
    """The chroma of a held triad."""
    chroma = np.zeros((frames, 12), np.float32)
    chroma[:, [9, 0, 4]] = 0.1, 0.06, 0.08
    return chroma


def has_table(library: Library) -> bool:
    sql = "SELECT 1 FROM sqlite_master WHERE name = 'chroma'"
    return library.database.row(sql) is not None


def test_a_library_without_the_table_opens_and_gets_it_with_the_first_chroma(
    library: Library,
) -> None:
    track = library.tracks()[0]
    assert library.key(track.id) is None
    assert not library.keys().knows(track.id)
    assert not has_table(library)
    library.save_chroma(track.id, a_minor())
    assert has_table(library)
    found = library.key(track.id)
    assert found is not None
    assert found.name == "A minor"
    with Library.open(library.path) as again:
        assert again.key(track.id) == found


def test_a_segment_has_the_key_of_its_time(library: Library) -> None:
    track = library.tracks()[0]
    segment = library.segments(track_id=track.id)[0]
    chroma = a_minor()
    chroma[:] = np.roll(chroma, 2, axis=1)  # B minor, but for what is before the segment
    chroma[: int(segment.start_seconds / 0.3715)] = a_minor(1)
    library.save_chroma(track.id, chroma)
    found = library.keys().of_segment(segment)
    assert found is not None
    assert found.name == "B minor"


def test_chroma_goes_with_its_track(library: Library) -> None:
    track = library.tracks()[0]
    library.save_chroma(track.id, a_minor())
    library.remove_track(track.id)
    assert library.database.row("SELECT count(*) FROM chroma")[0] == 0  # type: ignore[index]
    library.save_chroma(track.id, a_minor())  # by a task that has not seen it go
    assert library.database.row("SELECT count(*) FROM chroma")[0] == 0  # type: ignore[index]


def test_a_read_only_library_keeps_them_in_the_users_data_folder(library: Library) -> None:
    track = library.tracks()[0]
    with Library.open(library.path, read_only=True) as reader:
        assert reader.key(track.id) is None
        reader.save_chroma(track.id, a_minor())
        assert reader.key(track.id) is not None
        assert latents.overlay_path(reader.id).exists()
    assert not has_table(library)
    with Library.open(library.path, read_only=True) as reader:
        assert reader.key(track.id) is not None


def test_the_analysis_does_what_is_missing_and_goes_on_after_lost_audio(library: Library) -> None:
    first, second = library.tracks()
    library.audio_path(first).unlink()
    done: list[TrackChroma] = []
    with pytest.raises(LibraryError, match="missing"):
        analyse_keys(library, on_track=done.append)
    assert [one.track_id for one in done] == [second.id]
    assert library.keys().knows(second.id)
    assert library.key(second.id) is None  # kicks alone
    library.save_chroma(first.id, a_minor())
    analyse_keys(library, on_track=done.append)
    assert len(done) == 1


def test_the_analysis_stops_when_asked(library: Library) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        analyse_keys(library, cancel=cancel)
    assert not has_table(library)
