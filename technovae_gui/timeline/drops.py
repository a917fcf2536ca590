"""What is dropped onto the lanes: sources from inside the window, files from the desktop."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDropEvent

from core.arrangement import edits
from core.arrangement.clip import Clip, new_id
from core.settings import TICKS_PER_SEGMENT
from technovae_gui import mime
from technovae_gui.document import Document
from technovae_gui.mime import DraggedSource
from technovae_gui.timeline.geometry import Geometry
from technovae_gui.timeline.snapping import Snap


@dataclass(frozen=True)
class Landing:
    """Where a drop would put its clips; `row` may be the one below the last lane."""

    row: int
    tick: int
    count: int


def acceptable(data: QMimeData) -> bool:
    """Whether the lanes can do something with `data`."""
    return data.hasFormat(mime.SOURCES) or bool(mime.local_files(data))


def landing(event: QDropEvent, geometry: Geometry, rows: int, snap: Snap) -> Landing:
    """Where `event` would land; Alt does not snap. Below the last lane is a new lane."""
    place, data = event.position(), event.mimeData()
    free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
    row = min(max(geometry.row(place.y()), 0), rows)
    count = len(mime.decode(data)) if data.hasFormat(mime.SOURCES) else len(mime.local_files(data))
    return Landing(row, snap.near(geometry.tick(place.x()), free=free), max(1, count))


def place(document: Document, landing: Landing, dragged: list[DraggedSource]) -> None:
    """Place `dragged` there, four bars each, in a row; they are selected then."""
    clips = [
        (
            landing.row,
            Clip(new_id(), d.source, landing.tick + n * TICKS_PER_SEGMENT, name=d.name),
        )
        for n, d in enumerate(dragged)
    ]
    what = (dragged[0].name or "clip") if len(dragged) == 1 else f"{len(dragged)} clips"
    if document.edit(f"place {what}", lambda now: edits.put(now, clips)):
        document.select(clip.id for _, clip in clips)
