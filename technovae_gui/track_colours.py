"""Colours for tracks: as many as there are tracks, each as far as can be from those before it."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
_LIGHTNESS: Final = (0.65, 0.71, 0.77, 0.84, 0.91)
"""In OKLab: light enough for dots on the dark map, dark enough to differ from white."""
_CHROMA: Final = (0.07, 0.12, 0.17, 0.22, 0.27)
"""The least is still a colour beside the grey of what belongs to no track."""
_HUES: Final = 72
_FIRST: Final = (0.76, 0.12, 222.0)
"""Lightness, chroma, hue in degrees."""
_TO_LMS: Final = np.array([[1.0, 0.3963377774, 0.2158037573],
                           [1.0, -0.1055613458, -0.0638541728],
                           [1.0, -0.0894841775, -1.2914855480]])  # fmt: skip
_TO_RGB: Final = np.array([[4.0767416621, -3.3077115913, 0.2309699292],
                           [-1.2684380046, 2.6097574011, -0.3413193965],
                           [-0.0041960863, -0.7034186147, 1.7076147010]])  # fmt: skip


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
    rgb = np.round(255 * _srgb(lab[chosen])).astype(int)
    return tuple(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in rgb)


def difference(first: str, second: str) -> float:
    """How much two colours differ to the eye: their distance in OKLab.

    Args:
        first: `#rrggbb`.
        second: `#rrggbb`.

    Returns:
        0 for equal ones; .02 can just be seen.
    """
    return float(np.linalg.norm(_oklab(first) - _oklab(second)))


def _distances(lab: Array, colour: Array) -> Array:
    """Of (n, 3) from (3,)."""
    distances: Array = np.linalg.norm(lab - colour, axis=1)
    return distances


def _candidates() -> Array:
    """(n, 3) colours in OKLab that a screen can show."""
    hues = np.arange(_HUES) * 360.0 / _HUES
    grid = np.meshgrid(_LIGHTNESS, _CHROMA, hues, indexing="ij")
    lab = np.stack(_lab(*(axis.ravel() for axis in grid)), axis=1)
    linear = _linear(lab)
    return lab[np.all((linear >= 0.0) & (linear <= 1.0), axis=1)]


def _lab(lightness: ArrayLike, chroma: ArrayLike, hue: ArrayLike) -> tuple[Array, Array, Array]:
    angle, chroma = np.radians(hue), np.asarray(chroma)
    return np.asarray(lightness), chroma * np.cos(angle), chroma * np.sin(angle)


def _linear(lab: Array) -> Array:
    """OKLab (n, 3) -> linear light (n, 3); beyond 0..1 where no screen can show it."""
    rgb: Array = (lab @ _TO_LMS.T) ** 3 @ _TO_RGB.T
    return rgb


def _srgb(lab: Array) -> Array:
    linear = np.clip(_linear(lab), 0.0, 1.0)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def _oklab(colour: str) -> Array:
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255.0
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lms = np.cbrt(linear @ np.linalg.inv(_TO_RGB).T)
    lab: Array = lms @ np.linalg.inv(_TO_LMS).T
    return lab
