"""The distribution of a library's latents: to sample from, and to judge how plausible one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.spatial.distance import cdist
from scipy.special import logsumexp

from core import settings
from core.errors import InputError

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]
Indices = NDArray[np.int64]
SPREAD = 0.85
_NEIGHBOURS = 12
_AXIS_SHARE = 0.25
_LEAST_DEVIATION = 0.05
_LONE_DEVIATION = 0.25
"""Of a latent without neighbours, which say nothing about what may vary; falls to the least with 12
of them. In a model trained along with other music a quarter of a deviation is a mild variation."""
_NEARBY = 64


@dataclass(frozen=True, eq=False)
class AggregatePosterior:
    """A kernel density estimate of the library's latents, with a local covariance per latent.

    With m and C the mean and covariance of a latent z and its 12 nearest neighbours, its Gaussian
    has the mean m + sqrt(1 - h^2)(z - m) and the covariance h^2 (.75 C + .25 diag C). With this
    correction (Silverman, "Density Estimation", 1986) mean and variance of a neighbourhood stay
    what they are. With fewer neighbours every latent varies more by itself, so that a lone one has
    variations, too. Why not a mixture of few Gaussians: in 64 dimensions it fills the space between
    styles with music that nobody made. A third of its samples lay as near to real segments as
    these lie to each other; of this density's samples more than nine tenths do
    (`benchmarks/latent.py`).

    Attributes:
        points: (m, d) the distinct latents.
        shares: (m,) how often each of them occurs, summing to 1.

    Example:
        >>> posterior = AggregatePosterior.fit(latents)
        >>> posterior.sample(3, np.random.default_rng(0)).shape
        (3, 64)
    """

    points: Doubles
    shares: Doubles

    @classmethod
    def fit(cls, latents: ArrayLike) -> Self:
        """Estimate the density of latents (n, d), n >= 1.

        Raises:
            InputError: no latents, or values that are not finite.
        """
        points, counts = np.unique(np.round(_checked(latents), 6), axis=0, return_counts=True)
        return cls(points, counts / counts.sum())

    def sample(self, count: int, rng: np.random.Generator, *, spread: float = SPREAD) -> Array:
        """Draw latents.

        Args:
            count: how many.
            rng: random generator.
            spread: h, 0 (repeats the library) to 1 (the whole neighbourhood of a latent).

        Returns:
            (count, d) float32.
        """
        rows = rng.choice(len(self.points), size=count, p=self.shares)
        return self.around(self.points[rows], rng, spread=spread)

    def around(
        self, latents: ArrayLike, rng: np.random.Generator, *, spread: float = SPREAD
    ) -> Array:
        """Draw a new latent in the neighbourhood of each given one.

        Args:
            latents: (r, d).
            rng: random generator.
            spread: h, 0 (the latent itself) to 1 (anywhere in its neighbourhood).

        Returns:
            (r, d) float32.
        """
        queries = np.atleast_2d(np.asarray(latents, np.float64))
        near = self._nearest(queries, min(_NEIGHBOURS + 1, len(self.points)))
        drawn = [
            _Kernel.of(query, self.points[rows], spread).draw(rng)
            for query, rows in zip(queries, near, strict=True)
        ]
        return np.array(drawn, np.float32).reshape(queries.shape)

    def log_density(self, latents: ArrayLike, *, spread: float = SPREAD) -> Doubles:
        """Logarithm of the density at latents.

        Args:
            latents: (r, d).
            spread: h, as for `sample`.

        Returns:
            (r,) natural logarithms. Of more than 64 distinct points, only the 64 nearest to each
            latent contribute.
        """
        queries = np.atleast_2d(np.asarray(latents, np.float64))
        near = self._nearest(queries, min(_NEARBY, len(self.points)))
        terms = np.full((len(queries), len(self.points)), -np.inf)
        for row in np.unique(near):
            rows = np.flatnonzero((near == row).any(axis=1))
            around = self._nearest(self.points[row : row + 1], _NEIGHBOURS + 1)[0]
            kernel = _Kernel.of(self.points[row], self.points[around], spread)
            terms[rows, row] = np.log(self.shares[row]) + kernel.log_density(queries[rows])
        total: Doubles = logsumexp(terms, axis=1)
        return total

    def _nearest(self, queries: Doubles, count: int) -> Indices:
        """Rows of the `count` points (or all) nearest to each of `queries`, nearest first."""
        distances = cdist(queries, self.points, "sqeuclidean")
        if count < len(self.points):
            near = np.argpartition(distances, count - 1, axis=1)[:, :count]
        else:
            near = np.broadcast_to(np.arange(len(self.points)), distances.shape)
        order = np.take_along_axis(distances, near, axis=1).argsort(axis=1, kind="stable")
        return np.take_along_axis(near, order, axis=1)


def prior_sample(count: int, rng: np.random.Generator) -> Array:
    """Draw latents from the model's prior, N(0, I).

    Args:
        count: how many.
        rng: gives them.

    Returns:
        (count, 64) float32.
    """
    return rng.standard_normal((count, settings.LATENT_SIZE)).astype(np.float32)


@dataclass(frozen=True, eq=False)
class _Kernel:
    """A Gaussian with the covariance loadings^T loadings + diag(deviations^2)."""

    mean: Doubles
    loadings: Doubles
    deviations: Doubles

    @classmethod
    def of(cls, query: Doubles, neighbours: Doubles, spread: float) -> Self:
        middle = neighbours.mean(axis=0)
        offsets = neighbours - middle
        shape = spread * np.sqrt((1.0 - _AXIS_SHARE) / len(neighbours))
        missing = max(0.0, 1.0 - (len(neighbours) - 1) / _NEIGHBOURS)
        least = _LEAST_DEVIATION + missing * (_LONE_DEVIATION - _LEAST_DEVIATION)
        variances = spread**2 * (_AXIS_SHARE * offsets.var(axis=0) + least**2)
        mean = middle + np.sqrt(max(0.0, 1.0 - spread**2)) * (query - middle)
        return cls(mean, shape * offsets, np.sqrt(variances))

    def draw(self, rng: np.random.Generator) -> Doubles:
        shared = rng.standard_normal(len(self.loadings)) @ self.loadings
        drawn: Doubles = self.mean + shared + self.deviations * rng.standard_normal(len(self.mean))
        return drawn

    def log_density(self, queries: Doubles) -> Doubles:
        """(r,) by the identities of Woodbury and Sylvester: only a small matrix is inverted."""
        white = (queries - self.mean) / self.deviations
        loadings = self.loadings / self.deviations
        inner = np.eye(len(loadings)) + loadings @ loadings.T
        factor = cho_factor(inner, lower=True)
        along = white @ loadings.T
        quadratic = (white**2).sum(axis=1) - (along * cho_solve(factor, along.T).T).sum(axis=1)
        volume = 2.0 * np.log(np.diag(factor[0])).sum() + 2.0 * np.log(self.deviations).sum()
        log: Doubles = -0.5 * (quadratic + volume + len(self.mean) * np.log(2.0 * np.pi))
        return log


def _checked(latents: ArrayLike) -> Doubles:
    points = np.asarray(latents, np.float64)
    if points.ndim != 2 or len(points) == 0:
        raise InputError("there are no latents to sample around; import some music first")
    if not np.isfinite(points).all():
        raise InputError("the library's latents are not finite; train the model again")
    return points
