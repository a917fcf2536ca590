"""Made libraries are libraries, no two tracks in them alike; growth is the exponent of cost."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks.scale.__main__ import growth
from benchmarks.scale.made_library import Maker, bytes_on_disk
from benchmarks.scale.made_tracks import Song
from core.dsp.attributes import Attributes
from core.library.store import Library


@pytest.fixture
def maker() -> Maker:
    rng = np.random.default_rng(0)
    audio = tuple(0.1 * rng.standard_normal((3000, 2)).astype(np.float32) for _ in range(2))
    spectra = rng.uniform(-80, -20, (2, 512, 128)).astype(np.float32)
    sounds = tuple(Attributes(0.0, 8.0, 1.0, 0.5, loudness) for loudness in (-14.0, -20.0))
    latents = rng.standard_normal((3, 2, 2, 64)).astype(np.float32)
    chroma = rng.random((30, 12)).astype(np.float32)
    return Maker([Song("Made", 130.0, audio, spectra, sounds, latents, chroma)], "a" * 64, 0.4)


def test_a_made_library_can_be_read_mapped_and_gone_on_with(maker: Maker, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    done: list[float] = []
    maker.library(folder, 2, lambda k, of, _="": done.append(k), sound=True)
    maker.library(folder, 3, lambda k, of, _="": done.append(k), sound=True)
    assert done == [1, 2, 3]
    with Library.open(folder) as library:
        tracks = library.tracks()
        assert len({track.bpm for track in tracks}) == 3
        segments = library.segments()
        ids, latents = library.latents("a" * 64)
        assert ids == [segment.id for segment in segments]
        assert len(np.unique(latents, axis=0)) == len(segments)
        for track in tracks:
            assert library.keys().knows(track.id)
            assert np.abs(library.audio(track.id, 1.0, 1000)).max() > 0
        spectrum = library.segment_spectrogram(segments[0])
        assert -90 < spectrum.mean() < -20
    assert min(bytes_on_disk(folder).values()) > 0


def test_rows_alone_are_enough_for_a_map(maker: Maker, tmp_path: Path) -> None:
    folder = maker.library(tmp_path / "library", 2, lambda *_: None, sound=False)
    with Library.open(folder) as library:
        assert len(library.latents("a" * 64)[0]) == len(library.segments()) > 0
    assert bytes_on_disk(folder)["spectrograms"] == 0


def test_growth_is_an_exponent() -> None:
    assert growth([30, 300], [1.0, 10.0]) == pytest.approx(1.0)
    assert growth([30, 100, 300], [2.0, 9.0, 200.0]) == pytest.approx(2.0)
    assert growth([30, 300], [5.0, 5.0]) == 0.0
    assert math.isnan(growth([30], [1.0]))
    assert math.isnan(growth([30, 300], [0.0, 1.0]))
