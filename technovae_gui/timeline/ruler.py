"""The ruler: the loop region's strip on top, then bars, then minutes and seconds."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from core.settings import TICKS_PER_BAR
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.timeline import ink, wheel
from technovae_gui.timeline.camera import Camera
from technovae_gui.timeline.loop_drag import Grip, Loop, LoopDrag, grip_at
from technovae_gui.timeline.positions import time_text
from technovae_gui.timeline.ruler_marks import marks
from technovae_gui.timeline.state import State

STRIP = 14
_BARS = 16
HEIGHT = 44
_EDGE = 5
_DRAG_PIXELS = 3


class Ruler(QWidget):
    """Mirrors the loop region and the tempo. Signals: seek_requested(int tick)."""

    seek_requested = Signal(int)

    def __init__(
        self, document: Document, camera: Camera, state: State, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._camera, self._state = document, camera, state
        self._last_loop: Loop | None = document.loop
        self._drag: LoopDrag | None = None
        self._moved = False
        self._from_x = 0.0
        self._seeking = False
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Ruler")
        self.setToolTip("Drag along the top: loop region. Click below: play from there.")
        camera.changed.connect(self.update)
        document.changed.connect(self._mirror_tempo)
        document.loop_changed.connect(self._mirror_loop)
        self._bpm = document.arrangement.bpm

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(400, HEIGHT)

    def show_playhead(self, before: float, now: float) -> None:
        """Paint the playhead's mark where it is (ticks)."""
        for tick in (before, now):
            x = round(self._camera.geometry.x(tick))
            self.update(x - 7, STRIP, 16, HEIGHT - STRIP)

    def _mirror_loop(self) -> None:
        self._last_loop = self._document.loop or self._last_loop
        self.update()

    def _mirror_tempo(self) -> None:
        if self._document.arrangement.bpm != self._bpm:
            self._bpm = self._document.arrangement.bpm
            self.update()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() != Qt.MouseButton.LeftButton:
            return
        tick = self._tick(event)
        if event.position().y() < STRIP:
            self._drag = LoopDrag(self._grip(tick), tick, self._document.loop)
            self._from_x, self._moved = event.position().x(), False
        else:
            self._seeking = True
            self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._seeking:
            self._seek(event)
        elif self._drag is not None:
            self._moved |= abs(event.position().x() - self._from_x) >= _DRAG_PIXELS
            if self._moved:
                free = _free(event)
                loop = self._drag.moved(self._tick(event), self._state.snap, free=free)
                self._document.set_loop(loop)
        else:
            self._shape(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._drag is not None and not self._moved:
            self._toggle(self._drag.tick)
        self._drag, self._seeking = None, False

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        wheel.turn(self._camera, event)

    def _toggle(self, tick: float) -> None:
        """A click on the region takes it away, or brings back the last one."""
        last = self._last_loop
        if last is None or not last[0] <= tick <= last[1]:
            return
        self._document.set_loop(None if self._document.loop else last)

    def _seek(self, event: QMouseEvent) -> None:
        self.seek_requested.emit(self._state.snap.near(self._tick(event), free=_free(event)))

    def _shape(self, event: QMouseEvent) -> None:
        shape = Qt.CursorShape.PointingHandCursor
        if event.position().y() < STRIP:
            shape = {
                Grip.NEW: Qt.CursorShape.CrossCursor,
                Grip.WHOLE: Qt.CursorShape.OpenHandCursor,
            }.get(self._grip(self._tick(event)), Qt.CursorShape.SizeHorCursor)
        self.setCursor(shape)

    def _grip(self, tick: float) -> Grip:
        return grip_at(self._document.loop, tick, _EDGE * self._camera.geometry.ticks_per_pixel)

    def _tick(self, event: QMouseEvent) -> float:
        return self._camera.geometry.tick(event.position().x())

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        dirty = QRectF(event.rect())
        painter.fillRect(dirty, ink.colour(theme.PANEL))
        strip = QRectF(dirty.left(), 0, dirty.width(), STRIP)
        painter.fillRect(strip, ink.colour(theme.GROUND))
        self._paint_loop(painter)
        self._paint_marks(painter, dirty)
        painter.setPen(ink.pen(theme.LINE))
        painter.drawLine(QLineF(dirty.left(), HEIGHT - 1, dirty.right(), HEIGHT - 1))
        self._paint_playhead(painter)
        painter.end()

    def _paint_loop(self, painter: QPainter) -> None:
        loop = self._document.loop or self._last_loop
        if loop is None:
            return
        on = self._document.loop is not None
        left, right = (self._camera.geometry.x(tick) for tick in loop)
        place = QRectF(left, 2, max(right - left, 2.0), STRIP - 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(ink.pen(theme.ACCENT if on else theme.LINE_STRONG))
        painter.setBrush(ink.colour(theme.ACCENT, 190) if on else ink.colour(theme.LINE, 120))
        painter.drawRoundedRect(place, 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if on:
            below = QRectF(left, STRIP, right - left, HEIGHT - STRIP)
            painter.fillRect(below, ink.colour(theme.ACCENT, 26))

    def _paint_marks(self, painter: QPainter, dirty: QRectF) -> None:
        arrangement, geometry = self._document.arrangement, self._camera.geometry
        bars, times = ink.font(0.5), ink.font(2.0)
        for mark in marks(geometry, dirty.left(), dirty.right()):
            x = round(geometry.x(mark.tick))
            if not mark.text:
                painter.setPen(ink.pen(theme.LINE_STRONG if _strong(mark.tick) else theme.LINE))
                painter.drawLine(QLineF(x, HEIGHT - 5, x, HEIGHT - 1))
                continue
            painter.setPen(ink.pen(theme.LINE_STRONG))
            painter.drawLine(QLineF(x, STRIP + 2, x, HEIGHT - 1))
            painter.setFont(bars)
            painter.setPen(ink.pen(theme.TEXT))
            painter.drawText(QPointF(x + 4, STRIP + _BARS - 3), mark.text)
            painter.setFont(times)
            painter.setPen(ink.pen(theme.DIM))
            text = time_text(arrangement.seconds(mark.tick))
            painter.drawText(QPointF(x + 4, HEIGHT - 4), text)

    def _paint_playhead(self, painter: QPainter) -> None:
        x = round(self._camera.geometry.x(self._state.playhead)) + 1
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.colour(theme.WARM))
        top = HEIGHT - 11
        corners = (x - 6, top), (x + 6, top), (x + 6, top + 4), (x, HEIGHT - 1), (x - 6, top + 4)
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def _strong(tick: int) -> bool:
    return tick % TICKS_PER_BAR == 0


def _free(event: QMouseEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
