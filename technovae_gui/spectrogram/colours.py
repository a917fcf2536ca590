"""Colour scales for levels in dB, spectrograms as coloured images, and thumbnails."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from technovae_gui import theme

Bytes = NDArray[np.uint8]
_STEPS = 256


@dataclass(frozen=True)
class ColourScale:
    """A scale from a level to a colour.

    Attributes:
        low: the level in dB that gets the first colour.
        high: the level in dB that gets the last colour.
        stops: colours at equal distances from low to high, at least two.
        ticks: levels in dB that an axis labels, the highest first.
    """

    low: float
    high: float
    stops: tuple[str, ...]
    ticks: tuple[int, ...] = ()


_LEVEL_STOPS = (
    theme.GROUND,
    "#2b1b4d",
    "#5f2375",
    "#a02c7c",
    "#dd4a63",
    "#fb8a4b",
    "#fdca77",
    "#fffbe6",
)
_DIFFERENCE_STOPS = ("#8fe3ff", "#3a9fd6", "#1f5585", "#12161d", "#7d3a2a", "#d9703a", "#ffd08a")
LEVELS = ColourScale(-90.0, 0.0, _LEVEL_STOPS, (0, -30, -60, -90))
"""Dark to bright in even steps of lightness, from the background colour of the theme up."""
DIFFERENCE = ColourScale(-24.0, 24.0, _DIFFERENCE_STOPS, (24, 12, 0, -12, -24))
"""Blue for negative differences, orange for positive ones, the background colour for none."""
THUMBNAIL = ColourScale(-80.0, -8.0, _LEVEL_STOPS)
"""Narrower than `LEVELS`: small pictures need the contrast."""


@lru_cache(maxsize=8)
def lookup_table(stops: tuple[str, ...]) -> Bytes:
    """256 colours between `stops`: (256, 4) bytes as `QImage.Format_RGB32` has them, read-only.

    The order is blue, green, red, 255, as on any little-endian machine.
    """
    colours = [QColor(stop) for stop in stops]
    positions = np.linspace(0.0, 1.0, len(stops))
    wanted = np.linspace(0.0, 1.0, _STEPS)
    channels = (
        [c.blue() for c in colours],
        [c.green() for c in colours],
        [c.red() for c in colours],
    )
    columns = [np.interp(wanted, positions, channel) for channel in channels]
    table = np.stack([*columns, np.full(_STEPS, 255.0)], axis=1).round().astype(np.uint8)
    table.flags.writeable = False
    return table


def coloured_image(levels_db: ArrayLike, scale: ColourScale) -> QImage:
    """Colour an array of levels.

    Args:
        levels_db: (rows, columns) dB, the top row of the picture first. NaN counts as low.
        scale: the colours; levels beyond its ends get the colour of the end.

    Returns:
        An image of `columns` x `rows` pixels that owns its memory.
    """
    numbers = np.asarray(levels_db, np.float32)
    steps = (numbers - scale.low) * ((_STEPS - 1) / (scale.high - scale.low))
    steps = np.clip(np.nan_to_num(steps), 0, _STEPS - 1).astype(np.uint8)
    pixels = np.ascontiguousarray(lookup_table(scale.stops)[steps])
    rows, columns = steps.shape
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()


def thumbnail(spectrogram_db: ArrayLike, width: int, height: int) -> QImage:
    """A spectrogram as a small picture, for hover cards and clips.

    Args:
        spectrogram_db: (rows, 128) dB, time first. In the picture time runs from left to right,
            low frequencies are at the bottom, and every band is equally high.
        width: of the picture in pixels; below 1 counts as 1.
        height: of the picture in pixels; below 1 counts as 1.

    Returns:
        An image of `width` x `height` pixels.
    """
    bands = np.asarray(spectrogram_db, np.float32).T[::-1]
    return coloured_image(bands, THUMBNAIL).scaled(
        max(1, width),
        max(1, height),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
