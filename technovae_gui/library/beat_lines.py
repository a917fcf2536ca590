"""Where the beats of a grid fall within a stretch of a track: as lines, and as clicks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.rhythm.grid import BeatGrid, GridSection
from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR, SAMPLE_RATE

_ROUNDING: Final = 1e-9
"""Beats: a beat on the very edge of the stretch counts as inside."""
_CLICK_FRAMES: Final = SAMPLE_RATE // 40
_BEAT_HZ: Final = 1_000.0
_BAR_HZ: Final = 1_600.0
_CLICK_DECAY: Final = 180.0
"""Per second: e to the minus this times the time."""
_CLICK_LEVEL: Final = 0.4


@dataclass(frozen=True)
class BeatLine:
    """A beat of a grid.

    Attributes:
        seconds: where it is in the track.
        beat: counted from its section's first downbeat, which is 0.
        begins_phrase: whether a phrase of four bars starts here.
    """

    seconds: float
    beat: int
    begins_phrase: bool

    @property
    def begins_bar(self) -> bool:
        """Whether it is a downbeat."""
        return self.beat % BEATS_PER_BAR == 0

    @property
    def bar(self) -> int:
        """Number of its bar, from 1 on; bars before the first downbeat count down from 0."""
        return self.beat // BEATS_PER_BAR + 1


def beat_lines(grid: BeatGrid, start: float, end: float, every: int = 1) -> list[BeatLine]:
    """The beats of a grid within a stretch of its track.

    Args:
        grid: of the track.
        start, end: the stretch, in seconds of the track.
        every: 1 for each beat, 4 for downbeats, 16 for the first beats of phrases.

    Returns:
        In order of time.
    """
    return [
        line
        for section in grid.sections
        if section.start < end and section.end > start
        for line in _in_section(section, max(start, section.start), min(end, section.end), every)
    ]


def add_clicks(
    samples: NDArray[np.float32], grid: BeatGrid, start_seconds: float
) -> NDArray[np.float32]:
    """Audio of a track with a metronome's click on every beat, higher on downbeats.

    Args:
        samples: (frames, channels) of the track.
        grid: of the track.
        start_seconds: of the track, where `samples` start.

    Returns:
        (frames, channels).
    """
    clicked = samples.copy()
    for line in beat_lines(grid, start_seconds, start_seconds + len(samples) / SAMPLE_RATE):
        frame = round((line.seconds - start_seconds) * SAMPLE_RATE)
        click = _click(_BAR_HZ if line.begins_bar else _BEAT_HZ)[: len(clicked) - frame, None]
        clicked[frame : frame + len(click)] += click
    return clicked


def _click(hertz: float) -> NDArray[np.float32]:
    time = np.arange(_CLICK_FRAMES) / SAMPLE_RATE
    shape = np.exp(-time * _CLICK_DECAY) * np.sin(2 * np.pi * hertz * time)
    return (_CLICK_LEVEL * shape).astype(np.float32)


def _in_section(section: GridSection, start: float, end: float, every: int) -> list[BeatLine]:
    # Phrases are counted from the section's first phrase, all else from its downbeat.
    phrase = section.phrase_bar * BEATS_PER_BAR
    step = every * section.beat_seconds
    origin = phrase if every > BEATS_PER_BAR else 0
    first = section.downbeat + origin * section.beat_seconds
    phrase_beats = BARS_PER_SEGMENT * BEATS_PER_BAR
    numbers = range(
        math.ceil((start - first) / step - _ROUNDING),
        math.floor((end - first) / step + _ROUNDING) + 1,
    )
    beats = [origin + number * every for number in numbers]
    return [
        BeatLine(
            section.downbeat + beat * section.beat_seconds,
            beat,
            (beat - phrase) % phrase_beats == 0,
        )
        for beat in beats
    ]
