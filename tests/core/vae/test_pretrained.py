"""What trainings start from: other music helps to describe music that nobody learned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelError
from core.vae import pca
from core.vae.augmentation import Augmentation
from core.vae.data import TrainingData
from core.vae.initialization import Initializer
from core.vae.layers import CELLS
from core.vae.pretrained import Pretrained
from tests.core.vae.conftest import TINY, Trained, track_rows


def windows(first: int, last: int) -> np.ndarray:
    data = tracks(first, last)
    return data.batch(data.places())


def tracks(first: int, last: int) -> TrainingData:
    return TrainingData.of_tracks((str(i), track_rows(5, i), None) for i in range(first, last))


@pytest.fixture(scope="module")
def pretrained() -> Pretrained:
    return Pretrained.fit(windows(100, 130), np.random.default_rng(0))


def test_it_varies_as_the_music_does(pretrained: Pretrained) -> None:
    learned = windows(100, 130).reshape(-1, CELLS)
    np.testing.assert_allclose(pretrained.mean, learned.mean(axis=0), atol=1e-5)
    variance = learned.var(axis=0).sum()
    assert np.square(pretrained.windows()).sum() == pytest.approx(variance, rel=0.1)


def test_unheard_music_is_described_better(pretrained: Pretrained) -> None:
    few, unheard = tracks(0, 3), windows(200, 210)

    def error(start: Pretrained | None) -> float:
        ground = Initializer(few, few.places(), np.random.default_rng(0), start)
        kept = ground.model(Augmentation(), TINY).linear(unheard)
        return float(np.abs(np.asarray(kept) - unheard).mean())

    assert error(pretrained) < 0.9 * error(None)


def test_the_file_says_the_same(pretrained: Pretrained, tmp_path: Path) -> None:
    path = tmp_path / "pretrained.npz"
    pretrained.write(path)
    found = Pretrained.read(path)
    np.testing.assert_allclose(found.mean, pretrained.mean, atol=1e-3)
    np.testing.assert_allclose(found.windows(), pretrained.windows(), atol=2e-3)


def test_a_file_that_is_missing_or_damaged_is_told(pretrained: Pretrained, tmp_path: Path) -> None:
    path = tmp_path / "pretrained.npz"
    with pytest.raises(ModelError, match="missing or damaged"):
        Pretrained.read(path)
    pretrained.write(path)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(ModelError, match="missing or damaged"):
        Pretrained.read(path)
    replace(pretrained, mean=pretrained.mean[:-1]).write(path)
    with pytest.raises(ModelError, match="another version"):
        Pretrained.read(path)
    replace(pretrained, mean=pretrained.mean * np.nan).write(path)
    with pytest.raises(ModelError, match="missing or damaged"):
        Pretrained.read(path)


def test_without_the_file_a_training_says_so_and_goes_on(trained: Trained) -> None:
    (note,) = [note for note in trained.result.notes if "missing.npz" in note]
    assert note.endswith("it starts from the library alone")
    assert trained.result.best_epoch > 0


def test_rows_beside_themselves_change_nothing(rng: np.random.Generator) -> None:
    rows = rng.standard_normal((12, 40)).astype(np.float32) * np.linspace(
        1, 3, 40, dtype=np.float32
    )
    plain = pca.fit(rows, 5)
    again = ((rows - rows.mean(axis=0)) * np.sqrt(3.0)).astype(np.float32)
    found = pca.from_gram(rows, pca.gram(rows), 5, (again, 36.0))
    np.testing.assert_allclose(found.scale, plain.scale, rtol=1e-3)
    same = np.abs((found.directions * plain.directions).sum(axis=1))
    np.testing.assert_allclose(same, 1.0, atol=1e-3)
