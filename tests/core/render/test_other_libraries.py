"""Clips of other libraries sound as they would if those were open."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import resources
from core.arrangement.clip import Clip, LatentSource, RealSource
from core.arrangement.project import Origin
from core.errors import LibraryError, ModelError
from core.library.model_versions import Figures, keep_version
from core.library.store import Library
from core.render.decoder import Decoder
from core.render.other_libraries import OtherLibraries, model_of
from core.settings import segment_frames
from tests.core.library.building import add_track
from tests.core.render.conftest import SECONDS, CosineCodec

BPM = 127.0


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Stands for the file of a model: its bytes are its hash."""
    path = tmp_path / "model.keras"
    path.write_text("c0ffee")
    return path


def load(path: Path) -> Any:
    return CosineCodec(path.read_text())


@pytest.fixture
def others() -> Iterator[OtherLibraries]:
    with OtherLibraries(load=load) as made:
        yield made


def test_segments_and_latents_sound_as_in_their_library(
    library: Library, decoder: Decoder, model: Path, others: OtherLibraries
) -> None:
    origin = Origin(library.path, model, library.id, "c0ffee")
    real = RealSource(library.segments()[0].id)
    latent = LatentSource(decoder.latents()[1][0], model_hash="c0ffee")  # type: ignore[arg-type]
    for source in (real, latent):
        np.testing.assert_array_equal(others.audio(origin, source, BPM), decoder.audio(source, BPM))
        np.testing.assert_array_equal(
            others.spectrogram(origin, source), decoder.spectrogram(source)
        )
        assert others.renderer_for(origin, source) == decoder.renderer_for(source)


def test_segments_need_no_model(library: Library, others: OtherLibraries) -> None:
    origin = Origin(library.path, Path("/gone.keras"), library.id)
    segment = library.segments()[0].id
    loop = others.audio(origin, RealSource(segment), BPM)
    assert loop.shape == (segment_frames(BPM), 2)


def test_an_arrangement_of_two_libraries(
    library: Library, decoder: Decoder, model: Path, tmp_path: Path
) -> None:
    with Library.create(tmp_path / "other") as other:
        add_track(other, "Elsewhere", seconds=SECONDS, bpm=125.0, seed=9)
        (track,) = other.tracks()
        foreign = RealSource(other.segments()[0].id)
    origin = Origin(tmp_path / "other", None, tracks=frozenset({track.id}))
    with OtherLibraries([origin], load) as others:
        audio_of = others.clip_audio(decoder, BPM)
        here = RealSource(library.segments()[0].id)
        loops = [audio_of(Clip("a", source, 0)) for source in (here, foreign)]
    np.testing.assert_array_equal(loops[0], decoder.audio(here, BPM))
    with pytest.raises(LibraryError):
        decoder.audio(foreign, BPM)
    assert np.abs(loops[1]).max() > 0.01


def test_no_more_than_two_libraries_stay_open(
    library_to_copy: Path, tmp_path: Path, others: OtherLibraries
) -> None:
    segment = None
    for number in range(4):
        path = tmp_path / str(number)
        shutil.copytree(library_to_copy, path)
        with Library.open(path, read_only=True) as library:
            segment = RealSource(library.segments()[0].id)
        others.audio(Origin(path), segment, BPM)
    assert segment is not None
    shutil.rmtree(tmp_path / "3")
    np.testing.assert_array_equal(
        others.audio(Origin(tmp_path / "3"), segment, BPM),  # still open
        others.audio(Origin(tmp_path / "0"), segment, BPM),
    )
    shutil.rmtree(tmp_path / "1")
    with pytest.raises(LibraryError):
        others.audio(Origin(tmp_path / "1"), segment, BPM)  # closed meanwhile


def test_what_is_gone_is_named(tmp_path: Path, others: OtherLibraries) -> None:
    with pytest.raises(LibraryError, match="gone"):
        others.audio(Origin(tmp_path / "gone"), RealSource("x-0-0"), BPM)


def test_the_model_of_an_origin(tmp_path: Path, model: Path) -> None:
    assert model_of(Origin(tmp_path, model)) == model
    assert model_of(Origin()) == resources.demo_model()
    demo = resources.digest(resources.demo_model())
    assert model_of(Origin(tmp_path, None, model_hash=demo)) == resources.demo_model()
    with pytest.raises(ModelError):
        model_of(Origin(tmp_path, Path("/gone.keras")))
    version = keep_version(tmp_path, model, Figures())
    gone = Origin(tmp_path, Path("/gone.keras"), model_hash=version.model_hash)
    assert model_of(gone) == version.path
