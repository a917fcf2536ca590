"""The coarse tempo: which period, and its multiples up to four bars, the attacks repeat with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from core.rhythm.onsets import RATE, Floats, OnsetFeatures
from core.settings import TEMPO_MAX, TEMPO_MIN, TEMPO_PRIOR

POOL: Final = 4
"""Frames of `attacks` per frame of the coarse envelope, which then has those of `powers`."""
COARSE_RATE: Final = RATE / POOL
KICK: Final = 2
"""Row of the kicks in `envelopes`."""

_HEAD_FRAMES: Final = (0, 4)
_TAIL_FRAMES: Final = (10, 19)
"""From 60 to 110 ms after the attack."""
_DECAY_NATS: Final = (0.5, 1.7)
"""From a plucked bass to a kick."""
_DECAY_FLOOR: Final = 1e-4

_MULTIPLES: Final = (
    (0.25, 1.0),
    (0.5, 1.0),
    (1.0, 1.5),
    (2.0, 1.0),
    (4.0, 1.0),
    (8.0, 1.0),
    (16.0, 1.0),
)
"""Beats after which a beat grid repeats itself, and weights. False levels (2/3, 3/4, 4/3 of the
tempo) miss the short ones, wrong tempi the long ones."""
_KICK_MULTIPLES: Final = ((1.0, 2.0), (2.0, 1.0), (4.0, 1.5), (8.0, 1.0), (16.0, 1.0))
"""The same for kicks, which are silent between beats: 3/16 of another pattern say nothing."""
_KICK_WEIGHT: Final = 1.2
_READINGS: Final = (2 / 3, 3 / 4, 4 / 3, 3 / 2)
"""Periods that are false readings of the metre, in beats of the right one, and the other way
round."""
_ELSEWHERE: Final = 1.0
"""What a tempo loses where lows and highs repeat with another reading's beat, not with its own."""
_KICKS_AGREE: Final = 0.05
"""By how much less kicks may repeat with the other beat."""
_EVERY: Final = 4
"""Tempi for which that is the same: a beat's lag is not known as well as that of sixteen."""
_READING_WIDTH: Final = 0.01
_STEP: Final = 0.0004
"""Relative step of the tempo scale; a lag of 16 beats still tells neighbours apart."""
_PRIOR_OCTAVES: Final = 1.0

_WINDOW_SECONDS: Final = 20.0
_WINDOW_HOP_SECONDS: Final = 5.0
_DRIFT_STATES: Final = 8
_DRIFT_COST: Final = 0.01
_JUMP_COST: Final = 0.25
_JUMP: Final = 0.002
"""Relative change of the local tempo from window to window that is a jump, not drift."""
_EXCURSION_SECONDS: Final = 60.0


@dataclass(frozen=True)
class TempoPath:
    """Local tempo over a track: (n,) centres of windows in seconds, (n,) BPM.

    Attributes:
        salience: how much of the envelope repeats with the local tempo, mean over the windows.
    """

    times: NDArray[np.float64]
    bpm: NDArray[np.float64]
    salience: float

    @classmethod
    def constant(cls, bpm: float) -> TempoPath:
        """The same tempo from beginning to end."""
        return cls(np.zeros(1), np.full(1, bpm), 1.0)


def tempo_scale() -> NDArray[np.float64]:
    """(n,) BPM of the tempi that are compared, `TEMPO_MIN`..`TEMPO_MAX`, evenly spaced in log."""
    return _scale()[0]


def envelopes(features: OnsetFeatures) -> Floats:
    """(3, n) coarse envelopes of low (sub, punch) and high (mid, high) attacks, and of kicks."""
    pooled = pool(features.attacks)
    low = np.sqrt(pooled[:, 0] + pooled[:, 1])
    high = np.sqrt(pooled[:, 2] + pooled[:, 3])
    kicks = np.sqrt(pooled[:, 0] * pooled[:, 1]) * _decays(features.powers[: len(pooled), 1])
    return np.stack([low, high, kicks]).astype(np.float32)


def _decays(punch: Floats) -> Floats:
    """(n,) powers at `COARSE_RATE` -> (n,) 0..1: whether a sound that starts here is soon gone.

    A kick's punch is over before a bass note's is.
    """
    sums = np.concatenate([[0.0], np.cumsum(punch, dtype=np.float64)])
    at = np.arange(len(punch))
    head, tail = (
        (sums[np.minimum(at + stop, len(punch))] - sums[np.minimum(at + start, len(punch))])
        / (stop - start)
        for start, stop in (_HEAD_FRAMES, _TAIL_FRAMES)
    )
    floor = _DECAY_FLOOR * (float(np.percentile(punch, 98)) if len(punch) else 0.0) + 1e-14
    decay = np.log((head + floor) / (tail + floor))
    low, high = _DECAY_NATS
    share: Floats = np.clip((decay - low) / (high - low), 0.0, 1.0).astype(np.float32)
    return share


