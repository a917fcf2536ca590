"""Tracks as the library hands them out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from core import settings
from core.library.segments import Section
from core.rhythm.grid import BeatGrid

ID_LENGTH = 16
LONGEST_TITLE = 500
"""Characters of a title or an artist; what is longer is no name, and no table or label shows it."""


@dataclass(frozen=True)
class Track:
    """One imported audio file.

    Attributes:
        id: from the content, so the same music has the same id in every library.
        content_hash: of the decoded sound; a retagged copy has the same.
        title, artist: from the tags, else from the file's name.
        source_path: the file that was imported.
        audio_file: name of its audio inside the library's `audio` folder.
        frames: samples at 44.1 kHz.
        channels: 1 or 2.
        source_lufs: integrated loudness of the file; None if silent.
        stored_gain_db: brings the stored audio to -14 LUFS.
        grid: its beat grid.
        sections: stretches of constant tempo and their rows in the track's spectrogram.
        warnings: what the import had to mend.
        added_at: seconds since 1970.
    """

    id: str
    content_hash: str
    title: str
    artist: str
    source_path: str
    audio_file: str
    frames: int
    channels: int
    source_lufs: float | None
    stored_gain_db: float
    grid: BeatGrid
    sections: tuple[Section, ...]
    warnings: tuple[str, ...]
    added_at: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.frames / settings.SAMPLE_RATE

    @property
    def bpm(self) -> float:
        """Tempo of its longest section."""
        return float(self.grid.bpm)

    @property
    def confidence(self) -> float:
        """Of the beat grid, 0 to 1."""
        return float(self.grid.confidence)

    @property
    def aligned(self) -> bool:
        """False if no steady beat was found; its grid is then the library's tempo."""
        return self.grid.origin != "default"

    @property
    def rows(self) -> int:
        """Rows of its spectrogram: 128 a bar, all sections."""
        return sum(section.rows for section in self.sections)

    def windows(self, hop_bars: int = settings.BARS_PER_SEGMENT) -> int:
        """Number of its segments, one every `hop_bars` bars."""
        if hop_bars == settings.BARS_PER_SEGMENT:
            return self._segments
        return self._count(hop_bars)

    @cached_property
    def _segments(self) -> int:
        """Lists and their filters ask for it again and again."""
        return self._count(settings.BARS_PER_SEGMENT)

    def _count(self, hop_bars: int) -> int:
        return sum(len(section.starts(hop_bars)) for section in self.sections)


def track_id(content_hash: str) -> str:
    """The id of the track with this content."""
    return content_hash[:ID_LENGTH]


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts `track 2` before `track 10`, and upper and lower case together."""
    parts = re.split(r"(\d+)", text.casefold())
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts if p)
