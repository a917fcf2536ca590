from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, LibraryError
from core.library.packing import pack
from core.library.store import DATABASE, Library


def test_a_packed_library_is_the_same_music_in_less_room(library: Library, tmp_path: Path) -> None:
    ids = [s.id for s in library.segments(1)]
    latents = np.random.default_rng(0).standard_normal((len(ids), 64)).astype(np.float32)
    library.save_latents("model", ids, latents)
    library.save_map("model", ids, latents[:, :2])
    out = pack(library, tmp_path / "packed", library_id="demo")
    assert sorted(p.name for p in out.iterdir()) == ["audio", DATABASE, "spectrograms"]
    assert {p.suffix for p in (out / "audio").iterdir()} == {".ogg"}
    assert b"/music/" not in (out / DATABASE).read_bytes()
    with Library.open(out, read_only=True) as packed:
        assert packed.id == "demo"
        assert packed.segments(1) == library.segments(1)
        np.testing.assert_array_equal(packed.latents("model")[1], latents)
        assert packed.map("model")[0] == ids
        for mine, theirs in zip(library.tracks(), packed.tracks(), strict=True):
            assert theirs.source_path == f"{mine.title}.wav"
            assert (theirs.frames, theirs.grid) == (mine.frames, mine.grid)
            a = library.audio(mine.id, 0.0, mine.frames)
            b = packed.audio(mine.id, 0.0, mine.frames)
            assert np.sqrt(np.mean((a - b) ** 2)) < 0.1 * np.sqrt(np.mean(a**2))
        loud = library.segment_spectrogram(library.segments()[0])
        ogg = packed.segment_spectrogram(packed.segments()[0])
        assert np.abs(ogg - loud)[loud > -40].mean() < 1.5


def test_a_packed_library_is_whole_or_not_there(library: Library, tmp_path: Path) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        pack(library, tmp_path / "deep" / "packed", cancel=cancel)
    library.audio_path(library.tracks()[1]).unlink()
    with pytest.raises(LibraryError, match="is missing"):
        pack(library, tmp_path / "deep" / "packed")
    assert list((tmp_path / "deep").iterdir()) == []


def test_nothing_is_packed_over(library: Library, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    for place in (library.path, tmp_path / "mine"):
        with pytest.raises(LibraryError, match=r"already|other things"):
            pack(library, place)
    assert (tmp_path / "mine" / "notes.txt").exists()
