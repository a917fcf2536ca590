"""Where the lines of a beat grid are, within what is seen of a track."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.rhythm.grid import BeatGrid, GridSection
from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR


@dataclass(frozen=True)
class GridLine:
    """A beat at `seconds`; `beat` counts from its section's first downbeat, which is 0."""

    seconds: float
    beat: int
    begins_phrase: bool

    @property
    def begins_bar(self) -> bool:
        """Whether it is a downbeat."""
        return self.beat % BEATS_PER_BAR == 0

    @property
    def bar(self) -> int:
        """For people, from 1 on; what lies before the first downbeat counts down from 0."""
        return self.beat // BEATS_PER_BAR + 1


def lines(grid: BeatGrid, start: float, end: float, every: int = 1) -> list[GridLine]:
    """Every `every`-th beat (1, 4: downbeats, 16: phrases) of `grid` from `start` to `end` s."""
    return [
        line
        for section in grid.sections
        if section.start < end and section.end > start
        for line in _of_section(section, max(start, section.start), min(end, section.end), every)
    ]


def _of_section(section: GridSection, start: float, end: float, every: int) -> list[GridLine]:
    # Phrases are counted from the section's own first phrase, all else from its downbeat.
    phrase = section.phrase_bar * BEATS_PER_BAR
    step = every * section.beat_seconds
    origin = phrase if every > BEATS_PER_BAR else 0
    first = section.downbeat + origin * section.beat_seconds
    length = BARS_PER_SEGMENT * BEATS_PER_BAR
    numbers = range(
        math.ceil((start - first) / step - 1e-9), math.floor((end - first) / step + 1e-9) + 1
    )
    beats = [origin + number * every for number in numbers]
    return [
        GridLine(section.downbeat + b * section.beat_seconds, b, (b - phrase) % length == 0)
        for b in beats
    ]
