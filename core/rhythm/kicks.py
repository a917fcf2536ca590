"""Kicks: where in the period they attack, and which quarter of it looks most like a kick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.rhythm.onsets import POWER_RATE, RATE, Floats, OnsetFeatures
from core.rhythm.phase import Line, Numbers, fold
from core.rhythm.tempo import KICK

QUARTERS: Final = 4

_LATE_SECONDS: Final = (0.6e-3, 0.2e-3, -1.0e-3, -1.2e-3)
"""How long after its start a kick's attack peaks per band; measured on kicks of many shapes."""
_FLANK_SECONDS: Final = 0.025
_RISE_SECONDS: Final = (0.005, 0.009)
_FALL_SECONDS: Final = (0.004, 0.007)
_LATE: Final = (0.3e-3, -0.38, 0.69, -0.9e-3)
"""How late all bands together peak: always, per second that they rise from half of the height and
fall to it again, and per nat (up to one) of attack in the high band, whose clicks and hats are
sharp. A kick that swells, or whose beginning others hide, rises late and falls slowly. By least
squares on the first set of `benchmarks.rhythm`; on the second one .62 ms are left (95 %)."""
_REACH_SECONDS: Final = 0.012
_LEEWAY: Final = 0.06
"""Part of a beat by which a kick may miss its quarter."""
_SWING: Final = 0.09
"""The same where the strongest attack, from which quarters are counted, may be a swung one."""
_START_SHARE: Final = 0.3
_HEAD_SECONDS: Final = (0.0, 0.025)
_TAIL_SECONDS: Final = (0.060, 0.110)
_DECAY_NATS: Final = 1.5
_DECAY_WEIGHT: Final = 0.5
_MID_WEIGHT: Final = 0.25
_CLEAR_KICK: Final = 0.5
"""Height of the kicks' envelope from which on it has a say."""


@dataclass(frozen=True)
class Kicks:
    """The four quarters of the beat, from the one with the strongest low attack on.

    Attributes:
        offsets: (4,) beats after the lines' own of the attack at each quarter.
        scores: (4,) how much like a kick each is, the best 1 (all 0 where nothing attacks).
        attacks: (4,) mean attack of the low bands at each, nats.
    """

    offsets: Numbers
    scores: Numbers
    attacks: Numbers


@dataclass(frozen=True)
class _Profile:
    """Attacks (bins, 4), each band moved onto the start of its kick, power of the punch (bins,) and
    envelope of the kicks (bins,)."""

    attacks: Numbers
    punch: Numbers
    kicks: Numbers
    period: float

    @property
    def low(self) -> Numbers:
        return np.asarray(self.attacks[:, 0] + self.attacks[:, 1])

    def bins(self, seconds: float) -> int:
        return round(seconds / self.period * len(self.punch))

    def around(self, place: float, reach: float) -> NDArray[np.int64]:
        """Bins within `reach` seconds of bin `place`, not wrapped."""
        half = self.bins(reach)
        return round(place) + np.arange(-half, half + 1)

    def wrapped(self, values: Numbers, bins: NDArray[np.int64]) -> Numbers:
        return np.asarray(values[bins % len(self.punch)])


def find_kicks(features: OnsetFeatures, coarse: Floats, lines: Sequence[Line]) -> Kicks:
    """The kicks of a stretch.

    Args:
        features: of the whole track.
        coarse: (3, m) envelopes of `tempo.envelopes`.
        lines: of the stretch; all have their beats at the same place of the music.
    """
    profile = _profile(features, coarse, lines)
    bins = len(profile.punch)
    # The lows of a long, hard kick rise for a while: its start is where all bands attack together.
    reference = _attack_start(profile, float(np.argmax(profile.low)), 2.0 * _REACH_SECONDS)
    quarters = reference + np.arange(QUARTERS) * bins / QUARTERS
    places = [_strongest(profile, quarter) for quarter in quarters]
    scores = np.array([_kick_score(profile, place) for place in places])
    least = _START_SHARE * float(profile.attacks.sum(axis=1).max())
    starts = [reference, *(_refined(profile, quarter, least) for quarter in quarters[1:])]
    return Kicks(
        offsets=np.array(starts) / bins,
        scores=scores / max(float(scores.max()), 1e-9),
        attacks=np.array([profile.low[place % bins] for place in places]),
    )


def _profile(features: OnsetFeatures, coarse: Floats, lines: Sequence[Line]) -> _Profile:
    """The mean beat of `lines`, each folded on its own grid, by length."""
    lengths = [line.end - line.start for line in lines]
    period = float(np.average([line.period for line in lines], weights=lengths))
    bins = max(16, round(period * RATE))
    folded = np.average([_folded(features, coarse, line, bins) for line in lines], 0, lengths)
    for band, late in enumerate(_LATE_SECONDS):
        folded[:, band] = _earlier(folded[:, band], late / period * bins)
    return _Profile(folded[:, :4], folded[:, 4], folded[:, 5], period)


