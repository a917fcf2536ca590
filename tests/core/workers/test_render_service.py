"""The render service's work, in this process: one model is loaded once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import resources
from core.errors import ModelError
from core.vae import checkpoint
from core.workers.render_service import RenderService


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Which models were read, in order."""
    read: list[Path] = []
    load = checkpoint.load

    def noted(path: Path) -> checkpoint.Codec:
        read.append(path)
        return load(path)

    monkeypatch.setattr(checkpoint, "load", noted)
    return read


@pytest.fixture
def service() -> Iterator[RenderService]:
    made = RenderService()
    yield made
    made._exit.close()


def test_a_library_that_is_opened_again_keeps_its_model(
    service: RenderService, library: Path, loaded: list[Path]
) -> None:
    model = resources.demo_model()
    first = service.open(library, model)
    second = service.open(library, model)
    assert loaded == [model]
    assert first.model_hash == second.model_hash == resources.digest(model)


def test_another_file_of_that_name_is_read(
    service: RenderService, library: Path, loaded: list[Path], tmp_path: Path
) -> None:
    model = tmp_path / "model.keras"
    shutil.copy(resources.demo_model(), model)
    before = service.open(library, model)
    codec = checkpoint.load(model)
    checkpoint.save(codec._model, model, {**codec.info, "epoch": 12345})
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
