"""Dragging an edge of a clip: shorter, longer as a loop, or over a neighbour as a crossfade."""

from __future__ import annotations

from PySide6.QtCore import Qt

from core.arrangement import edits
from core.arrangement.clip import Clip
from core.settings import TICKS_PER_BEAT
from technovae_gui.document import Document
from technovae_gui.timeline.gestures.base import EditGesture, Pointer
from technovae_gui.timeline.positions import bar_text, length_text

_SHORTEST = TICKS_PER_BEAT // 4


class Trim(EditGesture):
    """Moves the start or the end of one clip."""

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, document: Document, clip: Clip, pointer: Pointer, *, start: bool) -> None:
        super().__init__(document, "trim start" if start else "trim end")
        self._clip, self._start = clip, start
        self._grip = pointer.tick - (clip.start if start else clip.end)
        self._shortest = min(_SHORTEST, clip.length)

    def move(self, pointer: Pointer) -> str:
        clip = self._clip
        tick = pointer.snap.near(pointer.tick - self._grip, free=pointer.free)
        if self._start:
            tick = min(tick, clip.end - self._shortest)
            self.apply(lambda before: edits.trim_start(before, clip.id, tick))
            return f"{bar_text(tick)}  ({length_text(clip.end - tick)})"
        tick = max(tick, clip.start + self._shortest)
        self.apply(lambda before: edits.trim_end(before, clip.id, tick))
        return f"{bar_text(tick)}  ({length_text(tick - clip.start)})"
