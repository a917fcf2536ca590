"""Colours for tracks: as many as there are tracks, each as far as can be from those before it."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from technovae_gui import oklab

Array = NDArray[np.float64]
_LIGHTNESS: Final = (0.65, 0.71, 0.77, 0.84, 0.91)
"""In OKLab: light enough for dots on the dark map, dark enough to differ from white."""
_CHROMA: Final = (0.07, 0.12, 0.17, 0.22, 0.27)
"""The least is still a colour beside the grey of what belongs to no track."""
_HUES: Final = 72
_FIRST: Final = (0.76, 0.12, 222.0)
"""Lightness, chroma, hue in degrees."""


@cache
def distinct(count: int) -> tuple[str, ...]:
    """Colours that differ as much as possible.

    Every colour is the one, among those of a fine raster in OKLab, whose nearest neighbour of the
    colours before it is farthest. So the first n of more colours are the n of fewer.

    Args:
        count: how many.

    Returns:
        `#rrggbb` each.
    """
    lab = _candidates()
    chosen = [int(_distances(lab, np.array(_lab(*_FIRST))).argmin())]
    nearest = np.full(len(lab), np.inf)
    while len(chosen) < count:
        nearest = np.minimum(nearest, _distances(lab, lab[chosen[-1]]))
        chosen.append(int(nearest.argmax()))
    return oklab.to_hex(lab[chosen])


def difference(first: str, second: str) -> float:
    """How much two colours differ to the eye: their distance in OKLab.

    Args:
        first: `#rrggbb`.
        second: `#rrggbb`.

    Returns:
        0 for equal ones; .02 can just be seen.
    """
    return float(np.linalg.norm(oklab.from_hex(first) - oklab.from_hex(second)))


def _distances(lab: Array, colour: Array) -> Array:
    """Of (n, 3) from (3,)."""
    distances: Array = np.linalg.norm(lab - colour, axis=1)
    return distances


def _candidates() -> Array:
    """(n, 3) colours in OKLab that a screen can show."""
    hues = np.arange(_HUES) * 360.0 / _HUES
    grid = np.meshgrid(_LIGHTNESS, _CHROMA, hues, indexing="ij")
    lab = np.stack(_lab(*(axis.ravel() for axis in grid)), axis=1)
    return lab[oklab.shows(lab)]


def _lab(lightness: ArrayLike, chroma: ArrayLike, hue: ArrayLike) -> tuple[Array, Array, Array]:
    angle, chroma = np.radians(hue), np.asarray(chroma)
    return np.asarray(lightness), chroma * np.cos(angle), chroma * np.sin(angle)
