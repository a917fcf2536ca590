"""Drops onto the lanes: sources from inside the window, files from the desktop."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from core.arrangement import edits
from core.arrangement.clip import Clip, new_id
from core.settings import TICKS_PER_SEGMENT
from technovae_gui import mime
from technovae_gui.document import Document
from technovae_gui.mime import DraggedSource
from technovae_gui.timeline.geometry import Geometry, Snap, segment_rects
from technovae_gui.timeline.hit_testing import places_freely
from technovae_gui.timeline.viewport import TimelineState, Viewport


@dataclass(frozen=True)
class DropPosition:
    """Where a drop would put its clips.

    Attributes:
        row: the lane; one more than there are means a new one.
        tick: where the first clip starts.
        count: how many clips of four bars follow each other.
    """

    row: int
    tick: int
    count: int


@dataclass(frozen=True)
class FileDrop:
    """Files of the desktop that were dropped on the lanes.

    Attributes:
        paths: files and folders, in order.
        tick: where they were dropped, on the grid.
        lane_id: the lane; empty below the last one.
    """

    paths: tuple[Path, ...]
    tick: int
    lane_id: str


class DropTarget(QObject):
    """Handles the drag events of the lanes: shows where a drop would land, and places clips.

    Signals:
        files_dropped(FileDrop): files came from the desktop.
    """

    files_dropped = Signal(object)

    def __init__(
        self, widget: QWidget, document: Document, viewport: Viewport, state: TimelineState
    ) -> None:
        super().__init__(widget)
        self._widget, self._document = widget, document
        self._viewport, self._state = viewport, state
        self.position: DropPosition | None = None
        """Where what is dragged now would land."""

    def drag_move(self, event: QDragMoveEvent) -> None:
        """Something is dragged over the lanes; also for its entry."""
        if not acceptable(event.mimeData()):
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._show(self._position(event))

    def drag_leave(self) -> None:
        """Show no drop any more: the drag has left the lanes."""
        self._show(None)

    def drop(self, event: QDropEvent) -> None:
        """Place dropped sources, or ask for dropped files to be imported."""
        position, data = self._position(event), event.mimeData()
        self._show(None)
        dragged, files = mime.decode(data), mime.local_files(data)
        if dragged:
            place_sources(self._document, position, dragged)
            self._widget.setFocus()
        elif files:
            lanes = self._document.arrangement.lanes
            lane_id = lanes[position.row].id if position.row < len(lanes) else ""
            paths = tuple(Path(file) for file in files)
            self.files_dropped.emit(FileDrop(paths, position.tick, lane_id))
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def _position(self, event: QDropEvent) -> DropPosition:
        rows = len(self._document.arrangement.lanes)
        return drop_position(event, self._viewport.geometry, rows, self._state.snap)

    def _show(self, position: DropPosition | None) -> None:
        if position == self.position:
            return
        if not self._document.arrangement.end:
            self._widget.update()  # the hint on an empty timeline gives way to it
        for shown in (self.position, position):
            if shown is not None:
                geometry = self._viewport.geometry
                for rect in segment_rects(geometry, shown.row, shown.tick, shown.count):
                    self._widget.update(rect.adjusted(-3, -3, 3, 3).toAlignedRect())
        self.position = position


def acceptable(data: QMimeData) -> bool:
    """Whether the lanes can take `data`: sources of clips, or files."""
    return data.hasFormat(mime.SOURCES) or bool(mime.local_files(data))


def drop_position(event: QDropEvent, geometry: Geometry, rows: int, snap: Snap) -> DropPosition:
    """Where a drop would land. Alt or Shift does not snap; below the last lane is a new one.

    Args:
        event: the drop or drag event, in pixels of the lanes' area.
        geometry: what is shown.
        rows: the number of lanes.
        snap: the grid.
    """
    point, data = event.position(), event.mimeData()
    free = places_freely(event.modifiers())
    row = min(max(geometry.row(point.y()), 0), rows)
    sources = data.hasFormat(mime.SOURCES)
    count = len(mime.decode(data)) if sources else len(mime.local_files(data))
    return DropPosition(row, snap.nearest(geometry.tick(point.x()), free=free), max(1, count))


def place_sources(document: Document, position: DropPosition, dragged: list[DraggedSource]) -> None:
    """Place clips of four bars one after the other, and select them; one undo step.

    Args:
        document: where.
        position: lane and tick of the first clip.
        dragged: sources and names of the clips.
    """
    clips = [
        (
            position.row,
            Clip(new_id(), d.source, position.tick + n * TICKS_PER_SEGMENT, name=d.name),
        )
        for n, d in enumerate(dragged)
    ]
    what = (dragged[0].name or "clip") if len(dragged) == 1 else f"{len(dragged)} clips"
    if document.edit(f"place {what}", lambda now: edits.put(now, clips)):
        document.select(clip.id for _, clip in clips)
