"""The bars of a track: its attacks and kicks, folded window by window of four beats."""

from __future__ import annotations

from typing import Final

import numpy as np

from core.rhythm.onsets import Floats
from core.rhythm.phase import Numbers
from core.rhythm.tempo import KICK, POOL

BEATS: Final = 4
"""Per window."""
BINS: Final = 128
"""Phases per beat; 3.6 ms at 130 BPM."""


def with_kicks(bands: Floats, coarse: Floats, span: slice) -> Floats:
    """Frames of a track with the kicks' envelope, of the same spread, as one more band.

    Args:
        bands: (n, 4) envelopes of `phase.band_envelopes`.
        coarse: (3, m) envelopes of `tempo.envelopes`.
        span: which of the n frames.

    Returns:
        (frames of `span`, 5), the kicks last.
    """
    kicks = coarse[KICK] / np.float32(max(float(coarse[KICK].std()), 1e-6))
    frames = np.repeat(kicks, POOL)
    frames = np.pad(frames, (0, max(0, len(bands) - len(frames))))
    return np.column_stack([bands[span], frames[: len(bands)][span]])


def fold_beats(frames: Floats, beats: Numbers) -> Floats:
    """Fold whole windows of `BEATS` beats, each window and band free of its mean.

    Args:
        frames: (n, bands).
        beats: (n,) positions in beats, not falling, from 0 on.

    Returns:
        (windows, bands, `BEATS` x `BINS`) sums.
    """
    count = int(beats[-1] // BEATS) if len(beats) else 0
    size = BEATS * BINS
    place = np.floor(beats * BINS).astype(np.int64)
    inside = slice(0, int(np.searchsorted(place, count * size)))
    folded = np.stack(
        [
            np.bincount(place[inside], band[inside], count * size).reshape(count, size)
            for band in frames.T
        ],
        axis=1,
    ).astype(np.float32)
    centred: Floats = folded - folded.mean(axis=2, keepdims=True)
    return centred
