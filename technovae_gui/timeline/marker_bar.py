"""The bar of markers above the ruler: each names the section that it begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from core.arrangement import marker_edits
from core.arrangement.marker import Marker
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.timeline import paint_cache
from technovae_gui.timeline.controls import InlineEdit
from technovae_gui.timeline.geometry import Snap
from technovae_gui.timeline.gestures import EditGesture
from technovae_gui.timeline.hit_testing import places_freely
from technovae_gui.timeline.labels import position_label
from technovae_gui.timeline.marker_commands import MarkerCommands
from technovae_gui.timeline.marker_painter import HEIGHT, TEXT, paint_section, section_rects
from technovae_gui.timeline.mouse import DragTip
from technovae_gui.timeline.viewport import TimelineState, Viewport

_REACH: Final = 4
"""Pixels left of a marker that still grab it."""
_LEAST: Final = 14
"""Pixels right of a marker that grab it, however short its name is."""
_DRAG_PIXELS: Final = 4
_EDIT_WIDTH: Final = 130
_EDIT_HEIGHT: Final = 24
_LEFT: Final = Qt.MouseButton.LeftButton
_HINT: Final = "Double-click: add a marker"


class MarkerDrag(EditGesture):
    """Moves a marker along the ruler."""

    def __init__(self, document: Document, marker: Marker, tick: float) -> None:
        super().__init__(document, "move marker")
        self._marker, self._from = marker, tick

    def move(self, tick: float, snap: Snap, *, free: bool) -> str:
        """Move the marker with the mouse; returns where it is.

        Args:
            tick: of the mouse, not rounded.
            snap: the grid.
            free: True does not snap.
        """
        place = snap.nearest(self._marker.tick + tick - self._from, free=free)
        marker_id = self._marker.id
        self.apply(lambda before: marker_edits.set_marker(before, marker_id, tick=place))
        return position_label(place)


class MarkerBar(QWidget):
    """Shows the markers, and edits them with the mouse and the keys.

    A click on a marker goes there, a drag moves it, a double click renames it or adds one.

    Signals:
        seek_requested(int): move the playhead to this tick.
        menu_requested(str, int, QPoint): id of the marker or empty, the tick of the mouse on the
            grid, and where on the screen.
    """

    seek_requested = Signal(int)
    menu_requested = Signal(str, int, QPoint)

    def __init__(
        self,
        document: Document,
        viewport: Viewport,
        state: TimelineState,
        commands: MarkerCommands,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._viewport, self._state = document, viewport, state
        self._commands = commands
        self._shown = document.arrangement.markers, document.arrangement.end
        self._pressed: tuple[Marker, QPointF] | None = None
        self._drag: MarkerDrag | None = None
        self._tip = DragTip(self)
        self.selected_id = ""
        """The marker that was clicked last, while the bar has the focus."""
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Markers")
        viewport.changed.connect(self.update)
        document.changed.connect(self._show_document)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(400, HEIGHT)

    def rename(self, marker_id: str) -> None:
        """Edit the name of a marker where it stands; one that is gone is left out."""
        markers = self._document.arrangement.markers
        found = next((it for it in markers if it.id == marker_id), None)
        host = self.parentWidget()
        if found is None or host is None:
            return
        x = min(max(round(self._viewport.geometry.x(found.tick)), 0), self.width() - _EDIT_WIDTH)
        # The bar is lower than a field: it lies on the timeline, over bar and ruler.
        area = QRect(self.mapTo(host, QPoint(x, -3)), QSize(_EDIT_WIDTH, _EDIT_HEIGHT))
        InlineEdit(host, area, found.name, lambda name: self._commands.rename(marker_id, name))

    def marker_at(self, point: QPointF) -> Marker | None:
        """The marker whose head is at a point of the bar; the last of several lies on top."""
        found = None
        for marker, rect in self._heads():
            if rect.adjusted(-_REACH, 0, 0, 0).contains(point):
                found = marker
        return found

    def _heads(self) -> Iterator[tuple[Marker, QRectF]]:
        """Each marker with what grabs it: its edge and its name, as far as the next marker."""
        for marker, rect in section_rects(
            self._viewport.geometry, self._document.arrangement.markers, self.width()
        ):
            name = paint_cache.text_width(marker.name, 1.0, True) + 2 * TEXT
            left = max(rect.left(), 0.0)  # the name stays in view
            width = min(max(name, _LEAST), max(rect.right() - left, _REACH))
            yield marker, QRectF(left, 0, width, HEIGHT)

    def _show_document(self) -> None:
        shown = self._document.arrangement.markers, self._document.arrangement.end
        if shown != self._shown:
            self._shown = shown
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter, dirty = QPainter(self), QRectF(event.rect())
        painter.fillRect(dirty, paint_cache.colour(theme.GROUND))
        markers = self._document.arrangement.markers
        for marker, rect in section_rects(self._viewport.geometry, markers, self.width()):
            if rect.right() >= dirty.left() and rect.left() - 1 <= dirty.right():
                paint_section(painter, marker, rect, selected=marker.id == self.selected_id)
        if not markers:
            painter.setFont(paint_cache.font(1.0))
            painter.setPen(paint_cache.pen(theme.DISABLED))
            area = QRectF(self.rect()).adjusted(TEXT, 0, 0, 0)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, _HINT)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() != _LEFT:
            return
        marker = self.marker_at(event.position())
        self._select("" if marker is None else marker.id)
        self._pressed = None if marker is None else (marker, event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pressed is None:
            over = self.marker_at(event.position()) is not None
            shapes = Qt.CursorShape
            self.setCursor(shapes.PointingHandCursor if over else shapes.ArrowCursor)
            return
        marker, start = self._pressed
        if self._drag is None and abs(event.position().x() - start.x()) >= _DRAG_PIXELS:
            self._drag = MarkerDrag(self._document, marker, self._tick(start))
            self.setCursor(Qt.CursorShape.SizeHorCursor)
        if self._drag is not None:
            free = places_freely(event.modifiers())
            text = self._drag.move(self._tick(event.position()), self._state.snap, free=free)
            self._tip.show_at(event.position().toPoint(), text)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() != _LEFT or self._pressed is None:
            return
        marker, dragged = self._pressed[0], self._drag is not None
        self._finish()
        if not dragged:
            self.seek_requested.emit(marker.tick)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() != _LEFT:
            return
        self._finish()
        marker = self.marker_at(event.position())
        if marker is not None:
            self.rename(marker.id)
        else:
            self.rename(self._commands.add(self._snapped(event.position(), event.modifiers())))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        point = event.pos().toPointF()
        marker = self.marker_at(point)
        self.menu_requested.emit(
            "" if marker is None else marker.id,
            self._snapped(point, event.modifiers()),
            event.globalPos(),
        )

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self._viewport.turn_wheel(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._cancel()
        self._select("")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self._cancel()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._commands.delete(self.selected_id)
            self._leave()
        elif key == Qt.Key.Key_F2:
            self.rename(self.selected_id)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            # The keys of clips are those of the marker that is selected, and of its drag.
            escapes = event.key() == Qt.Key.Key_Escape and self._drag is not None
            deletes = event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_F2)
            if escapes or (deletes and self.selected_id):
                event.accept()
                return True
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tool_tip(event)
            return True
        return super().event(event)

    def _show_tool_tip(self, event: QHelpEvent) -> None:
        marker = self.marker_at(event.pos().toPointF())
        text = f"{_HINT}\nM: one at the playhead"
        if marker is not None:
            number = self._document.arrangement.markers.index(marker) + 1
            key = f"\nKey {number}: go there" if number <= 9 else ""
            text = f"{marker.name}  {position_label(marker.tick)}{key}"
        QToolTip.showText(event.globalPos(), text, self)

    def _select(self, marker_id: str) -> None:
        if marker_id:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        if marker_id != self.selected_id:
            self.selected_id = marker_id
            self.update()

    def _cancel(self) -> None:
        if self._drag is not None:
            self._drag.cancel()
        self._finish()

    def _finish(self) -> None:
        self._pressed = self._drag = None
        self._tip.hide()

    def _leave(self) -> None:
        """Give the keys back to the clips."""
        self._select("")
        host = self.parentWidget()
        if host is not None:
            host.setFocus()

    def _tick(self, point: QPointF) -> float:
        return self._viewport.geometry.tick(point.x())

    def _snapped(self, point: QPointF, keys: Qt.KeyboardModifier) -> int:
        return self._state.snap.nearest(self._tick(point), free=places_freely(keys))
