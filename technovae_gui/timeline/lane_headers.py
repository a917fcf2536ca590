"""The headers of the lanes: name, mute, solo, gain, pan and level, in a column."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QToolButton, QWidget

from core.arrangement import edits
from core.arrangement.arrangement import Lane
from core.arrangement.automation import PAN, PARAMETERS
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.timeline import paint_cache
from technovae_gui.timeline.controls import DragNumber, InlineEdit, LaneMeter
from technovae_gui.timeline.geometry import WHOLE_HEADER
from technovae_gui.timeline.gestures import rounded_gain
from technovae_gui.timeline.labels import gain_label, pan_label
from technovae_gui.timeline.lane_effects_panel import HEIGHT as EFFECTS_HEIGHT
from technovae_gui.timeline.lane_effects_panel import LaneEffectsPanel, LaneEffectsPopup
from technovae_gui.timeline.viewport import Viewport
from technovae_gui.widgets.icons import icon

WIDTH = 172
"""Pixels."""
_GAIN_SPAN_DB = (-60.0, 12.0)
_ROOMY = 56
"""Lanes of fewer pixels have tighter margins."""
_TALL = 58 + EFFECTS_HEIGHT
"""Lanes of fewer pixels have their effects in a popup."""
_EDGE = 5
"""Pixels above the lower edge of a header where a drag changes the height of the lanes."""


class LaneHeader(QWidget):
    """Shows one lane of the document and edits it.

    Signals:
        menu_requested(str, QPoint): id of the lane, and where on the screen.
        dragged(str, int): the whole header is dragged; id of the lane, and y in the parent.
        dropped(): the drag ended.
        resized(int): the lower edge is dragged; the height in pixels that is wanted.
        automation_toggled(str, bool): id of the lane whose automation is to be shown or hidden.
    """

    menu_requested = Signal(str, QPoint)
    dragged = Signal(str, int)
    dropped = Signal()
    resized = Signal(int)
    automation_toggled = Signal(str, bool)

    def __init__(self, document: Document, lane: Lane, parent: QWidget) -> None:
        super().__init__(parent)
        self._document, self.lane = document, lane
        self._press: QPoint | None = None
        self._moving = self._sizing = False
        self.name = QLabel()
        self.mute = _toggle("M", "Mute", theme.CAUTION)
        self.solo = _toggle("S", "Solo", theme.ACCENT)
        self.gain = DragNumber("Lane gain", _GAIN_SPAN_DB, gain_label, step=1.0, per_pixel=0.3)
        self.pan = DragNumber("Lane pan", (-1.0, 1.0), pan_label, step=0.1, per_pixel=0.01)
        self.meter = LaneMeter()
        self.effects = _toggle("EQ", "Equaliser and filters of")
        self.effects.setToolTip("Equaliser with kill switches, filters, sends to echo and reverb")
        self.automation = _toggle("", "Automation of")
        self.automation.setIcon(icon("automation"))
        self._panel: LaneEffectsPanel | None = None
        self._popup_panel: LaneEffectsPanel | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()
        self.mute.clicked.connect(lambda on: self._set("mute lane", mute=on))
        self.solo.clicked.connect(lambda on: self._set("solo lane", solo=on))
        self.gain.changed.connect(self._set_gain)
        self.pan.changed.connect(self._set_pan)
        self.effects.clicked.connect(self.open_effects)
        self.automation.clicked.connect(lambda on: self.automation_toggled.emit(lane.id, on))
        self.show_lane(lane)

    def show_lane(self, lane: Lane) -> None:
        """Show another state of the lane."""
        self.lane = lane
        self.name.setText(paint_cache.elided(lane.name, 64, 0.5, True))
        self.setToolTip(f"{lane.name}: double click renames, drag reorders")
        self.setAccessibleName(f"Lane {lane.name}")
        self.mute.setChecked(lane.mute)
        self.solo.setChecked(lane.solo)
        self.gain.show_value(lane.gain_db)
        self.pan.show_value(lane.pan)
        self.effects.setChecked(lane.effects.is_on)
        drawn = [PARAMETERS[it.parameter].label for it in lane.automation]
        self.automation.setToolTip(
            f"Automation below the lane: {', '.join(drawn)}"
            if drawn
            else "Automation: draw volume, pan and filters below the lane"
        )
        self.automation.setProperty("drawn", bool(drawn))
        self.pan.setEnabled(lane.curve(PAN.name) is None)
        for panel in (self._panel, self._popup_panel):
            if panel is not None:
                panel.show_lane(lane)

    @property
    def panel(self) -> LaneEffectsPanel:
        """The effects below the rest, made when a lane is first tall enough: of a dozen widgets,
        which the first paint need not wait for."""
        if self._panel is None:
            self._panel = LaneEffectsPanel(self._document, self.lane.id)
            self._panel.show_lane(self.lane)
            self._panel.hide()
            self._grid.addWidget(self._panel, 2, 0, 1, 5)
        return self._panel

    def open_effects(self) -> None:
        """Show equaliser and filters in a popup below the button."""
        self.effects.setChecked(self.lane.effects.is_on)
        panel = self._popup_panel = LaneEffectsPanel(self._document, self.lane.id, dials=True)
        panel.show_lane(self.lane)
        panel.destroyed.connect(self._popup_closed)
        popup = LaneEffectsPopup(self.lane.name, panel, self)
        popup.open_at(self.effects.mapToGlobal(QPoint(0, self.effects.height() + 2)))

    def _popup_closed(self) -> None:
        self._popup_panel = None

    def rename(self) -> None:
        """Edit the name where it stands."""
        InlineEdit(self, self.name.geometry().adjusted(-5, -2, 0, 2), self.lane.name, self._renamed)

    def set_height(self, height: int) -> None:
        """Hide gain and pan, and the effects, in lanes of too few pixels."""
        for widget in (self.gain, self.pan, self.automation):
            widget.setVisible(height >= WHOLE_HEADER)
        if height >= _TALL or self._panel is not None:
            self.panel.setVisible(height >= _TALL)
        margin = 5 if height >= _ROOMY else 2
        self._outer.setContentsMargins(12, margin, 5, margin)
        self._grid.setVerticalSpacing(margin - 1)

    def _renamed(self, name: str) -> None:
        lane_id = self.lane.id
        self._document.edit("rename lane", lambda now: edits.rename_lane(now, lane_id, name))

    def _set(self, what: str, serial: int | None = None, **fields: Any) -> None:
        lane_id = self.lane.id
        merge = None if serial is None else (what, lane_id, id(self), serial)
        self._document.edit(what, lambda now: edits.set_lane(now, lane_id, **fields), merge=merge)
        self.show_lane(self.lane)

    def _set_gain(self, gain_db: float, serial: int) -> None:
        self._set("lane gain", serial, gain_db=rounded_gain(gain_db))

    def _set_pan(self, pan: float, serial: int) -> None:
        self._set("lane pan", serial, pan=round(pan, 2))

    def _lay_out(self) -> None:
        self.name.setFont(paint_cache.font(0.5, True))
        self.name.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._outer = outer = QHBoxLayout(self)
        outer.setSpacing(6)
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(4)
        grid.addWidget(self.name, 0, 0, 1, 2)
        grid.addWidget(self.effects, 0, 2)
        grid.addWidget(self.mute, 0, 3)
        grid.addWidget(self.solo, 0, 4)
        grid.addWidget(self.gain, 1, 0, 1, 2)
        grid.addWidget(self.pan, 1, 2, 1, 2)
        grid.addWidget(self.automation, 1, 4)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(3, 1)
        outer.addLayout(grid, 1)
        outer.addWidget(self.meter)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        ground = theme.LINE if self._moving else theme.RAISED
        painter.fillRect(self.rect().adjusted(0, 0, 0, -1), paint_cache.colour(ground))
        stripe = theme.LINE_STRONG if self.lane.mute else theme.ACCENT
        painter.fillRect(0, 0, 3, self.height() - 1, paint_cache.colour(stripe, 160))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = event.position().toPoint()
            self._sizing = self._on_edge(self._press)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        point = event.position().toPoint()
        if self._press is None:
            shapes = Qt.CursorShape
            self.setCursor(shapes.SplitVCursor if self._on_edge(point) else shapes.ArrowCursor)
            return
        if self._sizing:
            self.resized.emit(point.y())
            return
        if self._moving or abs(point.y() - self._press.y()) > 5:
            self._moving = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(self.lane.id, self.mapToParent(point).y())
            self.update()

    def _on_edge(self, point: QPoint) -> bool:
        return point.y() >= self.height() - _EDGE

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        moved, self._moving, self._press = self._moving, False, None
        self._sizing = False
        self.unsetCursor()
        self.update()
        if moved:
            self.dropped.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._press = None
        self.rename()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        self.menu_requested.emit(self.lane.id, event.globalPos())


class LaneHeaders(QWidget):
    """A header for every lane of the document, scrolled with the lanes, and a button to add one.

    Signals:
        menu_requested(str, QPoint): id of the lane, and where on the screen.
        automation_toggled(str, bool): id of the lane whose automation is to be shown or hidden.
    """

    menu_requested = Signal(str, QPoint)
    automation_toggled = Signal(str, bool)

    def __init__(
        self, document: Document, viewport: Viewport, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._viewport = document, viewport
        self._headers: dict[str, LaneHeader] = {}
        self._order: list[str] = []
        self._drag: tuple[str, int] | None = None
        self._line = QFrame(self)
        self._line.setStyleSheet(f"background: {theme.ACCENT};")
        self._line.hide()
        self.add_button = QToolButton(self)
        self.add_button.setText("Add lane")
        self.add_button.setIcon(icon("plus"))
        self.add_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add_button.setToolTip("Add a lane (Ctrl+T)")
        self.add_button.setAccessibleName("Add lane")
        self.add_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Lanes")
        document.changed.connect(self._show_document)
        viewport.changed.connect(self._arrange)
        self._show_document()

    def header(self, lane_id: str) -> LaneHeader:
        """The header of that lane. Raises `KeyError` if there is none."""
        return self._headers[lane_id]

    def set_peaks(self, peaks: dict[str, float]) -> None:
        """Show linear peaks by lane id since the last call; lanes without one fall silent."""
        for lane_id, header in self._headers.items():
            header.meter.feed(peaks.get(lane_id, 0.0))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self._viewport.turn_wheel(event)

    def _show_document(self) -> None:
        lanes = self._document.arrangement.lanes
        for lane_id in self._headers.keys() - {lane.id for lane in lanes}:
            gone = self._headers.pop(lane_id)
            gone.hide()
            gone.deleteLater()
        for lane in lanes:
            header = self._headers.get(lane.id)
            if header is None:
                self._headers[lane.id] = self._make_header(lane.id)
            elif _shown(header.lane) != _shown(lane):
                header.show_lane(lane)
        order = [lane.id for lane in lanes]
        if order != self._order:
            self._order = order
            self._arrange()

    def _make_header(self, lane_id: str) -> LaneHeader:
        header = LaneHeader(self._document, self._document.arrangement.lane(lane_id), self)
        header.menu_requested.connect(self.menu_requested)
        header.dragged.connect(self._drag_header)
        header.dropped.connect(self._drop_header)
        header.resized.connect(self._resize)
        header.automation_toggled.connect(self.automation_toggled)
        header.show()
        return header

    def _arrange(self) -> None:
        geometry = self._viewport.geometry
        lanes = self._document.arrangement.lanes
        for row, lane in enumerate(lanes):
            header = self._headers.get(lane.id)
            if header is not None:
                header.set_height(geometry.lane_height)
                header.setGeometry(0, geometry.y(row), WIDTH, geometry.lane_height)
        self.add_button.setGeometry(8, geometry.y(len(lanes)) + 8, WIDTH - 16, 26)

    def _resize(self, height: int) -> None:
        self._viewport.set(self._viewport.geometry.with_lane_height(height))

    def _drag_header(self, lane_id: str, y: int) -> None:
        geometry, rows = self._viewport.geometry, len(self._document.arrangement.lanes)
        row = geometry.row(y)
        below = y > geometry.y(row) + geometry.lane_height // 2
        gap = min(max(row + below, 0), rows)
        self._drag = lane_id, gap
        self._line.setGeometry(0, geometry.y(gap) - 2, WIDTH, 3)
        self._line.show()
        self._line.raise_()

    def _drop_header(self) -> None:
        self._line.hide()
        if self._drag is None:
            return
        (lane_id, gap), self._drag = self._drag, None
        ids = [lane.id for lane in self._document.arrangement.lanes]
        row = ids.index(lane_id)
        index = gap - 1 if gap > row else gap
        self._document.edit("move lane", lambda now: edits.reorder_lane(now, lane_id, index))


def _shown(lane: Lane) -> tuple[object, ...]:
    return lane.name, lane.gain_db, lane.pan, lane.mute, lane.solo, lane.effects, lane.automation


def _toggle(face: str, name: str, colour: str = "") -> QToolButton:
    """A small button that is lit while it is on: filled with a colour, or as all others are."""
    lit = f" QToolButton:checked {{ background: {colour}; color: {theme.GROUND}; }}"
    button = QToolButton()
    button.setText(face)
    button.setCheckable(True)
    button.setFixedSize(22, 20)
    button.setAccessibleName(f"{name} lane")
    button.setToolTip(f"{name} this lane")
    button.setStyleSheet(
        f"QToolButton {{ padding: 0; font-weight: 600; }}"
        f" QToolButton:!checked:!hover {{ background: {theme.GROUND}; }}" + (lit if colour else "")
    )
    return button
