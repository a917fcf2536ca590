"""Which tracks of a library are shown: by words, tempo, key, beat grid, folder and playlist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from core.arrangement.harmony import fifths_apart
from core.dsp.key import Key
from core.library.tracks import Track, natural_key
from core.rhythm.grid import STEADY


class GridFilter(StrEnum):
    """Which beat grids are shown."""

    ANY = "any"
    UNSURE = "unsure"
    SURE = "sure"
    CORRECTED = "corrected"


@dataclass(frozen=True)
class TrackFilter:
    """What a track has to be to be shown; everything has to hold.

    Attributes:
        words: in title, artist or tempo, in lower case.
        lowest_bpm, highest_bpm: of its tempo; 0 for any.
        fits: place on the Camelot wheel that its key mixes with, as in "8A"; empty for any.
        grid: how sure its beat grid is.
        folder: of the file that was imported; empty for any.
        track_ids: of the tracks of a playlist; None for any.
    """

    words: tuple[str, ...] = ()
    lowest_bpm: float = 0.0
    highest_bpm: float = 0.0
    fits: str = ""
    grid: GridFilter = GridFilter.ANY
    folder: str = ""
    track_ids: frozenset[str] | None = None

    def accepts(self, track: Track, key: Key | None) -> bool:
        """Whether a track is shown.

        Args:
            track: the track.
            key: its key; None where none is known.
        """
        text = f"{track.title} {track.artist} {track.bpm:.2f}".casefold()
        return (
            all(word in text for word in self.words)
            and self.lowest_bpm <= track.bpm
            and (not self.highest_bpm or track.bpm <= self.highest_bpm)
            and (not self.fits or (key is not None and mixes(key.camelot, self.fits)))
            and self._accepts_grid(track)
            and (not self.folder or folder_of(track) == self.folder)
            and (self.track_ids is None or track.id in self.track_ids)
        )

    def _accepts_grid(self, track: Track) -> bool:
        if self.grid == GridFilter.CORRECTED:
            return track.grid.origin == "user"
        sure = track.aligned and track.confidence >= STEADY
        return {GridFilter.UNSURE: not sure, GridFilter.SURE: sure}.get(self.grid, True)


def mixes(camelot: str, other: str) -> bool:
    """Whether two keys mix: the same, its relative, or a fifth away.

    Args:
        camelot: place of the one on the Camelot wheel, as in "8A".
        other: place of the other.
    """
    apart = fifths_apart(int(camelot[:-1]), int(other[:-1]))
    return apart == 0 or (camelot[-1] == other[-1] and apart == 1)


def folder_of(track: Track) -> str:
    """The folder of the file that was imported; empty where that is not known."""
    parent = str(PurePath(track.source_path).parent)
    return "" if parent == "." else parent


def folders(tracks: Iterable[Track]) -> list[tuple[str, int]]:
    """The folders that tracks were imported from, in order, with how many tracks each."""
    counts = Counter(folder for track in tracks if (folder := folder_of(track)))
    return sorted(counts.items(), key=lambda entry: natural_key(entry[0]))