def pool(frames: NDArray[np.floating]) -> Floats:
    """(n, b) -> (n // `POOL`, b): sums of neighbouring frames."""
    count = len(frames) // POOL
    sums: Floats = frames[: count * POOL].reshape(count, POOL, -1).sum(1, dtype=np.float32)
    return sums


def coarse_tempo(envelope: Floats) -> tuple[float, float]:
    """The tempo of `envelope` (3, n), one for all of it: what all repeats with, kicks above all.

    Returns:
        BPM (within about 0.1), and how much of the first two rows repeats with it, -1..1.
    """
    salience, total, _ = _salience(envelope)
    best = int(np.argmax(total))
    return float(tempo_scale()[best]), float(salience[best])


def metre(envelope: Floats, bpm: float) -> tuple[float, float]:
    """How clear the beat is, and whether it could be read as well in 2:3 or 3:4 of its tempo.

    Args:
        envelope: (3, n).
        bpm: the tempo that it was put on.

    Returns:
        How much of the first two rows repeats with their likeliest tempo, -1..1 (`coarse_tempo`);
        by how much `bpm` explains more than the best of the other readings, as a share, less what
        repeats with another one's beat: 0 for a toss-up, negative where another is better.
    """
    salience, total, elsewhere = _salience(envelope)
    own = _best_near(total, bpm)
    others = max(_best_near(total, bpm * reading) for reading in _READINGS)
    lead = 1.0 - others / max(own, 1e-9) - _best_near(elsewhere, bpm)
    return float(salience[np.argmax(total)]), lead


def _best_near(values: NDArray[np.float64], bpm: float) -> float:
    """The highest of values over `tempo_scale` near `bpm`, at least 0; 0 outside the scale."""
    scale = tempo_scale()
    low, high = np.searchsorted(scale, (bpm * (1 - _READING_WIDTH), bpm * (1 + _READING_WIDTH)))
    return float(values[low:high].max(initial=0.0))


def tempo_path(envelope: Floats) -> TempoPath:
    """The likeliest course of the local tempo: steady or drifting, with few jumps (Viterbi)."""
    size = round(_WINDOW_SECONDS * COARSE_RATE)
    hop = round(_WINDOW_HOP_SECONDS * COARSE_RATE)
    starts = range(0, max(1, envelope.shape[1] - size + hop), hop)
    both = np.stack([_salience(envelope[:, at : at + size]) for at in starts])
    seen, total = both[:, 0], both[:, 1]
    path = _viterbi(total)
    times = np.array([at + min(size, envelope.shape[1]) / 2 for at in starts]) / COARSE_RATE
    salience = float(seen[np.arange(len(path)), path].mean())
    return TempoPath(times, _without_excursions(tempo_scale()[path], times), salience)


def jumps(bpm: NDArray[np.float64]) -> NDArray[np.int64]:
    """Where a path of local tempi jumps: i if the step from i to i + 1 is no drift."""
    return np.flatnonzero(np.abs(np.diff(np.log(bpm))) > _JUMP)


def _without_excursions(
    bpm: NDArray[np.float64], times: NDArray[np.float64]
) -> NDArray[np.float64]:
    """`bpm` where a short jump away and back (a breakdown without drums) is bridged."""
    bridged = bpm.copy()
    edges = jumps(bpm).tolist()
    for out in edges:
        for back in edges:
            short = 0 < times[back] - times[out] < _EXCURSION_SECONDS
            if short and abs(np.log(bpm[back + 1] / bpm[out])) < 2 * _JUMP:
                bridged[out : back + 2] = np.linspace(bpm[out], bpm[back + 1], back + 2 - out)
    return bridged


