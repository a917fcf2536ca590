"""Alignment of the latent spaces of two models, by segments that both have encoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import InputError

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]
_LEAST_SEGMENTS = 3
_RIDGE = 0.01
_NEAREST = 8
_TINY = 1e-9


@dataclass(frozen=True, eq=False)
class LatentAlignment:
    """Maps latents of an older model to latents of a newer one.

    An affine map is fitted by ridge regression. What it gets wrong at the nearest segments is
    added, weighted by the inverse squared distance (Shepard, "A two-dimensional interpolation
    function for irregularly-spaced data", 1968). So the latent of a segment becomes exactly its
    latent under the newer model, and a latent between segments stays between them.

    Attributes:
        older: (n, d) latents of the shared segments under the older model.
        residuals: (n, d) error of the affine map at each of them.
        matrix: (d, d) of the affine map.
        old_mean: (d,) mean of `older`.
        new_mean: (d,) mean of the same segments under the newer model.

    Example:
        >>> alignment = LatentAlignment.fit(old_latents, new_latents)
        >>> alignment.transform(old_latents[:1])  # close to new_latents[:1]
    """

    older: Doubles
    residuals: Doubles
    matrix: Doubles
    old_mean: Doubles
    new_mean: Doubles

    @classmethod
    def fit(cls, older: ArrayLike, newer: ArrayLike) -> Self:
        """Fit the alignment to segments that both models have encoded.

        Args:
            older: (n, d) latents of the segments under the older model, n >= 3.
            newer: (n, d) latents of the same segments under the newer model, in the same order.

        Returns:
            The alignment from the older to the newer model.

        Raises:
            InputError: fewer than three segments, or shapes that do not match.
        """
        old, new = np.asarray(older, np.float64), np.asarray(newer, np.float64)
        if old.shape != new.shape or old.ndim != 2 or len(old) < _LEAST_SEGMENTS:
            raise InputError(
                f"latents of the same {_LEAST_SEGMENTS} segments or more are needed under both "
                f"models, got {old.shape} and {new.shape}"
            )
        old_mean, new_mean = old.mean(axis=0), new.mean(axis=0)
        centred = old - old_mean
        covariance = centred.T @ centred / len(old)
        ridge = _RIDGE * max(float(np.trace(covariance)) / old.shape[1], _TINY)
        matrix = np.linalg.solve(
            covariance + ridge * np.eye(old.shape[1]), centred.T @ (new - new_mean) / len(old)
        )
        return cls(old, new - new_mean - centred @ matrix, matrix, old_mean, new_mean)

    @classmethod
    def fit_shared(
        cls, old_ids: Sequence[str], older: Array, new_ids: Sequence[str], newer: Array
    ) -> Self | None:
        """Fit the alignment to the segments that occur in both lists of ids.

        Args:
            old_ids: n ids of the segments that the older model has encoded.
            older: (n, d) their latents.
            new_ids: m ids of the segments that the newer model has encoded.
            newer: (m, d) their latents.

        Returns:
            The alignment, or None where fewer than three ids are shared.
        """
        old_rows = {segment_id: row for row, segment_id in enumerate(old_ids)}
        both = [(old_rows[i], row) for row, i in enumerate(new_ids) if i in old_rows]
        if len(both) < _LEAST_SEGMENTS:
            return None
        old, new = np.array(both).T
        return cls.fit(older[old], newer[new])

    def transform(self, latents: ArrayLike) -> Array:
        """Latents (m, d) of the older model -> (m, d) float32 of the newer one."""
        points = np.asarray(latents, np.float64)
        moved = self.new_mean + (points - self.old_mean) @ self.matrix
        squares = ((points[:, None] - self.older[None]) ** 2).sum(axis=2)
        near = np.argsort(squares, axis=1)[:, :_NEAREST]
        weights = 1.0 / (np.take_along_axis(squares, near, axis=1) + _TINY)
        weights /= weights.sum(axis=1, keepdims=True)
        corrected: Doubles = moved + np.einsum("mk,mkd->md", weights, self.residuals[near])
        return corrected.astype(np.float32)
