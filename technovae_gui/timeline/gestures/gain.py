"""Dragging the gain line of clips up and down."""

from __future__ import annotations

from PySide6.QtCore import Qt

from core.arrangement import edits
from core.arrangement.clip import GAIN_MAX_DB, GAIN_MIN_DB, Clip
from technovae_gui.document import Document
from technovae_gui.timeline.gestures.base import EditGesture, Pointer
from technovae_gui.timeline.positions import decibel_text

_DB_PER_PIXEL = 0.3
_FINE = 0.2
_ZERO_REACH = 0.5
_LOWEST = -60.0
"""Below it there is only silence."""


class Gain(EditGesture):
    """Changes the gain of the selected clips by the same number of dB."""

    cursor = Qt.CursorShape.SizeVerCursor

    def __init__(self, document: Document, clip: Clip, pointer: Pointer) -> None:
        super().__init__(document, "clip gain")
        self._clip, self._y = clip, pointer.y
        self._ids = [c.id for c in document.selected_clips()]

    def move(self, pointer: Pointer) -> str:
        per_pixel = _DB_PER_PIXEL * (_FINE if pointer.extending else 1.0)
        wanted = level(self._clip.gain_db + (self._y - pointer.y) * per_pixel, fine=pointer.free)
        change = wanted - self._clip.gain_db
        self.apply(
            lambda before: edits.change_clips(before, self._ids, lambda c: _raised(c, change))
        )
        return decibel_text(wanted)


def _raised(clip: Clip, change: float) -> Clip:
    return clip.changed(gain_db=level(clip.gain_db + change, fine=True))


def level(gain_db: float, *, fine: bool = False) -> float:
    """`gain_db` in tenths and in range; near zero it sticks to zero unless `fine`."""
    if gain_db <= _LOWEST:
        return GAIN_MIN_DB
    if not fine and abs(gain_db) < _ZERO_REACH:
        return 0.0
    return round(min(gain_db, GAIN_MAX_DB), 1)
