"""The 2-D map of a library's latents: PCA, then t-SNE, laid over the map that was there before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import InputError
from core.latent.layout import fitted_to_square, placed_like, spread_apart

Doubles = NDArray[np.float64]
Array = NDArray[np.float32]
FEWEST_FOR_TSNE = 12
_PERPLEXITY = 30.0
_FRESH_SPREAD = 1e-4
_EXAGGERATION = 4.0
_ITERATIONS = 750
# A map that is only settled starts near the size that t-SNE ends at, without exaggeration, which
# would throw it together again: of 500 segments of a retrained model, half moved by .05, not .21.
_SETTLED_SPREAD = 0.6
_SETTLED_ITERATIONS = 400


@dataclass(frozen=True, eq=False)
class PreviousMap:
    """A map that was there before: segment ids and their positions (m, 2)."""

    ids: Sequence[str]
    xy: ArrayLike


def embed(
    latents: ArrayLike,
    ids: Sequence[str] | None = None,
    previous: PreviousMap | None = None,
    *,
    seed: int = 0,
) -> Array:
    """Positions (n, 2) of `latents` (n, d), in about the unit square, no two on one place.

    PCA turns fewer than 12 points into a map; more go on to t-SNE (van der Maaten and Hinton
    2008), started from their PCA, or from `previous` where that holds at least half of `ids`. Where
    it holds any, the map is turned, mirrored, scaled and shifted to lie over it. Equal arguments
    give equal maps.

    Raises:
        InputError: no latents, values that are not finite, or ids that do not match.
    """
    points = _checked(latents, ids)
    shared = _shared(ids, previous)
    start = _start(points, shared)
    flat = _tsne(points, start, seed) if len(points) >= FEWEST_FOR_TSNE else start.places
    flat = fitted_to_square(flat) if shared is None else placed_like(flat, *shared)
    return spread_apart(flat, np.random.default_rng(seed)).astype(np.float32)


def principal_components(points: Doubles, count: int) -> Doubles:
    """Scores (n, count) of `points` on their principal axes, each axis' largest loading positive.

    Axes beyond the rank are 0.
    """
    centred = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:count]
    largest = np.abs(axes).argmax(axis=1)
    axes = axes * np.sign(axes[np.arange(len(axes)), largest])[:, None]
    scores = centred @ axes.T
    padded: Doubles = np.pad(scores, ((0, 0), (0, count - scores.shape[1])))
    return padded


def _tsne(points: Doubles, start: _Start, seed: int) -> Doubles:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    spread = float(start.places[:, 0].std()) or 1.0
    wanted = _SETTLED_SPREAD * np.sqrt(len(points)) if start.is_map else _FRESH_SPREAD
    tsne = TSNE(
        perplexity=min(_PERPLEXITY, (len(points) - 1) / 3.0),
        init=(start.places / spread * wanted).astype(np.float32),
        early_exaggeration=1.0 if start.is_map else _EXAGGERATION,
        learning_rate="auto",
        max_iter=_SETTLED_ITERATIONS if start.is_map else _ITERATIONS,
        random_state=seed,
    )
    # One thread: sums come out the same on any number of cores, and threads that wait for each
    # other on a busy machine made it 17 times slower (500 points, two cores: 24 s, alone 1.4 s).
    with threadpool_limits(1):
        flat = tsne.fit_transform(points.astype(np.float32))
    return np.asarray(flat, np.float64)


@dataclass(frozen=True, eq=False)
class _Start:
    """Where points begin, and whether that is a map already, to be settled only."""

    places: Doubles
    is_map: bool


def _start(points: Doubles, shared: tuple[NDArray[np.int64], Doubles] | None) -> _Start:
    """On the previous map if it knows half of the points, new ones amid their like; else by PCA."""
    if shared is None or 2 * len(shared[0]) < len(points) or len(points) < FEWEST_FOR_TSNE:
        return _Start(principal_components(points, 2), is_map=False)
    places = _amid_their_like(points, *shared)
    return _Start(places - places.mean(axis=0), is_map=True)


def _amid_their_like(points: Doubles, known: NDArray[np.int64], xy: Doubles) -> Doubles:
    from scipy.spatial import cKDTree

    count = min(5, len(known))
    _, nearest = cKDTree(points[known]).query(points, k=range(1, count + 1))
    start: Doubles = xy[nearest].mean(axis=1)
    start[known] = xy
    return start


def _shared(
    ids: Sequence[str] | None, previous: PreviousMap | None
) -> tuple[NDArray[np.int64], Doubles] | None:
    """Indices of the points that the previous map holds and where it holds them; None without."""
    if ids is None or previous is None:
        return None
    xy = np.asarray(previous.xy, np.float64).reshape(-1, 2)
    there = {name: k for k, name in enumerate(previous.ids)}
    known = np.array([k for k, name in enumerate(ids) if name in there], np.int64)
    if len(known) == 0:
        return None
    return known, xy[[there[ids[k]] for k in known]]


def _checked(latents: ArrayLike, ids: Sequence[str] | None) -> Doubles:
    points = np.asarray(latents, np.float64)
    if points.ndim != 2 or len(points) == 0:
        raise InputError("there is nothing to map; import some music first")
    if not np.isfinite(points).all():
        raise InputError("the library's latents are not finite; train the model again")
    if ids is not None and len(ids) != len(points):
        raise InputError(f"{len(ids)} segments do not match {len(points)} latents; encode again")
    return points
