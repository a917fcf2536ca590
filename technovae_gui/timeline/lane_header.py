"""The head of one lane: name, mute, solo, gain, pan and level."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QWidget

from core.arrangement import edits
from core.arrangement.arrangement import Lane
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.timeline import ink
from technovae_gui.timeline.drag_number import DragNumber
from technovae_gui.timeline.gestures.gain import level
from technovae_gui.timeline.inline_edit import InlineEdit
from technovae_gui.timeline.lane_meter import LaneMeter
from technovae_gui.timeline.positions import decibel_text

_GAIN_SPAN = (-60.0, 12.0)
_LOW = 56
"""Lanes of fewer pixels show no second row."""


class LaneHeader(QWidget):
    """Mirrors one lane.

    Signals:
        menu_requested(str lane id, QPoint on the screen)
        grabbed(str lane id, int y in the parent), dropped(): a drag of the whole header
    """

    menu_requested = Signal(str, QPoint)
    grabbed = Signal(str, int)
    dropped = Signal()

    def __init__(self, document: Document, lane: Lane, parent: QWidget) -> None:
        super().__init__(parent)
        self._document, self.lane = document, lane
        self._press: QPoint | None = None
        self._moving = False
        self.name = QLabel()
        self.mute = _toggle("M", "Mute", theme.WARM)
        self.solo = _toggle("S", "Solo", theme.ACCENT)
        self.gain = DragNumber("Lane gain", _GAIN_SPAN, decibel_text, step=1.0, per_pixel=0.3)
        self.pan = DragNumber("Lane pan", (-1.0, 1.0), pan_text, step=0.1, per_pixel=0.01)
        self.meter = LaneMeter()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()
        self.mute.clicked.connect(lambda on: self._set("mute lane", mute=on))
        self.solo.clicked.connect(lambda on: self._set("solo lane", solo=on))
        self.gain.changed.connect(self._gain_asked)
        self.pan.changed.connect(self._pan_asked)
        self.show_lane(lane)

    def show_lane(self, lane: Lane) -> None:
        """Mirror `lane`."""
        self.lane = lane
        self.name.setText(ink.elided(lane.name, 92, 0.5, True))
        self.setToolTip(f"{lane.name}: double click renames, drag reorders")
        self.setAccessibleName(f"Lane {lane.name}")
        self.mute.setChecked(lane.mute)
        self.solo.setChecked(lane.solo)
        self.gain.show_value(lane.gain_db)
        self.pan.show_value(lane.pan)

    def rename(self) -> None:
        """Edit the name in place."""
        InlineEdit(self, self.name.geometry().adjusted(-5, -2, 0, 2), self.lane.name, self._renamed)

    def set_height(self, height: int) -> None:
        """Low lanes show less."""
        self.gain.setVisible(height >= _LOW)
        self.pan.setVisible(height >= _LOW)

    def _renamed(self, name: str) -> None:
        lane_id = self.lane.id
        self._document.edit("rename lane", lambda now: edits.rename_lane(now, lane_id, name))

    def _set(self, what: str, serial: int | None = None, **fields: Any) -> None:
        lane_id = self.lane.id
        merge = None if serial is None else (what, lane_id, id(self), serial)
        self._document.edit(what, lambda now: edits.set_lane(now, lane_id, **fields), merge=merge)
        self.show_lane(self.lane)

    def _gain_asked(self, gain_db: float, serial: int) -> None:
        self._set("lane gain", serial, gain_db=level(gain_db))

    def _pan_asked(self, pan: float, serial: int) -> None:
        self._set("lane pan", serial, pan=round(pan, 2))

    def _lay_out(self) -> None:
        self.name.setFont(ink.font(0.5, True))
        self.name.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(12, 5, 5, 5)
        outer.setSpacing(6)
        grid = QGridLayout()
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        grid.addWidget(self.name, 0, 0, 1, 2)
        grid.addWidget(self.mute, 0, 2)
        grid.addWidget(self.solo, 0, 3)
        grid.addWidget(self.gain, 1, 0)
        grid.addWidget(self.pan, 1, 1, 1, 3)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(2, 1)
        outer.addLayout(grid, 1)
        outer.addWidget(self.meter)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        ground = theme.LINE if self._moving else theme.RAISED
        painter.fillRect(self.rect().adjusted(0, 0, 0, -1), ink.colour(ground))
        stripe = theme.LINE_STRONG if self.lane.mute else theme.ACCENT
        painter.fillRect(0, 0, 3, self.height() - 1, ink.colour(stripe, 160))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._press is None:
            return
        place = event.position().toPoint()
        if self._moving or abs(place.y() - self._press.y()) > 5:
            self._moving = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.grabbed.emit(self.lane.id, self.mapToParent(place).y())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        moved, self._moving, self._press = self._moving, False, None
        self.unsetCursor()
        self.update()
        if moved:
            self.dropped.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._press = None
        self.rename()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        self.menu_requested.emit(self.lane.id, event.globalPos())


def pan_text(pan: float) -> str:
    """Percent to the left or right, C in the middle."""
    percent = round(abs(pan) * 100)
    if not percent:
        return "C"
    return f"{percent}{'L' if pan < 0 else 'R'}"


def _toggle(face: str, name: str, colour: str) -> QToolButton:
    button = QToolButton()
    button.setText(face)
    button.setCheckable(True)
    button.setFixedSize(22, 20)
    button.setAccessibleName(f"{name} lane")
    button.setToolTip(f"{name} this lane")
    button.setStyleSheet(
        f"QToolButton {{ padding: 0; font-weight: 600; background: {theme.GROUND}; }}"
        f"QToolButton:checked {{ background: {colour}; color: {theme.GROUND}; }}"
    )
    return button
