"""Real tracks with known grids for `benchmarks.rhythm`: cut at 60 s, and driven into clipping.

Nobody has written down where their beats are; the grid of the whole, untouched track is the truth.
Cuts and overload change nothing about it that an ear would not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.audio.files import EXTENSIONS, read
from core.rhythm.fit import fit_grid
from core.rhythm.onsets import features_of
from tests.synthetic import Stretch, Track, cut

CUT_BEATS = (0.1, 0.25, 0.5, 0.75, 0.9)
CUT_SECONDS = 60.0
OVERLOAD_DB = 12.0

NamedTrack = tuple[str, str, Callable[[], Track]]
"""Name, family, and the track, made when asked for."""


def real_tracks(folder: Path) -> Iterator[NamedTrack]:
    """Every audio file of a folder, cut and overloaded.

    Args:
        folder: whose files are taken, in order of their names; those in folders within it are not.
    """
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in EXTENSIONS:
            continue
        for beats in CUT_BEATS:
            yield (
                f"real cut {path.stem} {beats:g}",
                f"real, {beats:g} beats cut",
                lambda path=path, beats=beats: _cut(path, beats),
            )
        yield f"real loud {path.stem}", "real, overloaded", lambda path=path: _overloaded(path)


def _cut(path: Path, beats: float) -> Track:
    whole = _whole(path)
    return cut(whole, CUT_SECONDS, beats * 60.0 / whole.bpm)


def _overloaded(path: Path) -> Track:
    """The track `OVERLOAD_DB` above full scale, cut off there."""
    whole = _whole(path)
    gain = np.float32(10.0 ** (OVERLOAD_DB / 20.0) / max(float(np.abs(whole.samples).max()), 1e-9))
    samples = np.clip(gain * whole.samples, -1.0, 1.0)
    return Track(samples, whole.bpm, whole.beats, edits=whole.edits)


@lru_cache(maxsize=1)
def _whole(path: Path) -> Track:
    """The track, its own grid the truth."""
    samples = read(path)
    sections = fit_grid(features_of(samples)).sections
    stretches = tuple(
        Stretch(
            each.start, each.end, each.bpm, each.downbeat if each.phrase is None else each.phrase
        )
        for each in sections
    )
    beats = np.concatenate([stretch.beats() for stretch in stretches])
    return Track(samples, sections[0].bpm, beats, edits=stretches)