def _salience(
    envelope: Floats,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """(n,) over `tempo_scale`, three times: mean autocorrelation of the first two rows at the
    beat's multiples; all that speaks for a tempo, the kicks above all, times the prior; and
    `_elsewhere`."""
    longest = round(_MULTIPLES[-1][0] * 60.0 / TEMPO_MIN * COARSE_RATE) + 2
    lags = min(longest, max(2, envelope.shape[1] * 3 // 4))
    rows = _autocorrelations(envelope, lags)
    all_of_them = _at_multiples((rows[0] + rows[1]) / 2, _MULTIPLES)
    by_kicks = np.maximum(_at_multiples(rows[2], _KICK_MULTIPLES), 0.0)
    elsewhere = _elsewhere(rows)
    total = all_of_them + _KICK_WEIGHT * by_kicks - _ELSEWHERE * elsewhere
    return all_of_them, total * _scale()[1], elsewhere


def _elsewhere(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, lags) -> (n,) over `tempo_scale`: how much more lows and highs both repeat with the beat
    of another reading of the metre than with the tempo's own; 0 where the kicks do not."""
    left, part = _places()
    left = np.minimum(left, rows.shape[1] - 2)
    repeats = rows[:, left] * (1.0 - part) + rows[:, left + 1] * part
    own, others = repeats[:, :1], repeats[:, 1:]
    more = others - own
    by_all = np.where(more[KICK] > -_KICKS_AGREE, more[:KICK].min(axis=0), 0.0)
    return np.repeat(by_all.max(axis=0).clip(0.0), _EVERY)[: len(tempo_scale())]


def _at_multiples(
    correlation: NDArray[np.float64], multiples: tuple[tuple[float, float], ...]
) -> NDArray[np.float64]:
    """(lags,) -> (n,) over `tempo_scale`: its weighted mean at multiples of the beat."""
    lags = len(correlation)
    beat = 60.0 / tempo_scale() * COARSE_RATE
    total = np.zeros(len(beat))
    counted = np.full(len(beat), 1e-9)
    for multiple, weight in multiples:
        inside = weight * (beat * multiple <= lags - 1)
        total += inside * np.interp(beat * multiple, np.arange(lags), correlation)
        counted += inside
    mean: NDArray[np.float64] = total / counted
    return mean


def _autocorrelations(envelope: Floats, lags: int) -> NDArray[np.float64]:
    """(rows, n) -> (rows, lags) of each mean-free row, unbiased, 1 at lag 0 (0 for a flat one)."""
    rows, n = envelope.shape
    if n == 0:
        return np.zeros((rows, lags))
    size = scipy.fft.next_fast_len(n + lags, real=True)
    spectrum = scipy.fft.rfft(envelope - envelope.mean(axis=1, keepdims=True), size, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    sums = scipy.fft.irfft(power, size, axis=1)[:, :lags].astype(np.float64)
    first = sums[:, :1]
    normal = sums / np.where(first > 1e-9 * n, first, np.inf)
    unbiased: NDArray[np.float64] = normal * (n / np.maximum(n - np.arange(lags), 1))
    return unbiased


def _viterbi(seen: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n, states) -> (n,) the path of largest sum, less the costs of drifting and jumping."""
    n, states = seen.shape
    came = np.zeros((n, states), np.int32)
    score = seen[0].copy()
    here = np.arange(states)
    for k in range(1, n):
        jump = int(np.argmax(score))
        best = np.full(states, score[jump] - _JUMP_COST)
        origin = np.full(states, jump)
        for shift in range(-_DRIFT_STATES, _DRIFT_STATES + 1):
            source = np.clip(here + shift, 0, states - 1)
            moved = score[source] - _DRIFT_COST * abs(shift)
            better = moved > best
            best[better] = moved[better]
            origin[better] = source[better]
        came[k] = origin
        score = best + seen[k]
    path = np.zeros(n, np.int64)
    path[-1] = int(np.argmax(score))
    for k in range(n - 1, 0, -1):
        path[k - 1] = came[k, path[k]]
    return path


@lru_cache(maxsize=1)
def _scale() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The tempo scale and the prior on it: broad, log-normal."""
    count = round(np.log(TEMPO_MAX / TEMPO_MIN) / _STEP) + 1
    bpm = np.geomspace(TEMPO_MIN, TEMPO_MAX, count)
    prior = np.exp(-0.5 * (np.log2(bpm / TEMPO_PRIOR) / _PRIOR_OCTAVES) ** 2)
    return bpm, prior


@lru_cache(maxsize=1)
def _places() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(5, n) over every `_EVERY`th of `tempo_scale`: the lags of its beat and of the other
    readings' beats, whole ones and parts."""
    lags = np.outer((1.0, *_READINGS), 60.0 / tempo_scale()[::_EVERY] * COARSE_RATE)
    left = np.floor(lags).astype(np.int64)
    return left, lags - left
