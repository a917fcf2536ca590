"""Thousands of dots in one call: a sprite per colour, drawn as pixmap fragments."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QRadialGradient

from technovae_gui import theme

Points = NDArray[np.float64]
_FIELDS = 10
"""Doubles of a `QPainter.PixmapFragment`: x, y, left, top, width, height, scales, turn, alpha."""
_GLOW = 3.2
_GLOW_ALPHA = 40
_GLOW_LIMIT = 4000
"""Beyond so many dots their glows would only add up to a wash."""


def radius(scale: float, count: int) -> float:
    """Pixels, of a dot where the map has `count` and `scale` pixels per unit."""
    spacing = scale / max(1.0, count) ** 0.5
    return float(min(max(spacing**0.5, 2.0), 7.0))


def draw(
    painter: QPainter,
    centres: Points,
    colours: tuple[QColor, ...],
    index: NDArray[np.int64],
    opacity: NDArray[np.float64],
    size: float,
) -> None:
    """Dots at `centres` (n, 2) pixels with `colours[index]`, the faintest at the bottom."""
    rows = _visible(painter, centres, size)
    rows = rows[opacity[rows].argsort(kind="stable")]
    keys = tuple(colour.rgb() for colour in colours)
    ratio = painter.device().devicePixelRatioF()
    if len(rows) <= _GLOW_LIMIT:
        glow = _atlas(keys, round(2 * size * _GLOW * ratio) / 2, "glow")
        _draw(painter, centres[rows], index[rows], opacity[rows] ** 2, glow, len(keys), ratio)
    core = _atlas(keys, round(2 * size * ratio) / 2, "dot")
    _draw(painter, centres[rows], index[rows], opacity[rows], core, len(keys), ratio)


def draw_rings(painter: QPainter, centres: Points, size: float) -> None:
    """A thin bright ring around each of `centres` (n, 2) pixels: what is selected."""
    ratio = painter.device().devicePixelRatioF()
    rings = _atlas((QColor(theme.TEXT).rgb(),), round(2 * (size + 2.5) * ratio) / 2, "ring")
    rows = _visible(painter, centres, size)
    first = np.zeros(len(rows), np.int64)
    _draw(painter, centres[rows], first, np.ones(len(rows)), rings, 1, ratio)


def _visible(painter: QPainter, centres: Points, size: float) -> NDArray[np.int64]:
    """Rows of `centres` (n, 2) whose dots of radius `size` and their glow may be seen."""
    box, reach = painter.viewport(), (1 + _GLOW) * size
    inside = (centres > -reach).all(axis=1)
    inside &= (centres < (box.width() + reach, box.height() + reach)).all(axis=1)
    return np.flatnonzero(inside)


def _draw(
    painter: QPainter,
    centres: Points,
    index: NDArray[np.int64],
    opacity: NDArray[np.float64],
    atlas: QPixmap,
    colours: int,
    ratio: float,
) -> None:
    if len(centres) == 0:
        return
    side = atlas.width() / colours
    fragments = np.zeros((len(centres), _FIELDS))
    fragments[:, :2] = centres
    fragments[:, 2] = index * side
    fragments[:, 4:6] = side
    fragments[:, 6:8] = 1.0 / ratio
    fragments[:, 9] = opacity
    # PySide6 takes a pointer to the first of an array of fragments; the array lives until the end
    # of this call, in which Qt reads it.
    first = shiboken6.wrapInstance(fragments.ctypes.data, QPainter.PixmapFragment)
    painter.drawPixmapFragments(first, len(fragments), atlas)


@lru_cache(maxsize=16)
def _atlas(colours: tuple[int, ...], size: float, kind: str) -> QPixmap:
    """Sprites of a `kind` of `_PAINT`, of radius `size` device pixels side by side."""
    side = int(2 * size) + 3
    atlas = QPixmap(side * max(1, len(colours)), side)
    atlas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(atlas)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for number, rgb in enumerate(colours):
        centre = QPointF((number + 0.5) * side, side / 2)
        _PAINT[kind](painter, centre, size, QColor.fromRgb(rgb))
    painter.end()
    return atlas


def _paint_dot(painter: QPainter, centre: QPointF, size: float, colour: QColor) -> None:
    shine = QRadialGradient(centre - QPointF(size / 3, size / 3), 1.5 * size)
    shine.setColorAt(0.0, colour.lighter(125))
    shine.setColorAt(1.0, colour.darker(115))
    painter.setBrush(shine)
    painter.setPen(QPen(QColor(theme.GROUND), min(1.0, size / 4)))
    painter.drawEllipse(centre, size, size)


def _paint_glow(painter: QPainter, centre: QPointF, size: float, colour: QColor) -> None:
    glow = QRadialGradient(centre, size)
    for place, share in ((0.0, 1.0), (0.35, 0.55), (1.0, 0.0)):
        glow.setColorAt(place, _see_through(colour, round(_GLOW_ALPHA * share)))
    box = QRectF(centre.x() - size, centre.y() - size, 2 * size, 2 * size)
    painter.fillRect(box, glow)


def _see_through(colour: QColor, alpha: int) -> QColor:
    return QColor(colour.red(), colour.green(), colour.blue(), alpha)


def _paint_ring(painter: QPainter, centre: QPointF, size: float, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.5))
    painter.drawEllipse(centre, size - 0.5, size - 0.5)


_PAINT = {"dot": _paint_dot, "glow": _paint_glow, "ring": _paint_ring}
