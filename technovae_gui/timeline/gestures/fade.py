"""Dragging a fade handle."""

from __future__ import annotations

from PySide6.QtCore import Qt

from core.arrangement import edits
from core.arrangement.clip import Clip
from technovae_gui.document import Document
from technovae_gui.timeline.gestures.base import EditGesture, Pointer
from technovae_gui.timeline.positions import length_text


class Fade(EditGesture):
    """Sets the fade-in or the fade-out of one clip, as long as the other one leaves room."""

    cursor = Qt.CursorShape.PointingHandCursor

    def __init__(self, document: Document, clip: Clip, pointer: Pointer, *, into: bool) -> None:
        super().__init__(document, "fade in" if into else "fade out")
        self._clip, self._into = clip, into
        edge = clip.start + clip.fade_in if into else clip.end - clip.fade_out
        self._grip = pointer.tick - edge

    def move(self, pointer: Pointer) -> str:
        clip = self._clip
        tick = pointer.snap.near(pointer.tick - self._grip, free=pointer.free)
        if self._into:
            fade = min(max(tick - clip.start, 0), clip.length - clip.fade_out)
            self.apply(lambda before: edits.set_fades(before, clip.id, fade_in=fade))
        else:
            fade = min(max(clip.end - tick, 0), clip.length - clip.fade_in)
            self.apply(lambda before: edits.set_fades(before, clip.id, fade_out=fade))
        return f"fade {length_text(fade)}"
