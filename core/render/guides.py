"""The real segments that guide the rendering of a latent, and their shares."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import scientific, settings
from core.arrangement.fades import ramp
from core.dsp.bank import bank
from core.latent.metric import Decode
from core.render.kept_metrics import fit_or_read

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]
NEIGHBOURS = 2
CROSSOVERS_HZ = (150.0, 2500.0)
"""Below: kick and bass. Above: hats, noise, air. Those of the mixdown's transitions."""
_LEAST_SHARE = 0.05
_ON_A_DOT = 1e-6
_LOWS, _MIDS, _HIGHS = range(3)
_ORDER = ((_MIDS, (0, 2)), (_MIDS, (1, 3)), (_HIGHS, None), (_LOWS, None))
"""In which order bands choose, and for which bars; None: all. The wider a band is, the worse a
guide that does not fit. In the mids two take turns: one alone was heard as its own loop."""
_AS_NEAR = {_LOWS: 0.08, _MIDS: 0.04, _HIGHS: 0.08}
"""A band has one guide, for each costs time and two kicks at once are no better than one, unless
the next is farther by less than this share: there one gives way to the other."""
_FARTHER = 2.0
"""By how much farther a track seems to a band if another band has it already, in `_spacing`s."""
_DOT_RADIUS = 0.05
"""How far from a dot its segment is still heard in all bands, in `_spacing`s."""
_SLOPE = 8
_MOST_MEASURED = 256
_EQUAL = 1e-12
"""Points are the same whose squared distance is below this share of their own squares."""
_GROUP_BANDS = 4
_TREBLE_HZ = 6000.0
_UNHEARD = 1e-3


@dataclass(frozen=True, eq=False)
class Guide:
    """A real segment as part of what a latent is rendered from.

    Attributes:
        segment_id: which.
        latent: its own, (64,).
        weight: its share of the mix.
        bands: (128,) by which the share is multiplied in each band of the spectrogram; None: 1.
        bars: those in which it is heard; None: all.
        needs: bars of its loop that have to be there; None: those in which it is heard.
        varispeed: it may be brought to the tempo as a turntable does, which changes its pitch.
    """

    segment_id: str
    latent: Array
    weight: float
    bands: Array | None = None
    bars: tuple[int, ...] | None = None
    needs: tuple[int, ...] | None = None
    varispeed: bool = False

    @property
    def needed_bars(self) -> tuple[int, ...] | None:
        """Bars of its loop that have to be there, each with the sixteenth before it; None: all."""
        return self.bars if self.needs is None else self.needs

    def is_heard_in(self, bar: int) -> bool:
        """Whether it has a share of bar `bar`, 0..3."""
        return self.bars is None or bar in self.bars

    @property
    def has_treble(self) -> bool:
        """Whether it is heard above 6 kHz; elsewhere what is below -60 dB does not count."""
        return self.bands is None or bool(self.bands[_treble()].max() > _UNHEARD)

    def shares(self) -> Array:
        """Its shares in each band: (128,), or (512, 128) where it is not heard in all bars."""
        bands = np.ones(settings.N_BANDS, np.float32) if self.bands is None else self.bands
        shares = np.float32(self.weight) * bands
        return shares if self.bars is None else _turns(self.bars)[:, None] * shares


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
        scientific.load("spatial")  # here, for `BandGuides`, the usual ones, do without it
        from scipy.spatial import cKDTree

        (self._metric,) = fit_or_read(self._latents, decode, [slice(None)])
        self._tree = cKDTree(self._metric.transform(self._latents))
        self._neighbours = min(neighbours, len(self._ids))

    def around(self, latent: ArrayLike, without: Collection[str] = ()) -> tuple[Guide, ...]:
        """Choose the segments to render a latent from: its nearest ones; on a dot that one alone.

        Args:
            latent: (d,).
            without: ids of segments that are left out; at least one has to be left.

        Returns:
            Guides, nearest first; their shares sum to 1.
        """
        point = self._metric.transform(np.asarray(latent, np.float32))
        count = min(self._neighbours + 1 + len(without), len(self._ids))
        distances, near = self._tree.query(point, k=range(1, count + 1))
        kept = [k for k in range(count) if self._ids[near[k]] not in without]
        found = _nearest_shares(distances[kept], self._neighbours)
        return tuple(
            Guide(self._ids[near[kept[k]]], self._latents[near[kept[k]]], share)
            for k, share in found
        )


