"""Principal components of windows that are too long for a covariance matrix.

The Gram matrix of n windows is n x n, whatever their length (Sirovich 1987, "snapshots").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Components:
    """An affine subspace: `mean + coefficients @ (scale[:, None] * directions)`.

    Attributes:
        mean: (d,).
        directions: (k, d), orthonormal rows, largest variance first.
        scale: (k,) standard deviation along each direction; coefficients have variance 1.
    """

    mean: Array
    directions: Array
    scale: Array

    def encode(self, rows: Array) -> Array:
        """(n, d) -> whitened coefficients (n, k)."""
        return np.asarray((rows - self.mean) @ self.directions.T / self.scale, np.float32)

    def decode(self, coefficients: Array) -> Array:
        """Whitened coefficients (n, k) -> (n, d)."""
        return np.asarray(self.mean + (coefficients * self.scale) @ self.directions, np.float32)


def fit(rows: Array, count: int) -> Components:
    """The first principal components of a few long rows.

    Args:
        rows: (n, d).
        count: of components.
    """
    return from_gram(rows, gram(rows), count)


def gram(rows: Array) -> Array:
    """Inner products of `rows` (n, d) with each other: (n, n)."""
    return rows @ rows.T


def from_gram(
    rows: Array, products: Array, count: int, beside: tuple[Array, float] | None = None
) -> Components:
    """The first principal components, from the rows' inner products.

    Args:
        rows: (n, d).
        products: (n, n), inner products of the rows with each other.
        count: of components. Where the rows hold fewer, the rest are directions of no variance:
            zero rows with the scale of the weakest real one, so that whitening divides by no zero.
        beside: what else varies about the rows' mean: (m, d) deviations, each scaled by the root of
            its weight, and how many rows all of them count for.
    """
    mean: Array = rows.mean(axis=0, dtype=np.float32)
    centred = _centred(products)
    weight = 0.0
    if beside is not None:
        deviations, weight = beside
        across = deviations @ rows.T
        across -= across.mean(axis=1, keepdims=True)
        centred = np.block([[centred, across.T], [across, gram(deviations)]])
    values, vectors = _leading(centred, count)
    norms = np.sqrt(values)
    directions = np.zeros((count, rows.shape[1]), np.float32)
    scale = np.ones(count, np.float32)
    kept = len(values)
    if kept:
        of_rows = vectors[: len(rows)].T
        directions[:kept] = of_rows @ rows
        if beside is not None:  # else they sum to zero, and the mean drops out by itself
            directions[:kept] -= of_rows.sum(axis=1, keepdims=True) * mean
            directions[:kept] += vectors[len(rows) :].T @ deviations
        directions[:kept] /= norms[:, None]
        scale[:kept] = norms / np.float32(np.sqrt(len(rows) + weight))
        scale[kept:] = scale[kept - 1]
    return Components(mean, directions, scale)


def fit_tall(rows: Array, count: int) -> Components:
    """The first principal components of many short rows, by their covariance.

    Args:
        rows: (n, d), n much larger than d.
        count: of components.
    """
    mean = rows.mean(axis=0)
    centred = rows - mean
    covariance = (centred.T @ centred).astype(np.float64) / len(rows)
    size = len(covariance)
    values, vectors = scipy.linalg.eigh(covariance, subset_by_index=[size - count, size - 1])
    scale = np.sqrt(np.maximum(values[::-1], 1e-12)).astype(np.float32)
    return Components(mean, np.ascontiguousarray(vectors[:, ::-1].T, np.float32), scale)


def _centred(products: Array) -> Array:
    """Inner products of rows less their mean, from those of the rows (as kernel PCA does)."""
    exact = products.astype(np.float64)
    means = exact.mean(axis=0)
    return np.asarray(exact - means - means[:, None] + means.mean(), np.float32)


def _leading(products: Array, count: int) -> tuple[Array, Array]:
    """At most `count` largest eigenvalues above noise, and their vectors as columns."""
    size = len(products)
    first = max(0, size - count)
    values, vectors = scipy.linalg.eigh(products, subset_by_index=[first, size - 1])
    values, vectors = values[::-1], vectors[:, ::-1]
    real = values > max(values[0], 0.0) * 1e-6
    return values[real], vectors[:, real]
