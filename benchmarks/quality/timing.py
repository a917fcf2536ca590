"""Whether loops keep the tempo and the grid they were asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.rhythm.fit import fit_grid
from core.rhythm.grid import STEADY, BeatGrid
from core.rhythm.onsets import OnsetStream

Array = NDArray[np.float32]
_LEAST_SECONDS = 30.0


@dataclass(frozen=True)
class Timing:
    """One loop against the grid it was asked for.

    Attributes:
        steady: whether a beat was found at all; the rest means nothing where not.
        tempo_error_bpm: found less asked.
        offset_ms: of the found beat from the asked one, within half a beat; late is positive.
    """

    steady: bool
    tempo_error_bpm: float
    offset_ms: float


def grid_of(samples: Array) -> BeatGrid:
    """The beat grid of `samples` (frames, channels) at 44.1 kHz, as an import finds it."""
    stream = OnsetStream()
    stream.feed(samples)
    return fit_grid(stream.finish())


def timing(loop: Array, bpm: float) -> Timing:
    """Of `loop` (frames, channels), four bars at `bpm` from a downbeat, played for half a minute.

    The beat is where the fit of `core.rhythm` hears it, which puts real tracks on their grid too.
    """
    turns = int(np.ceil(_LEAST_SECONDS * settings.SAMPLE_RATE / len(loop)))
    grid = grid_of(np.tile(loop, (turns, 1)))
    beat = 60.0 / bpm
    offset = (grid.downbeat + beat / 2) % beat - beat / 2
    return Timing(grid.confidence >= STEADY, grid.bpm - bpm, 1000.0 * offset)


def four_bars(samples: Array, bpm: float) -> Array:
    """Four bars of `samples` (frames, channels), which know no bars: on the grid that is found in
    them, where they have one and it fits; else of the length of four bars at `bpm`."""
    grid = grid_of(samples)
    if grid.confidence >= STEADY:
        start = round(grid.downbeat * settings.SAMPLE_RATE)
        frames = settings.segment_frames(grid.bpm)
        if start + frames <= len(samples):
            return samples[start : start + frames]
    return samples[: settings.segment_frames(bpm)]
