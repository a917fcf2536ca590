"""Beat grids of whole tracks: fitted, and tracks put on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.errors import LibraryError
from core.library.segments import lay_out
from core.library.tracks import Track
from core.progress import CancelFlag, Progress, check
from core.rhythm.grid import BeatGrid

if TYPE_CHECKING:
    from core.rhythm.loops import LoopTiming
    from core.rhythm.onsets import OnsetFeatures

Array = NDArray[np.float32]
_SINGLE = "a single sound"
_NO_LOOP = "no whole number of bars at a tempo that its name, tags or beat tell"


def of_file(path: Path, features: OnsetFeatures) -> BeatGrid | LoopTiming | str:
    """What the beat of a file is, whether it is a track, a loop or a single sound.

    Args:
        path: the file; its name, tags and chunks may state a tempo.
        features: of all of it.

    Returns:
        The grid of a track, below `STEADY` where there is no steady beat; the loop that the file
        is; or why it is neither.
    """
    from core.library import loop_detection
    from core.rhythm import loops
    from core.rhythm.fit import fit_grid

    seconds = features.seconds
    if seconds > loops.LONGEST_SECONDS:
        return fit_grid(features)
    hints = loop_detection.tempo_hints(path, seconds)
    loop = None if hints.one_shot else loops.stated_loop(features, hints.tempi)
    if loop is not None:
        return loop
    if hints.one_shot or loops.is_one_shot(features):
        return _SINGLE
    loop = loops.loop_with_tail(features, hints.tempi)
    if loop is not None:
        return loop
    grid = fit_grid(features)
    loop = loops.loop_by_length(seconds, grid) or loops.loop_by_beat(features, grid)
    if loop is not None:
        return loop
    too_short = seconds < settings.segment_seconds(
        grid.bpm if grid.is_steady else settings.TEMPO_MAX
    )
    return _NO_LOOP if too_short else grid


def fit(
    blocks: Iterable[Array], seconds: float, name: str, cancel: CancelFlag | None = None
) -> BeatGrid:
    """Fit the beat grid of a track in a library again, as an import does it.

    Args:
        blocks: its stored audio; a loop has been repeated to fill a segment.
        seconds: its length.
        name: of the file that it was, without the extension; may hold the tempo of a loop.
        cancel: stops it.

    Returns:
        The grid; one below `STEADY` where there is no steady beat. Whole bars from the first
        sample are a loop: its grid starts there.
    """
    from core.library.loop_detection import tempi_in_name
    from core.rhythm import loops
    from core.rhythm.fit import fit_grid

    features = onset_features(blocks, cancel)
    grid = fit_grid(features)
    if seconds > loops.LONGEST_SECONDS:
        return with_segment(grid, seconds)
    stated = [*tempi_in_name(name, marked_only=True), *tempi_in_name(name)]
    loop = (
        loops.stated_loop(features, stated)
        or loops.loop_with_tail(features, stated)
        or loops.loop_by_length(seconds, grid)
        or loops.loop_by_beat(features, grid)
    )
    return with_segment(grid, seconds) if loop is None else loop.grid()


def onset_features(blocks: Iterable[Array], cancel: CancelFlag | None = None) -> OnsetFeatures:
    """Measure what the grid of a track is fitted to.

    Args:
        blocks: all of the track, (n, 1 or 2) each.
        cancel: stops it between two blocks.

    Returns:
        Features for `core.rhythm.fit.fit_grid`.

    Raises:
        Cancelled: as asked.
    """
    from core.rhythm.onsets import OnsetStream

    stream = OnsetStream()
    for block in blocks:
        check(cancel)
        stream.feed(block)
    return stream.finish()


def with_segment(grid: BeatGrid, seconds: float) -> BeatGrid:
    """A grid that was fitted to a track, such that a segment fits if that can be.

    Args:
        grid: its grid.
        seconds: its length.

    Returns:
        `grid` where one of its sections has four bars. Else its longest section counts its bars
        from another beat on which four begin. Where there is none either, since the beat jumps too
        often, the default grid: as a track without a steady beat it can still be of use.
    """
    if _has_segment(grid, seconds):
        return grid
    sections = list(grid.sections)
    longest = max(range(len(sections)), key=lambda k: sections[k].end - sections[k].start)
    for beats in range(1, settings.BEATS_PER_BAR):
        earlier = sections[longest].moved(-beats * sections[longest].beat_seconds)
        changed = replace(grid, sections=(*sections[:longest], earlier, *sections[longest + 1 :]))
        if _has_segment(changed, seconds):
            return changed
    return BeatGrid.default(seconds, confidence=grid.confidence)


def put_on(track: Track, grid: BeatGrid) -> Track:
    """Put a track on another grid; its spectrogram and segments have to be made anew.

    Args:
        track: as it is.
        grid: the new one.

    Returns:
        The track with this grid and the sections that follow from it.

    Raises:
        LibraryError: not one segment fits into the track on this grid.
    """
    if not _has_segment(grid, track.seconds):
        raise LibraryError(f"{track.title}: {too_short(track.seconds, grid.bpm)}; set another grid")
    return replace(track, grid=grid, sections=lay_out(grid, track.seconds))


def too_short(seconds: float, bpm: float) -> str:
    """Say why a track yields no segment.

    Args:
        seconds: length of the track.
        bpm: tempo of the grid.

    Returns:
        A line without a full stop, for a report or an error.
    """
    needed = settings.segment_seconds(bpm)
    if seconds >= needed:
        return f"{seconds:.2f} s long; no four whole bars at {bpm:.4g} BPM lie in it"
    return f"{seconds:.2f} s long; a segment at {bpm:.4g} BPM needs {needed:.2f} s"


def _has_segment(grid: BeatGrid, seconds: float) -> bool:
    return any(section.starts(1) for section in lay_out(grid, seconds))


def reported(
    blocks: Iterable[Array], frames: int, progress: Progress, cancel: CancelFlag | None
) -> Iterator[Array]:
    """Pass blocks on, with progress.

    Args:
        blocks: (n, 1 or 2) each.
        frames: samples in all of them.
        progress: told samples done, of `frames`.
        cancel: stops it between two blocks.

    Yields:
        `blocks`.

    Raises:
        Cancelled: as asked.
    """
    done = 0
    for block in blocks:
        check(cancel)
        yield block
        done += len(block)
        progress(done, frames)
