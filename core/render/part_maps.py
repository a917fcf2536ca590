"""Maps on which segments lie by one part of their sound: kicks that are alike lie together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp.spectrogram import db_to_power
from core.latent.embedding import align_to, embed, principal_components
from core.progress import CancelFlag, Progress, check

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]

_BATCH: Final = 16
_ROWS: Final = 4
_BANDS: Final = 4
"""Rows (an eighth of a beat) and bands of a cell of a fingerprint."""
_RANGE_DB: Final = 60.0
_COMPONENTS: Final = 32


def part_fingerprints(
    latents: Array,
    decode: Callable[[Array], Array],
    shares_of: Callable[[Array], Array],
    part: int,
    progress: Progress,
    cancel: CancelFlag | None,
) -> Array:
    """What one part of decoded latents sounds like, over a bar.

    Args:
        latents: (n, 64).
        decode: latents -> spectrograms (n, 512, 128) dB.
        shares_of: spectrograms -> shares of the parts (n, 512, 128, 4).
        part: number of it, in `settings.PARTS`.
        progress: called after each batch.
        cancel: polled between batches.

    Returns:
        (n, 1024) dB: the mean of the four bars in cells of an eighth of a beat and four bands, at
        most 60 dB below the loudest of all. A part that is silent has nothing but the least.

    Raises:
        Cancelled: as asked.
    """
    bar = settings.FRAMES_PER_BAR
    cells = (settings.BARS_PER_SEGMENT, bar // _ROWS, _ROWS, settings.N_BANDS // _BANDS, _BANDS)
    found = []
    for first in range(0, len(latents), _BATCH):
        check(cancel)
        progress(first, len(latents), f"listening to the {settings.PARTS[part]}")
        spectra = np.asarray(decode(latents[first : first + _BATCH]))
        power = db_to_power(spectra) * shares_of(spectra)[..., part]
        found.append(power.reshape(len(power), *cells).mean(axis=(1, 3, 5)).reshape(len(power), -1))
    decibels = 10.0 * np.log10(np.maximum(np.concatenate(found), 1e-12))
    return np.asarray(np.maximum(decibels, decibels.max() - _RANGE_DB), np.float32)


def lay_out(fingerprints: Array, xy: Array) -> Array:
    """Positions on which those that are alike are near each other.

    Args:
        fingerprints: (n, d).
        xy: (n, 2) of the same segments on another map, over which this one is turned and laid.

    Returns:
        (n, 2) in about the unit square.
    """
    points = np.asarray(fingerprints, np.float64)
    count = min(_COMPONENTS, *points.shape)
    flat = np.asarray(embed(principal_components(points, count)), np.float64)
    laid: Doubles = align_to(flat, np.arange(len(flat)), np.asarray(xy, np.float64))
    return laid.astype(np.float32)
