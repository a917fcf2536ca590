"""The colour of every dot: its track's, or a scale of one of its attributes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from core.library.latent_map import ATTRIBUTES, LatentMap
from technovae_gui import theme

TRACK = "track"
CHOICES = (TRACK, *ATTRIBUTES)
SCALE_STOPS = ("#3f4fb3", "#7b3fc4", "#c0399f", "#ee5d6c", "#f9a03f", "#f7ec7d")
"""Lightness rises evenly, and even the lowest value stands out from the ground."""
_STEPS = 48
_OUTLIERS = 2.0


@dataclass(frozen=True, eq=False)
class Colouring:
    """Colours of n dots.

    name:    "track" or an attribute
    palette: colours
    index:   (n,) each dot's colour in `palette`
    low, high: the values of the first and last colour, where `name` is an attribute
    """

    name: str
    palette: tuple[QColor, ...]
    index: NDArray[np.int64]
    low: float = 0.0
    high: float = 1.0

    def rgb(self) -> NDArray[np.float32]:
        """(colours, 3) red, green and blue, 0..255."""
        return np.array([(c.red(), c.green(), c.blue()) for c in self.palette], np.float32)


def colouring(latent_map: LatentMap, name: str) -> Colouring:
    """The colours of `latent_map` by `name`, one of `CHOICES`."""
    return _by_track(latent_map) if name == TRACK else _by_attribute(latent_map, name)


def read_out(name: str, value: float) -> str:
    """A value of attribute `name` with its unit, for people."""
    if name == "brightness":
        hertz = 1000.0 * 2.0**value
        return f"{hertz / 1000:.1f} kHz" if hertz >= 1000 else f"{hertz:.0f} Hz"
    return {
        "density": f"{value:.0f} onsets/bar",
        "kick": f"{value:.2f}",
        "energy": f"{100 * value:.0f} %",
        "loudness": f"{value:.1f} dB",
    }[name]


def spread(values: NDArray[np.float64]) -> tuple[float, float]:
    """Low and high of `values` (n,) without the outermost hundredths; never the same."""
    low, high = np.percentile(values, (_OUTLIERS, 100.0 - _OUTLIERS))
    return float(low), float(max(high, low + 1e-6))


def _by_track(latent_map: LatentMap) -> Colouring:
    order = {track_id: row for row, track_id in enumerate(latent_map.tracks)}
    index = np.array([order[s.track_id] for s in latent_map.segments], np.int64)
    palette = tuple(QColor(theme.track_colour(row)) for row in range(len(order)))
    return Colouring(TRACK, palette, index)


def _by_attribute(latent_map: LatentMap, name: str) -> Colouring:
    values = latent_map.values(name)
    low, high = spread(values)
    index = np.clip((values - low) / (high - low) * (_STEPS - 1), 0, _STEPS - 1)
    return Colouring(name, scale(_STEPS), index.round().astype(np.int64), low, high)


def scale(steps: int) -> tuple[QColor, ...]:
    """`steps` colours from low to high."""
    stops = [QColor(stop) for stop in SCALE_STOPS]
    places = np.linspace(0, len(stops) - 1, steps)
    rgb = [
        np.interp(places, range(len(stops)), [channel(stop) for stop in stops])
        for channel in (QColor.red, QColor.green, QColor.blue)
    ]
    return tuple(QColor(*(round(value) for value in colour)) for colour in np.stack(rgb, axis=1))
