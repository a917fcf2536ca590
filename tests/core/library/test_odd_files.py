"""Every odd file is imported or refused with one clear reason; none stops the rest."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from core.library import report
from core.library.importing import import_audio
from core.library.store import Library

_NO_BEAT = {
    "beatfeet_sine_1000_plus_500Hz.mp3",
    "notmusic_humpback.ogg",
    "notmusic_speech.ogg",
}


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_odd_folder(shared_audio: Path, tmp_path: Path) -> None:
    folder = shared_audio / "odd"
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        names = {row["file"] for row in csv.DictReader(file)}
    result = import_audio(tmp_path / "library", sorted(folder / name for name in names))
    files = {file.path.name: file for file in result.files}
    assert set(files) == names
    for file in files.values():
        assert file.status in report.STATUSES
        assert bool(file.reason) == (file.status != report.IMPORTED)
        assert "\n" not in file.reason
        assert "failed inside" not in file.reason, "an error that nobody foresaw"
        assert "died" not in file.reason
        if file.status in (report.IMPORTED, report.UNALIGNED):
            assert file.track_id
            assert file.segments
    for name in _NO_BEAT:
        assert files[name].status in (report.UNALIGNED, report.NO_SEGMENTS)
    with Library.open(tmp_path / "library") as library:
        for track in library.tracks():
            assert np.isfinite(library.track_spectrogram(track.id)).all()
            assert library.audio(track.id, 0.0, track.frames).any()
    again = import_audio(tmp_path / "library", [folder])
    assert again.decoded_seconds == 0.0