class BandGuides:
    """Finds other real segments for the lows, the mids and the highs of a latent.

    What is rendered from them keeps the attacks and the grain of real music, but nobody has made
    it: no segment is heard in all of it. Each band takes the segments that are nearest to what the
    latent says there (`PerceptualMetric.fit_ranges`), and a track that has given one band is as if
    it were far away to the others. In the mids two take turns, bar by bar. On a dot all of it is
    the segment itself; within a twentieth of the usual distance between tracks that gives way to
    the bands' own. Where the latent moves little, shares change little.

    Lows and highs may be brought to the tempo as a turntable does: filtered to the target they are
    in tune with it again, attacks stay sharp, and stretching is what takes the time.
    """

    def __init__(
        self,
        segment_ids: Sequence[str],
        track_ids: Sequence[str],
        latents: ArrayLike,
        decode: Decode,
        *,
        neighbours: int = NEIGHBOURS,
    ) -> None:
        """
        Args:
            segment_ids: (n), n >= 1.
            track_ids: of what tracks they are, (n).
            latents: theirs, (n, d).
            decode: latents -> spectrograms, to fit the distances.
            neighbours: guides of a band, at most.
        """
        self._ids = list(segment_ids)
        self._rows = {segment: row for row, segment in enumerate(self._ids)}
        self._tracks = np.unique(np.asarray(track_ids), return_inverse=True)[1]
        self._latents = np.asarray(latents, np.float32)
        ranges = [slice(None), *_groups()]
        self._metrics = fit_or_read(self._latents, decode, ranges)
        self._points = [metric.transform(self._latents) for metric in self._metrics]
        self._neighbours = neighbours
        self._spacings = [_spacing(points, self._tracks) for points in self._points]
        self._radius = max(_DOT_RADIUS * self._spacings[0], _ON_A_DOT)
        self._bands = band_weights()

    def around(self, latent: ArrayLike, without: Collection[str] = ()) -> tuple[Guide, ...]:
        """Choose the segments to render a latent from, for the lows, the mids and the highs.

        Args:
            latent: (d,).
            without: ids of segments that are left out; at least one has to be left.

        Returns:
            Guides. Where the latent is no dot, the shares of a band sum to 1 over them at any time.
        """
        place = np.asarray(latent, np.float64)
        whole, *bands = (self._distances(k, place, without) for k in range(len(self._metrics)))
        nearest = int(whole.argmin())
        itself = max(0.0, 1.0 - float(whole[nearest]) / self._radius) ** 2
        found = []
        if itself > 0.0:
            found.append(Guide(self._ids[nearest], self._latents[nearest], itself))
        if itself < 1.0:
            found += self._of_bands(bands, 1.0 - itself)
        return tuple(found)

    def _of_bands(self, distances: Sequence[Doubles], total: float) -> list[Guide]:
        """Each band's guides by its `distances` (n,); `total` is what the shares sum to."""
        found = []
        taken = np.zeros(len(self._ids))
        for band, bars in _ORDER:
            by_track = np.bincount(self._tracks, taken)[self._tracks]
            seeming = distances[band] + _FARTHER * self._spacings[1 + band] * (by_track + taken)
            for row, share in _foremost_shares(seeming, self._neighbours, _AS_NEAR[band]):
                taken[row] += share
                found.append(
                    Guide(
                        self._ids[row],
                        self._latents[row],
                        total * share,
                        self._bands[band],
                        bars,
                        varispeed=band != _MIDS,
                    )
                )
        return found

    def _distances(self, metric: int, latent: Doubles, without: Collection[str]) -> Doubles:
        point = self._metrics[metric].transform(latent)
        distances: Doubles = np.linalg.norm(self._points[metric] - point, axis=1)
        distances[[self._rows[i] for i in without if i in self._rows]] = np.inf
        return np.where(distances < _ON_A_DOT, 0.0, distances)


def band_weights() -> Array:
    """(3, 128) of lows, mids and highs; those of a band of the spectrogram sum to 1.

    Low-passes 1 / (1 + (f / fc)^8) without phase: Linkwitz-Riley magnitudes of the eighth order.
    With the fourth, a segment's mids were heard so far into the lows that loops correlated with it
    by .40 to .47 (median), not .34 to .39 (`benchmarks/newness.py`).
    """
    hertz = bank().centres_hz.astype(np.float64)
    below = [1.0 / (1.0 + (hertz / corner) ** _SLOPE) for corner in CROSSOVERS_HZ]
    lows = below[0]
    mids = below[1] * (1.0 - lows)
    return np.stack([lows, mids, 1.0 - lows - mids]).astype(np.float32)


