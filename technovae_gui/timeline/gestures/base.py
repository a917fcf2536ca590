"""What a drag on the timeline is: it edits live, as one undo step, and can be taken back."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt

from core.arrangement.arrangement import Arrangement
from technovae_gui.document import Change, Document
from technovae_gui.timeline.snapping import Snap

_serials = itertools.count()


@dataclass(frozen=True)
class Pointer:
    """Where the mouse is, in pixels, and in ticks and rows that may lie outside the lanes."""

    x: float
    y: float
    tick: float
    row: int
    snap: Snap = Snap.BAR
    free: bool = False
    """Alt: without snapping."""
    adding: bool = False
    """Ctrl: copies what is moved, toggles what is clicked."""
    extending: bool = False
    """Shift: extends the selection, and makes levels finer."""


class Gesture(Protocol):
    """A drag in progress."""

    cursor: Qt.CursorShape

    def move(self, pointer: Pointer) -> str:
        """Follow the mouse; returns what to show beside it."""

    def release(self) -> None:
        """The button is up: what was done stays."""

    def cancel(self) -> None:
        """Esc: nothing was done."""


class EditGesture:
    """A drag that edits: always from the arrangement it began with, as one step of history."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, document: Document, name: str) -> None:
        self.document, self.name = document, name
        self.before: Arrangement = document.arrangement
        self._chosen = document.selection
        self._merge = ("drag", next(_serials))

    def apply(self, change: Change) -> None:
        """Show `change` of the arrangement as it was before the drag."""
        self.document.edit(self.name, lambda _now: change(self.before), merge=self._merge)

    def release(self) -> None:
        """Keep what is shown."""

    def cancel(self) -> None:
        """Go back to what was before the drag, without a step of history."""
        self.apply(lambda before: before)
        self.document.select(self._chosen)
