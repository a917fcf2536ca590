"""Drags on the lanes: each a small class that follows the mouse and edits the document live."""

from __future__ import annotations

from PySide6.QtCore import Qt

from technovae_gui.document import Document
from technovae_gui.timeline.gestures.base import Gesture, Pointer
from technovae_gui.timeline.gestures.fade import Fade
from technovae_gui.timeline.gestures.gain import Gain
from technovae_gui.timeline.gestures.move import Move
from technovae_gui.timeline.gestures.rubber_band import RubberBand
from technovae_gui.timeline.gestures.trim import Trim
from technovae_gui.timeline.hits import Hit, Part

__all__ = ["Fade", "Gain", "Gesture", "Move", "Pointer", "RubberBand", "Trim", "begin", "cursor"]

_CURSORS = {
    Part.EMPTY: Qt.CursorShape.ArrowCursor,
    Part.BODY: Qt.CursorShape.OpenHandCursor,
    Part.START: Trim.cursor,
    Part.END: Trim.cursor,
    Part.FADE_IN: Fade.cursor,
    Part.FADE_OUT: Fade.cursor,
    Part.GAIN: Gain.cursor,
}


def begin(document: Document, hit: Hit, pointer: Pointer) -> Gesture:
    """The drag that starts on `hit`."""
    clip = hit.clip
    if clip is None:
        return RubberBand(document, pointer)
    if hit.part in (Part.START, Part.END):
        return Trim(document, clip, pointer, start=hit.part is Part.START)
    if hit.part in (Part.FADE_IN, Part.FADE_OUT):
        return Fade(document, clip, pointer, into=hit.part is Part.FADE_IN)
    if hit.part is Part.GAIN:
        return Gain(document, clip, pointer)
    return Move(document, clip, pointer)


def cursor(hit: Hit) -> Qt.CursorShape:
    """The shape that says what a drag from `hit` would do."""
    return _CURSORS[hit.part]
