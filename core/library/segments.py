"""Segments: four bars from a downbeat, and where the bars of a track lie in its spectrogram."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core import settings
from core.dsp.attributes import Attributes
from core.rhythm.grid import BeatGrid, GridSection


@dataclass(frozen=True, slots=True)
class Segment:
    """Four bars of a track.

    Attributes:
        id: the same for the same music (content of the track, section, bar), in any library.
        track_id: its track.
        section: number of the section of constant tempo it lies in, from 0.
        bar: number of its first bar within the section, from 0.
        start_seconds: of its first downbeat, in the track.
        bpm: tempo of its section.
        attributes: measured on its spectrogram.
    """

    id: str
    track_id: str
    section: int
    bar: int
    start_seconds: float
    bpm: float
    attributes: Attributes

    @property
    def seconds(self) -> float:
        """Its length."""
        return settings.segment_seconds(self.bpm)

    @property
    def frames(self) -> int:
        """Its length in samples, rounded once."""
        return settings.segment_frames(self.bpm)


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of constant tempo and the rows of the track's spectrogram that hold it.

    Attributes:
        section: its number, from 0.
        bpm: its tempo.
        downbeat: seconds, of its first bar.
        bars: whole bars in it.
        phrase_bar: number of the first bar that begins a four-bar phrase, 0 to 3; 0 where the
            section has four bars but none of its phrases fits, so that it still gives a segment.
        first_row: of its first bar in the track's spectrogram; `bars` * 128 rows follow.
    """

    section: int
    bpm: float
    downbeat: float
    bars: int
    phrase_bar: int
    first_row: int

    @property
    def rows(self) -> int:
        """Rows of the track's spectrogram that it takes."""
        return self.bars * settings.FRAMES_PER_BAR

    def starts(self, hop_bars: int) -> range:
        """Bars on which its segments start, every `hop_bars` bars, in step with the phrases."""
        return range(
            self.phrase_bar % hop_bars, self.bars - settings.BARS_PER_SEGMENT + 1, hop_bars
        )

    def bar_seconds(self, bar: int) -> float:
        """Time of the downbeat of `bar` in the track."""
        return self.downbeat + bar * settings.BEATS_PER_BAR * 60.0 / self.bpm

    def bar_row(self, bar: int) -> int:
        """Row of the downbeat of `bar` in the track's spectrogram."""
        return self.first_row + bar * settings.FRAMES_PER_BAR


def segment_id(track_id: str, section: int, bar: int) -> str:
    """The id of a segment.

    Args:
        track_id: its track.
        section: number of its section, from 0.
        bar: number of its first bar within the section, from 0.

    Returns:
        The id: `<track>-<section>-<bar>`.
    """
    return f"{track_id}-{section}-{bar}"


def lay_out(grid: BeatGrid, seconds: float) -> tuple[Section, ...]:
    """Find the whole bars of a track and the rows of its spectrogram that hold them.

    Args:
        grid: of the track.
        seconds: length of the track.

    Returns:
        A section for each one of the grid; the rows follow one another without a gap.
    """
    sections: list[Section] = []
    row = 0
    for number, part in enumerate(grid.sections):
        bars = _bars(part, seconds)
        phrase_bar = first_phrase(part.phrase_bar, bars)
        sections.append(Section(number, part.bpm, part.downbeat, bars, phrase_bar, row))
        row += sections[-1].rows
    return tuple(sections)


def first_phrase(phrase_bar: int, bars: int) -> int:
    """The bar on which the first segment of a section starts.

    Args:
        phrase_bar: on which its first phrase begins.
        bars: whole bars in it.

    Returns:
        `phrase_bar`; 0 where there are four bars, but not from there on. Libraries made before that
        was so are read by it, too.
    """
    fits = phrase_bar + settings.BARS_PER_SEGMENT <= bars
    return phrase_bar if fits or bars < settings.BARS_PER_SEGMENT else 0


def _bars(part: GridSection, seconds: float) -> int:
    """Whole bars of `part`, which a grid set by hand may draw beyond the end of the track."""
    if part.start >= seconds:
        return 0
    return replace(part, end=min(part.end, seconds)).bars
