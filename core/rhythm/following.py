"""A moving tempo followed beat by beat: where eight beats at a time fall, along a rough tempo path.

The attacks are folded on the path's own beat, so that no window is blurred by its drift. From the
clearest window outwards each one is compared with the mean of those before it; how late it is
corrects the course for the next (a phase-locked loop of second order).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.rhythm.onsets import RATE, Floats
from core.rhythm.phase import Line, Numbers, fold_windows, lag_of, period_error, robust_line
from core.rhythm.tempo import TempoPath

BEATS: Final = 8
"""Beats per window."""

_MEMORY: Final = 0.85
_REACH: Final = 0.08
"""Part of a beat by which a window may be off its course."""
_LEAST_ALIKE: Final = 0.25
_FAR_REACH: Final = 0.2
_LOUD_SHARE: Final = 0.5
_SURELY_ALIKE: Final = 0.6
_FAR_BETTER: Final = 0.15
"""By so much a place farther off must be more alike to be believed: an edit moved the beat."""
_LEAST_WEIGHT: Final = 0.1
_STEERING: Final = 0.3
_LEAST_COUNT: Final = 4


@dataclass(frozen=True)
class Course:
    """Where beats fall: per window its middle in beats and in seconds, and how much it says."""

    beats: Numbers
    times: Numbers
    weights: Numbers

    def __len__(self) -> int:
        return len(self.beats)

    def part(self, start: int | None, end: int | None) -> Course:
        """The windows `start`..`end`."""
        span = slice(start, end)
        return Course(self.beats[span], self.times[span], self.weights[span])

    def with_quiet(self) -> Course:
        """The same, where quiet passages have a small say, too: their bars are played."""
        least = _LEAST_WEIGHT * float(self.weights.mean()) if len(self) else 0.0
        return Course(self.beats, self.times, np.maximum(self.weights, least))

    def line(self, start: float, end: float) -> Line:
        """The constant grid through these windows, over `start`..`end` (seconds)."""
        weights = self.weights * len(self) / max(float(self.weights.sum()), 1e-12)
        period, level, pivot, error = robust_line(self.beats, self.times, weights)
        return Line(
            start=start,
            end=end,
            period=period,
            origin=level - period * pivot,
            period_error=period_error(period, error / period, end - start),
            pivot=level,
            centres=self.times,
            lags=self.times - level - period * (self.beats - pivot),
            weights=weights,
        )


def follow(fine: Floats, start: float, end: float, path: TempoPath) -> Course:
    """The course of the beat from `start` to `end` (seconds) near the tempo `path`."""
    frames = fine[round(start * RATE) : round(end * RATE)]
    times = round(start * RATE) / RATE + np.arange(len(frames)) / RATE
    beats = np.cumsum(np.interp(times, path.times, path.bpm)) / (60.0 * RATE)
    windows = fold_windows(frames, beats, BEATS)
    energy = np.sqrt((windows**2).sum(axis=1))
    late, alike = _outwards(windows, energy)
    middles = (np.arange(len(windows)) + 0.5) * BEATS
    whole = middles < beats[-1]
    weights = alike**2 * energy
    return Course(middles[whole], np.interp((middles + late)[whole], beats, times), weights[whole])


def _outwards(windows: Numbers, energy: Numbers) -> tuple[Numbers, Numbers]:
    """Per window: how late (in beats), and how like the others, -1..1."""
    late, alike = np.zeros(len(windows)), np.zeros(len(windows))
    seed = _clearest(windows, energy)
    for order in (range(seed, len(windows)), range(seed - 1, -1, -1)):
        _steer(windows, seed, order, late, alike)
    return late, alike


def _steer(windows: Numbers, seed: int, order: range, late: Numbers, alike: Numbers) -> None:
    """Follow the windows in `order` from the course at `seed`; fills `late` and `alike`."""
    norms = np.linalg.norm(windows, axis=1)
    loud = norms > _LOUD_SHARE * norms[seed]
    mean = _turned(windows[max(0, seed - 1) : seed + 2].sum(axis=0), 0.0)
    course = drift = 0.0
    for k in order:
        course += drift
        window = _turned(windows[k], course)
        off, likeness = lag_of(window, mean, _REACH)
        far, better = lag_of(window, mean, _FAR_REACH)
        if better > max(likeness + _FAR_BETTER, _SURELY_ALIKE) and loud[k]:
            course, likeness = course + far, better
            mean = _MEMORY * mean + _turned(windows[k], course)
        elif likeness > _LEAST_ALIKE:
            course += off
            drift += _STEERING * off * likeness
            mean = _MEMORY * mean + _turned(windows[k], course)
        late[k], alike[k] = course, max(likeness, 0.0)


def _clearest(windows: Numbers, energy: Numbers) -> int:
    """The window that is most like the ones beside it, loud ones first."""
    if len(windows) < _LEAST_COUNT:
        return int(np.argmax(energy))
    spectra = np.abs(np.fft.rfft(windows, axis=1)[:, 1:17])
    norm = np.maximum(np.linalg.norm(spectra, axis=1), 1e-9)
    likeness = (spectra[1:] * spectra[:-1]).sum(axis=1) / (norm[1:] * norm[:-1])
    both = np.minimum(likeness[1:], likeness[:-1]) * energy[1:-1]
    return int(np.argmax(both)) + 1


def _turned(window: Numbers, beats: float) -> Numbers:
    """`window` (a loop of one beat) moved `beats` earlier."""
    spectrum = np.fft.rfft(window)
    turn = np.exp(2j * np.pi * np.arange(len(spectrum)) * beats)
    return np.asarray(np.fft.irfft(spectrum * turn, len(window)))
