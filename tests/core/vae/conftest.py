"""Small made-up music: every track has its own spectrum and rhythm, every bar its own level."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.vae.data import TrainingData
from core.vae.training import TrainOptions

TINY = {"width": 16, "depth": 1, "encoder_depth": 1, "patch": 8, "trunk": 16}


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


@pytest.fixture
def tiny_options(tmp_path: Path) -> Callable[..., TrainOptions]:
    """Options of a training that takes a second or two."""

    def make(**changes: Any) -> TrainOptions:
        plain: dict[str, Any] = {
            "path": tmp_path / "vae_best.keras", "epochs": 2, "minutes": None, "batch": 8,
            "model": TINY, "validation": 0.2,
        }  # fmt: skip
        return TrainOptions(**{**plain, **changes})

    return make
