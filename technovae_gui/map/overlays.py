"""What is painted above the dots: markers, labels, hover ring, lasso, path and morph line."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QRadialGradient,
)

from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR
from technovae_gui import theme
from technovae_gui.map.camera import Viewport
from technovae_gui.map.dot_layer import dot_radius
from technovae_gui.map.map_point import MapPoint
from technovae_gui.map.morph import Morph
from technovae_gui.map.scene import MapScene
from technovae_gui.widgets import motion

Points = NDArray[np.float64]
MARKER_RADIUS = 11.0
"""Of the marker's ring, in pixels."""
MARKER_REACH = 30
"""Pixels around the centre of the marker that its pulse touches."""
_LABEL_WIDTH = 260
_GLOW = 27.0
_PLAYHEAD = 4.5
"""Radii in pixels of the dot where the arrangement is, and of its glow."""


def paint_overlays(painter: QPainter, scene: MapScene, morph: Morph, viewport: Viewport) -> None:
    """Paint everything above the dots; without a map, the scene's message.

    Args:
        painter: on the canvas.
        scene: what to paint.
        morph: its ends and its handle are painted where they are set.
        viewport: where it is on the canvas.
    """
    if scene.map is None:
        _paint_message(painter, scene.message)
        return
    camera = viewport.camera
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_path(painter, camera.to_screen(scene.path))
    _paint_morph(painter, morph, viewport)
    if scene.hovered is not None:
        x, y = camera.to_screen(scene.xy[scene.hovered])
        _paint_hover(painter, QPointF(x, y), dot_radius(camera.scale, len(scene.xy)))
    if len(scene.lasso):
        _paint_lasso(painter, scene.lasso)
    _paint_markers(painter, scene, viewport)
    if scene.playhead is not None:
        _paint_playhead(painter, viewport.pixel(scene.playhead))


def _paint_markers(painter: QPainter, scene: MapScene, viewport: Viewport) -> None:
    playing, chosen = scene.playing, scene.chosen
    if chosen is not None and (playing is None or chosen.xy != playing.xy):
        _paint_marker(painter, viewport.pixel(chosen.xy), None)
    if playing is not None:
        _paint_marker(painter, viewport.pixel(playing.xy), scene.phase)
    labelled = playing or chosen
    if labelled is not None:
        _paint_point_label(painter, labelled, viewport)


def _paint_point_label(painter: QPainter, point: MapPoint, viewport: Viewport) -> None:
    canvas, at = painter.viewport(), viewport.pixel(point.xy)
    if point.label and canvas.contains(at.toPoint()):
        bounds = QRectF(canvas).adjusted(4, 4, -4 - viewport.covered, -4)
        box = _label_rect(at, point.label, painter.fontMetrics(), bounds)
        _paint_label(painter, box, point.label)


def _paint_message(painter: QPainter, text: str) -> None:
    painter.setFont(theme.font(theme.LARGE))
    painter.setPen(QColor(theme.DIM))
    box = painter.viewport().adjusted(40, 20, -40, -20)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(box, flags, text)


def _paint_hover(painter: QPainter, centre: QPointF, size: float) -> None:
    """A ring around the dot under the mouse, whose radius is `size`."""
    painter.setPen(QPen(QColor(theme.TEXT), 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(centre, size + 3, size + 3)


def _paint_marker(painter: QPainter, centre: QPointF, phase: float | None) -> None:
    """A ring around the chosen point.

    Where the point plays, at `phase` 0..1 of its four bars, an arc goes around it once a loop and
    a circle pulses on every beat; None where it does not.
    """
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(14, 16, 20, 200), 5.0))
    painter.drawEllipse(centre, MARKER_RADIUS, MARKER_RADIUS)
    colour = QColor(theme.WARM)
    painter.setPen(QPen(colour if phase is None else _faded(colour, 0.45), 2.0))
    painter.drawEllipse(centre, MARKER_RADIUS, MARKER_RADIUS)
    if phase is None:
        return
    if not motion.is_reduced():
        beat = phase * BARS_PER_SEGMENT * BEATS_PER_BAR % 1.0
        fading = (1.0 - beat) ** 2
        painter.setPen(QPen(_faded(colour, 0.6 * fading), 2.0))
        reach = MARKER_RADIUS + (MARKER_REACH - MARKER_RADIUS - 3) * beat
        painter.drawEllipse(centre, reach, reach)
    painter.setPen(QPen(colour, 3.0, c=Qt.PenCapStyle.RoundCap))
    box = QRectF(
        centre.x() - MARKER_RADIUS, centre.y() - MARKER_RADIUS, 2 * MARKER_RADIUS, 2 * MARKER_RADIUS
    )
    painter.drawArc(box, 90 * 16, -round(360 * 16 * phase))


