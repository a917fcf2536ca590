"""Curves of volume added up: that of a clip, and those of the clip that it was a part of."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Final

from core.arrangement.automation import VOLUME, Automation, Breakpoint

_BEND_STEPS: Final = 16
"""Straight lines that stand for a bent one."""
_HALVINGS: Final = 18
"""Of a fade's loudness, 3 dB each, until it is silent."""


def fade_curve(start: int, end: int) -> Automation:
    """The quarter sine of a fade as a curve, .2 dB from it at most where it can be heard.

    Args:
        start: tick where it is silent.
        end: tick where it is over, before or after `start`: before it, the fade goes out.
    """
    shares = [2.0 ** (-0.5 * number) for number in range(_HALVINGS, -1, -1)]
    places = dict.fromkeys(round(start + share * (end - start)) for share in shares)
    places.pop(start, None)
    points = [Breakpoint(start, VOLUME.low)]
    points += [Breakpoint(tick, _fade_db((tick - start) / (end - start))) for tick in places]
    return Automation(VOLUME.name, tuple(points))


def summed(curves: Sequence[Automation]) -> Automation:
    """One curve of volume that is the sum of others; where one is silent, it is silent.

    Args:
        curves: of volume, at least one.
    """
    if len(curves) == 1:
        return curves[0]
    points: list[Breakpoint] = []
    for tick in sorted({tick for curve in curves for tick in _places(curve)}):
        before = _sum_db([_value_before(curve, tick) for curve in curves])
        after = _sum_db([curve.value(tick) for curve in curves])
        points += [Breakpoint(tick, value) for value in dict.fromkeys((before, after))]
    return Automation(VOLUME.name, tuple(points))


def _fade_db(share: float) -> float:
    """Of the quarter sine; a curve's gain is taken to 0 at its lowest level, see `to_gains`."""
    floor = 10.0 ** (VOLUME.low / 20.0)
    return 20.0 * math.log10(floor + (1.0 - floor) * math.sin(0.5 * math.pi * share))


def _places(curve: Automation) -> list[int]:
    """Ticks between which the curve is a straight line."""
    found = [point.tick for point in curve.points]
    for one, two in itertools.pairwise(curve.points):
        if one.bend:
            step = (two.tick - one.tick) / _BEND_STEPS
            found += [round(one.tick + number * step) for number in range(1, _BEND_STEPS)]
    return found


def _value_before(curve: Automation, tick: int) -> float:
    """Where the curve comes from, which differs from its value where it jumps."""
    return next((it.value for it in curve.points if it.tick == tick), curve.value(tick))


def _sum_db(values: Sequence[float]) -> float:
    if min(values) <= VOLUME.low:
        return VOLUME.low
    return min(max(sum(values), VOLUME.low), VOLUME.high)
