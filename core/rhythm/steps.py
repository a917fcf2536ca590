"""A track seen in sixteenths of its grid: attacks, timbre, pitches; and where they change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from core.rhythm.onsets import POWER_RATE, RATE, SPECTRUM_BANDS, SPECTRUM_RATE, OnsetFeatures
from core.settings import SIXTEENTHS_PER_BAR

Numbers = NDArray[np.float64]

STEPS_PER_BEAT: Final = 4
PHRASE_STEPS: Final = 4 * SIXTEENTHS_PER_BAR

_ATTACK_SECONDS: Final = 0.010
_LEVEL_RANGE: Final = 1e-4
_SPECTRUM_RANGE_NATS: Final = 9.0
_LEVEL_WEIGHT: Final = 2.0
_SPECTRUM_WEIGHT: Final = 0.5


@dataclass(frozen=True)
class Steps:
    """Sixteenths `first`, first + 1, ... of a grid whose step 0 lies on its origin.

    Attributes:
        attacks: (n, 4) strongest attack per band within 10 ms of the step's beginning.
        levels: (n, 4) mean power per band, in nats.
        timbre: (n, 28) levels per band and log-band spectrum, in nats, weighted against each other.
        chroma: (n, 12) nats.
    """

    first: int
    attacks: Numbers
    levels: Numbers
    timbre: Numbers
    chroma: Numbers

    def __len__(self) -> int:
        return len(self.attacks)

    def by_position(self, values: Numbers, cycle: int) -> Numbers:
        """Average over a cycle: what is usual at each step of a bar, say.

        Args:
            values: (n, ...) one row for each of these steps.
            cycle: length of the cycle in steps; row 0 of the result is for steps 0, cycle, 2 cycle,
                ...

        Returns:
            (cycle, ...) means; 0 where no step has that position.
        """
        before = self.first % cycle
        position = (np.arange(len(values)) + before) % cycle
        count = np.maximum(np.bincount(position, minlength=cycle), 1)
        after = -(before + len(values)) % cycle
        padding = [(before, after), *[(0, 0)] * (values.ndim - 1)]
        total = np.pad(values, padding).reshape(-1, cycle, *values.shape[1:]).sum(axis=0)
        mean: Numbers = total / count.reshape(-1, *[1] * (values.ndim - 1))
        return mean


def steps_of(
    features: OnsetFeatures, start: float, end: float, period: float, origin: float
) -> Steps:
    """Measure a stretch of a track in sixteenths of a constant grid.

    Args:
        features: of the whole track.
        start, end: the stretch, seconds; only whole sixteenths in it count.
        period: a beat, seconds.
        origin: where step 0 is, seconds.

    Returns:
        The sixteenths.
    """
    step = period / STEPS_PER_BEAT
    first = int(np.ceil((start - origin) / step - 1e-6))
    count = max(0, int((end - origin) / step - first))
    times = origin + (first + np.arange(count + 1, dtype=np.float64)) * step
    levels = _levels(features, times)
    return Steps(
        first,
        _attacks(features, times[:-1]),
        levels,
        np.concatenate(
            [
                _LEVEL_WEIGHT * levels,
                _SPECTRUM_WEIGHT * _spectra(features, times),
            ],
            axis=1,
        ),
        _chroma(features, times),
    )


def change(values: Numbers, span: int) -> Numbers:
    """How much changes at each step: a novelty curve.

    Args:
        values: (n, d) one row a step.
        span: how many steps before and after are compared.

    Returns:
        (n,) mean absolute distance between the mean of `span` steps from each one on and the mean
        of those before it.
    """
    n = len(values)
    if n == 0:
        return np.zeros(0)
    wide = np.concatenate([np.repeat(values[:1], span, 0), values, np.repeat(values[-1:], span, 0)])
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(wide, axis=0)])
    at = np.arange(n) + span
    after, before = sums[at + span] - sums[at], sums[at] - sums[at - span]
    distance: Numbers = np.abs(after - before).mean(axis=1) / span
    return distance


def turning_points(values: Numbers, span: int) -> Numbers:
    """Pick the peaks of a novelty curve: where one thing gives way to another.

    Args:
        values: (n, d) one row a step.
        span: as for `change`; of two peaks that are nearer than half of it, the higher one counts.

    Returns:
        (n,) squared height over the surroundings at peaks of `change`, 0 elsewhere.
    """
    changes = change(values, span)
    if len(changes) == 0:
        return changes
    highest = scipy.ndimage.maximum_filter1d(changes, span + 1)
    around = scipy.ndimage.uniform_filter1d(changes, 4 * span + 1)
    height = np.where(changes >= highest, np.maximum(changes - around, 0.0), 0.0)
    squared: Numbers = height**2
    return squared


def repetition(steps: Steps, lag: int) -> float:
    """How alike the spectrum is some steps later, slow changes taken off.

    Args:
        steps: a stretch of a track.
        lag: how much later, steps.

    Returns:
        Median correlation, -1..1; 0 where the stretch is shorter than twice `lag`.
    """
    spectrum = steps.timbre[:, -SPECTRUM_BANDS:]
    if len(spectrum) < 2 * lag:
        return 0.0
    moving = spectrum - scipy.ndimage.uniform_filter1d(spectrum, PHRASE_STEPS, axis=0)
    now, later = moving[:-lag], moving[lag:]
    norm = np.sqrt((now**2).sum(axis=1) * (later**2).sum(axis=1))
    return float(np.median((now * later).sum(axis=1) / np.maximum(norm, 1e-9)))


def _attacks(features: OnsetFeatures, starts: Numbers) -> Numbers:
    reach = round(_ATTACK_SECONDS * RATE)
    near = np.round(starts * RATE).astype(np.int64)[:, None] + np.arange(-reach, reach + 1)
    inside = np.clip(near, 0, len(features.attacks) - 1)
    strongest: Numbers = features.attacks[inside].max(axis=1).astype(np.float64)
    return strongest


def _levels(features: OnsetFeatures, times: Numbers) -> Numbers:
    """(n, 4) log of the mean power from each of (n + 1,) `times` to the next."""
    edges = np.clip(np.round(times * POWER_RATE).astype(np.int64), 0, len(features.powers))
    span = features.powers[edges[0] : edges[-1]]
    sums = np.zeros((len(span) + 1, span.shape[1]))
    np.cumsum(span, axis=0, out=sums[1:])
    edges -= edges[0]
    power = (sums[edges[1:]] - sums[edges[:-1]]) / np.maximum(np.diff(edges), 1)[:, None]
    loud = np.percentile(power, 98, axis=0) if len(power) else np.ones(span.shape[1])
    levels: Numbers = np.log(power + _LEVEL_RANGE * loud + 1e-10)
    return levels


def _spectra(features: OnsetFeatures, times: Numbers) -> Numbers:
    return _at_steps(features.spectra[:, :SPECTRUM_BANDS], times)


def _chroma(features: OnsetFeatures, times: Numbers) -> Numbers:
    return _at_steps(features.spectra[:, SPECTRUM_BANDS:], times)


def _at_steps(frames: NDArray[np.float32], times: Numbers) -> Numbers:
    """Frames of `SPECTRUM_RATE` read in the middle of each step, quiet ones lifted to a floor."""
    middle = (times[:-1] + times[1:]) / 2 * SPECTRUM_RATE
    if len(frames) == 0 or len(middle) == 0:
        return np.zeros((len(middle), frames.shape[1]))
    left = np.clip(middle.astype(np.int64), 0, len(frames) - 1)
    right = np.minimum(left + 1, len(frames) - 1)
    part = np.clip(middle - left, 0.0, 1.0)[:, None]
    values = frames[left] * (1 - part) + frames[right] * part
    floor = np.percentile(values, 98, axis=0) - _SPECTRUM_RANGE_NATS
    lifted: Numbers = np.maximum(values, floor)
    return lifted
