"""How good a model is, in dB and in latents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from core import settings
from core.keras_backend import compiled, ops
from core.vae import losses
from core.vae.data import FOLDED, Array, Index, TrainingData
from core.vae.model import SegmentVAE

ACTIVE_VARIANCE = 0.02
"""A latent whose mean varies less over the library carries nothing (Burda et al. 2016)."""
DEVIATION_RANGE = (0.7, 1.3)

Tensor = Any

_SPAN_DB = settings.CEILING_DB - settings.FLOOR_DB
_BATCH = 32


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a model makes of some windows.

    Attributes:
        error_db: mean absolute error over all cells, decoded from the latents' means.
        kl: mean KL of a window, nats.
        means: (n, 64).
    """

    error_db: float
    kl: float
    means: Array

    @property
    def windows(self) -> int:
        return len(self.means)

    @property
    def latents(self) -> int:
        return int(self.means.shape[1])

    @cached_property
    def deviations(self) -> Array:
        """(64,) standard deviation of each latent's mean over the windows."""
        if not len(self.means):
            return np.zeros(self.latents, np.float32)
        out: Array = self.means.std(axis=0)
        return out

    @property
    def deviation(self) -> float:
        return float(self.deviations.mean())

    @property
    def active(self) -> int:
        """Latents whose mean varies."""
        return int((self.deviations**2 > ACTIVE_VARIANCE).sum())

    @property
    def share_inside(self) -> float:
        """Share of latents whose deviation lies within 0.7 to 1.3."""
        low, high = DEVIATION_RANGE
        return float(((self.deviations >= low) & (self.deviations <= high)).mean())


class Evaluator:
    """Measures one model again and again; compiled once."""

    def __init__(self, model: SegmentVAE) -> None:
        self._latents = model.latents
        self._measure = compiled(_measuring(model), (None, *FOLDED), variables=model.variables)

    def __call__(self, data: TrainingData, places: Index) -> Evaluation:
        """Measure the model as it is now.

        Args:
            data: the library's windows.
            places: (n, 2), which of them.

        Returns:
            The measurements; error 0 and no means where n is 0.
        """
        if not len(places):
            return Evaluation(0.0, 0.0, np.zeros((0, self._latents), np.float32))
        parts = [
            [np.asarray(out) for out in self._measure(data.batch(places[i : i + _BATCH]))]
            for i in range(0, len(places), _BATCH)
        ]
        error, kl, means = (np.concatenate(column) for column in zip(*parts, strict=True))
        return Evaluation(float(error.mean()), float(kl.mean()), means)


def _measuring(model: SegmentVAE) -> Callable[[Tensor], tuple[Tensor, Tensor, Tensor]]:
    def run(windows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mean, log_variance = model.encode(windows)
        unit = ops.clip(model.decode(mean), 0.0, 1.0)
        error = ops.mean(ops.abs(unit - windows), axis=(1, 2, 3)) * _SPAN_DB
        return error, ops.sum(losses.kl_divergence(mean, log_variance), axis=1), mean

    return run
