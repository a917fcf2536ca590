"""Selecting with a rectangle drawn over empty space."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt

from technovae_gui.document import Document
from technovae_gui.timeline import visible
from technovae_gui.timeline.gestures.base import Pointer


class RubberBand:
    """Selects the clips that the rectangle touches, beside what Ctrl or Shift keeps."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, document: Document, pointer: Pointer) -> None:
        self._document, self._from, self._to = document, pointer, pointer
        self._before = document.selection
        self._kept = self._before if pointer.adding or pointer.extending else frozenset()
        document.select(self._kept)

    @property
    def ticks(self) -> tuple[float, float]:
        """First and last tick of the rectangle."""
        return min(self._from.tick, self._to.tick), max(self._from.tick, self._to.tick)

    def rect(self, left: float, right: float) -> QRectF:
        """The rectangle in pixels, its sides given: they move as the view scrolls."""
        top, bottom = sorted((self._from.y, self._to.y))
        return QRectF(left, top, right - left, bottom - top)

    def move(self, pointer: Pointer) -> str:
        self._to = pointer
        rows = range(min(self._from.row, pointer.row), max(self._from.row, pointer.row) + 1)
        touched = {
            clip.id
            for row, lane in enumerate(self._document.arrangement.lanes)
            if row in rows
            for clip in visible.between(lane, *self.ticks)
        }
        self._document.select(self._kept | touched)
        return ""

    def release(self) -> None:
        """Keep the selection."""

    def cancel(self) -> None:
        """Select again what was selected before."""
        self._document.select(self._before)
