"""The render service's work, in this process: one model is loaded once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core import resources
from core.arrangement.clip import LatentSource
from core.arrangement.project import Origin
from core.errors import ModelError
from core.library.models import remember_model
from core.library.store import Library
from core.settings import segment_frames
from core.vae import network_file
from core.vae.codec import Codec
from core.vae.model import SegmentVAE, input_shape
from core.workers.render_service import RenderService
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
