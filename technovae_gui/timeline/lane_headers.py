"""The column of lane headers: as many as there are lanes, scrolled with them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QFrame, QToolButton, QWidget

from core.arrangement import edits
from core.arrangement.arrangement import Lane
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.timeline import wheel
from technovae_gui.timeline.camera import Camera
from technovae_gui.timeline.lane_header import LaneHeader

WIDTH = 172


class LaneHeaders(QWidget):
    """Mirrors the document's lanes. Signals: menu_requested(str lane id, QPoint on the screen)."""

    menu_requested = Signal(str, QPoint)

    def __init__(self, document: Document, camera: Camera, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._camera = document, camera
        self._headers: dict[str, LaneHeader] = {}
        self._order: list[str] = []
        self._drag: tuple[str, int] | None = None
        self._line = QFrame(self)
        self._line.setStyleSheet(f"background: {theme.ACCENT};")
        self._line.hide()
        self.add = QToolButton(self)
        self.add.setText("+  Add lane")
        self.add.setToolTip("Add a lane (Ctrl+T)")
        self.add.setAccessibleName("Add lane")
        self.add.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Lanes")
        document.changed.connect(self._mirror)
        camera.changed.connect(self._arrange)
        self._mirror()

    def header(self, lane_id: str) -> LaneHeader:
        """The header of that lane."""
        return self._headers[lane_id]

    def feed(self, peaks: dict[str, float]) -> None:
        """Linear peaks by lane id since the last call."""
        for lane_id, header in self._headers.items():
            header.meter.feed(peaks.get(lane_id, 0.0))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        wheel.turn(self._camera, event)

    def _mirror(self) -> None:
        lanes = self._document.arrangement.lanes
        for lane_id in self._headers.keys() - {lane.id for lane in lanes}:
            gone = self._headers.pop(lane_id)
            gone.hide()
            gone.deleteLater()
        for lane in lanes:
            header = self._headers.get(lane.id)
            if header is None:
                self._headers[lane.id] = self._made(lane.id)
            elif _face(header.lane) != _face(lane):
                header.show_lane(lane)
        order = [lane.id for lane in lanes]
        if order != self._order:
            self._order = order
            self._arrange()

    def _made(self, lane_id: str) -> LaneHeader:
        header = LaneHeader(self._document, self._document.arrangement.lane(lane_id), self)
        header.menu_requested.connect(self.menu_requested)
        header.grabbed.connect(self._dragged)
        header.dropped.connect(self._dropped)
        header.show()
        return header

    def _arrange(self) -> None:
        geometry = self._camera.geometry
        lanes = self._document.arrangement.lanes
        for row, lane in enumerate(lanes):
            header = self._headers.get(lane.id)
            if header is not None:
                header.set_height(geometry.lane_height)
                header.setGeometry(0, geometry.y(row), WIDTH, geometry.lane_height)
        self.add.setGeometry(8, geometry.y(len(lanes)) + 8, WIDTH - 16, 26)

    def _dragged(self, lane_id: str, y: int) -> None:
        geometry, rows = self._camera.geometry, len(self._document.arrangement.lanes)
        gap = min(max(round((y + geometry.top) / geometry.lane_height), 0), rows)
        self._drag = lane_id, gap
        self._line.setGeometry(0, geometry.y(gap) - 2, WIDTH, 3)
        self._line.show()
        self._line.raise_()

    def _dropped(self) -> None:
        self._line.hide()
        if self._drag is None:
            return
        (lane_id, gap), self._drag = self._drag, None
        ids = [lane.id for lane in self._document.arrangement.lanes]
        row = ids.index(lane_id)
        index = gap - 1 if gap > row else gap
        self._document.edit("move lane", lambda now: edits.reorder_lane(now, lane_id, index))


def _face(lane: Lane) -> tuple[object, ...]:
    return lane.name, lane.gain_db, lane.pan, lane.mute, lane.solo
