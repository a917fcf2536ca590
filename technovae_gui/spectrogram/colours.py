"""Colours of levels: dark to bright in even steps of lightness, from the theme's ground up."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtGui import QColor, QImage

from technovae_gui import theme

Bytes = NDArray[np.uint8]
LEVEL_STOPS = (
    theme.GROUND,
    "#2b1b4d",
    "#5f2375",
    "#a02c7c",
    "#dd4a63",
    "#fb8a4b",
    "#fdca77",
    "#fffbe6",
)
DIFFERENCE_STOPS = ("#8fe3ff", "#3a9fd6", "#1f5585", "#12161d", "#7d3a2a", "#d9703a", "#ffd08a")
"""Blue where there is too little, orange where there is too much, ground where nothing differs."""
_STEPS = 256


@lru_cache(maxsize=8)
def table(stops: tuple[str, ...] = LEVEL_STOPS) -> Bytes:
    """(256, 4) BGRA, as a little-endian `QImage.Format_RGB32` wants it; read-only."""
    colours = [QColor(stop) for stop in stops]
    places = np.linspace(0.0, 1.0, len(stops))
    wanted = np.linspace(0.0, 1.0, _STEPS)
    channels = (
        [c.blue() for c in colours],
        [c.green() for c in colours],
        [c.red() for c in colours],
    )
    columns = [np.interp(wanted, places, channel) for channel in channels]
    found = np.stack([*columns, np.full(_STEPS, 255.0)], axis=1).round().astype(np.uint8)
    found.flags.writeable = False
    return found


def image(
    values: ArrayLike, low: float, high: float, stops: tuple[str, ...] = LEVEL_STOPS
) -> QImage:
    """`values` (rows, columns), top row first, coloured from `low` to `high`. Owns its memory."""
    numbers = np.asarray(values, np.float32)
    steps = (numbers - low) * ((_STEPS - 1) / (high - low))
    steps = np.clip(np.nan_to_num(steps), 0, _STEPS - 1).astype(np.uint8)
    pixels = np.ascontiguousarray(table(stops)[steps])
    rows, columns = steps.shape
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
