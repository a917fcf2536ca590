"""Which sixteenth of a four-bar phrase is which: the beat among quarters, downbeat, phrase start.

All 64 positions are scored at once. What speaks for a position, roughly by weight: a kick at its
quarter of the beat; timbre, level and harmony turning there over a bar and over a phrase (sections
of techno begin on phrases); the track's beginning; strong lows; claps one beat later and three.
The weights were set by hand on synthetic and on real tracks, not trained.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy.ndimage

from core.rhythm.beat import Kicks
from core.rhythm.onsets import POWER_RATE, OnsetFeatures
from core.rhythm.steps import (
    PHRASE_STEPS,
    STEPS_PER_BEAT,
    Numbers,
    Steps,
    change,
    turning_points,
)
from core.settings import BEATS_PER_BAR, SIXTEENTHS_PER_BAR

_BARS: Final = PHRASE_STEPS // SIXTEENTHS_PER_BAR
_KICK: Final = 1.5
_TIMBRE_BAR: Final = (1.5, 1.5)
_TIMBRE_PHRASE: Final = (1.0, 0.5)
_HARMONY_BAR: Final = (0.5, 0.5)
"""Weights of (position in the phrase, position in the bar)."""
_HARMONY_BEAT: Final = 0.05
_LOW: Final = 0.3
_BACKBEAT: Final = 0.15
_FIRST_SOUND: Final = 0.7
_WHOLE_FILE: Final = 1.0
_WHOLE_BARS: Final = 0.01
"""A file this near to a whole number of bars was cut to them, so it begins on a downbeat."""

_SOUND_SHARE: Final = 1e-3
_FIRST_SPREAD_STEPS: Final = 0.3


def position_scores(steps: Steps, kicks: Kicks) -> Numbers:
    """(64,) how well each step number modulo 64 would do as the start of a phrase."""
    scores = _KICK * np.tile(kicks.scores, PHRASE_STEPS // STEPS_PER_BEAT)
    bar, phrase = SIXTEENTHS_PER_BAR, PHRASE_STEPS
    scores += _turning(steps, turning_points(steps.timbre, bar), _TIMBRE_BAR)
    scores += _turning(steps, turning_points(steps.timbre, phrase), _TIMBRE_PHRASE)
    scores += _turning(steps, turning_points(steps.chroma, bar), _HARMONY_BAR)
    per_bar = _HARMONY_BEAT * _standardised(
        _smoothed(steps.by_position(change(steps.chroma, STEPS_PER_BEAT), bar))
    )
    per_bar += _attack_scores(steps.by_position(steps.attacks, bar))
    return scores + np.tile(per_bar, _BARS)


def opening_scores(features: OnsetFeatures, period: float, origin: float) -> Numbers:
    """(64,) for where the track's first sound lies, and its beginning if it is whole bars long."""
    scores = np.zeros(PHRASE_STEPS)
    total = features.powers.sum(axis=1)
    if len(total) == 0 or total.max() <= 0.0:
        return scores
    first = np.argmax(total > _SOUND_SHARE * np.percentile(total, 99)) / POWER_RATE
    scores += _FIRST_SOUND * _near((first - origin) / period * STEPS_PER_BEAT)
    bars = features.seconds / (period * BEATS_PER_BAR)
    if abs(bars - round(bars)) < _WHOLE_BARS:
        scores += _WHOLE_FILE * _near(-origin / period * STEPS_PER_BEAT)
    return scores


def _near(step: float) -> Numbers:
    """(64,) 1 at `step`, a bell around it: little is left if it lies between two steps."""
    away = (np.arange(PHRASE_STEPS) - step + PHRASE_STEPS / 2) % PHRASE_STEPS - PHRASE_STEPS / 2
    bell: Numbers = np.exp(-0.5 * (away / _FIRST_SPREAD_STEPS) ** 2)
    return bell


def best_position(scores: Numbers) -> int:
    """The step, 0..63, with the highest of (64,) `scores`."""
    return int(np.argmax(scores))


def _turning(steps: Steps, points: Numbers, weights: tuple[float, float]) -> Numbers:
    """(64,) shares of the turning points at each position of the phrase and of the bar."""
    shares = _smoothed(steps.by_position(points, PHRASE_STEPS))
    shares /= max(float(shares.sum()), 1e-12)
    in_bar = np.tile(shares.reshape(_BARS, -1).sum(axis=0), _BARS)
    weighted: Numbers = weights[0] * shares + weights[1] * in_bar
    return weighted


def _attack_scores(attacks: Numbers) -> Numbers:
    """(16, 4) mean attacks in the bar -> (16,) for strong lows, and claps on beats two and four."""
    low = attacks[:, 0] + attacks[:, 1]
    high = attacks[:, 2] + attacks[:, 3]
    beat = STEPS_PER_BEAT
    claps = np.roll(high, -beat) + np.roll(high, -3 * beat) - high - np.roll(high, -2 * beat)
    scores: Numbers = _LOW * low / max(float(low.max()), 1e-9)
    return scores + _BACKBEAT * claps / max(float(high.max()), 1e-9)


def _smoothed(values: Numbers) -> Numbers:
    """Each position with half of its neighbours: spectra look a step ahead."""
    smoothed: Numbers = scipy.ndimage.convolve1d(values, [0.5, 1.0, 0.5], mode="wrap")
    return smoothed


def _standardised(values: Numbers) -> Numbers:
    standard: Numbers = (values - values.mean()) / max(float(values.std()), 1e-9)
    return standard
