"""The layer of background and dots, painted into pixmaps only when it has changed.

Thousands of dots are drawn in one call, as fragments of a pixmap that holds a sprite per colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil
from typing import cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QLinearGradient,
    QPainter,
    QPen,
    QPixmap,
    QRadialGradient,
)

from technovae_gui import theme
from technovae_gui.map.camera import Camera
from technovae_gui.map.colouring import DotColours, Shading, shading_image
from technovae_gui.map.map_point import XY
from technovae_gui.map.scene import MapScene

Points = NDArray[np.float64]
Rows = NDArray[np.int64]
_FIELDS = 10
"""Doubles of a `QPainter.PixmapFragment`: x, y, left, top, width, height, scales, turn, alpha."""
_FADE = 48
"""Pixels at each edge of the pane in which the shading ends."""
_GLOW = 3.2
_GLOW_ALPHA = 40
_GLOW_LIMIT = 4000
"""Number of visible dots beyond which the glows are left out: they would merge."""


@dataclass(frozen=True, eq=False)
class _Painted:
    """A map as it was painted for a pane.

    Attributes:
        background: ground and shading.
        dots: what lies above, on nothing.
        camera: which part of the map they show, to the pixel of the device.
        glowing: whether dots have glows, wherever the map is dragged.
    """

    background: QPixmap
    dots: QPixmap
    camera: Camera
    glowing: bool

    def moved(self, camera: Camera) -> QPoint | None:
        """By how many pixels of the device it lies elsewhere under `camera`; None if it does not
        show that, or too little of it."""
        if not _same_zoom(self.camera, camera):
            return None
        ratio = self.dots.devicePixelRatioF()
        x = (self.camera.x - camera.x) * camera.across
        y = (camera.y - self.camera.y) * camera.scale
        if abs(x) > camera.width / 2 or abs(y) > camera.height / 2:
            return None
        return QPoint(round(x * ratio), round(y * ratio))


class DotLayer:
    """Background and dots of a scene as pixmaps, painted again only where that is needed.

    Whatever pulses or follows the mouse above them costs no more than its own few pixels. Of a
    map that is dragged only the strips that come into sight are painted.
    """

    def __init__(self) -> None:
        self._painted: _Painted | None = None
        self._background: tuple[Shading, DotColours, QImage] | None = None
        self._index: DotIndex | None = None

    def invalidate(self) -> None:
        """Have the dots painted again before they are drawn next."""
        self._painted = None

    def draw(self, painter: QPainter, scene: MapScene, camera: Camera) -> bool:
        """Draw the layer on a pane.

        Args:
            painter: of the pane; gives size and device pixel ratio.
            scene: what to paint.
            camera: which part of it.

        Returns:
            Whether all of it was painted anew.
        """
        kept = self._painted
        moved = None if kept is None else kept.moved(camera)
        anew = kept is None or moved is None
        if kept is None or moved is None:
            kept = self._paint(scene, camera, painter.device().devicePixelRatioF())
        elif not moved.isNull():
            kept = self._scroll(kept, scene, moved)
        self._painted = kept
        painter.drawPixmap(0, 0, kept.background)
        if scene.shading is not None:
            _fade_edges(painter, camera)
        painter.drawPixmap(0, 0, kept.dots)
        return anew

    def _paint(self, scene: MapScene, camera: Camera, ratio: float) -> _Painted:
        size = QSize(camera.width, camera.height)
        area = QRect(QPoint(), size)
        centres = camera.to_screen(scene.xy)
        shown = len(_visible(area, centres, dot_radius(camera.scale, len(centres))))
        glowing = shown <= _GLOW_LIMIT
        painted = _Painted(QPixmap(size * ratio), QPixmap(size * ratio), camera, glowing)
        for pixmap in (painted.background, painted.dots):
            pixmap.setDevicePixelRatio(ratio)
        painted.dots.fill(Qt.GlobalColor.transparent)  # a pixmap has no alpha until it is filled so
        self._paint_area(painted, scene, area)
        return painted

    def _scroll(self, kept: _Painted, scene: MapScene, moved: QPoint) -> _Painted:
        """Move what was painted by pixels of the device, and paint what comes into sight.

        Whole pixels of the device: others would blur the dots while the map is dragged.
        """
        ratio = kept.dots.devicePixelRatioF()
        x, y = moved.x() / ratio, moved.y() / ratio
        painted = replace(kept, camera=kept.camera.panned(x, y))
        for pixmap in (painted.background, painted.dots):
            pixmap.scroll(moved.x(), moved.y(), pixmap.rect())
        wide, high = kept.camera.width, kept.camera.height
        # One pixel more, since the pane may end within a pixel of the device.
        if moved.x():
            across = ceil(abs(x)) + 1
            self._paint_area(painted, scene, QRect(0 if x > 0 else wide - across, 0, across, high))
        if moved.y():
            down = ceil(abs(y)) + 1
            self._paint_area(painted, scene, QRect(0, 0 if y > 0 else high - down, wide, down))
        return painted

    def _paint_area(self, painted: _Painted, scene: MapScene, area: QRect) -> None:
        """Paint all that lies in an area of the pane, instead of what is there."""
        camera = painted.camera
        painter = _cleared(painted.background, area, QColor(theme.GROUND))
        if scene.shading is not None and scene.colours is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            where = _on_screen(scene.shading.rect, camera)
            painter.drawImage(where, self._background_image(scene.shading, scene.colours))
        painter.end()
        painter = _cleared(painted.dots, area, QColor(Qt.GlobalColor.transparent))
        if scene.map is not None and scene.colours is not None:
            radius = dot_radius(camera.scale, len(scene.xy))
            rows = self._rows_near(scene, camera, area, radius)
            _draw_dots(
                painter,
                camera.to_screen(scene.xy[rows]),
                scene.colours.palette,
                scene.colours.index[rows],
                scene.opacity()[rows],
                radius,
                painted.glowing,
            )
            more_often = camera.to_screen(scene.xy[scene.learned_more_often()])
            _draw_rings(painter, more_often, radius, QColor(theme.WARM))
            selected = camera.to_screen(scene.xy[scene.selected])
            _draw_rings(painter, selected, radius + 1, QColor(theme.TEXT))
        painter.end()

    def _rows_near(self, scene: MapScene, camera: Camera, area: QRect, radius: float) -> Rows:
        """Of all dots whose glow may touch an area of the pane, and of some more."""
        if area.width() >= camera.width and area.height() >= camera.height:
            return np.arange(len(scene.xy))
        if self._index is None or self._index.xy is not scene.xy:
            self._index = DotIndex(scene.xy)
        reach = (1 + _GLOW) * radius + 1
        low = camera.to_map(area.x() - reach, area.y() + area.height() + reach)
        high = camera.to_map(area.x() + area.width() + reach, area.y() - reach)
        return self._index.between(low, high)

    def _background_image(self, shading: Shading, colours: DotColours) -> QImage:
        drawn = self._background
        if drawn is None or drawn[0] is not shading or drawn[1] is not colours:
            drawn = (shading, colours, shading_image(shading, colours))
            self._background = drawn
        return drawn[2]


class DotIndex:
    """Dots in order of either coordinate: a strip of the map is found without looking at all.

    Attributes:
        xy: (n, 2) the positions.
    """

    def __init__(self, xy: Points) -> None:
        self.xy = xy
        self._orders = tuple(xy[:, axis].argsort() for axis in range(2))
        self._sorted = tuple(xy[order, axis] for axis, order in enumerate(self._orders))

    def between(self, low: XY, high: XY) -> Rows:
        """Rows, ascending, of the dots between two corners, which count as between.

        Args:
            low: the least of both coordinates.
            high: the largest.
        """
        found = []
        for axis, (order, values) in enumerate(zip(self._orders, self._sorted, strict=True)):
            first = values.searchsorted(low[axis], "left")
            found.append(order[first : values.searchsorted(high[axis], "right")])
        rows = min(found, key=len)
        some = self.xy[rows]
        return np.sort(rows[((some >= low) & (some <= high)).all(axis=1)])


def _cleared(pixmap: QPixmap, area: QRect, ground: QColor) -> QPainter:
    """A painter of an area of a pixmap, on the ground alone."""
    painter = QPainter(pixmap)
    painter.setClipRect(area)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    painter.fillRect(area, ground)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    return painter


def _same_zoom(one: Camera, other: Camera) -> bool:
    return replace(one, x=other.x, y=other.y) == other


def _fade_edges(painter: QPainter, camera: Camera) -> None:
    """Let the shading end softly at the edges of the pane, where it would be cut."""
    wide, high = camera.width, camera.height
    painter.drawTiledPixmap(0, 0, wide, _FADE, _strip(0.0, 1.0, theme.GROUND))
    painter.drawTiledPixmap(0, high - _FADE, wide, _FADE, _strip(0.0, -1.0, theme.GROUND))
    painter.drawTiledPixmap(0, 0, _FADE, high, _strip(1.0, 0.0, theme.GROUND))
    painter.drawTiledPixmap(wide - _FADE, 0, _FADE, high, _strip(-1.0, 0.0, theme.GROUND))


@lru_cache(maxsize=8)
def _strip(across: float, down: float, ground: str) -> QPixmap:
    """A square that fades from the ground to nothing in one direction, to be tiled along an
    edge."""
    strip = QPixmap(_FADE, _FADE)
    strip.fill(Qt.GlobalColor.transparent)
    middle, half = QPointF(_FADE / 2, _FADE / 2), QPointF(across, down) * (_FADE / 2)
    fade = QLinearGradient(middle - half, middle + half)
    fade.setColorAt(0.0, QColor(ground))
    fade.setColorAt(1.0, _with_alpha(QColor(ground), 0))
    painter = QPainter(strip)
    painter.fillRect(strip.rect(), fade)
    painter.end()
    return strip


def dot_radius(scale: float, count: int) -> float:
    """Radius of a dot in pixels.

    Args:
        scale: pixels per unit of the map.
        count: dots of the map.
    """
    spacing = scale / max(1.0, count) ** 0.5
    return float(min(max(spacing**0.5, 2.0), 7.0))


def _on_screen(area: QRectF, camera: Camera) -> QRectF:
    """`area` in units of the map, y upwards -> in pixels."""
    left, top = camera.to_screen((area.left(), area.bottom()))
    return QRectF(left, top, area.width() * camera.across, area.height() * camera.scale)


def _draw_dots(
    painter: QPainter,
    centres: Points,
    palette: Sequence[QColor],
    index: Rows,
    opacity: NDArray[np.float64],
    size: float,
    glowing: bool,
) -> None:
    """Draw dots of radius `size` at `centres` (n, 2) in pixels, the faintest at the bottom; their
    colours are those of the palette at `index` (n,)."""
    rows = _visible(_clipped_to(painter), centres, size)
    rows = rows[opacity[rows].argsort(kind="stable")]
    keys = tuple(colour.rgb() for colour in palette)
    ratio = painter.device().devicePixelRatioF()
    if glowing:
        glow = _atlas(keys, round(2 * size * _GLOW * ratio) / 2, "glow")
        _draw(painter, centres[rows], index[rows], opacity[rows] ** 2, glow, len(keys), ratio)
    core = _atlas(keys, round(2 * size * ratio) / 2, "dot")
    _draw(painter, centres[rows], index[rows], opacity[rows], core, len(keys), ratio)


def _draw_rings(painter: QPainter, centres: Points, size: float, colour: QColor) -> None:
    """Draw a thin ring around dots of radius `size` at `centres` (n, 2)."""
    if not len(centres):
        return
    ratio = painter.device().devicePixelRatioF()
    rings = _atlas((colour.rgb(),), round(2 * (size + 2.5) * ratio) / 2, "ring")
    rows = _visible(_clipped_to(painter), centres, size)
    first = np.zeros(len(rows), np.int64)
    _draw(painter, centres[rows], first, np.ones(len(rows)), rings, 1, ratio)


def _clipped_to(painter: QPainter) -> QRect:
    return painter.clipBoundingRect().toAlignedRect()


def _visible(area: QRect, centres: Points, size: float) -> Rows:
    """Rows of the `centres` (n, 2) whose dots of radius `size`, with their glow, touch the area."""
    reach = (1 + _GLOW) * size
    right, bottom = area.x() + area.width(), area.y() + area.height()
    inside = (centres > (area.x() - reach, area.y() - reach)).all(axis=1)
    inside &= (centres < (right + reach, bottom + reach)).all(axis=1)
    return np.flatnonzero(inside)


def _draw(
    painter: QPainter,
    centres: Points,
    index: Rows,
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
    address = fragments.ctypes.data
    first = cast(QPainter.PixmapFragment, shiboken6.wrapInstance(address, QPainter.PixmapFragment))
    painter.drawPixmapFragments(first, len(fragments), atlas)


@lru_cache(maxsize=16)
def _atlas(colours: tuple[int, ...], size: float, kind: str) -> QPixmap:
    """Sprites side by side, one per colour: a `kind` of `_PAINT` of radius `size` device pixels."""
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
    for position, alpha in ((0.0, 1.0), (0.35, 0.55), (1.0, 0.0)):
        glow.setColorAt(position, _with_alpha(colour, round(_GLOW_ALPHA * alpha)))
    box = QRectF(centre.x() - size, centre.y() - size, 2 * size, 2 * size)
    painter.fillRect(box, glow)


def _with_alpha(colour: QColor, alpha: int) -> QColor:
    return QColor(colour.red(), colour.green(), colour.blue(), alpha)


def _paint_ring(painter: QPainter, centre: QPointF, size: float, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.5))
    painter.drawEllipse(centre, size - 0.5, size - 0.5)


_PAINT = {"dot": _paint_dot, "glow": _paint_glow, "ring": _paint_ring}
