"""Exact period and phase: attacks folded over the beat, eight beats at a time, then one line.

Every window of some beats is compared with the mean of all; how late it is (its lag) is measured to
a fraction of a millisecond. On the true grid all lags are nought, so a robust line through them
corrects period and phase, and what stays off the line tells whether one tempo holds at all.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.rhythm.onsets import RATE, Floats, OnsetFeatures

Numbers = NDArray[np.float64]

_BINS: Final = 256
"""Per beat; 1.8 ms at 130 BPM."""
_WINDOW_BEATS: Final = 8
_FEWEST_WINDOWS: Final = 8
_LONGEST_LAG: Final = _BINS // 4
_SEARCH: Final = 1.5e-3
"""Relative error of the coarse tempo that is searched at least."""
_HARMONICS: Final = (4, 8, 16)
_BAND_WEIGHTS: Final = (0.7, 0.7, 1.0, 1.0)
_LEAST_SCATTER: Final = 2e-4
_ON_LINE_SECONDS: Final = 0.010
_TILT_SECONDS: Final = 1e-3
"""Patterns that come and go can tilt the line by about this much from end to end."""


@dataclass(frozen=True)
class Line:
    """A constant grid over a stretch: something recurs at origin + k * period (seconds).

    Attributes:
        after_break: whether its beat comes in at `start` after a passage without one.
        stretch: number of the stretch; lines of one have their beats at the same place of the
            music.
        period_error: standard error of `period`.
        pivot: time at which the errors of phase and period are uncorrelated.
        centres, lags, weights: (n,) per window: its middle (s), how late it is against the line
            (s), how much it says (mean 1; little where silent or unlike all others).
    """

    start: float
    end: float
    period: float
    origin: float
    period_error: float
    pivot: float
    centres: Numbers
    lags: Numbers
    weights: Numbers
    stretch: int = 0
    after_break: bool = False

    @property
    def bpm(self) -> float:
        return 60.0 / self.period

    @property
    def bpm_error(self) -> float:
        return 60.0 * self.period_error / self.period**2

    def at_tempo(self, bpm: float) -> Line:
        """The same grid at its pivot with another tempo."""
        period = 60.0 / bpm
        beats = (self.pivot - self.origin) / self.period
        origin = self.origin + beats * (self.period - period)
        return dataclasses.replace(self, period=period, origin=origin)


def band_envelopes(features: OnsetFeatures) -> Floats:
    """(n, 4) roots of the attacks per band at `RATE`, each band with the same spread, 1."""
    roots = np.sqrt(features.attacks, dtype=np.float32)
    roots /= np.maximum(_spreads(roots), 1e-6)
    return roots


def _spreads(frames: Floats) -> Floats:
    """(n, b) -> (b,) standard deviations; products are faster than sums along the first axis."""
    count = max(len(frames), 1)
    mean = np.ones(len(frames), np.float32) @ frames / count
    square = np.diagonal(frames.T @ frames) / count
    spread: Floats = np.sqrt(np.maximum(square - mean**2, 0.0)).astype(np.float32)
    return spread


def fine_envelope(bands: Floats) -> Floats:
    """(n, 4) of `band_envelopes` -> (n,): all of them together."""
    envelope: Floats = bands @ np.asarray(_BAND_WEIGHTS, np.float32)
    return envelope


def fit_line(
    envelope: Floats,
    start: float,
    end: float,
    period: float,
    sureness: tuple[Numbers, Numbers] | None = None,
) -> Line:
    """The constant grid that fits the attacks of a stretch best.

    Args:
        envelope: (n,) at `RATE`, of the whole track.
        start, end: the stretch, in seconds.
        period: a beat, in seconds, within `_SEARCH` of the right one.
        sureness: times (m,) in seconds and weights (m,) 0..1: how much to believe what is about
            there; everything alike by default.
    """
    frames = envelope[round(start * RATE) : round(end * RATE)]
    origin = round(start * RATE) / RATE
    if sureness is not None:
        times = origin + np.arange(len(frames)) / RATE
        frames = frames * np.interp(times, *sureness).astype(np.float32)
    beats = _window_beats(len(frames) / RATE / period)
    period = _refine_period(frames, period, beats)
    line = _line(frames, start, end, period, 0.0, beats)
    line = _line(frames, start, end, line.period, line.origin, beats)
    return dataclasses.replace(
        line,
        origin=line.origin + origin,
        pivot=line.pivot + origin,
        centres=line.centres + origin,
    )


def held(line: Line) -> float:
    """Share of the windows, by weight, that lie within 10 ms of the line."""
    total = float(line.weights.sum())
    on_line = np.abs(line.lags) < _ON_LINE_SECONDS
    return float((line.weights * on_line).sum()) / total if total > 0 else 0.0


def fold(
    frames: NDArray[np.floating], period: float, origin: float, bins: int, *, rate: float = RATE
) -> Numbers:
    """Average over the beat: each frame is shared by the two bins that it falls between.

    Args:
        frames: (n, b), the first one at 0 s.
        period: a beat, seconds.
        origin: where a beat is, seconds.
        bins: parts of a beat.
        rate: frames a second.

    Returns:
        (bins, b) means over all beats; bin 0 is on the beat.
    """
    place = np.arange(len(frames)) / rate
    place -= origin
    place *= bins / period
    left = np.floor(place).astype(np.int64)
    part = (place - left).astype(np.float32)
    left %= bins
    right = left + 1
    count = np.bincount(left, 1 - part, bins + 1) + np.bincount(right, part, bins + 1)
    total = np.stack(
        [
            np.bincount(left, band * (1 - part), bins + 1)
            + np.bincount(right, band * part, bins + 1)
            for band in frames.T
        ],
        axis=1,
    )
    total[0] += total[-1]
    count[0] += count[-1]
    mean: Numbers = total[:bins] / np.maximum(count[:bins, None], 1e-6)
    return mean


def _window_beats(beats: float) -> int:
    """Beats per window: eight, fewer on short stretches."""
    size = _WINDOW_BEATS
    while size > 1 and beats / size < _FEWEST_WINDOWS:
        size //= 2
    return size


def _fold_windows(frames: Floats, beats: Numbers, size: int) -> Numbers:
    """(n,) frames at positions (n,) in beats -> (windows, 256): every `size` beats folded over one.

    `beats` does not fall; window k begins on the multiple of `size` at or before the first, plus
    k * `size`. Each window is free of its mean.
    """
    if len(frames) == 0:
        return np.zeros((1, _BINS))
    bins = np.floor(beats * _BINS).astype(np.int64)
    bins -= bins[0] // (_BINS * size) * (_BINS * size)
    window = bins // (_BINS * size)
    count = int(window[-1]) + 1
    flat = window * _BINS + bins % _BINS
    sums = np.bincount(flat, frames, count * _BINS).reshape(count, _BINS)
    return np.asarray(sums - sums.mean(axis=1, keepdims=True))


def _windows(frames: Floats, period: float, origin: float, beats: int) -> Numbers:
    """(windows, `_BINS`): the frames of every `beats` beats of a constant grid folded over one."""
    place = np.arange(len(frames)) / RATE
    place -= origin
    place /= period
    return _fold_windows(frames, place, beats)


def _refine_period(frames: Floats, period: float, beats: int) -> float:
    """Where the folded windows add up best, harmonic by harmonic, ever finer."""
    reach = _SEARCH
    for harmonics in _HARMONICS:
        spectra = np.fft.rfft(_windows(frames, period, 0.0, beats), axis=1)[:, 1 : harmonics + 1]
        step = 1.0 / (len(spectra) * beats * harmonics * 4)
        offsets = np.arange(-reach, reach + step, step)
        sums = _coherence(spectra, offsets, beats)
        period *= 1.0 + _peak(offsets, sums)
        reach = 6 * step
    return period


def _coherence(spectra: NDArray[np.complex128], offsets: Numbers, beats: int) -> Numbers:
    """(offsets,) summed |.|^2 of the harmonics if every beat is longer by each relative offset."""
    turns = np.outer(offsets, np.arange(len(spectra)) * beats)
    turn = np.exp(2j * np.pi * turns)
    power = np.ones_like(turn)
    total = np.zeros(len(offsets))
    for h in range(spectra.shape[1]):
        power = power * turn
        total += np.abs(power @ spectra[:, h]) ** 2
    return total


def _peak(x: Numbers, y: Numbers) -> float:
    """Where y peaks, between the points of the even scale x."""
    best = int(np.argmax(y))
    if not 0 < best < len(y) - 1:
        return float(x[best])
    return float(x[best] + (x[1] - x[0]) * _vertex(*y[best - 1 : best + 2]))


def _vertex(left: float, top: float, right: float) -> float:
    """Offset of the vertex of the parabola through three points, -0.5..0.5."""
    bend = left - 2.0 * top + right
    return 0.5 * (left - right) / bend if bend < 0 else 0.0


def _line(
    frames: Floats, start: float, end: float, period: float, origin: float, beats: int
) -> Line:
    windows = _windows(frames, period, origin, beats)
    lags, alike, energy = _lags(windows)
    lags *= period / _BINS
    first = np.floor(-origin / (period * beats))
    centres = origin + (first + np.arange(len(lags)) + 0.5) * period * beats
    slope, level, pivot, error = robust_line(centres, lags, alike**2 * energy)
    weights = alike * np.sqrt(energy)
    return Line(
        start,
        end,
        period * (1.0 + slope),
        origin + level - slope * (pivot - origin),
        period_error(period, error, end - start),
        pivot,
        centres,
        lags - level - slope * (centres - pivot),
        weights * len(weights) / max(float(weights.sum()), 1e-12),
    )


def period_error(period: float, slope_error: float, length: float) -> float:
    """How far a fitted period may be off.

    Three times what the line says, for neighbouring windows err alike, and what patterns can tilt.

    Args:
        period: a beat, seconds.
        slope_error: standard error of the slope of its lags, seconds per second.
        length: of the stretch, seconds.

    Returns:
        Standard error of `period`, seconds.
    """
    return period * float(np.hypot(3.0 * slope_error, _TILT_SECONDS / max(length, period)))


def _lags(windows: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Per window: lag against the sum of all others in bins, correlation there (0..1), energy."""
    others = windows.sum(axis=0) - windows
    spectra = np.fft.rfft(windows, axis=1) * np.conj(np.fft.rfft(others, axis=1))
    correlation = np.fft.irfft(spectra, _BINS, axis=1)
    energy = np.sqrt((windows**2).sum(axis=1))
    scale = np.maximum(energy * np.sqrt((others**2).sum(axis=1)), 1e-9)
    near = np.roll(correlation, _LONGEST_LAG, axis=1)[:, : 2 * _LONGEST_LAG + 1] / scale[:, None]
    best = near[:, 1:-1].argmax(axis=1) + 1
    rows = np.arange(len(near))
    left, top, right = (near[rows, best + k] for k in (-1, 0, 1))
    bend = left - 2.0 * top + right
    part = np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, 1.0), 0.0)
    return best - _LONGEST_LAG + part, np.clip(top, 0.0, 1.0), energy


