"""Where the library's latents lie: a density to sample from and to measure plausibility by."""

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
_NEARBY = 64


@dataclass(frozen=True, eq=False)
class AggregatePosterior:
    """The library's latents as a density: a Gaussian around each, as wide as its neighbourhood.

    A kernel density with local covariances and Silverman's correction: with m and C the mean and
    covariance of a latent z and its 12 nearest, its Gaussian has the mean m + sqrt(1 - h^2)(z - m)
    and the covariance h^2 (.75 C + .25 diag C), so that mean and variance of a neighbourhood stay
    what they are. A mixture of few Gaussians in 64 dimensions fills the space between the styles
    with music that nobody made: of its samples a third lay as near to real music as real music
    lies to itself, of these more than nine tenths (`benchmarks/latent.py`).

    Attributes:
        points: (m, d) the distinct latents.
        shares: (m,) how often each occurs, summing to 1.
    """

    points: Doubles
    shares: Doubles

    @classmethod
    def fit(cls, latents: ArrayLike) -> Self:
        """The density of `latents` (n, d), n >= 1.

        Raises:
            InputError: no latents, or values that are not finite.
        """
        points, counts = np.unique(np.round(_checked(latents), 6), axis=0, return_counts=True)
        return cls(points, counts / counts.sum())

    def sample(self, count: int, rng: np.random.Generator, *, spread: float = SPREAD) -> Array:
        """Draw `count` latents (count, d). `spread` is h: 0 repeats the library, 1 dares most."""
        rows = rng.choice(len(self.points), size=count, p=self.shares)
        return self.around(self.points[rows], rng, spread=spread)

    def around(
        self, latents: ArrayLike, rng: np.random.Generator, *, spread: float = SPREAD
    ) -> Array:
        """A new latent in the neighbourhood of each of `latents` (r, d): (r, d)."""
        places = np.atleast_2d(np.asarray(latents, np.float64))
        near = self._nearest(places, min(_NEIGHBOURS + 1, len(self.points)))
        drawn = [
            _Kernel.of(place, self.points[rows], spread).draw(rng)
            for place, rows in zip(places, near, strict=True)
        ]
        return np.array(drawn, np.float32).reshape(places.shape)

    def log_density(self, latents: ArrayLike, *, spread: float = SPREAD) -> Doubles:
        """Natural logarithm of the density at `latents` (r, d): (r,).

        Of more than 64 distinct points only the 64 nearest to each are heard.
        """
        places = np.atleast_2d(np.asarray(latents, np.float64))
        heard = self._nearest(places, min(_NEARBY, len(self.points)))
        terms = np.full((len(places), len(self.points)), -np.inf)
        for row in np.unique(heard):
            asking = np.flatnonzero((heard == row).any(axis=1))
            around = self._nearest(self.points[row : row + 1], _NEIGHBOURS + 1)[0]
            kernel = _Kernel.of(self.points[row], self.points[around], spread)
            terms[asking, row] = np.log(self.shares[row]) + kernel.log_density(places[asking])
        total: Doubles = logsumexp(terms, axis=1)
        return total

    def _nearest(self, places: Doubles, count: int) -> Indices:
        """Rows of the `count` points (or all) nearest to each of `places`, nearest first."""
        distances = cdist(places, self.points, "sqeuclidean")
        if count < len(self.points):
            near = np.argpartition(distances, count - 1, axis=1)[:, :count]
        else:
            near = np.broadcast_to(np.arange(len(self.points)), distances.shape)
        order = np.take_along_axis(distances, near, axis=1).argsort(axis=1, kind="stable")
        return np.take_along_axis(near, order, axis=1)


def prior_sample(count: int, rng: np.random.Generator) -> Array:
    """`count` latents (count, 64) from N(0, I)."""
    return rng.standard_normal((count, settings.LATENT_SIZE)).astype(np.float32)


@dataclass(frozen=True, eq=False)
class _Kernel:
    """A Gaussian: covariance = ways^T ways + diag(deviations^2)."""

    mean: Doubles
    ways: Doubles
    deviations: Doubles

    @classmethod
    def of(cls, place: Doubles, neighbours: Doubles, spread: float) -> Self:
        middle = neighbours.mean(axis=0)
        offsets = neighbours - middle
        shape = spread * np.sqrt((1.0 - _AXIS_SHARE) / len(neighbours))
        own = spread**2 * (_AXIS_SHARE * offsets.var(axis=0) + _LEAST_DEVIATION**2)
        mean = middle + np.sqrt(max(0.0, 1.0 - spread**2)) * (place - middle)
        return cls(mean, shape * offsets, np.sqrt(own))

    def draw(self, rng: np.random.Generator) -> Doubles:
        shared = rng.standard_normal(len(self.ways)) @ self.ways
        drawn: Doubles = self.mean + shared + self.deviations * rng.standard_normal(len(self.mean))
        return drawn

    def log_density(self, places: Doubles) -> Doubles:
        """(r,) by the identities of Woodbury and Sylvester: only a small matrix is inverted."""
        white = (places - self.mean) / self.deviations
        ways = self.ways / self.deviations
        inner = np.eye(len(ways)) + ways @ ways.T
        factor = cho_factor(inner, lower=True)
        along = white @ ways.T
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
