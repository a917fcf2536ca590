"""Automation: what a setting of a lane is at every tick, as a curve through breakpoints.

A curve is drawn, bent and interpolated in shares of its parameter's range, 0 .. 1, so that a
straight line sweeps a cutoff by octaves and a volume by decibels.
"""

from __future__ import annotations

import dataclasses
import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from core.arrangement.lane_effects import (
    CUTOFF_MAX_HZ,
    CUTOFF_MIN_HZ,
    SEND_MAX_DB,
    SEND_MIN_DB,
)
from core.arrangement.values import whole_number
from core.errors import InputError

STEEPNESS: Final = 6.0
"""Of a curve that is bent as far as it can be: its exponent."""
_TICK: Final = attrgetter("tick")
SILENCE_DB: Final = -60.0
"""The lowest volume; the gain goes on to 0 there."""


@dataclass(frozen=True)
class Parameter:
    """A setting of a lane that can be automated.

    Attributes:
        name: as in project files.
        label: as on the screen.
        low: the least value.
        high: the greatest.
        default: what changes nothing.
        octaves: whether equal distances are equal ratios.
    """

    name: str
    label: str
    low: float
    high: float
    default: float
    octaves: bool = False

    def share(self, value: float) -> float:
        """Where a value lies in the range, 0 .. 1."""
        if self.octaves:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value(self, share: float) -> float:
        """The value at a place of the range; its ends are exact."""
        if share <= 0.0 or share >= 1.0:
            return self.low if share <= 0.0 else self.high
        if self.octaves:
            return self.low * math.exp(share * math.log(self.high / self.low))
        return self.low + share * (self.high - self.low)


VOLUME: Final = Parameter("volume", "Volume", SILENCE_DB, 6.0, 0.0)
"""In dB, on top of the lane's gain."""
PAN: Final = Parameter("pan", "Pan", -1.0, 1.0, 0.0)
LOW_PASS: Final = Parameter(
    "low_pass", "Low-pass", CUTOFF_MIN_HZ, CUTOFF_MAX_HZ, CUTOFF_MAX_HZ, octaves=True
)
HIGH_PASS: Final = Parameter(
    "high_pass", "High-pass", CUTOFF_MIN_HZ, CUTOFF_MAX_HZ, CUTOFF_MIN_HZ, octaves=True
)
RESONANCE: Final = Parameter("resonance", "Resonance", 0.0, 1.0, 0.0)
ECHO: Final = Parameter("echo", "Echo send", SEND_MIN_DB, SEND_MAX_DB, SEND_MIN_DB)
REVERB: Final = Parameter("reverb", "Reverb send", SEND_MIN_DB, SEND_MAX_DB, SEND_MIN_DB)
PARAMETERS: Final = {
    it.name: it for it in (VOLUME, PAN, LOW_PASS, HIGH_PASS, RESONANCE, ECHO, REVERB)
}


