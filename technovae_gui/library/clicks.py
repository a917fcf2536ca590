"""A click on every beat, higher on downbeats, over a track's sound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.rhythm.grid import BeatGrid
from core.settings import SAMPLE_RATE
from technovae_gui.library.beat_lines import beat_lines

_FRAMES = SAMPLE_RATE // 40
_BEAT_HZ = 1_000.0
_BAR_HZ = 1_600.0
_LEVEL = 0.4


def with_clicks(
    samples: NDArray[np.float32], grid: BeatGrid, start_seconds: float
) -> NDArray[np.float32]:
    """`samples` (frames, channels), which begin at `start_seconds` of the track, with clicks."""
    heard = samples.copy()
    for line in beat_lines(grid, start_seconds, start_seconds + len(samples) / SAMPLE_RATE):
        at = round((line.seconds - start_seconds) * SAMPLE_RATE)
        click = _click(_BAR_HZ if line.begins_bar else _BEAT_HZ)[: len(heard) - at, None]
        heard[at : at + len(click)] += click
    return heard


def _click(hertz: float) -> NDArray[np.float32]:
    time = np.arange(_FRAMES) / SAMPLE_RATE
    shape = np.exp(-time * 180.0) * np.sin(2 * np.pi * hertz * time)
    return (_LEVEL * shape).astype(np.float32)
