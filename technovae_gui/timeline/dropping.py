"""The canvas as a target of drops: shows where they would land, and places them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent

from technovae_gui import mime
from technovae_gui.document import Document
from technovae_gui.timeline import drops
from technovae_gui.timeline.camera import Camera
from technovae_gui.timeline.drops import Landing
from technovae_gui.timeline.scene_painter import ghost_rects
from technovae_gui.timeline.state import State

if TYPE_CHECKING:
    from technovae_gui.timeline.canvas import Canvas


class Dropping:
    """Handles the canvas's drag events."""

    def __init__(self, canvas: Canvas, document: Document, camera: Camera, state: State) -> None:
        self._canvas, self._document, self._camera, self._state = canvas, document, camera, state
        self.landing: Landing | None = None
        """Where what is dragged now would land."""

    def over(self, event: QDragMoveEvent) -> None:
        """Something is dragged over the lanes."""
        if not drops.acceptable(event.mimeData()):
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._show(self._landing(event))

    def leave(self) -> None:
        """It went elsewhere."""
        self._show(None)

    def drop(self, event: QDropEvent) -> None:
        """It was dropped."""
        landing, data = self._landing(event), event.mimeData()
        self._show(None)
        dragged, files = mime.decode(data), mime.local_files(data)
        if dragged:
            drops.place(self._document, landing, dragged)
            self._canvas.setFocus()
        elif files:
            lanes = self._document.arrangement.lanes
            lane_id = lanes[landing.row].id if landing.row < len(lanes) else ""
            self._canvas.files_dropped.emit(files, landing.tick, lane_id)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def _landing(self, event: QDropEvent) -> Landing:
        rows = len(self._document.arrangement.lanes)
        return drops.landing(event, self._camera.geometry, rows, self._state.snap)

    def _show(self, landing: Landing | None) -> None:
        if landing == self.landing:
            return
        if not self._document.arrangement.end:
            self._canvas.update()  # the hint comes and goes with it
        for shown in (self.landing, landing):
            if shown is not None:
                geometry = self._camera.geometry
                for rect in ghost_rects(geometry, shown.row, shown.tick, shown.count):
                    self._canvas.update(rect.adjusted(-3, -3, 3, 3).toAlignedRect())
        self.landing = landing
