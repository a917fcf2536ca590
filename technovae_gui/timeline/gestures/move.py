"""Dragging clips along their lane and across lanes; with Ctrl a copy."""

from __future__ import annotations

from PySide6.QtCore import Qt

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip, new_id
from technovae_gui.document import Document
from technovae_gui.timeline.gestures.base import EditGesture, Pointer
from technovae_gui.timeline.positions import bar_text, length_text


class Move(EditGesture):
    """Moves the selected clips; the one that was grabbed snaps."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, document: Document, clip: Clip, pointer: Pointer) -> None:
        count = len(document.selection)
        super().__init__(document, "move clip" if count == 1 else f"move {count} clips")
        self._clip, self._from = clip, pointer
        self._ids = [c.id for c in document.selected_clips()]
        self._copies = {clip_id: new_id() for clip_id in self._ids}

    def move(self, pointer: Pointer) -> str:
        ticks, lanes = self._shift(pointer)
        if pointer.adding:
            self.name = self.name.replace("move", "copy")
            self.apply(lambda before: self._copied(before, ticks, lanes))
            self.document.select(self._copies.values())
        else:
            self.name = self.name.replace("copy", "move")
            self.apply(lambda before: edits.move(before, self._ids, ticks=ticks, lanes=lanes))
            self.document.select(self._ids)
        sign = "+" if ticks >= 0 else "-"
        return f"{bar_text(self._clip.start + ticks)}  ({sign}{length_text(abs(ticks))})"

    def _shift(self, pointer: Pointer) -> tuple[int, int]:
        """Ticks and rows from where the clips were, as far as the edges allow."""
        wanted = self._clip.start + pointer.tick - self._from.tick
        ticks = pointer.snap.near(wanted, free=pointer.free) - self._clip.start
        lanes = pointer.row - self._from.row
        return edits.reach(self.before, self._ids, ticks=ticks, lanes=lanes)

    def _copied(self, before: Arrangement, ticks: int, lanes: int) -> Arrangement:
        copies = [
            (row + lanes, clip.changed(id=self._copies[clip.id], start=clip.start + ticks))
            for row, clip in edits.by_row(before)
            if clip.id in self._copies
        ]
        return edits.put(before, copies) if ticks or lanes else before
