"""A mouse for the map: real events through Qt."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from technovae_gui.map import LatentMapView

LEFT, MIDDLE, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton
PLAIN = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def at(view: LatentMapView, xy: Sequence[float]) -> QPointF:
    """The pixel of a position on the map."""
    return view.viewport.pixel((float(xy[0]), float(xy[1])))


def press(
    widget: QWidget, pos: QPointF, button: Qt.MouseButton = LEFT, keys: object = PLAIN
) -> None:
    _send(widget, QEvent.Type.MouseButtonPress, pos, button, button, keys)


def move(widget: QWidget, pos: QPointF, held: Qt.MouseButton = LEFT) -> None:
    _send(widget, QEvent.Type.MouseMove, pos, NONE, held, PLAIN)


def release(widget: QWidget, pos: QPointF, button: Qt.MouseButton = LEFT) -> None:
    _send(widget, QEvent.Type.MouseButtonRelease, pos, button, NONE, PLAIN)


def click(widget: QWidget, pos: QPointF, keys: object = PLAIN) -> None:
    press(widget, pos, LEFT, keys)
    release(widget, pos)


def drag(
    widget: QWidget,
    way: Sequence[QPointF],
    button: Qt.MouseButton = LEFT,
    keys: object = PLAIN,
) -> None:
    """Press at the first pixel of `way`, move to all others, release at the last."""
    press(widget, way[0], button, keys)
    for pos in way[1:]:
        move(widget, pos, button)
    release(widget, way[-1], button)


def wheel_in_window(widget: QWidget, pos: QPointF, notches: float) -> None:
    """As from the mouse itself: what a widget does not take reaches its parents."""
    at = widget.mapTo(widget.window(), pos)
    QTest.wheelEvent(widget.window().windowHandle(), at, QPoint(0, round(120 * notches)))


def wheel(widget: QWidget, pos: QPointF, notches: float, keys: object = PLAIN) -> None:
    event = QWheelEvent(
        pos,
        QPointF(widget.mapToGlobal(pos.toPoint())),
        QPoint(),
        QPoint(0, round(120 * notches)),
        NONE,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(widget, event)


def _send(
    widget: QWidget,
    kind: QEvent.Type,
    pos: QPointF,
    button: Qt.MouseButton,
    held: Qt.MouseButton,
    keys: object,
) -> None:
    on_screen = QPointF(widget.mapToGlobal(pos.toPoint()))
    QCoreApplication.sendEvent(widget, QMouseEvent(kind, pos, on_screen, button, held, keys))
