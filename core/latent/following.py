"""Latents of one model under another: a place stays between the segments it was between."""

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
class Following:
    """From the latents of an older model to those of a newer one, by segments that both placed.

    An affine map, fitted by ridge regression, and what it is wrong by at the segments around,
    weighted by the inverse squared distance (Shepard 1968): a segment's own latent becomes exactly
    its new one, and what lies between segments stays between them.
    """

    older: Doubles
    residuals: Doubles
    matrix: Doubles
    old_mean: Doubles
    new_mean: Doubles

    @classmethod
    def fit(cls, older: ArrayLike, newer: ArrayLike) -> Self:
        """`older` and `newer` (n, d): latents of the same segments under either model.

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
    def by_segments(
        cls, old_ids: Sequence[str], older: Array, new_ids: Sequence[str], newer: Array
    ) -> Self | None:
        """Fitted to the segments that both models have placed: `older` (n, d) are the latents of
        `old_ids`, `newer` (m, d) those of `new_ids`. None where these are too few."""
        old_rows = {segment_id: row for row, segment_id in enumerate(old_ids)}
        both = [(old_rows[i], row) for row, i in enumerate(new_ids) if i in old_rows]
        if len(both) < _LEAST_SEGMENTS:
            return None
        old, new = np.array(both).T
        return cls.fit(older[old], newer[new])

    def __call__(self, latents: ArrayLike) -> Array:
        """`latents` (m, d) of the older model -> (m, d) of the newer one."""
        points = np.asarray(latents, np.float64)
        moved = self.new_mean + (points - self.old_mean) @ self.matrix
        squares = ((points[:, None] - self.older[None]) ** 2).sum(axis=2)
        near = np.argsort(squares, axis=1)[:, :_NEAREST]
        weights = 1.0 / (np.take_along_axis(squares, near, axis=1) + _TINY)
        weights /= weights.sum(axis=1, keepdims=True)
        corrected: Doubles = moved + np.einsum("mk,mkd->md", weights, self.residuals[near])
        return corrected.astype(np.float32)
