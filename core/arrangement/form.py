"""The form of a track: which sections it has, how long each is, and how much energy."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from core.errors import InputError
from core.settings import BARS_PER_SEGMENT

Entry = Literal["open", "mix", "cut"]

_CYCLE_BARS: Final = 96
"""Longer tracks build up and drop more often, about every so many bars."""
_SUDDEN: Final = 0.25
_HIGH: Final = 0.65


@dataclass(frozen=True)
class FormSection:
    """A section of a track: intro, build, drop, break, rise, outro.

    Attributes:
        name: which of them.
        start: first bar, from 0.
        bars: length.
        energy: wanted at its start and at its end, 0 (the library's calmest) .. 1 (its fullest).
        kick: weight of the kick that is wanted, 0 .. 1 likewise.
        entry: "open" for the first section; "mix": it fades in over the end of the one before, the
            lows changing over on the downbeat; "cut": all of it comes in on the downbeat.
    """

    name: str
    start: int
    bars: int
    energy: tuple[float, float]
    kick: float
    entry: Entry

    @property
    def end(self) -> int:
        """The first bar after it."""
        return self.start + self.bars


@dataclass(frozen=True)
class _Kind:
    name: str
    weight: float
    energy: tuple[float, float]
    kick: float
    entry: Entry


_INTRO: Final = _Kind("intro", 2.0, (0.30, 0.45), 0.5, "mix")
_BUILD: Final = _Kind("build", 2.0, (0.55, 0.75), 0.65, "mix")
_DROP: Final = _Kind("drop", 3.0, (0.92, 0.95), 0.85, "cut")
_BREAK: Final = _Kind("break", 1.5, (0.20, 0.15), 0.0, "mix")
_RISE: Final = _Kind("rise", 1.0, (0.45, 0.65), 0.35, "mix")
_PEAK: Final = _Kind("drop", 3.0, (0.97, 1.00), 0.9, "cut")
_OUTRO: Final = _Kind("outro", 2.0, (0.45, 0.25), 0.5, "mix")

_SHORT: Final = (
    (16, (_DROP,)),
    (24, (_INTRO, _DROP)),
    (32, (_INTRO, _DROP, _OUTRO)),
    (48, (_INTRO, _DROP, _BREAK, _PEAK, _OUTRO)),
)
"""Forms of tracks shorter than so many bars."""


def plan(bars: int) -> list[FormSection]:
    """The form of a track of `bars` bars: intro, build, drop, break, rise, drop, outro.

    Sections are multiples of eight bars, of four where the track is short; the last one takes what
    remains. Long tracks repeat build, drop and break.

    Raises:
        InputError: less than one bar.
    """
    if bars < 1:
        raise InputError("a track needs at least one bar; make it longer")
    unit = 8 if bars >= 64 else BARS_PER_SEGMENT
    kinds = _kinds(bars)
    units = _shared(max(bars // unit, 1), [kind.weight for kind in kinds])
    lengths = [unit * count for count in units]
    lengths[-1] += bars - sum(lengths)
    starts = [0, *itertools.accumulate(lengths)]
    sections = [
        FormSection(kind.name, start, length, kind.energy, kind.kick, kind.entry)
        for kind, start, length in zip(kinds, starts, lengths, strict=False)
    ]
    return _opened(sections)


def plan_curve(bars: int, curve: Sequence[float]) -> list[FormSection]:
    """Plan a form whose energy follows a curve.

    A new section begins where the curve has moved by a quarter, or after 32 bars. One that rises
    suddenly to a high energy is cut in on the downbeat, all others are mixed.

    Args:
        bars: length of the track.
        curve: 0 .. 1, points that are evenly spaced from its start to its end.

    Returns:
        The sections, in order, without gaps.

    Raises:
        InputError: less than one bar, or points that are not within 0..1.
    """
    heights = np.asarray(curve, np.float64)
    if bars < 1:
        raise InputError("a track needs at least one bar; make it longer")
    if heights.ndim != 1 or len(heights) == 0 or not ((heights >= 0) & (heights <= 1)).all():
        raise InputError("an energy curve is made of numbers from 0 to 1; give one or more")
    block = 8 if bars >= 32 else BARS_PER_SEGMENT
    edges = [*range(0, max(bars - block // 2, 1), block), bars]
    spans = list(itertools.pairwise(edges))
    levels = [_mean_height(heights, a / bars, b / bars) for a, b in spans]
    groups = list(_grouped(levels, 32 // block))
    sections = []
    for first, last in groups:
        before = levels[first - 1] if first else levels[0]
        start, end = spans[first][0], spans[last][1]
        energy = (levels[first], levels[last])
        sections.append(_section_at(start, end - start, energy, energy[0] - before))
    return _opened(sections)


def _kinds(bars: int) -> Sequence[_Kind]:
    for below, kinds in _SHORT:
        if bars < below:
            return kinds
    cycles = max(1, round(bars / _CYCLE_BARS) - 1)
    around = (_BUILD, _DROP, _BREAK) + (_RISE, _DROP, _BREAK) * (cycles - 1)
    return (_INTRO, *around, _RISE, _PEAK, _OUTRO)


def _shared(units: int, weights: Sequence[float]) -> list[int]:
    """`units` shared out by weight, each at least one."""
    counts = [1] * len(weights)
    for _ in range(units - len(weights)):
        need = [weight / count for weight, count in zip(weights, counts, strict=True)]
        counts[need.index(max(need))] += 1
    return counts


def _opened(sections: list[FormSection]) -> list[FormSection]:
    first = sections[0]
    opening = FormSection(first.name, first.start, first.bars, first.energy, first.kick, "open")
    return [opening, *sections[1:]]


def _mean_height(heights: np.ndarray, start: float, end: float) -> float:
    places = np.linspace(start, end, 9)
    return float(np.interp(places, np.linspace(0.0, 1.0, len(heights)), heights).mean())


def _grouped(levels: list[float], most: int) -> Iterator[tuple[int, int]]:
    """First and last block of each section."""
    first = 0
    for at in range(1, len(levels) + 1):
        if at == len(levels) or abs(levels[at] - levels[first]) >= _SUDDEN or at - first >= most:
            yield first, at - 1
            first = at


def _section_at(start: int, bars: int, energy: tuple[float, float], rise: float) -> FormSection:
    drop = rise >= _SUDDEN and energy[0] >= _HIGH
    name = "drop" if energy[0] >= _HIGH else "break" if energy[0] < 0.3 else "build"
    kick = float(np.clip(1.4 * energy[0] - 0.3, 0.0, 1.0))
    return FormSection(name, start, bars, energy, kick, "cut" if drop else "mix")
