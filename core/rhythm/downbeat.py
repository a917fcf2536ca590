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

from core.rhythm.kicks import Kicks
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
_NO_KICK: Final = 1.5
"""What a quarter loses whose likeness to a kick is far below that of the best."""
_TIMBRE_BAR: Final = (1.5, 1.5)
_TIMBRE_PHRASE: Final = (1.0, 0.5)
_HARMONY_BAR: Final = (0.5, 0.5)
"""Weights of (position in the phrase, position in the bar)."""
_HARMONY_BEAT: Final = 0.05
_LOW: Final = 0.3
_BACKBEAT: Final = 2.5
_BACKBEAT_NATS: Final = 1.5
_CLAP_ATTACK: Final = 1.0
_CONTINUED: Final = 0.9
_CONTINUED_BEATS: Final = 1.5
_FIRST_SOUND: Final = 0.6
_FIRST_ON_BEAT: Final = 0.4
_WHOLE_FILE: Final = 1.0
_WHOLE_BARS: Final = 0.01
"""A file this near to a whole number of bars was cut to them, so it begins on a downbeat."""

_SOUND_SHARE: Final = 1e-3
_SOUND_NATS: Final = 7.0
_FIRST_SPREAD_STEPS: Final = 0.3


def position_scores(steps: Steps, kicks: Kicks) -> Numbers:
    """(64,) how well each step number modulo 64 would do as the start of a phrase."""
    clear = _KICK * kicks.scores + _NO_KICK * np.clip((kicks.scores - 0.35) / 0.45, 0.0, 1.0)
    scores = np.tile(clear, PHRASE_STEPS // STEPS_PER_BEAT)
    bar, phrase = SIXTEENTHS_PER_BAR, PHRASE_STEPS
    first = _first_step(steps)
    for values, span, weights in (
        (steps.timbre, bar, _TIMBRE_BAR),
        (steps.timbre, phrase, _TIMBRE_PHRASE),
        (steps.chroma, bar, _HARMONY_BAR),
    ):
        points = turning_points(values, span)
        points[: first + STEPS_PER_BEAT] = 0.0
        scores += _turning(steps, points, weights)
    per_bar = _HARMONY_BEAT * _standardised(
        _smoothed(steps.by_position(change(steps.chroma, STEPS_PER_BEAT), bar))
    )
    per_bar += _low_scores(steps.by_position(steps.attacks, bar))
    per_bar += _backbeat_scores(
        steps.by_position(steps.levels[:, 2:], bar),
        steps.by_position(steps.attacks[:, 2:], bar),
    )
    return scores + np.tile(per_bar, _BARS)


def entry_scores(step: float) -> Numbers:
    """(64,) for the beat coming in at `step` after a passage without one, likely on a downbeat."""
    in_bar = np.tile(_near(step).reshape(_BARS, -1).max(axis=0), _BARS)
    scores: Numbers = _FIRST_SOUND * in_bar
    return scores


def opening_scores(features: OnsetFeatures, period: float, origin: float) -> Numbers:
    """(64,) for where the track's first sound lies, and its beginning if it is whole bars long."""
    scores = np.zeros(PHRASE_STEPS)
    total = features.powers.sum(axis=1)
    if len(total) == 0 or total.max() <= 0.0:
        return scores
    first = np.argmax(total > _SOUND_SHARE * np.percentile(total, 99)) / POWER_RATE
    near = _near((first - origin) / period * STEPS_PER_BEAT)
    on_beat = np.tile(near.reshape(-1, STEPS_PER_BEAT).max(axis=0), PHRASE_STEPS // STEPS_PER_BEAT)
    scores += _FIRST_SOUND * near + _FIRST_ON_BEAT * on_beat
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


def _low_scores(attacks: Numbers) -> Numbers:
    """(16, 4) mean attacks in the bar -> (16,) for strong lows."""
    low = attacks[:, 0] + attacks[:, 1]
    scores: Numbers = _LOW * low / max(float(low.max()), 1e-9)
    return scores


def _backbeat_scores(levels: Numbers, attacks: Numbers) -> Numbers:
    """(16,) for claps or snares on beats two and four.

    Both must begin there, and be louder than beats one and three for longer than a kick's click.

    Args:
        levels: (16, 2) mean levels of the middle and the high band in the bar, nats.
        attacks: (16, 2) mean attacks there, nats.
    """
    beats = range(BEATS_PER_BAR)
    one, two, three, four = (np.roll(levels, -k * STEPS_PER_BEAT, axis=0) for k in beats)
    _, second, _, fourth = (np.roll(attacks, -k * STEPS_PER_BEAT, axis=0) for k in beats)
    lead = np.minimum(two, four) - np.maximum(one, three)
    present = np.clip(np.minimum(second, fourth) / _CLAP_ATTACK, 0.0, 1.0)
    scores = _BACKBEAT * (present * np.clip(lead / _BACKBEAT_NATS, 0.0, 1.0)).mean(axis=1)
    return np.asarray(scores - np.roll(scores, STEPS_PER_BEAT))


def continued_scores(removed: float) -> Numbers:
    """(64,) for going on counting after an edit: likely little was cut out, less than a beat.

    Args:
        removed: beats that are missing if step 0 begins a phrase.
    """
    missing = (removed + np.arange(PHRASE_STEPS) / -STEPS_PER_BEAT) % (
        PHRASE_STEPS / STEPS_PER_BEAT
    )
    scores: Numbers = _CONTINUED * np.exp(-missing / _CONTINUED_BEATS)
    return scores


def _first_step(steps: Steps) -> int:
    """The first step that is not silent: what begins there is the file, not a bar."""
    level = steps.levels.max(axis=1)
    return int(np.argmax(level > level.max() - _SOUND_NATS)) if len(steps) else 0


def _smoothed(values: Numbers) -> Numbers:
    """Each position with half of its neighbours: spectra look a step ahead."""
    smoothed: Numbers = scipy.ndimage.convolve1d(values, [0.5, 1.0, 0.5], mode="wrap")
    return smoothed


def _standardised(values: Numbers) -> Numbers:
    standard: Numbers = (values - values.mean()) / max(float(values.std()), 1e-9)
    return standard
