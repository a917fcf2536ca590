"""Figures of spectrograms: sharpness, novelty, smoothness. All take (n, 512, 128) dB."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from core.dsp.sharpness import sharpness

__all__ = ["blocks", "error_db", "novelty", "sharpness", "step_ratio", "to_nearest"]

Array = NDArray[np.float32]
_BLOCK_ROWS, _BLOCK_BANDS = 16, 4


def error_db(real: Array, made: Array) -> float:
    """Mean absolute difference over all cells, dB."""
    return float(np.abs(real - made).mean(dtype=np.float64))


def blocks(spectra: Array) -> Array:
    """(n, 1024): levels averaged over blocks of 16 rows (two sixteenths) and 4 bands, dB."""
    n, rows, bands = spectra.shape
    shape = (n, rows // _BLOCK_ROWS, _BLOCK_ROWS, bands // _BLOCK_BANDS, _BLOCK_BANDS)
    means: Array = spectra.reshape(shape).mean(axis=(2, 4)).reshape(n, -1)
    return means


def to_nearest(spectra: Array, library: Array) -> NDArray[np.float64]:
    """(n,) mean absolute difference in dB of the `blocks` of each of `spectra` to the nearest of
    `library`."""
    a, b = blocks(spectra), blocks(library)
    nearest: NDArray[np.float64] = cdist(a, b, "cityblock").min(axis=1) / a.shape[1]
    return nearest


def novelty(made: Array, unseen: Array, library: Array) -> float:
    """Mean distance of `made` to the nearest of `library`, as a share of that of `unseen`.

    0: copies of the library. 1: as far from it as music that it does not hold.
    """
    return float(to_nearest(made, library).mean() / to_nearest(unseen, library).mean())


def step_ratio(path: Array) -> float:
    """Largest over mean step from one of `path` to the next, by their `blocks`. 1: even."""
    levels = blocks(path)
    steps = np.abs(np.diff(levels, axis=0)).mean(axis=1, dtype=np.float64)
    return float(steps.max() / max(float(steps.mean()), 1e-12))
