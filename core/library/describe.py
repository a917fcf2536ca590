"""What a library holds, as a table of facts and a table of tracks to print or show."""

from __future__ import annotations

from dataclasses import dataclass

from core.dsp.key import Key
from core.library.report import clock
from core.library.store import AUDIO, SPECTROGRAMS, Library
from core.library.tracks import Track

COLUMNS = ("track", "status", "key", "bpm", "confidence", "length", "bars", "segments", "windows")
"""Of the table of tracks; numbers from the fourth on. A window starts on every bar."""


@dataclass(frozen=True)
class Description:
    """A library in words.

    Attributes:
        facts: what it is and how much of it, in the order in which to show them.
        columns: heads of the table of tracks.
        rows: its cells, one row per track in the order of `Library.tracks()`.
    """

    facts: dict[str, str]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def describe(library: Library) -> Description:
    """What `library` holds."""
    tracks, keys = library.tracks(), library.keys()
    unaligned = sum(not track.aligned for track in tracks)
    facts = {
        "id": library.id,
        "tracks": f"{len(tracks)}" + (f", {unaligned} without a steady beat" if unaligned else ""),
        "music": clock(sum(track.seconds for track in tracks)),
        "tempo": f"{library.tempo:.2f} BPM",
        "segments": str(sum(track.windows() for track in tracks)),
        "one-shots": str(len(library.one_shots())),
        "training windows": str(sum(track.windows(1) for track in tracks)),
        "audio": _megabytes(library, AUDIO),
        "spectrograms": _megabytes(library, SPECTROGRAMS),
        "maps": str(len(library.maps())),
        "can be changed": "yes" if library.writable else "no, read-only",
    }
    return Description(
        facts, COLUMNS, tuple(_row(track, keys.of_track(track.id)) for track in tracks)
    )


def status(track: Track) -> str:
    """How the grid of `track` came about, in a word or two."""
    if not track.sections:
        return "not finished"
    if track.grid.origin == "user":
        return "corrected"
    if not track.aligned:
        return "unaligned"
    return "tempo moves" if track.grid.moves else "aligned"


def _row(track: Track, key: Key | None) -> tuple[str, ...]:
    return (
        f"{track.artist} - {track.title}" if track.artist else track.title,
        status(track),
        "" if key is None else f"{key.name} {key.camelot}",
        f"{track.bpm:.2f}",
        f"{track.confidence:.2f}",
        clock(track.seconds),
        str(sum(section.bars for section in track.sections)),
        str(track.windows()),
        str(track.windows(1)),
    )


def _megabytes(library: Library, name: str) -> str:
    folder = library.path / name
    size = sum(p.stat().st_size for p in folder.iterdir()) if folder.is_dir() else 0
    return f"{size / 1e6:.1f} MB"