def _label_rect(centre: QPointF, text: str, metrics: QFontMetrics, bounds: QRectF) -> QRectF:
    """The rectangle of a label next to the marker at `centre`, inside `bounds`."""
    width = min(metrics.horizontalAdvance(text), _LABEL_WIDTH) + 16
    box = QRectF(centre.x() + MARKER_RADIUS + 10, centre.y() - 12, width, 24)
    if box.right() > bounds.right():
        box.moveRight(centre.x() - MARKER_RADIUS - 10)
    box.moveLeft(max(bounds.left(), box.left()))
    box.moveTop(min(max(bounds.top(), box.top()), bounds.bottom() - box.height()))
    return box


def _paint_label(painter: QPainter, box: QRectF, text: str) -> None:
    """Write `text` on a dark rounded box, elided to its width."""
    painter.setPen(QPen(QColor(theme.LINE_STRONG), 1.0))
    painter.setBrush(QColor(21, 24, 30, 225))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
    painter.setPen(QColor(theme.TEXT))
    room = math.ceil(box.width()) - 14
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)


def _paint_lasso(painter: QPainter, corners: Points) -> None:
    """The lasso under way; `corners` (n, 2) are pixels."""
    painter.setPen(QPen(QColor(theme.ACCENT), 1.5, Qt.PenStyle.DashLine))
    painter.setBrush(_faded(QColor(theme.ACCENT), 0.12))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))


def _paint_path(painter: QPainter, points: Points) -> None:
    """A path through `points` (n, 2) in pixels; its first end is filled, its last end open."""
    if len(points) < 2:
        return
    line = QPainterPath(QPointF(*points[0]))
    for x, y in points[1:]:
        line.lineTo(x, y)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_round_pen(QColor(14, 16, 20, 190), 6.0))
    painter.drawPath(line)
    painter.setPen(_round_pen(QColor(theme.ACCENT), 2.5))
    painter.drawPath(line)
    painter.setBrush(QColor(theme.ACCENT))
    painter.drawEllipse(QPointF(*points[0]), 4.5, 4.5)
    painter.setBrush(QColor(theme.GROUND))
    painter.drawEllipse(QPointF(*points[-1]), 4.5, 4.5)


def _paint_playhead(painter: QPainter, centre: QPointF) -> None:
    """A glowing dot where the arrangement is now."""
    colour = QColor(theme.WARM)
    glow = QRadialGradient(centre, _GLOW)
    glow.setColorAt(0.0, _faded(colour, 0.95))
    glow.setColorAt(0.4, _faded(colour, 0.4))
    glow.setColorAt(1.0, _faded(colour, 0.0))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(glow)
    painter.drawEllipse(centre, _GLOW, _GLOW)
    painter.setPen(QPen(QColor(theme.GROUND), 1.5))
    painter.setBrush(QColor(theme.BRIGHT))
    painter.drawEllipse(centre, _PLAYHEAD, _PLAYHEAD)


def _paint_morph(painter: QPainter, morph: Morph, viewport: Viewport) -> None:
    """The ends of a morph that are set, the line between them and the handle on it."""
    accent = QColor(theme.ACCENT)
    ends = {name: viewport.pixel(end.xy) for name, end in morph.ends.items()}
    if morph.ready:
        a, b, handle = ends["A"], ends["B"], viewport.pixel(morph.xy())
        painter.setPen(QPen(QColor(14, 16, 20, 190), 5.0))
        painter.drawLine(a, b)
        painter.setPen(QPen(accent, 2.0))
        painter.drawLine(a, b)
        painter.setBrush(QColor(theme.TEXT))
        painter.drawEllipse(handle, 7, 7)
    for name in sorted(ends):
        box = QRectF(ends[name].x() - 9, ends[name].y() - 30, 18, 18)
        painter.setPen(QPen(QColor(theme.GROUND), 1.0))
        painter.setBrush(accent)
        painter.drawRoundedRect(box, 4, 4)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)


def _round_pen(colour: QColor, width: float) -> QPen:
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(colour, width, c=cap, j=join)


def _faded(colour: QColor, alpha: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(alpha)
    return faded