@dataclass(frozen=True)
class Breakpoint:
    """A point of a curve.

    Attributes:
        tick: where it is, 0 or later.
        value: of the parameter there.
        bend: of the curve from here to the next point: 0 is straight; with 1 it moves late, with -1
            early.

    Raises:
        InputError: a place before the first bar, or a value that is no number or out of range.
    """

    tick: int
    value: float
    bend: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "tick", whole_number(self.tick, "a breakpoint's place"))
        if self.tick < 0:
            raise InputError(f"a breakpoint cannot be before the first bar (tick {self.tick})")
        if not math.isfinite(self.value):
            raise InputError(f"a breakpoint's value must be a number, not {self.value!r}")
        if not -1.0 <= self.bend <= 1.0:
            raise InputError(f"a breakpoint's bend must lie between -1 and 1, not {self.bend!r}")

    def changed(self, **fields: object) -> Breakpoint:
        """A copy with `fields` replaced. Raises `InputError` as the constructor does."""
        return dataclasses.replace(self, **fields)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Automation:
    """The curve of one parameter. Before its first point and after its last it stays level.

    Attributes:
        parameter: a name in `PARAMETERS`.
        points: at least one; kept in order. Two on one tick are a jump.

    Raises:
        InputError: no such parameter, no points, more than two on one tick, or values out of range.
    """

    parameter: str
    points: tuple[Breakpoint, ...]

    def __post_init__(self) -> None:
        if self.parameter not in PARAMETERS:
            raise InputError(
                f"there is no automation of {self.parameter!r}; choose {', '.join(PARAMETERS)}"
            )
        points = tuple(sorted(self.points, key=_TICK))
        object.__setattr__(self, "points", points)
        if not points:
            raise InputError("automation needs at least one breakpoint")
        low, high = self.kind.low, self.kind.high
        for point in points:
            if not low <= point.value <= high:
                raise InputError(
                    f"automation of {self.parameter} must lie between {low:g} and {high:g}, "
                    f"not {point.value:g}"
                )
        for first, third in zip(points, points[2:], strict=False):
            if first.tick == third.tick:
                raise InputError(f"more than two breakpoints lie on tick {first.tick}")

    @property
    def kind(self) -> Parameter:
        """What is automated."""
        return PARAMETERS[self.parameter]

    def share(self, tick: float) -> float:
        """Height of the curve at a tick, 0 .. 1 of the parameter's range."""
        points, kind = self.points, self.kind
        after = bisect_right(points, tick, key=_TICK)
        if after == 0 or after == len(points):
            return kind.share(points[0 if after == 0 else -1].value)
        one, two = points[after - 1], points[after]
        low, high = kind.share(one.value), kind.share(two.value)
        return low + (high - low) * bent((tick - one.tick) / (two.tick - one.tick), one.bend)

    def value(self, tick: float) -> float:
        """Of the parameter at a tick."""
        return self.kind.value(self.share(tick))

    def rippled(self, start: int, end: int, shift: int) -> Automation | None:
        """The curve where time is inserted or taken out.

        Args:
            start: first tick that is taken out.
            end: first tick that stays.
            shift: by how much everything from `end` on moves.

        Returns:
            The curve that sounds at every music that stays as it did; over inserted time it is
            level. None where nothing is left of it.
        """
        before = [it for it in self.points if it.tick < start]
        after = [it for it in self.points if it.tick >= end]
        if before and len(before) < len(self.points):
            before.append(self._at(start))
        if after and len(after) < len(self.points):
            after.insert(0, self._at(end, after[0]))
        moved = [it.changed(tick=it.tick + shift) for it in after]
        points = _without_repetition([*before, *moved])
        return Automation(self.parameter, tuple(points)) if points else None

    def with_repeat(self, start: int, end: int) -> Automation:
        """The curve where the time from `start` to `end` is repeated right after itself.

        Args:
            start: first tick of what is repeated.
            end: first tick after it, later than `start`; everything from there on moves right.
        """
        length = end - start
        before = [it for it in self.points if it.tick < end]
        inside = [it for it in before if it.tick >= start]
        after = [it.changed(tick=it.tick + length) for it in self.points if it.tick >= end]
        first = [] if inside and inside[0].tick == start else [self._at(start)]
        copy = [it.changed(tick=it.tick + length) for it in (*first, *inside)]
        joint, last = self._at(end), self._at(end).changed(tick=end + length)
        points = _without_repetition([*before, joint, *copy, last, *after])
        return Automation(self.parameter, tuple(points))

    def between(self, start: int, end: int) -> tuple[Breakpoint, ...]:
        """The curve over some time by itself.

        Args:
            start: first tick of the time.
            end: last tick of the time, later than `start`.

        Returns:
            Its points, with one at `start` and one at `end`.
        """
        points = self._cut(start)._cut(end).points
        first = bisect_right(points, start, key=_TICK) - 1
        return points[first : bisect_left(points, end, key=_TICK) + 1]

    def replaced(
        self,
        start: int,
        end: int,
        piece: Sequence[Breakpoint] = (),
        *,
        before: bool = True,
        after: bool = True,
    ) -> Automation | None:
        """The curve with another piece, or none, over some time; elsewhere it stays as it is.

        Args:
            start: first tick of the time.
            end: first tick after it.
            piece: points from `start` to `end`; without any, it stays where it was at `start`.
            before: False where nothing sounds before `start`, so that without a point there the
                curve may begin with the piece.
            after: the same for what comes after `end`.

        Returns:
            The curve; None where nothing is left of it.
        """
        points = self._cut(start)._cut(end).points
        left = list(points[: bisect_left(points, start, key=_TICK) + 1])
        right = list(points[bisect_right(points, end, key=_TICK) - 1 :])
        if not before and self.points[0].tick >= start:
            left = []
        if not after and self.points[-1].tick <= end:
            right = []
        if left and right and not piece:
            piece = (left[-1].changed(tick=end, bend=0.0),)
            left[-1] = left[-1].changed(bend=0.0)
        kept = _without_repetition([*left, *piece, *right])
        return Automation(self.parameter, tuple(kept)) if kept else None

    def without_level(self, ticks: Collection[int]) -> Automation:
        """The same curve without those points on `ticks` that lie on a level line."""
        points = list(self.points)
        for number in range(len(points) - 1, -1, -1):
            near = points[max(number - 1, 0) : number + 2]
            level = len({it.value for it in near}) == 1 and len(near) > 1
            if level and points[number].tick in ticks:
                del points[number]
        return Automation(self.parameter, tuple(points))

    def _cut(self, tick: int) -> Automation:
        """The same curve with a point at `tick`."""
        points = self.points
        after = bisect_right(points, tick, key=_TICK)
        if after and points[after - 1].tick == tick:
            return self
        if after in (0, len(points)):
            made = Breakpoint(tick, points[max(after - 1, 0)].value)
            return Automation(self.parameter, (*points[:after], made, *points[after:]))
        one, two = points[after - 1], points[after]
        level = one.value == two.value
        made = Breakpoint(tick, one.value if level else self.value(tick))
        # A piece of an exponential curve is one, too.
        share = (tick - one.tick) / (two.tick - one.tick)
        first = one.changed(bend=one.bend * share)
        made = made.changed(bend=one.bend * (1.0 - share))
        return Automation(self.parameter, (*points[: after - 1], first, made, *points[after:]))

    def _at(self, tick: int, following: Breakpoint | None = None) -> Breakpoint:
        """A point on the curve; before a `following` one it is straight to there."""
        at = next((it for it in self.points if it.tick == tick), None)
        if at is not None and following is at:
            return at
        return Breakpoint(tick, self.value(tick))


def bent(share: float, bend: float) -> float:
    """How far a curve has come between two points.

    Args:
        share: of the way, 0 .. 1.
        bend: of the curve, -1 (early) .. 1 (late); 0 is straight.

    Returns:
        0 .. 1, along an exponential function.
    """
    if bend == 0.0:
        return share
    steepness = STEEPNESS * bend
    return math.expm1(steepness * share) / math.expm1(steepness)


def _without_repetition(points: Iterable[Breakpoint]) -> list[Breakpoint]:
    """Points in order, at most two on a tick: the first and the last."""
    kept: list[Breakpoint] = []
    for point in points:
        if kept and (point.tick, point.value) == (kept[-1].tick, kept[-1].value):
            kept.pop()
        if len(kept) > 1 and kept[-2].tick == kept[-1].tick == point.tick:
            kept.pop()
        kept.append(point)
    return kept
