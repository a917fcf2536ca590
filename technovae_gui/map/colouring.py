"""Colours of the dots, and the shading of the map's background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage

from core.dsp.key import Key
from core.library.latent_map import ATTRIBUTES, LatentMap
from core.settings import PARTS
from technovae_gui import oklab, theme

TRACK = "track"
PART_ALIKE = {f"{part} alike": part for part in PARTS}
"""The part by which dots of like colours are alike, by the name of that choice."""
KEY = "key"
CHOICES = (TRACK, *ATTRIBUTES, KEY, *PART_ALIKE)
"""What the dots can be coloured by."""
SCALE_STOPS = ("#3f4fb3", "#7b3fc4", "#c0399f", "#ee5d6c", "#f9a03f", "#f7ec7d")
"""Lightness rises evenly, and even the lowest value stands out from the background."""
_STEPS = 48
_PLANE_STEPS = 11
"""Colours of the plane along each side; neighbours can just be told apart."""
_PLANE_LIGHTNESS = 0.75
_PLANE_CHROMA = 0.126
"""In OKLab: the strongest that a screen shows in every hue, and the lightness at which it does."""
KEYS = 12
"""Numbers of the Camelot wheel."""
_MINOR_LIGHTNESS = 0.62
"""Of minor keys, which are the inner ring; of major keys that of the plane."""
_OUTLIERS = 2.0
"""Per cent of the values at either end of a scale that get the colour of its end."""
_CELLS = 120
_PADDING = 0.18
_TINTING_DOTS = 10
_CHUNK = 2400
_LIT = (52, 60, 78)
"""Red, green and blue of the background close to the music, before it is tinted."""
_TINT = 0.42
_MOST_ALPHA = 120


@dataclass(frozen=True, eq=False)
class DotColours:
    """Colours of the n dots of a map.

    Attributes:
        name: what the colours show, one of `CHOICES`.
        palette: the colours.
        index: (n,) for each dot its colour in `palette`.
        low: the value of the first colour, where `name` is an attribute.
        high: the value of the last colour, where `name` is an attribute.
    """

    name: str
    palette: tuple[QColor, ...]
    index: NDArray[np.int64]
    low: float = 0.0
    high: float = 1.0

    def rgb(self) -> NDArray[np.float32]:
        """Red, green and blue of the palette, 0..255: (colours, 3)."""
        return np.array([(c.red(), c.green(), c.blue()) for c in self.palette], np.float32)


def colour_dots(latent_map: LatentMap, name: str) -> DotColours:
    """Colour the dots of a map by track or by an attribute.

    Args:
        latent_map: whose dots.
        name: `TRACK`, or one of `ATTRIBUTES`.

    Returns:
        The colours and their legend.
    """
    return _by_track(latent_map) if name == TRACK else _by_attribute(latent_map, name)


def colour_alike(name: str, xy: NDArray[np.float64]) -> DotColours:
    """Colour dots so that those that lie together on the map by one part have like colours.

    Args:
        name: one of `PART_ALIKE`.
        xy: (n, 2) positions of the dots on the map by that part.

    Returns:
        Colours of one lightness, which differ the more, the farther apart two dots are there.
    """
    cells = np.zeros(len(xy), np.int64)
    for axis in xy.T:
        low, high = value_range(axis)
        steps = np.clip((axis - low) / (high - low) * (_PLANE_STEPS - 1), 0, _PLANE_STEPS - 1)
        cells = cells * _PLANE_STEPS + steps.round().astype(np.int64)
    return DotColours(name, _plane(), cells)


def colour_keys(keys: Sequence[Key | None]) -> DotColours:
    """Colour dots by their keys: hues go round the Camelot wheel, minor keys are darker.

    Args:
        keys: (n,) of the dots; None where there is none.

    Returns:
        The colours; the last one of the palette is that of no key.
    """
    index = [2 * KEYS if key is None else 2 * (key.wheel - 1) + (not key.minor) for key in keys]
    return DotColours(KEY, key_palette(), np.array(index, np.int64))


@cache
def key_palette() -> tuple[QColor, ...]:
    """Colours of 1A, 1B, 2A .. 12B, and of no key."""
    angles = np.repeat(np.arange(KEYS) * 2.0 * np.pi / KEYS, 2)
    lightness = np.tile([_MINOR_LIGHTNESS, _PLANE_LIGHTNESS + 0.07], KEYS)
    lab = np.stack(
        [lightness, _PLANE_CHROMA * np.cos(angles), _PLANE_CHROMA * np.sin(angles)], axis=1
    )
    return (*(QColor(colour) for colour in oklab.to_hex(lab)), QColor(theme.DISABLED))


def format_attribute(name: str, value: float) -> str:
    """A value of an attribute as text with its unit.

    Args:
        name: of the attribute.
        value: as `core.dsp.attributes` measures it: brightness in octaves above 1 kHz, density in
            onsets a bar, kick as a ratio, energy 0..1, loudness in dB.

    Returns:
        For example "1.4 kHz" or "50 %".
    """
    if name == "brightness":
        hertz = 1000.0 * 2.0**value
        return f"{hertz / 1000:.1f} kHz" if hertz >= 1000 else f"{hertz:.0f} Hz"
    return {
        "density": f"{value:.0f} onsets/bar",
        "kick": f"{value:.2f}",
        "energy": f"{100 * value:.0f} %",
        "loudness": f"{value:.1f} dB",
    }[name]


def value_range(values: NDArray[np.float64]) -> tuple[float, float]:
    """Low and high of `values` (n,) without the outermost hundredths; they are never equal."""
    low, high = np.percentile(values, (_OUTLIERS, 100.0 - _OUTLIERS))
    return float(low), float(max(high, low + 1e-6))


@dataclass(frozen=True, eq=False)
class Shading:
    """How close every cell of the background is to the user's music, and to which dots.

    Attributes:
        area: left, bottom, width and height of all cells in units of the map.
        confidence: (rows, columns) 0..1, the top row first.
        indices: (rows, columns, k) rows of the dots around a cell.
        weights: (rows, columns, k) how much each of them tints the cell; they sum to 1.
    """

    area: tuple[float, float, float, float]
    confidence: NDArray[np.float32]
    indices: NDArray[np.int32]
    weights: NDArray[np.float32]

    @property
    def rect(self) -> QRectF:
        """`area` as a rectangle in units of the map."""
        return QRectF(*self.area)


def compute_shading(latent_map: LatentMap) -> Shading:
    """Compute the shading of a map.

    It takes about a second, and its first use imports scipy: call it on a thread.
    """
    inverse = latent_map.inverse
    area, cells = _cells(latent_map.xy)
    parts = []
    for start in range(0, len(cells), _CHUNK):
        part = cells[start : start + _CHUNK]
        indices, weights = inverse.weights(part)
        parts.append(
            (inverse.confidence(part), indices[:, :_TINTING_DOTS], weights[:, :_TINTING_DOTS])
        )
    confidence, rows, weights = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    grid = (_CELLS, _CELLS)
    return Shading(
        area,
        (confidence.reshape(grid) * _vignette()).astype(np.float32),
        rows.reshape(*grid, -1).astype(np.int32),
        weights.reshape(*grid, -1).astype(np.float32),
    )


def shading_image(shading: Shading, colours: DotColours) -> QImage:
    """Draw a shading.

    Args:
        shading: the shading.
        colours: of the dots, which tint the background around them.

    Returns:
        An image with a pixel for each cell, transparent where there is no music.
    """
    dots = colours.rgb()[colours.index]
    blend = np.einsum("rck,rckd->rcd", shading.weights, dots[shading.indices])
    mixed = (1.0 - _TINT) * np.array(_LIT, np.float32) + _TINT * blend
    alpha = _MOST_ALPHA * shading.confidence[..., None]
    premultiplied = np.concatenate([mixed[..., ::-1] * (alpha / 255.0), alpha], axis=2)
    pixels = np.ascontiguousarray(premultiplied.round().astype(np.uint8))
    rows, columns = shading.confidence.shape
    kind = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.data, columns, rows, 4 * columns, kind).copy()


def _by_track(latent_map: LatentMap) -> DotColours:
    order = {track_id: row for row, track_id in enumerate(latent_map.tracks)}
    index = np.array([order[s.track_id] for s in latent_map.segments], np.int64)
    palette = tuple(QColor(theme.track_colour(row)) for row in range(len(order)))
    return DotColours(TRACK, palette, index)


def _by_attribute(latent_map: LatentMap, name: str) -> DotColours:
    values = latent_map.values(name)
    low, high = value_range(values)
    index = np.clip((values - low) / (high - low) * (_STEPS - 1), 0, _STEPS - 1)
    return DotColours(name, _scale(_STEPS), index.round().astype(np.int64), low, high)


def _scale(steps: int) -> tuple[QColor, ...]:
    """`steps` colours from low to high."""
    stops = [QColor(stop) for stop in SCALE_STOPS]
    positions = np.linspace(0, len(stops) - 1, steps)
    rgb = [
        np.interp(positions, range(len(stops)), [channel(stop) for stop in stops])
        for channel in (QColor.red, QColor.green, QColor.blue)
    ]
    return tuple(QColor(*(round(value) for value in colour)) for colour in np.stack(rgb, axis=1))


@cache
def _plane() -> tuple[QColor, ...]:
    """The colours of the cells of a square, column by column; its corners are rounded to a disc,
    so that every hue is as strong as the others."""
    steps = np.linspace(-1.0, 1.0, _PLANE_STEPS)
    across, up = (axis.ravel() for axis in np.meshgrid(steps, steps, indexing="ij"))
    red = across * np.sqrt(1.0 - up**2 / 2.0)
    yellow = up * np.sqrt(1.0 - across**2 / 2.0)
    lightness = np.full_like(red, _PLANE_LIGHTNESS)
    lab = np.stack([lightness, _PLANE_CHROMA * red, _PLANE_CHROMA * yellow], axis=1)
    return tuple(QColor(colour) for colour in oklab.to_hex(lab))


def _cells(
    xy: NDArray[np.float64],
) -> tuple[tuple[float, float, float, float], NDArray[np.float64]]:
    """The area that the cells cover, and their centres (rows * columns, 2)."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    side = max(float((high - low).max()), 1e-3) * (1.0 + 2.0 * _PADDING)
    left, bottom = (low + high) / 2.0 - side / 2.0
    steps = (np.arange(_CELLS) + 0.5) / _CELLS * side
    x, y = np.meshgrid(left + steps, bottom + steps[::-1])
    area = (float(left), float(bottom), side, side)
    return area, np.stack([x.ravel(), y.ravel()], axis=1)


def _vignette() -> NDArray[np.float32]:
    """Weights (rows, columns) that fade to 0 at the rim, where the cells end."""
    across = np.minimum(np.arange(_CELLS), np.arange(_CELLS)[::-1]) / (0.12 * _CELLS)
    edge = np.clip(across, 0.0, 1.0)
    smooth = edge * edge * (3.0 - 2.0 * edge)
    return np.outer(smooth, smooth).astype(np.float32)
