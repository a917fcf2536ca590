"""The real segments that guide the rendering of a latent, and their shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from core.latent.metric import Decode, PerceptualMetric

Array = NDArray[np.float32]
NEIGHBOURS = 2
_LEAST_SHARE = 0.05
_ON_A_DOT = 1e-6


@dataclass(frozen=True, eq=False)
class Guide:
    """A real segment, its latent (64,), and its share of the mix that is rendered from."""

    segment_id: str
    latent: Array
    weight: float


class Guides:
    """Finds the real segments nearest to a latent, by perceptual distance (`PerceptualMetric`).

    With segments rendered from those of other tracks, onsets correlated with the originals' by .81
    where plain distances between latents gave .72. One, two or four guides made no difference to
    onsets and attacks (`benchmarks/guides.py`), but with two the next one comes in smoothly.
    """

    def __init__(
        self,
        segment_ids: Sequence[str],
        latents: ArrayLike,
        decode: Decode,
        *,
        neighbours: int = NEIGHBOURS,
    ) -> None:
        """
        Args:
            segment_ids: (n), n >= 1.
            latents: theirs, (n, d).
            decode: latents -> spectrograms, to fit the distance.
            neighbours: guides of a latent, at most.
        """
        self._ids = list(segment_ids)
        self._latents = np.asarray(latents, np.float32)
        self._metric = PerceptualMetric.fit(self._latents, decode)
        self._tree = cKDTree(self._metric.transform(self._latents))
        self._neighbours = min(neighbours, len(self._ids))

    def around(self, latent: ArrayLike) -> tuple[Guide, ...]:
        """The nearest segments to `latent` (d,), nearest first, shares summing to 1.

        Shares are Franke and Little's, ((R - d) / (R d))^2 with R the distance to the first
        segment left out: on a segment's own latent it alone is used, and one that comes in or
        goes out as the latent moves does so at share 0. Shares under a twentieth are left out.
        """
        count = min(self._neighbours + 1, len(self._ids))
        point = self._metric.transform(np.asarray(latent, np.float32))
        found, near = self._tree.query(point, k=range(1, count + 1))
        distances = np.maximum(found, _ON_A_DOT)
        edge = 2.0 * distances[-1] if count == self._neighbours else distances[-1]
        raw = ((edge - distances) / (edge * distances)) ** 2
        raw[0] = max(raw[0], 1e-12)
        shares = raw / raw.sum()
        kept = [k for k in range(count) if shares[k] >= _LEAST_SHARE or k == 0]
        total = float(shares[kept].sum())
        return tuple(self._guide(int(near[k]), float(shares[k]) / total) for k in kept)

    def _guide(self, row: int, weight: float) -> Guide:
        return Guide(self._ids[row], self._latents[row], weight)
