"""How surely a stretch has the steady beat that was found, and the loops and lows of techno."""

from __future__ import annotations

from typing import Final

import numpy as np

from core.rhythm.onsets import POWER_RATE, OnsetFeatures
from core.rhythm.phase import Line, held
from core.rhythm.steps import PHRASE_STEPS, Steps, repetition

_REPEATS: Final = (0.08, 0.22)
"""Autocorrelation at the beat's multiples: from speech and whales to the loosest techno."""
_HOLDS: Final = (0.45, 0.75)
"""Share of the attacks' windows that lie within 10 ms of the line."""
_KICKS: Final = (0.25, 0.60)
"""Mean attack of the lows on the beat, nats: a steady tone has none."""
_BEATS: Final = (8.0, 16.0)
_CHARACTER: Final = (0.15, 0.45)
_SUB_DB: Final = (-8.0, 8.0)


def confidence_of(
    features: OnsetFeatures, line: Line, steps: Steps, salience: float, kick: float
) -> float:
    """0..1 for one stretch: the product of four doubts, each 1 where there is none.

    Args:
        salience: how much of the envelope repeats with the beat and its multiples, -1..1.
        kick: mean attack of the lows on the beat, nats.
    """
    beats = (line.end - line.start) / line.period
    return float(
        _ramp(salience, _REPEATS)
        * _ramp(held(line), _HOLDS)
        * _ramp(kick, _KICKS)
        * _ramp(beats, _BEATS)
        * _character(features, line, steps)
    )


def _character(features: OnsetFeatures, line: Line, steps: Steps) -> float:
    """1 unless the music neither comes back after four bars nor has a low end.

    A song in a machine's steady four-four has a grid as clear as any; what tells it from techno
    are chords and melody that do not loop, and a bass drum that is not the loudest thing.
    """
    span = slice(round(line.start * POWER_RATE), round(line.end * POWER_RATE))
    power = features.powers[span].mean(axis=0) if len(features.powers[span]) else np.zeros(4)
    sub_db = 10.0 * np.log10((float(power[0]) + 1e-12) / (float(power.sum()) + 1e-12))
    low_end = (sub_db - _SUB_DB[0]) / _SUB_DB[1]
    if len(steps) < 2 * PHRASE_STEPS:
        return 1.0
    return _ramp(repetition(steps, PHRASE_STEPS) + max(0.0, low_end), _CHARACTER)


def _ramp(value: float, limits: tuple[float, float]) -> float:
    """0 at the lower limit and below, 1 at the upper and above, straight between."""
    low, high = limits
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))
