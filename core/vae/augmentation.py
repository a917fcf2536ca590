"""Data augmentation: music that the library could have held, so that the model fits other tracks.

Measured on 23 real tracks, 5 held out (see `benchmarks/training.py`): principal components of the
library and as many windows turned by whole sixteenths describe unheard tracks 5 to 7 % better
than those of the library alone; equalising and swapping bands add 1 to 2 %. Mixing bars of
different tracks made it worse and is not here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.vae.data import FOLDED, Array

_SPAN_DB = settings.CEILING_DB - settings.FLOOR_DB
_SIXTEENTH = settings.FRAMES_PER_SIXTEENTH
_SIXTEENTHS = settings.SIXTEENTHS_PER_BAR * settings.BARS_PER_SEGMENT
_CURVES = 7
_AUDIBLE = 0.02
"""Units above the floor; below is silence, which an equaliser leaves silent."""


@dataclass(frozen=True)
class Augmentation:
    """How often and how strongly windows are varied.

    Attributes:
        share: of windows that are varied at all; the others stay as they are. More is better for
            unseen music and worse for the library; refined latents
            (`core.vae.latent_refinement`) leave room for less than half.
        equaliser_db: standard deviation of the random smooth equaliser.
        swap: of the varied windows, how many get their bands above or below a random band
            from another window.
    """

    share: float = 0.3
    equaliser_db: float = 6.0
    swap: float = 0.5

    def __call__(self, windows: Array, rng: np.random.Generator) -> Array:
        """Vary some of the windows.

        Args:
            windows: (n, 128, 128, 4), 0..1.
            rng: draws which are varied, and how.

        Returns:
            (n, 128, 128, 4), a new array; `share` of it is varied.
        """
        out = windows.copy()
        chosen = np.flatnonzero(rng.random(len(windows)) < self.share)
        if len(chosen):
            out[chosen] = self.vary(windows[chosen], windows, rng)
        return out

    def vary(self, windows: Array, others: Array, rng: np.random.Generator) -> Array:
        """Vary every window.

        Args:
            windows: (n, 128, 128, 4), 0..1.
            others: (m, 128, 128, 4), from which bands are taken.
            rng: draws what is done.

        Returns:
            (n, 128, 128, 4), a new array.
        """
        swapped = np.flatnonzero(rng.random(len(windows)) < self.swap)
        out = windows.copy()
        donors = rng.integers(0, len(others), len(swapped))
        out[swapped] = swap_bands(windows[swapped], others[donors], rng)
        return equalise(turn(out, rng), self.equaliser_db, rng)


def turn(windows: Array, rng: np.random.Generator) -> Array:
    """Rotate each window by a random number of sixteenths, as if the loop began elsewhere.

    Args:
        windows: (n, 128, 128, 4).
        rng: draws the numbers.
    """
    steps = rng.integers(0, _SIXTEENTHS, len(windows)) * _SIXTEENTH
    out = np.empty_like(windows)
    for i, step in enumerate(steps):
        rows = windows[i].transpose(2, 0, 1).reshape(-1, FOLDED[1])
        turned = np.roll(rows, step, axis=0).reshape(FOLDED[2], FOLDED[0], FOLDED[1])
        out[i] = turned.transpose(1, 2, 0)
    return out


def swap_bands(windows: Array, others: Array, rng: np.random.Generator) -> Array:
    """Replace the bands above or below a random band by another window's, as a DJ would.

    Args:
        windows: (n, 128, 128, 4).
        others: (n, 128, 128, 4), one for each window.
        rng: draws band and side.
    """
    cut = rng.integers(8, FOLDED[1] - 10, len(windows))
    below = np.arange(FOLDED[1]) < cut[:, None]
    keep = np.where(rng.random(len(windows))[:, None] < 0.5, below, ~below)
    return np.where(keep[:, None, :, None], windows, others)


def equalise(windows: Array, deviation_db: float, rng: np.random.Generator) -> Array:
    """Pass each window through a random smooth equaliser; silence stays silent.

    Args:
        windows: (n, 128, 128, 4), 0..1.
        deviation_db: standard deviation of its curve, dB.
        rng: draws the curves.
    """
    gains = _curves(len(windows), rng) * np.float32(deviation_db / _SPAN_DB)
    louder = windows + gains[:, None, :, None] * (windows > _AUDIBLE)
    return np.clip(louder, np.float32(0), np.float32(1))


def _curves(count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """(count, 128) sums of a few cosines over the bands, falling weights, unit deviation."""
    place = np.linspace(0.0, np.pi, FOLDED[1])
    weights = 1.0 / (1.0 + np.arange(_CURVES) / 3.0)
    weights /= np.sqrt(weights[0] ** 2 + np.sum(weights[1:] ** 2) / 2.0)
    shapes = np.cos(np.arange(_CURVES)[:, None] * place)
    curves: NDArray[np.float64] = (rng.normal(size=(count, _CURVES)) * weights) @ shapes
    return curves.astype(np.float32)