def robust_line(x: Numbers, y: Numbers, weights: Numbers) -> tuple[float, float, float, float]:
    """Fit a line by iteratively reweighted least squares, Tukey's biweight (Beaton & Tukey 1974).

    Args:
        x: (n,).
        y: (n,).
        weights: (n,) how much each point says, >= 0.

    Returns:
        Slope, level at the pivot, pivot (the weighted mean of x), and standard error of the slope.
    """
    kept = weights
    slope = level = pivot = error = 0.0
    for _ in range(8):
        total = max(kept.sum(), 1e-12)
        pivot = float((kept * x).sum() / total)
        level = float((kept * y).sum() / total)
        spread = float((kept * (x - pivot) ** 2).sum())
        slope = float((kept * (x - pivot) * (y - level)).sum() / max(spread, 1e-9))
        off = y - level - slope * (x - pivot)
        scatter = max(1.4826 * _weighted_median(np.abs(off), weights), _LEAST_SCATTER)
        independent = max(total**2 / max((kept**2).sum(), 1e-12) - 2.0, 1.0)
        error = float(np.sqrt((kept * off**2).sum() / independent / max(spread, 1e-9)))
        kept = weights * np.clip(1.0 - (off / (4.0 * scatter)) ** 2, 0.0, None) ** 2
    return slope, level, pivot, error


def _weighted_median(values: Numbers, weights: Numbers) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, 0.5 * total[-1])]) if len(values) else 0.0
