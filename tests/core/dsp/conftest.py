"""Signals with known answers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from core import settings

Array = NDArray[np.float32]
Groove = Callable[..., Array]


def _kick() -> Array:
    t = np.arange(9000) / settings.SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(48 + 150 * np.exp(-t * 40)) / settings.SAMPLE_RATE
    return (np.sin(phase) * np.exp(-t * 18)).astype(np.float32)


def _hat(rng: np.random.Generator) -> Array:
    noise = np.diff(rng.standard_normal(2501).astype(np.float32))
    return noise * np.exp(-np.arange(2500, dtype=np.float32) / 500)


def _groove(
    bpm: float = 130.0, *, kick: float = 0.5, hats_per_bar: int = 8, hat: float = 0.1
) -> Array:
    """Four bars (frames, 2): a kick on every beat, hats spread evenly, as a loop."""
    rng = np.random.default_rng(7)
    frames = settings.segment_frames(bpm)
    out = np.zeros(frames, np.float32)

    def add(at: float, sound: Array, level: float) -> None:
        index = (round(at * frames / 4) + np.arange(len(sound))) % frames
        out[index] += level * sound

    for beat in range(16):
        add(beat / 4, _kick(), kick)
    for hit in range(4 * hats_per_bar):
        add(hit / hats_per_bar, _hat(rng), hat)
    return np.stack([out, out], axis=1)


@pytest.fixture(scope="session")
def groove() -> Groove:
    """Makes four bars of kick and hats: groove(bpm, kick=, hats_per_bar=, hat=) -> (frames, 2)."""
    return _groove
