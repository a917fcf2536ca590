"""The icons of tools and transport, drawn: crisp at any size, in the colours of the theme."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

from technovae_gui import theme

SIZE = QSize(18, 18)
_SHARP = 3
"""Pixels drawn per pixel shown, for screens of any density."""


def icon(name: str) -> QIcon:
    """fit, random, lasso, path, sliders, start, play, pause, stop or loop; dark where its button is
    checked."""
    found = QIcon()
    for state, colour in ((QIcon.State.Off, theme.TEXT), (QIcon.State.On, theme.GROUND)):
        found.addPixmap(_drawn(name, colour), QIcon.Mode.Normal, state)
        found.addPixmap(_drawn(name, "#5b6372"), QIcon.Mode.Disabled, state)
    return found


def _drawn(name: str, colour: str) -> QPixmap:
    pixmap = QPixmap(SIZE * _SHARP)
    pixmap.fill(Qt.GlobalColor.transparent)
    pixmap.setDevicePixelRatio(_SHARP)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(colour), 1.6, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    _DRAW[name](painter, QColor(colour))
    painter.end()
    return pixmap


def _fit(painter: QPainter, colour: QColor) -> None:
    for x, y, dx, dy in ((3, 3, 1, 1), (15, 3, -1, 1), (3, 15, 1, -1), (15, 15, -1, -1)):
        painter.drawLine(QPointF(x, y), QPointF(x + 4 * dx, y))
        painter.drawLine(QPointF(x, y), QPointF(x, y + 4 * dy))
    _dots(painter, colour, ((9, 9, 1.8),))


def _random(painter: QPainter, colour: QColor) -> None:
    painter.drawRoundedRect(QRectF(3, 3, 12, 12), 3, 3)
    _dots(painter, colour, ((6.5, 6.5, 1.2), (11.5, 6.5, 1.2), (9, 9, 1.2)))
    _dots(painter, colour, ((6.5, 11.5, 1.2), (11.5, 11.5, 1.2)))


def _lasso(painter: QPainter, colour: QColor) -> None:
    painter.drawEllipse(QRectF(2.5, 3, 13, 8.5))
    tail = QPainterPath(QPointF(6, 11))
    tail.cubicTo(3, 13, 8, 13.5, 5, 16)
    painter.drawPath(tail)


def _path(painter: QPainter, colour: QColor) -> None:
    line = QPainterPath(QPointF(3.5, 14))
    line.cubicTo(6, 2, 11, 17, 14.5, 4.5)
    painter.drawPath(line)
    _dots(painter, colour, ((3.5, 14, 2.0), (14.5, 4.5, 2.0)))


def _sliders(painter: QPainter, colour: QColor) -> None:
    for x, y in ((4, 11), (9, 5.5), (14, 12)):
        painter.drawLine(QPointF(x, 3), QPointF(x, 15))
        _dots(painter, colour, ((x, y, 2.2),))


def _start(painter: QPainter, colour: QColor) -> None:
    painter.drawLine(QPointF(4, 4), QPointF(4, 14))
    painter.fillPath(_triangle(14, 4, -8), colour)


def _play(painter: QPainter, colour: QColor) -> None:
    painter.fillPath(_triangle(5, 3, 10), colour)


def _pause(painter: QPainter, colour: QColor) -> None:
    for x in (4, 10.5):
        painter.fillRect(QRectF(x, 3.5, 3.5, 11), colour)


def _stop(painter: QPainter, colour: QColor) -> None:
    painter.fillRect(QRectF(4, 4, 10, 10), colour)


def _loop(painter: QPainter, colour: QColor) -> None:
    painter.drawArc(QRectF(3, 3, 12, 12), 60 * 16, 300 * 16)
    head = QPainterPath(QPointF(9.5, 0.5))
    head.lineTo(15, 3.2)
    head.lineTo(11, 7.5)
    head.closeSubpath()
    painter.fillPath(head, colour)


def _triangle(x: float, y: float, width: float) -> QPainterPath:
    """Its upright side at `x`, its tip at the other end, as high as the icon is below `y`."""
    path = QPainterPath(QPointF(x, y))
    path.lineTo(x, 18 - y)
    path.lineTo(x + width, 9)
    path.closeSubpath()
    return path


def _dots(
    painter: QPainter, colour: QColor, places: tuple[tuple[float, float, float], ...]
) -> None:
    path = QPainterPath()
    for x, y, radius in places:
        path.addEllipse(QPointF(x, y), radius, radius)
    painter.fillPath(path, colour)


_DRAW: dict[str, Callable[[QPainter, QColor], None]] = {
    "fit": _fit, "random": _random, "lasso": _lasso, "path": _path, "sliders": _sliders,
    "start": _start, "play": _play, "pause": _pause, "stop": _stop, "loop": _loop,
}  # fmt: skip
