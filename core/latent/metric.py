"""How much each direction of the latent space is heard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import InputError

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]
Decode: TypeAlias = Callable[[Array], Array]

_BATCH = 32
_MOST_DECODED = 256
_RIDGE = 1e-3


def fingerprints(latents: ArrayLike, decode: Decode) -> Array:
    """Decoded levels averaged over blocks of 16 rows and 4 bands: (n, 1024) dB.

    Close enough to the whole spectra to compare sounds by, at a 64th of the size.
    """
    rows = np.asarray(latents, np.float32)
    parts = []
    for first in range(0, len(rows), _BATCH):
        spectra = np.asarray(decode(rows[first : first + _BATCH]))
        blocks = spectra.reshape(len(spectra), 32, 16, 32, 4).mean(axis=(2, 4))
        parts.append(blocks.reshape(len(spectra), -1))
    return np.concatenate(parts).astype(np.float32)


@dataclass(frozen=True, eq=False)
class PerceptualMetric:
    """Turns and scales latents so that distances between them are more like those heard.

    A linear fit of the decoded levels on the latents gives each direction's loudness in dB.
    Directions are scaled by that to the power `weight`: 0 leaves distances as they are, 1 makes
    them those of the decoded spectra, where the few loudest directions hide all others. Half-way,
    neighbours on the map sound alike and music of one track stays together
    (`benchmarks/latent.py`).

    Attributes:
        centre: (d,) what becomes 0.
        turn: (d, k) latents @ turn is what is compared.
    """

    centre: Doubles
    turn: Doubles

    @classmethod
    def fit(cls, latents: ArrayLike, decode: Decode, *, weight: float = 0.5) -> Self:
        """Measure `decode` around `latents` (n, d), at 256 of them at most.

        Raises:
            InputError: no latents.
        """
        points = np.asarray(latents, np.float64)
        if points.ndim != 2 or len(points) == 0:
            raise InputError("there are no latents to compare; import some music first")
        centre = points.mean(axis=0)
        some = points[np.unique(np.linspace(0, len(points) - 1, _MOST_DECODED).astype(np.int64))]
        heard = fingerprints(some, decode).astype(np.float64)
        slopes = _fitted(some - centre, heard - heard.mean(axis=0))
        _, loudness, directions = np.linalg.svd(slopes.T, full_matrices=False)
        scale = (loudness / max(float(loudness.max()), 1e-12)) ** weight
        return cls(centre, directions.T * scale)

    def transform(self, latents: ArrayLike) -> Doubles:
        """(n, k) of `latents` (n, d)."""
        turned: Doubles = (np.asarray(latents, np.float64) - self.centre) @ self.turn
        return turned


def _fitted(points: Doubles, targets: Doubles) -> Doubles:
    """Slopes (d, t) of `targets` (n, t) on `points` (n, d), with a touch of ridge."""
    gram = points.T @ points / len(points)
    held = gram + _RIDGE * max(float(np.trace(gram)), 1e-12) / len(gram) * np.eye(len(gram))
    return np.asarray(np.linalg.solve(held, points.T @ targets / len(points)), np.float64)
