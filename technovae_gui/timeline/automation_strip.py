"""The automation of a lane, below it: one curve that is drawn and changed with the mouse."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from core.arrangement import automation_edits
from core.arrangement.arrangement import Lane
from core.arrangement.automation import PARAMETERS, Automation, Breakpoint, Parameter
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.timeline import paint_cache
from technovae_gui.timeline.automation_gestures import (
    BendGesture,
    CurveGesture,
    PointGesture,
    ValuePointer,
)
from technovae_gui.timeline.hit_testing import places_freely
from technovae_gui.timeline.labels import parameter_label
from technovae_gui.timeline.mouse import DragTip
from technovae_gui.timeline.scene_painter import paint_lines
from technovae_gui.timeline.viewport import TimelineState, Viewport

_PAD: Final = 8
"""Pixels above the highest and below the lowest value."""
_REACH: Final = 7
"""Pixels from a point, or from the line, within which the mouse takes it."""
_DOT: Final = 3.5
_STEPS: Final = 14
"""Straight pieces of a bent line."""
_TICK: Final = attrgetter("tick")
_HINT: Final = "Click to draw"
_TIP: Final = (
    "Click adds a point, a drag moves it (Shift: off the grid and finely), Ctrl+drag bends the "
    "line, a double click removes a point"
)


@dataclass(frozen=True)
class _Target:
    """What is under the mouse: a point, or the line that begins at one; or neither."""

    point: Breakpoint | None = None
    line: Breakpoint | None = None


class AutomationStrip(QWidget):
    """Shows the curve that `TimelineState.automation` names for a lane, and edits it.

    Args:
        document: what is edited.
        viewport: where ticks lie.
        state: grid, playhead, and which parameter is shown.
        lane_id: the lane.
        parent: the lanes' area.
    """

    def __init__(
        self,
        document: Document,
        viewport: Viewport,
        state: TimelineState,
        lane_id: str,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._document, self._viewport, self._state = document, viewport, state
        self._lane_id = lane_id
        self._lane = document.arrangement.lane(lane_id)
        self._gesture: CurveGesture | None = None
        self._hovered = _Target()
        self._fresh = False
        self._tip = DragTip(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setToolTip(_TIP)
        self.setAccessibleName("Automation")
        viewport.changed.connect(self.update)
        document.loop_changed.connect(self.update)

    @property
    def parameter(self) -> Parameter:
        """The parameter whose curve is shown."""
        return PARAMETERS[self._state.automation[self._lane_id]]

    @property
    def curve(self) -> Automation | None:
        """The curve that is shown; None where nothing is drawn yet."""
        return self._lane.curve(self.parameter.name)

    def show_lane(self, lane: Lane) -> None:
        """Show another state of the lane."""
        if lane is not self._lane:
            changed = lane.automation != self._lane.automation or lane.effects != self._lane.effects
            self._lane = lane
            if changed or lane.pan != self._lane.pan:
                self._hovered = _Target()
                self.update()

    def show_playhead(self, before: float, now: float) -> None:
        """Repaint where the playhead was and where it is.

        Args:
            before: tick where it was.
            now: tick where it is.
        """
        for tick in (before, now):
            self.update(round(self._viewport.geometry.x(tick)) - 1, 0, 4, self.height())

    def height_of(self, value: float) -> float:
        """The y of a value of the parameter, in pixels."""
        return self._height(self.parameter.share(value))

    def _height(self, share: float) -> float:
        return _PAD + (1.0 - share) * (self.height() - 2 * _PAD)

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() != Qt.MouseButton.LeftButton or self._gesture is not None:
            return
        pointer, target = self._pointer(event), self._target(event.position())
        name, document = self.parameter.name, self._document
        self._fresh = False
        if target.point is not None:
            point = target.point
            self._gesture = PointGesture(document, self._lane_id, name, pointer, point)
        elif pointer.adding and target.line is not None:
            self._gesture = BendGesture(document, self._lane_id, name, pointer, target.line)
        else:
            self._fresh = True
            self._gesture = PointGesture(document, self._lane_id, name, pointer)
            self._drag(pointer)
        self.setCursor(self._gesture.cursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._gesture is not None:
            self._drag(self._pointer(event))
            return
        target = self._target(event.position())
        bends = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        shapes = Qt.CursorShape
        if target.point is not None:
            self.setCursor(shapes.SizeAllCursor)
        elif target.line is not None and bends:
            self.setCursor(shapes.SizeVerCursor)
        else:
            self.setCursor(shapes.CrossCursor)
        if target != self._hovered:
            self._hovered = target
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton and self._gesture is not None:
            self._gesture.release()
            self._finish()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        target = self._target(event.position())
        if target.point is not None and not self._fresh:
            self._remove(target.point)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        if self._gesture is None and self._hovered != _Target():
            self._hovered = _Target()
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if self._gesture is not None and event.key() == Qt.Key.Key_Escape:
            self._gesture.cancel()
            self._finish()
        elif self._removes(event) and self._hovered.point is not None:
            self._remove(self._hovered.point)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        overrides = event.type() is QEvent.Type.ShortcutOverride
        if isinstance(event, QKeyEvent) and overrides and self._takes(event):
            event.accept()
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        if self._gesture is None:
            self.menu(QPointF(event.pos())).popup(event.globalPos())

    def menu(self, at: QPointF) -> QMenu:
        """A context menu for a point of the strip; it deletes itself once it is closed."""
        target, menu = self._target(at), QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        point = target.point
        if point is not None:
            menu.addAction("Remove the point").triggered.connect(lambda: self._remove(point))
            default = point.changed(value=self.parameter.default)
            text = f"Set to {parameter_label(self.parameter, self.parameter.default)}"
            menu.addAction(text).triggered.connect(lambda: self._replace(point, default))
        line = target.line
        if line is not None and line.bend:
            straight = menu.addAction("Make the line straight")
            straight.triggered.connect(lambda: self._replace(line, line.changed(bend=0.0)))
        clear = menu.addAction(f"Clear {self.parameter.label.lower()}")
        clear.triggered.connect(lambda: self._set(()))
        clear.setEnabled(self.curve is not None)
        menu.addAction("Hide automation").triggered.connect(
            lambda: self._state.show_automation(self._lane_id, "")
        )
        return menu

    def _takes(self, event: QKeyEvent) -> bool:
        """A drag sees every key first; Delete is for the point under the mouse."""
        on_point = self._hovered.point is not None
        return self._gesture is not None or (on_point and self._removes(event))

    def _removes(self, event: QKeyEvent) -> bool:
        return event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)

    def _drag(self, pointer: ValuePointer) -> None:
        assert self._gesture is not None
        text = self._gesture.move(pointer)
        self._tip.show_at(QPointF(pointer.x, pointer.y).toPoint(), text)

    def _finish(self) -> None:
        self._gesture = None
        self._tip.hide()
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.update()

    def _pointer(self, event: QMouseEvent) -> ValuePointer:
        at, keys = event.position(), event.modifiers()
        return ValuePointer(
            at.x(),
            at.y(),
            self._viewport.geometry.tick(at.x()),
            0,
            self._state.snap,
            free=places_freely(keys),
            adding=bool(keys & Qt.KeyboardModifier.ControlModifier),
            extending=bool(keys & Qt.KeyboardModifier.ShiftModifier),
            share=1.0 - (at.y() - _PAD) / max(1, self.height() - 2 * _PAD),
        )

    def _target(self, at: QPointF) -> _Target:
        curve, geometry = self.curve, self._viewport.geometry
        if curve is None:
            return _Target()
        best, nearest = None, float(_REACH)
        for point in curve.points:
            gap = QLineF(at, self._position(point)).length()
            if gap <= nearest:
                best, nearest = point, gap
        if best is not None:
            return _Target(point=best)
        tick = geometry.tick(at.x())
        before = [point for point in curve.points if point.tick <= tick]
        on_line = abs(self._height(curve.share(tick)) - at.y()) <= _REACH
        inside = bool(before) and before[-1] is not curve.points[-1]
        return _Target(line=before[-1]) if on_line and inside else _Target()

    def _remove(self, point: Breakpoint) -> None:
        curve = self.curve
        if curve is not None:
            self._set(tuple(it for it in curve.points if it is not point), "remove point")

    def _replace(self, point: Breakpoint, now: Breakpoint) -> None:
        curve = self.curve
        if curve is not None:
            self._set(tuple(now if it is point else it for it in curve.points), "automation")

    def _set(self, points: tuple[Breakpoint, ...], what: str = "clear automation") -> None:
        lane_id, name = self._lane_id, self.parameter.name
        self._document.edit(
            what, lambda now: automation_edits.set_points(now, lane_id, name, points)
        )

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter, dirty = QPainter(self), QRectF(event.rect())
        painter.fillRect(dirty, paint_cache.mixed(theme.PANEL, theme.GROUND, 0.5))
        paint_lines(painter, self._viewport.geometry, dirty)
        painter.setPen(paint_cache.pen(theme.LINE, 1.0, 255, True))
        middle = self.height_of(self.parameter.default)
        painter.drawLine(QLineF(dirty.left(), middle, dirty.right(), middle))
        if self.curve is None:
            self._paint_nothing(painter)
        else:
            self._paint_curve(painter, self.curve, dirty)
        painter.setPen(paint_cache.pen(theme.LINE_STRONG))
        bottom = self.height() - 1
        painter.drawLine(QLineF(dirty.left(), bottom, dirty.right(), bottom))
        x = round(self._viewport.geometry.x(self._state.playhead))
        painter.fillRect(QRectF(x, 0, 2, self.height()), paint_cache.colour(theme.WARM))
        painter.end()

    def _paint_nothing(self, painter: QPainter) -> None:
        """The setting as it is, and what to do."""
        value = automation_edits.setting(self._lane, self.parameter)
        y = self.height_of(value)
        painter.setPen(paint_cache.pen(theme.DIM, 1.0, 255, True))
        painter.drawLine(QLineF(0, y, self.width(), y))
        painter.setPen(paint_cache.pen(theme.DIM))
        painter.setFont(paint_cache.font(1.0))
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, _HINT)

    def _paint_curve(self, painter: QPainter, curve: Automation, dirty: QRectF) -> None:
        geometry, points = self._viewport.geometry, curve.points
        first, last = geometry.tick(dirty.left() - _REACH), geometry.tick(dirty.right() + _REACH)
        begin = max(0, bisect_left(points, first, key=_TICK) - 1)
        end = min(len(points), bisect_right(points, last, key=_TICK) + 1)
        line = self._line(curve, begin, end, dirty)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        area = QPainterPath(line)
        area.lineTo(line.currentPosition().x(), self.height())
        area.lineTo(line.elementAt(0).x, self.height())
        painter.fillPath(area, paint_cache.colour(theme.ACCENT, 34))
        painter.setPen(paint_cache.pen(theme.ACCENT, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(line)
        for point in points[begin:end]:
            hovered = point is self._hovered.point
            size = _DOT + 1.5 * hovered
            painter.setPen(paint_cache.pen(theme.BRIGHT if hovered else theme.ACCENT, 1.6))
            painter.setBrush(
                paint_cache.colour(theme.ACCENT) if hovered else paint_cache.colour(theme.GROUND)
            )
            painter.drawEllipse(self._position(point), size, size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _line(self, curve: Automation, begin: int, end: int, dirty: QRectF) -> QPainterPath:
        """The curve through some of its points; beyond its ends it goes on level."""
        points, geometry = curve.points, self._viewport.geometry
        start = self._position(points[begin])
        if begin == 0:
            start.setX(min(start.x(), dirty.left() - _REACH))
        path = QPainterPath(start)
        for number in range(begin, end):
            point = points[number]
            path.lineTo(self._position(point))
            if point.bend and number + 1 < end:
                span = points[number + 1].tick - point.tick
                for step in range(1, _STEPS):
                    tick = point.tick + step * span / _STEPS
                    path.lineTo(geometry.x(tick), self._height(curve.share(tick)))
        if end == len(points):
            at = path.currentPosition()
            path.lineTo(max(at.x(), dirty.right() + _REACH), at.y())
        return path

    def _position(self, point: Breakpoint) -> QPointF:
        return QPointF(self._viewport.geometry.x(point.tick), self.height_of(point.value))
