"""A perceptual metric: distances between latents that reflect how they sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import InputError

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]
Decode: TypeAlias = Callable[[Array], Array]
"""Latents (n, d) -> spectrograms (n, 512, 128) dB."""

_BATCH = 32
_BLOCKS = (32, 32)
"""Parts of a fingerprint: eighths of bars, groups of four bands."""
_MOST_DECODED = 256
_RIDGE = 1e-3


def fingerprints(latents: ArrayLike, decode: Decode) -> Array:
    """Decode latents to coarse spectrograms, by which sounds can be compared.

    Args:
        latents: (n, d).
        decode: latents (n, d) -> spectrograms (n, 512, 128) dB.

    Returns:
        (n, 1024) float32 dB: means over blocks of 16 rows (an eighth of a bar) and 4 bands.
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
    """A linear projection of latents in which Euclidean distance reflects how they sound.

    A linear fit of the decoded levels on the latents gives, by singular value decomposition, the
    orthogonal directions and how many dB each of them changes. Every direction is scaled by that
    to the power `weight`: 0 leaves distances as they are, 1 makes them those of the decoded
    spectrograms, where the few loudest directions hide all others. With .5, neighbours on the map
    sound alike and segments of one track stay together (`benchmarks/latent.py`).

    Attributes:
        centre: (d,) the latent that becomes 0.
        projection: (d, k).

    Example:
        >>> metric = PerceptualMetric.fit(latents, decode)
        >>> xy = embed(metric.transform(latents))
    """

    centre: Doubles
    projection: Doubles

    @classmethod
    def fit(cls, latents: ArrayLike, decode: Decode, *, weight: float = 0.5) -> Self:
        """Fit the projection to what a decoder makes of a library's latents.

        Args:
            latents: (n, d); at most 256 of them are decoded.
            decode: latents (n, d) -> spectrograms (n, 512, 128) dB.
            weight: how much the loudness of a direction counts, 0..1.

        Raises:
            InputError: no latents.
        """
        (metric,) = cls.fit_ranges(latents, decode, [slice(None)], weight=weight)
        return metric

    @classmethod
    def fit_ranges(
        cls,
        latents: ArrayLike,
        decode: Decode,
        ranges: Sequence[slice],
        *,
        weight: float = 0.5,
    ) -> list[Self]:
        """Fit a projection for each of several ranges of frequency.

        Args:
            latents: as for `fit`.
            decode: as for `fit`.
            ranges: of the 32 groups of four bands that `fingerprints` has.
            weight: as for `fit`.

        Raises:
            InputError: no latents.
        """
        points = np.asarray(latents, np.float64)
        if points.ndim != 2 or len(points) == 0:
            raise InputError("there are no latents to compare; import some music first")
        centre = points.mean(axis=0)
        some = points[np.unique(np.linspace(0, len(points) - 1, _MOST_DECODED).astype(np.int64))]
        levels = fingerprints(some, decode).astype(np.float64).reshape(len(some), *_BLOCKS)
        metrics = []
        for part in ranges:
            heard = levels[:, :, part].reshape(len(some), -1)
            slopes = _regress(some - centre, heard - heard.mean(axis=0))
            _, loudness, directions = np.linalg.svd(slopes.T, full_matrices=False)
            scale = (loudness / max(float(loudness.max()), 1e-12)) ** weight
            metrics.append(cls(centre, directions.T * scale))
        return metrics

    def transform(self, latents: ArrayLike) -> Doubles:
        """Project latents (n, d) -> (n, k)."""
        projected: Doubles = (np.asarray(latents, np.float64) - self.centre) @ self.projection
        return projected


def _regress(points: Doubles, targets: Doubles) -> Doubles:
    """Slopes (d, t) of the ridge regression of `targets` (n, t) on `points` (n, d)."""
    gram = points.T @ points / len(points)
    held = gram + _RIDGE * max(float(np.trace(gram)), 1e-12) / len(gram) * np.eye(len(gram))
    return np.asarray(np.linalg.solve(held, points.T @ targets / len(points)), np.float64)
