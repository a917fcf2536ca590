"""The ground of the map: lit where the user's music is, tinted by what lies around."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from core.library.latent_map import LatentMap
from technovae_gui.map.colouring import Colouring

Array = NDArray[np.float32]
_CELLS = 120
_PADDING = 0.18
_HEARD = 10
"""Dots that tint a cell."""
_CHUNK = 2400
_LIT = (52, 60, 78)
"""Red, green and blue of the ground in the midst of the music, before it is tinted."""
_TINT = 0.42
_MOST_ALPHA = 120


@dataclass(frozen=True, eq=False)
class Shade:
    """Cells over the map, top row first.

    area:       (left, bottom, width, height) in units of the map
    confidence: (rows, columns) 0..1
    indices, weights: (rows, columns, k) the dots around a cell and how much they count
    """

    area: tuple[float, float, float, float]
    confidence: Array
    indices: NDArray[np.int32]
    weights: Array

    @property
    def rect(self) -> QRectF:
        """`area`."""
        return QRectF(*self.area)


def compute(latent_map: LatentMap) -> Shade:
    """The shade of `latent_map`. Takes a second: for a thread; the first use imports scipy."""
    inverse = latent_map.inverse
    area, cells = _cells(latent_map.xy)
    parts = []
    for start in range(0, len(cells), _CHUNK):
        part = cells[start : start + _CHUNK]
        indices, weights = inverse.weights(part)
        parts.append((inverse.confidence(part), indices[:, :_HEARD], weights[:, :_HEARD]))
    confidence, rows, weights = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    grid = (_CELLS, _CELLS)
    return Shade(
        area,
        (confidence.reshape(grid) * _vignette()).astype(np.float32),
        rows.reshape(*grid, -1).astype(np.int32),
        weights.reshape(*grid, -1).astype(np.float32),
    )


def tinted(shade: Shade, colours: Colouring) -> QImage:
    """`shade` as a picture, tinted by the dots' colours; clear where there is no music."""
    dots = colours.rgb()[colours.index]
    blend = np.einsum("rck,rckd->rcd", shade.weights, dots[shade.indices])
    mixed = (1.0 - _TINT) * np.array(_LIT, np.float32) + _TINT * blend
    alpha = _MOST_ALPHA * shade.confidence[..., None]
    premultiplied = np.concatenate([mixed[..., ::-1] * (alpha / 255.0), alpha], axis=2)
    pixels = np.ascontiguousarray(premultiplied.round().astype(np.uint8))
    rows, columns = shade.confidence.shape
    kind = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.data, columns, rows, 4 * columns, kind).copy()


def _cells(xy: NDArray[np.float64]) -> tuple[tuple[float, float, float, float], Array]:
    low, high = xy.min(axis=0), xy.max(axis=0)
    side = max(float((high - low).max()), 1e-3) * (1.0 + 2.0 * _PADDING)
    left, bottom = (low + high) / 2.0 - side / 2.0
    steps = (np.arange(_CELLS) + 0.5) / _CELLS * side
    x, y = np.meshgrid(left + steps, bottom + steps[::-1])
    area = (float(left), float(bottom), side, side)
    return area, np.stack([x.ravel(), y.ravel()], axis=1)


def _vignette() -> Array:
    """(rows, columns) that fades to nothing at the rim, where the cells end."""
    across = np.minimum(np.arange(_CELLS), np.arange(_CELLS)[::-1]) / (0.12 * _CELLS)
    edge = np.clip(across, 0.0, 1.0)
    smooth = edge * edge * (3.0 - 2.0 * edge)
    return np.outer(smooth, smooth).astype(np.float32)