@cache
def _treble() -> NDArray[np.bool_]:
    """(128,) the bands above 6 kHz."""
    return np.asarray(bank().centres_hz > _TREBLE_HZ)


@cache
def _turns(bars: tuple[int, ...]) -> Array:
    """(512,) 1 in these bars, 0 in others; over the last sixteenth of a bar it moves to what the
    next one says, so that the downbeat is already its own."""
    rows, blend = settings.FRAMES_PER_BAR, settings.FRAMES_PER_SIXTEENTH
    heard = [np.float32(bar in bars) for bar in range(settings.BARS_PER_SEGMENT)]
    turns = np.repeat(np.array(heard, np.float32), rows)
    for bar, now in enumerate(heard):
        end = slice((bar + 1) * rows - blend, (bar + 1) * rows)
        turns[end] += ramp(blend) * (heard[(bar + 1) % len(heard)] - now)
    turns.flags.writeable = False
    return turns


def _groups() -> list[slice]:
    """What each band is of the groups of four that fingerprints have."""
    edges = np.searchsorted(bank().centres_hz, CROSSOVERS_HZ)
    lows, mids = (round(int(edge) / _GROUP_BANDS) for edge in edges)
    return [slice(0, lows), slice(lows, mids), slice(mids, None)]


def _nearest_shares(distances: Doubles, neighbours: int) -> list[tuple[int, float]]:
    """The nearest by `distances` (n,) and their shares, which sum to 1.

    Shares are Franke and Little's, ((R - d) / (R d))^2 with R the distance to the first that is
    left out: one that comes in or goes out as distances change does so at share 0. Shares under a
    twentieth are left out.
    """
    order, near = _nearest(distances, neighbours + 1)
    edge = near[-1] if len(near) > neighbours else 2.0 * near[-1]
    raw = ((edge - near) / (edge * near)) ** 2
    raw[0] = max(raw[0], 1e-12)
    shares = raw / raw.sum()
    kept = [k for k in range(len(near)) if shares[k] >= _LEAST_SHARE or k == 0]
    total = float(shares[kept].sum())
    return [(int(order[k]), float(shares[k]) / total) for k in kept]


def _foremost_shares(distances: Doubles, most: int, as_near: float) -> list[tuple[int, float]]:
    """The nearest by `distances` (n,), with all those that are nearly as near, and their shares.

    Shares fall in a straight line to `as_near` beyond the nearest, less what the first that is left
    out would have, or a twentieth. So they change continuously.
    """
    order, near = _nearest(distances, most + 1)
    raw = 1.0 - (near / near[0] - 1.0) / as_near
    raw = np.maximum(raw - max(_LEAST_SHARE, raw[most] if len(raw) > most else 0.0), 0.0)
    raw[0] = max(raw[0], 1e-12)
    shares = raw / raw.sum()
    return [(int(order[k]), float(shares[k])) for k in range(len(near)) if shares[k] > 0.0]


def _nearest(distances: Doubles, count: int) -> tuple[NDArray[np.int64], Doubles]:
    """Rows of at most `count` of the nearest that can be reached, and their distances."""
    count = min(count, int(np.isfinite(distances).sum()))
    order = np.argsort(distances, kind="stable")[:count]
    return order, np.maximum(distances[order], _ON_A_DOT)


def _spacing(points: Doubles, tracks: NDArray[np.int64]) -> float:
    """Median distance from a segment to the nearest of another track; with one track, of any."""
    rows = np.unique(np.linspace(0, len(points) - 1, _MOST_MEASURED).astype(np.int64))
    some, squares = points[rows], (points**2).sum(axis=1)
    sums = squares[rows][:, None] + squares
    distances = sums - 2.0 * (some @ points.T)  # squared; scipy's take longer to import
    if len(np.unique(tracks)) > 1:
        others = tracks[rows][:, None] != tracks
    else:
        others = distances > _EQUAL * sums
    nearest = np.where(others, np.maximum(distances, 0.0), np.inf).min(axis=1)
    finite = np.sqrt(nearest[np.isfinite(nearest)])
    return float(np.median(finite)) if len(finite) else 1.0
