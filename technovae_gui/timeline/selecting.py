"""What a press or a click does to the selection: pure."""

from __future__ import annotations

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip
from technovae_gui.timeline.gestures import Pointer

Ids = frozenset[str]


def pressed(
    arrangement: Arrangement, selection: Ids, clip: Clip, pointer: Pointer, anchor: str
) -> Ids:
    """The selection once the button is down on `clip`: a drag moves all of it.

    `anchor` is the clip that was clicked last: Shift selects from there to here.
    """
    if pointer.extending:
        return selection | span(arrangement, anchor, clip.id)
    if pointer.adding:
        return selection | {clip.id}
    return selection if clip.id in selection else frozenset([clip.id])


def clicked(selection: Ids, before: Ids, clip: Clip, pointer: Pointer) -> Ids:
    """The selection once the button is up again without a drag; `before` is that of the press."""
    if pointer.extending:
        return selection
    if pointer.adding:
        return selection - {clip.id} if clip.id in before else selection
    return frozenset([clip.id])


def span(arrangement: Arrangement, first_id: str, last_id: str) -> Ids:
    """All clips of the lanes and bars between two clips, both with it."""
    ends = [(row, c) for row, c in edits.by_row(arrangement) if c.id in (first_id, last_id)]
    rows = range(min(row for row, _ in ends), max(row for row, _ in ends) + 1)
    start, end = min(c.start for _, c in ends), max(c.end for _, c in ends)
    return frozenset(
        c.id
        for row, c in edits.by_row(arrangement)
        if row in rows and c.start < end and start < c.end
    )
