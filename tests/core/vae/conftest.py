"""Small made-up music: every track has its own spectrum and rhythm, every bar its own level."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partialmethod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import keras_archive
from core.vae import calibration, evaluation
from core.vae.data import TrainingData
from core.vae.model import SegmentVAE
from core.vae.training import TrainOptions, TrainResult, train

TINY = {"width": 16, "depth": 1, "encoder_depth": 1, "patch": 8, "trunk": 16}


_TRAININGS = {"trained", "tiny_options", "three_epochs"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What trains, or looks at what a training made, is slow."""
    for item in items:
        if _TRAININGS.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def track_rows(bars: int, seed: int) -> np.ndarray:
    """(bars * 128, 128) float16 dB."""
    rng = np.random.default_rng(seed)
    spectrum = -30.0 - 25.0 * rng.random(128)
    beat = np.exp(-np.arange(32) / rng.uniform(3, 12))
    rhythm = np.tile(beat, 4) * rng.uniform(5, 25)
    levels = np.repeat(rng.uniform(-8, 0, bars), 128)
    rows = np.tile(rhythm, bars)[:, None] * rng.random(128) + spectrum + levels[:, None]
    return np.clip(rows + rng.normal(0, 1, rows.shape), -90, 0).astype(np.float16)


def music(tracks: int = 6, bars: int = 9) -> TrainingData:
    """`tracks` tracks with a window on every bar."""
    return TrainingData.of_tracks((f"track {i}", track_rows(bars, i), None) for i in range(tracks))


def train_uncompiled(patch: pytest.MonkeyPatch) -> None:
    """Nothing that a training does is compiled, nor its model packed: a handful of steps is done
    sooner than that."""
    patch.setattr(SegmentVAE, "compile", partialmethod(SegmentVAE.compile, run_eagerly=True))
    for module in (calibration, evaluation):
        patch.setattr(module, "compiled", lambda function, *_, **__: function)
    patch.setattr(keras_archive, "_LEVEL", 0)


def learn_without_the_demo(patch: pytest.MonkeyPatch) -> None:
    """A library of few segments is learned alone. With the demo, whose spectrograms are made for
    that, it takes ten seconds of CPU more."""
    for module in ("core.session", "core.cli.learning_data"):
        patch.setattr(f"{module}.with_demo", lambda data: data)


@dataclass(frozen=True)
class Trained:
    """A finished training on `music()` and what it reported."""

    options: TrainOptions
    result: TrainResult
    progress: list[tuple[float, float, str]]

    def copied(self, folder: Path, **changes: Any) -> TrainOptions:
        """Options of another training, whose model, state and history are copies of this one's."""
        shutil.copytree(self.options.path.parent, folder, dirs_exist_ok=True)
        return replace(self.options, path=folder / self.options.path.name, **changes)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """One training, for all tests that only look at what came of it; 10 epochs."""
    folder = tmp_path_factory.mktemp("trained")
    options = TrainOptions(
        path=folder / "vae_best.keras",
        epochs=10, minutes=None, batch=8, model=TINY, validation=0.2,
        pretrained=folder / "missing.npz",
    )  # fmt: skip
    lines: list[tuple[float, float, str]] = []
    result = train(music(), options, lambda done, total, text="": lines.append((done, total, text)))
    return Trained(options, result, lines)


@pytest.fixture
def tiny_options(tmp_path: Path) -> Callable[..., TrainOptions]:
    """Options of a training that takes a second or two."""

    def make(**changes: Any) -> TrainOptions:
        plain: dict[str, Any] = {
            "path": tmp_path / "vae_best.keras", "epochs": 2, "minutes": None, "batch": 8,
            "model": TINY, "validation": 0.2, "pretrained": None,
        }  # fmt: skip
        return TrainOptions(**{**plain, **changes})

    return make
