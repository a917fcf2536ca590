"""`technovae grid`."""

from __future__ import annotations

from argparse import Namespace

from core.cli.console import progress_bar, say, table
from core.errors import InputError
from core.library.store import Library
from core.library.tracks import Track
from core.rhythm.grid import BeatGrid

_CHANGES = ("double", "halve", "nudge", "shift", "set", "fit")


def run(options: Namespace) -> int:
    """Show the beat grids, or correct one."""
    changes = [name for name in _CHANGES if getattr(options, name) not in (None, False)]
    with Library.open(options.library, read_only=not changes) as library:
        if options.track is None:
            if changes:
                raise InputError("name the track to correct; `technovae grid LIBRARY` lists them")
            _print(library, library.tracks())
            return 0
        track = find_track(library, options.track)
        if changes:
            track = _change(library, track, options, changes[0])
            count = len(library.segments(track_id=track.id))
            say(f"{track.title}: {count} segments on the new grid")
        _print(library, [track])
    return 0


def find_track(library: Library, name: str) -> Track:
    """Find a track.

    Args:
        library: an open library.
        name: number of the track in the list, its id, or a part of its title.

    Raises:
        InputError: none or several.
    """
    tracks = library.tracks()
    if name.isdigit() and 1 <= int(name) <= len(tracks):
        return tracks[int(name) - 1]
    wanted = name.casefold()
    found = [t for t in tracks if wanted in t.title.casefold() or t.id == name]
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(f"no track is called {name!r}; `technovae info` lists them")
    some = ", ".join(repr(t.title) for t in found[:4])
    raise InputError(f"{name!r} fits {len(found)} tracks ({some}, ...); give its number instead")


def _change(library: Library, track: Track, options: Namespace, change: str) -> Track:
    with progress_bar("placing") as progress:
        if change == "fit":
            return library.refit(track.id, progress=progress)
        return library.set_grid(track.id, _corrected(track.grid, options, change), progress)


def _corrected(grid: BeatGrid, options: Namespace, change: str) -> BeatGrid:
    if change == "double":
        return grid.doubled()
    if change == "halve":
        return grid.halved()
    if change == "nudge":
        return grid.nudged(options.nudge / 1000.0)
    if change == "shift":
        return grid.shifted(options.shift)
    bpm, downbeat = options.set
    return grid.with_tempo(bpm, downbeat)


def _print(library: Library, tracks: list[Track]) -> None:
    numbers = {track.id: number for number, track in enumerate(library.tracks(), 1)}
    columns = ("no.", "track", "section", "bpm", "downbeat (s)", "bars", "confidence", "set by")
    rows = [
        (
            numbers[track.id] if section.section == 0 else "",
            track.title if section.section == 0 else "",
            section.section + 1,
            f"{section.bpm:.3f}",
            f"{section.downbeat:.4f}",
            section.bars,
            f"{track.grid.confidence:.2f}",
            track.grid.origin,
        )
        for track in tracks
        for section in track.sections
    ]
    table("beat grids", columns, rows, right=columns[2:7])
