"""What presses, clicks and the rubber band do to the selection of clips."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip
from technovae_gui.document import Document
from technovae_gui.timeline.hit_testing import Pointer
from technovae_gui.timeline.scene import clips_between

ClipIds = frozenset[str]


def selection_on_press(
    arrangement: Arrangement, selection: ClipIds, clip: Clip, pointer: Pointer, anchor: str
) -> ClipIds:
    """The selection once the button is down on a clip; a drag would move all of it.

    Args:
        arrangement: what is shown.
        selection: the ids that were selected until now.
        clip: the clip under the mouse.
        pointer: the mouse, with the keys that are held.
        anchor: id of the clip that was clicked last; Shift selects from there to `clip`.
    """
    if pointer.extending:
        return selection | clips_of_range(arrangement, anchor, clip.id)
    if pointer.adding:
        return selection | {clip.id}
    return selection if clip.id in selection else frozenset([clip.id])


def selection_on_click(
    selection: ClipIds, before: ClipIds, clip: Clip, pointer: Pointer
) -> ClipIds:
    """The selection once the button is up again without a drag.

    Args:
        selection: as `selection_on_press` left it.
        before: as it was before the press.
        clip: the clip under the mouse.
        pointer: the mouse, with the keys that are held.
    """
    if pointer.extending:
        return selection
    if pointer.adding:
        return selection - {clip.id} if clip.id in before else selection
    return frozenset([clip.id])


def clips_of_range(arrangement: Arrangement, first_id: str, last_id: str) -> ClipIds:
    """Find all clips on the lanes and in the bars between two clips.

    Args:
        arrangement: what is shown.
        first_id: a clip.
        last_id: another one, before or after it, or the same.

    Returns:
        Ids, those of the two included.
    """
    ends = [(row, c) for row, c in edits.by_row(arrangement) if c.id in (first_id, last_id)]
    rows = range(min(row for row, _ in ends), max(row for row, _ in ends) + 1)
    start, end = min(c.start for _, c in ends), max(c.end for _, c in ends)
    return frozenset(
        c.id
        for row, c in edits.by_row(arrangement)
        if row in rows and c.start < end and start < c.end
    )


class RubberBand:
    """A rectangle drawn over empty space: selects the clips that it touches.

    With Ctrl or Shift, what was selected before stays selected.
    """

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
        """Where the band lies: its sides move while the view scrolls.

        Args:
            left: pixels.
            right: pixels.

        Returns:
            The rectangle in pixels.
        """
        top, bottom = sorted((self._from.y, self._to.y))
        return QRectF(left, top, right - left, bottom - top)

    def move(self, pointer: Pointer) -> str:
        """Select what the rectangle touches now."""
        self._to = pointer
        rows = range(min(self._from.row, pointer.row), max(self._from.row, pointer.row) + 1)
        touched = {
            clip.id
            for row, lane in enumerate(self._document.arrangement.lanes)
            if row in rows
            for clip in clips_between(lane, *self.ticks)
        }
        self._document.select(self._kept | touched)
        return ""

    def release(self) -> None:
        """Keep the selection."""

    def cancel(self) -> None:
        """Select again what was selected before."""
        self._document.select(self._before)