def _folded(features: OnsetFeatures, coarse: Floats, line: Line, bins: int) -> Numbers:
    """(bins, 6): attacks per band, power of the punch, envelope of the kicks, over the beat."""
    span = slice(round(line.start * RATE), round(line.end * RATE))
    attacks = fold(features.attacks[span], line.period, line.origin - span.start / RATE, bins)
    wide = slice(round(line.start * POWER_RATE), round(line.end * POWER_RATE))
    few = max(4, round(bins * POWER_RATE / RATE))
    slow = fold(
        _slow_frames(features, coarse, wide),
        line.period,
        line.origin - wide.start / POWER_RATE,
        few,
        rate=POWER_RATE,
    )
    place = np.arange(bins) / bins
    even = [np.interp(place, np.arange(few) / few, column, period=1.0) for column in slow.T]
    return np.column_stack([attacks, *even])


def _slow_frames(features: OnsetFeatures, coarse: Floats, span: slice) -> Floats:
    """(n, 2) at `POWER_RATE`: power of the punch, envelope of the kicks."""
    punch, kicks = features.powers[span, 1], coarse[KICK, span]
    count = min(len(punch), len(kicks))
    return np.stack([punch[:count], kicks[:count]], axis=1)


def _earlier(loop: Numbers, bins: float) -> Numbers:
    """`loop` moved by a part of a bin."""
    whole = int(np.floor(bins))
    part = bins - whole
    moved: Numbers = (1 - part) * np.roll(loop, -whole) + part * np.roll(loop, -whole - 1)
    return moved


def _strongest(profile: _Profile, quarter: float) -> int:
    """The bin near `quarter` with the strongest low attack."""
    near = profile.around(quarter, _LEEWAY * profile.period)
    return int(near[np.argmax(profile.wrapped(profile.low, near))])


def _kick_score(profile: _Profile, place: int) -> float:
    """How much like a kick: low attack, and a punch that is gone before a bass note would be."""
    near = profile.around(place, _REACH_SECONDS)
    sub, low, mid = (float(profile.wrapped(profile.attacks[:, k], near).max()) for k in range(3))
    head, tail = (
        float(profile.wrapped(profile.punch, place + np.arange(*map(profile.bins, span))).mean())
        for span in (_HEAD_SECONDS, _TAIL_SECONDS)
    )
    decay = float(np.clip(np.log((head + 1e-12) / (tail + 1e-12)) / _DECAY_NATS, -0.5, 1.5))
    kick = float(profile.wrapped(profile.kicks, near).max())
    share = kick / (float(profile.kicks.max()) + _CLEAR_KICK)
    return (sub + low + _MID_WEIGHT * mid) * (1.0 + _DECAY_WEIGHT * decay) * (1.0 + share)


def _refined(profile: _Profile, quarter: float, least: float) -> float:
    """The attack near `quarter` if there is a clear one, otherwise the quarter itself."""
    total = profile.attacks.sum(axis=1)
    near = profile.around(quarter, _SWING * profile.period)
    best = float(near[np.argmax(profile.wrapped(total, near))])
    if profile.wrapped(total, near).max() < least:
        return quarter
    return _attack_start(profile, best, _REACH_SECONDS)


def _attack_start(profile: _Profile, place: float, reach: float) -> float:
    """The bin (with a part) near `place` where all bands together attack hardest."""
    total = profile.attacks.sum(axis=1)
    near = profile.around(place, reach)
    best = int(near[np.argmax(profile.wrapped(total, near))])
    left, top, right = profile.wrapped(total, best + np.arange(-1, 2))
    bend = left - 2 * top + right
    peak = best + (0.5 * float(left - right) / float(bend) if bend < 0 else 0.0)
    high = float(profile.wrapped(profile.attacks[:, 3], near).max())
    return peak - _late(profile, total, best, peak, high) / profile.period * len(profile.punch)


def _late(profile: _Profile, total: Numbers, best: int, peak: float, high: float) -> float:
    """Seconds by which the attack in `total` peaks after its start; see `_LATE`.

    Args:
        total: (bins,) attack of all bands.
        best, peak: the bin of its maximum, and the same with its part.
        high: attack of the high band there, nats.
    """
    seconds = profile.period / len(profile.punch)
    flank = np.arange(profile.bins(_FLANK_SECONDS) + 1)
    before = profile.wrapped(total, best - flank)
    half = (float(before[profile.bins(_REACH_SECONDS) // 2 :].min()) + float(before[0])) / 2
    rise = (_crossing(before, half) + peak - best) * seconds
    fall = (_crossing(profile.wrapped(total, best + flank), half) - peak + best) * seconds
    always, rising, falling, sharp = _LATE
    return (
        always
        + rising * float(np.clip(rise, *_RISE_SECONDS))
        + falling * float(np.clip(fall, *_FALL_SECONDS))
        + sharp * min(high, 1.0)
    )


def _crossing(flank: Numbers, level: float) -> float:
    """Where a flank, from its top on, first falls to `level`."""
    low = np.flatnonzero(flank <= level)
    if len(low) == 0 or low[0] == 0:
        return float(len(flank) - 1)
    k = int(low[0])
    return k - float(level - flank[k]) / max(float(flank[k - 1] - flank[k]), 1e-9)
