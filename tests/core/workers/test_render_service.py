"""The render service's work, in this process: one model is loaded once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import resources
from core.arrangement.clip import LatentSource, RealSource
from core.arrangement.project import Origin
from core.audio.levelling import rough_gain_db
from core.errors import ModelError
from core.library import spectrograms
from core.library.models import remember_model
from core.library.store import Library
from core.render import real_segments
from core.render.parts import PartsSeparator
from core.settings import segment_frames
from core.vae import network_file
from core.vae.codec import Codec
from core.vae.model import SegmentVAE, input_shape
from core.workers.render_service import RenderService
from core.workers.segment_service import Array, SeparatedLoop
from tests.core.vae.conftest import TINY


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Which models were read, in order."""
    read: list[Path] = []
    load = Codec.load

    def noted(path: Path) -> Codec:
        read.append(path)
        return load(path)

    monkeypatch.setattr(Codec, "load", noted)
    return read


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that knows nothing and is read in no time; no test may change it."""
    made = SegmentVAE(**{**TINY, "seed": 1})
    made.build(input_shape())
    path = tmp_path_factory.mktemp("models") / "tiny.keras"
    network_file.save(made, path, {})
    return path


@pytest.fixture
def service() -> Iterator[RenderService]:
    made = RenderService()
    yield made
    made._exit.close()


def test_a_library_that_is_opened_again_keeps_its_model(
    service: RenderService, library: Path, loaded: list[Path], tiny: Path
) -> None:
    first = service.open(library, tiny)
    second = service.open(library, tiny)
    assert loaded == [tiny]
    assert first.model_hash == second.model_hash == resources.digest(tiny)


def test_what_is_prepared_is_there_when_the_library_is_opened(
    service: RenderService, library: Path, loaded: list[Path], tiny: Path, tmp_path: Path
) -> None:
    remember_model(library, tiny)
    service.prepare(library)
    assert loaded == [tiny]
    service.open(library, tiny)
    assert loaded == [tiny]
    service.prepare(tmp_path / "nothing")  # opening it says what is wrong


def test_another_file_of_that_name_is_read(
    service: RenderService, library: Path, loaded: list[Path], tiny: Path, tmp_path: Path
) -> None:
    model = tmp_path / "model.keras"
    shutil.copy(tiny, model)
    before = service.open(library, model)
    codec = Codec.load(model)
    network_file.save(network_file.load(model), model, {**codec.info, "epoch": 12345})
    loaded.clear()
    after = service.open(library, model)
    assert loaded == [model]
    assert after.model_hash != before.model_hash
    model.write_bytes(b"not one")
    with pytest.raises(ModelError):
        service.open(library, model)
    model.unlink()
    with pytest.raises(ModelError):
        service.open(library, model)


def test_without_a_model_latents_of_another_library_are_rendered(
    service: RenderService, tmp_path: Path
) -> None:
    library = resources.demo_library()
    empty = tmp_path / "empty"
    Library.create(empty).close()
    assert service.open(empty, None).model_hash == ""
    with Library.open(library, read_only=True) as opened:
        model_hash = resources.digest(resources.demo_model())
        latent = LatentSource(opened.latents(model_hash)[1][0], model_hash=model_hash)
    origin = Origin(None, None, "", model_hash)
    loop = service.loop(latent, 131.0, "phase", None, lambda _: None, origin)
    assert loop.loop.shape == (segment_frames(131.0), 2)
    assert loop.renderer == "phase"
    assert np.abs(loop.loop).max() > 0.01
    with pytest.raises(ModelError, match="no model is open"):
        service.loop(latent, 131.0, None, None, lambda _: None)


@pytest.mark.parametrize("kept", [True, False])
def test_a_beat_in_parts_is_as_loud_as_the_rest_if_that_is_known_at_once(
    service: RenderService,
    library: Path,
    tiny: Path,
    monkeypatch: pytest.MonkeyPatch,
    kept: bool,
) -> None:
    """All but the first beat of what is kept is louder by 8 dB."""
    rows = np.full((512, 128), -40.0, np.float32)
    rows[32:] += 8.0
    made: list[str] = []
    of_bars = spectrograms.of_bars

    def noted(*args: Any) -> Array:
        made.append("spectrogram")
        return of_bars(*args)

    def separate(_: PartsSeparator, loop: Array, _seen: Array | None = None) -> Array:
        return np.stack([loop, *np.zeros((3, *loop.shape), np.float32)])

    monkeypatch.setattr(spectrograms, "of_bars", noted)
    monkeypatch.setattr(PartsSeparator, "separate", separate)
    monkeypatch.setattr(Library, "kept_spectrogram", lambda *_: rows if kept else None)
    monkeypatch.setattr(real_segments, "_REST_TAKES", 0.0)
    service.open(library, tiny)
    with Library.open(library, read_only=True) as read:
        source = RealSource(read.segments()[0].id)
    emitted: list[SeparatedLoop] = []

    def emit(beat: SeparatedLoop) -> None:
        assert made == []  # that would take its time
        emitted.append(beat)

    service.separated_loop(source, 131.0, None, 0, emit, beats=1)
    (beat,) = emitted
    alone = rough_gain_db(beat.loop)
    assert beat.spectrogram is None
    if kept:
        assert beat.gain_db < alone - 6.0
    else:
        assert beat.gain_db == pytest.approx(alone, abs=0.5)
