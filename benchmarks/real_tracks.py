"""Real tracks with known grids for `benchmarks.rhythm`: cut at 60 s and anywhere, and clipping.

Nobody has written down where their beats are; the grid of the whole, untouched track is the truth.
Cuts and overload change nothing about it that an ear would not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.audio.files import AUDIO_EXTENSIONS, read
from core.rhythm.fit import fit_grid
from core.rhythm.onsets import features_of
from tests.synthetic import SAMPLE_RATE, Stretch, Track, cut

CUT_BEATS = (0.1, 0.25, 0.5, 0.75, 0.9)
CUT_SECONDS = 60.0
OVERLOAD_DB = 12.0
EXCERPTS = 8
EXCERPT_SECONDS = (60.0, 120.0)
FROM_EDGE_SECONDS = 16.0

NamedTrack = tuple[str, str, Callable[[], Track]]
"""Name, family, and the track, made when asked for."""


def real_tracks(folder: Path) -> Iterator[NamedTrack]:
    """Every audio file of a folder, cut and overloaded.

    Args:
        folder: whose files are taken, in order of their names; those in folders within it are not.
    """
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in AUDIO_EXTENSIONS:
            continue
        for beats in CUT_BEATS:
            yield (
                f"real cut {path.stem} {beats:g}",
                f"real, {beats:g} beats cut",
                lambda path=path, beats=beats: _cut(path, beats),
            )
        yield f"real loud {path.stem}", "real, overloaded", lambda path=path: _overloaded(path)
        for number in range(EXCERPTS):
            yield (
                f"real excerpt {path.stem} {number}",
                "real, excerpt cut anywhere",
                lambda path=path, number=number: _excerpt(path, number),
            )


def _cut(path: Path, beats: float) -> Track:
    whole = _whole(path)
    return cut(whole, CUT_SECONDS, beats * 60.0 / whole.bpm)


def _excerpt(path: Path, number: int) -> Track:
    """The beginning, the end or any part of a track, with any part of a beat cut out anywhere."""
    whole = _whole(path)
    rng = np.random.default_rng([number, *path.stem.encode()])
    seconds = min(float(rng.uniform(*EXCERPT_SECONDS)), whole.seconds)
    rest = whole.seconds - seconds
    start = (0.0, rest, float(rng.uniform(0.0, rest)))[number % 3]
    at = start + float(rng.uniform(FROM_EDGE_SECONDS, seconds - FROM_EDGE_SECONDS))
    edited = cut(whole, at, float(rng.uniform(0.05, 0.95)) * 60.0 / whole.bpm)
    span = slice(round(start * SAMPLE_RATE), round((start + seconds) * SAMPLE_RATE))
    samples = edited.samples[span]
    start = span.start / SAMPLE_RATE
    stretches = tuple(
        part.between(start, start + len(samples) / SAMPLE_RATE).moved(-start)
        for part in edited.stretches
        if part.end > start and part.start < start + len(samples) / SAMPLE_RATE
    )
    return Track(samples, whole.bpm, whole.beats, edits=stretches)


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
