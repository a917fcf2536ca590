"""Edits of an arrangement's markers, as pure functions; the sound stays as it is."""

from __future__ import annotations

from collections.abc import Iterable

from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import new_id
from core.arrangement.marker import Marker


def add_marker(
    arrangement: Arrangement, tick: int, name: str = "", *, marker_id: str = ""
) -> Arrangement:
    """Add a marker.

    Args:
        arrangement: to edit.
        tick: where it is.
        name: what it is called; empty for "Marker" with a number that is free.
        marker_id: its id; empty for a new one.

    Returns:
        The arrangement with the marker.

    Raises:
        InputError: the id is taken, or the place lies before the first bar.
    """
    made = Marker(marker_id or new_id(), tick, name or _free_name(arrangement.markers))
    return arrangement.changed(markers=(*arrangement.markers, made))


def set_marker(arrangement: Arrangement, marker_id: str, **fields: object) -> Arrangement:
    """Change a marker.

    Args:
        arrangement: to edit.
        marker_id: the marker.
        **fields: `tick`, `name` or `colour`, with their new values.

    Returns:
        The arrangement with the changed marker.

    Raises:
        InputError: there is no such marker, or a value is out of range.
    """
    target = arrangement.marker(marker_id)
    changed = target.changed(**fields)
    return arrangement.changed(
        markers=tuple(changed if it is target else it for it in arrangement.markers)
    )


def remove_markers(arrangement: Arrangement, marker_ids: Iterable[str]) -> Arrangement:
    """Remove markers.

    Args:
        arrangement: to edit.
        marker_ids: the markers; ids that no marker has are left out.

    Returns:
        The edited arrangement.
    """
    removed = set(marker_ids)
    kept = tuple(it for it in arrangement.markers if it.id not in removed)
    return arrangement.changed(markers=kept)


def copy_markers(arrangement: Arrangement, markers: Iterable[Marker], ticks: int) -> Arrangement:
    """Add copies of markers of another arrangement, with new ids.

    Args:
        arrangement: to edit.
        markers: what is copied.
        ticks: by how much later they are.

    Returns:
        The arrangement with the copies.

    Raises:
        InputError: one would lie before the first bar.
    """
    copies = [it.changed(id=new_id(), tick=it.tick + ticks) for it in markers]
    return arrangement.changed(markers=(*arrangement.markers, *copies))


def section_at(arrangement: Arrangement, tick: float) -> tuple[Marker, int] | None:
    """Find the section at a tick: from the last marker until then to the next one.

    Args:
        arrangement: with markers.
        tick: not rounded.

    Returns:
        Its marker, and the first tick after it: that of the next marker, or else the end of the
        last clip (the marker's own tick, where it lies after all clips). None before all markers.
    """
    before = [it for it in arrangement.markers if it.tick <= tick]
    if not before:
        return None
    after = [it.tick for it in arrangement.markers if it.tick > tick]
    marker = before[-1]
    return marker, after[0] if after else max(arrangement.end, marker.tick)


def next_marker(arrangement: Arrangement, tick: float) -> Marker | None:
    """Look for a marker to the right.

    Args:
        arrangement: whose markers.
        tick: after which place; it need not be whole.

    Returns:
        The first one after it; None if there is none.
    """
    return next((it for it in arrangement.markers if it.tick > tick), None)


def previous_marker(arrangement: Arrangement, tick: float) -> Marker | None:
    """Look for a marker to the left.

    Args:
        arrangement: whose markers.
        tick: before which place; it need not be whole.

    Returns:
        The last one before it; None if there is none.
    """
    return next((it for it in reversed(arrangement.markers) if it.tick < tick), None)


def moved_markers(
    markers: Iterable[Marker], start: int, end: int, shift: int
) -> tuple[Marker, ...]:
    """Markers where time is inserted or taken out.

    Args:
        markers: in order.
        start: first tick that is taken out.
        end: first tick that stays.
        shift: by how much everything from `end` on moves.

    Returns:
        Those outside of `start` to `end`, the later ones moved.
    """
    return tuple(
        it if it.tick < start else it.changed(tick=it.tick + shift)
        for it in markers
        if not start <= it.tick < end
    )


def _free_name(markers: Iterable[Marker]) -> str:
    taken = {it.name for it in markers}
    number = 1
    while f"Marker {number}" in taken:
        number += 1
    return f"Marker {number}"
