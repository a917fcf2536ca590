"""What was painted last, to tell what has to be painted again: a difference by clip id."""

from __future__ import annotations

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip
from technovae_gui.timeline import crossings, visible

Placed = tuple[int, Clip]


class Mirror:
    """The arrangement on the screen."""

    def __init__(self, arrangement: Arrangement) -> None:
        self.arrangement = arrangement
        self.swaps = crossings.across(arrangement)
        self._placed = _placed(arrangement)

    def replace(self, arrangement: Arrangement) -> list[Placed] | None:
        """Show `arrangement`; returns the clips to paint again, where they were and are.

        None means everything: lanes came, went, or are heard otherwise.
        """
        before, placed_before = self.arrangement, self._placed
        swaps_before = self.swaps
        self.arrangement, self._placed = arrangement, _placed(arrangement)
        self.swaps = crossings.across(arrangement)
        if _faces(before) != _faces(arrangement):
            return None
        changed = _differing(placed_before, self._placed)
        swapped = swaps_before.items() ^ self.swaps.items()
        changed |= {clip_id for clip_id, _ in swapped}
        return [
            *_with_neighbours(before, placed_before, changed),
            *_with_neighbours(arrangement, self._placed, changed),
        ]

    def where(self, clip_id: str) -> Placed | None:
        """Row and clip of that id."""
        return self._placed.get(clip_id)

    def gone(self, clip_ids: set[str]) -> set[str]:
        """Those of `clip_ids` that are not there."""
        return clip_ids - self._placed.keys()


def _placed(arrangement: Arrangement) -> dict[str, Placed]:
    return {clip.id: (row, clip) for row, clip in edits.by_row(arrangement)}


def _faces(arrangement: Arrangement) -> list[tuple[str, bool]]:
    heard = set(map(_id, arrangement.audible_lanes))
    return [(lane.id, lane.id in heard) for lane in arrangement.lanes]


def _id(lane: Lane) -> str:
    return lane.id


def _differing(before: dict[str, Placed], after: dict[str, Placed]) -> set[str]:
    changed = before.keys() ^ after.keys()
    for clip_id in before.keys() & after.keys():
        (row, clip), (row_now, clip_now) = before[clip_id], after[clip_id]
        if row != row_now or (clip is not clip_now and clip != clip_now):
            changed.add(clip_id)
    return changed


def _with_neighbours(
    arrangement: Arrangement, placed: dict[str, Placed], clip_ids: set[str]
) -> list[Placed]:
    """Those of `clip_ids` that are there, and whom they overlap: their fades look otherwise."""
    found = []
    for clip_id in clip_ids & placed.keys():
        row, clip = placed[clip_id]
        near = visible.between(arrangement.lanes[row], clip.start, clip.end)
        found += [(row, other) for other in near]
    return found
