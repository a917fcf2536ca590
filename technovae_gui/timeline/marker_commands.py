"""What mouse, keys and menus do with markers; each is one undo step."""

from __future__ import annotations

from collections.abc import Callable

from core.arrangement import marker_edits
from core.arrangement.clip import new_id
from core.settings import TICKS_PER_BEAT
from technovae_gui.document import Document
from technovae_gui.timeline.viewport import TimelineState


class MarkerCommands:
    """Edits the markers of a document and moves the playhead to them.

    Args:
        document: what is edited.
        state: where the playhead is.
        seek: moves the playhead to a tick.
    """

    def __init__(
        self, document: Document, state: TimelineState, seek: Callable[[int], object]
    ) -> None:
        self._document, self._state, self._seek = document, state, seek

    def add(self, tick: int) -> str:
        """Add a marker at a tick, where there is none yet; returns the id of the one there."""
        there = [it.id for it in self._document.arrangement.markers if it.tick == tick]
        if there:
            return there[0]
        made = new_id()
        self._document.edit(
            "add marker", lambda now: marker_edits.add_marker(now, tick, marker_id=made)
        )
        return made

    def add_at_playhead(self) -> None:
        """Add a marker where it plays, on the grid, or where the playhead rests."""
        self.add(self._state.edit_tick)

    def rename(self, marker_id: str, name: str) -> None:
        """Give a marker another name.

        Args:
            marker_id: which marker.
            name: its new name.
        """
        self._document.edit(
            "rename marker", lambda now: marker_edits.set_marker(now, marker_id, name=name)
        )

    def set_colour(self, marker_id: str, colour: str) -> None:
        """Give a marker another colour.

        Args:
            marker_id: which marker.
            colour: `#rrggbb`; empty for the one that goes with its name.
        """
        self._document.edit(
            "marker colour", lambda now: marker_edits.set_marker(now, marker_id, colour=colour)
        )

    def delete(self, marker_id: str) -> None:
        """Remove a marker."""
        self._document.edit(
            "delete marker", lambda now: marker_edits.remove_markers(now, [marker_id])
        )

    def delete_all(self) -> None:
        """Remove all markers."""
        ids = [it.id for it in self._document.arrangement.markers]
        self._document.edit("delete all markers", lambda now: marker_edits.remove_markers(now, ids))

    def loop_section(self, marker_id: str) -> None:
        """Put the loop region around the section that a marker begins."""
        start, end = self._section(marker_id)
        if end > start:
            self._document.set_loop((start, end))

    def select_section(self, marker_id: str) -> None:
        """Select the clips of which at least half lies in the section that a marker begins."""
        start, end = self._section(marker_id)
        self._document.select(
            clip.id
            for clip in self._document.arrangement.clips()
            if 2 * (min(clip.end, end) - max(clip.start, start)) >= clip.length
        )

    def go_to_next(self) -> None:
        """Move the playhead to the next marker, if there is one."""
        # Frames are no whole ticks: at a marker the playhead is a little beside it.
        found = marker_edits.next_marker(self._document.arrangement, round(self._state.playhead))
        if found is not None:
            self._seek(found.tick)

    def go_to_previous(self) -> None:
        """Move the playhead to the marker before, or to the first bar.

        While it plays, a marker that was passed less than a beat ago does not count, so that
        pressing the key twice goes two markers back.
        """
        passed = TICKS_PER_BEAT if self._state.playing else 0
        place = round(self._state.playhead) - passed
        found = marker_edits.previous_marker(self._document.arrangement, place)
        self._seek(0 if found is None else found.tick)

    def go_to(self, number: int) -> None:
        """Move the playhead to a marker by its number, counted from 1; nothing if there is none."""
        markers = self._document.arrangement.markers
        if number <= len(markers):
            self._seek(markers[number - 1].tick)

    def _section(self, marker_id: str) -> tuple[int, int]:
        arrangement = self._document.arrangement
        start = arrangement.marker(marker_id).tick
        found = marker_edits.section_at(arrangement, start)
        return start, found[1] if found is not None else start
