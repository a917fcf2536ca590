"""The arrangement as it is painted: which clips lie where, and what an edit changes on the screen.

Transitions are found here a second time: `core.arrangement.transitions` does it for the mixdown,
but brings scipy with it, which the window does not load before its first paint. A test holds the
two together.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip
from core.settings import TICKS_PER_BAR

ClipOnRow = tuple[int, Clip]
"""A clip with the row of its lane."""

_START = attrgetter("start")
_END = attrgetter("end")


@dataclass(frozen=True)
class Crossfade:
    """Where two clips of one lane overlap.

    Attributes:
        outgoing: the clip that fades out.
        incoming: the clip that fades in.
        start: first tick of the overlap.
        end: first tick after it.
        swap: the tick of the bass swap, or None.
    """

    outgoing: Clip
    incoming: Clip
    start: int
    end: int
    swap: int | None


class Scene:
    """The arrangement that is on the screen, and the difference to the next one."""

    def __init__(self, arrangement: Arrangement) -> None:
        self.arrangement = arrangement
        self.swaps = bass_swaps(arrangement)
        """Ticks of the bass swaps between lanes, by the id of the clip that comes in."""
        self._clips = _clips_by_id(arrangement)

    def replace(self, arrangement: Arrangement) -> list[ClipOnRow] | None:
        """Show another arrangement.

        Returns:
            The clips to repaint, both where they were and where they are now. None means
            everything: lanes were added, removed or reordered, or became audible or silent, or
            markers changed.
        """
        before, swaps_before = self.arrangement, self.swaps
        self.arrangement, self.swaps = arrangement, bass_swaps(arrangement)
        if before.markers != arrangement.markers or _lanes_shown(before) != _lanes_shown(
            arrangement
        ):
            self._clips = _clips_by_id(arrangement)
            return None
        lanes = zip(before.lanes, arrangement.lanes, strict=True)
        rows = [row for row, (old, new) in enumerate(lanes) if old is not new]
        gone, come = (_clips_by_id(it, rows) for it in (before, arrangement))
        changed = _changed_ids(gone, come)
        changed |= {clip_id for clip_id, _ in swaps_before.items() ^ self.swaps.items()}
        dirty = _with_neighbours(before, {**self._clips, **gone}, changed)
        for clip_id in gone.keys() - come.keys():
            del self._clips[clip_id]
        self._clips.update(come)
        return [*dirty, *_with_neighbours(arrangement, self._clips, changed)]

    def find(self, clip_id: str) -> ClipOnRow | None:
        """Row and clip of that id; None if it is not in the arrangement."""
        return self._clips.get(clip_id)


def clips_between(lane: Lane, first: float, last: float) -> tuple[Clip, ...]:
    """Find the clips of a lane in a stretch of time.

    It does not look at all of them: on a lane, starts and ends are both in order.

    Args:
        lane: the lane.
        first: a tick.
        last: a later tick.

    Returns:
        The clips that touch `first` to `last`, in order.
    """
    begin, end = _indices(lane, first, last)
    return lane.clips[begin:end]


def clips_with_overlaps(lane: Lane, first: float, last: float) -> Iterator[tuple[Clip, int, int]]:
    """Find the clips of a lane that can be seen, and where they overlap.

    Args:
        lane: which lane.
        first: tick at the left edge.
        last: tick at the right edge.

    Yields:
        A clip, and the ticks of it that lie under the clip before it and under the one after it.
    """
    clips = lane.clips
    begin, end = _indices(lane, first, last)
    for index in range(begin, end):
        clip = clips[index]
        into = clips[index - 1].end - clip.start if index else 0
        out = clip.end - clips[index + 1].start if index + 1 < len(clips) else 0
        yield clip, max(into, 0), max(out, 0)


def clips_at(lane: Lane, tick: float) -> list[Clip]:
    """Find the clips that sound at a tick.

    Args:
        lane: the lane.
        tick: not rounded.

    Returns:
        At most two; the one painted on top (the later one) comes first.
    """
    found = clips_between(lane, tick - 1, tick + 1)
    return [clip for clip in reversed(found) if clip.start <= tick < clip.end]


def crossfades(clips: Sequence[Clip]) -> Iterator[Crossfade]:
    """The overlaps of neighbours among the clips of one lane, first to last; one that is muted has
    none."""
    for before, after in itertools.pairwise(clips):
        if after.start < before.end and not (before.mute or after.mute):
            start, end = after.start, before.end
            swap = _downbeat(start, end) if after.bass_swap else None
            yield Crossfade(before, after, start, end, swap)


def overlaps(lane: Lane, clip: Clip) -> tuple[int, int]:
    """Measure how far a clip overlaps its neighbours.

    Args:
        lane: the lane.
        clip: one of its clips.

    Returns:
        Ticks of the clip that lie under the clip before it, and under the one after it.
    """
    found = clips_with_overlaps(lane, clip.start, clip.end)
    return next((into, out) for other, into, out in found if other.id == clip.id)


def bass_swaps(arrangement: Arrangement) -> dict[str, int]:
    """Bass swaps of clips that fade in exactly while a clip of any lane fades out.

    Returns:
        The tick of the swap by the id of the clip that comes in.
    """
    clips = [clip for clip in arrangement.clips() if not clip.mute]
    coming = [clip for clip in clips if clip.bass_swap and clip.fade_in]
    if not coming:  # of a thousand clips few or none have one
        return {}
    leaving = {(clip.end - clip.fade_out, clip.end) for clip in clips}
    return {
        clip.id: _downbeat(clip.start, clip.start + clip.fade_in)
        for clip in coming
        if (clip.start, clip.start + clip.fade_in) in leaving
    }


def _indices(lane: Lane, first: float, last: float) -> tuple[int, int]:
    begin = bisect_right(lane.clips, first, key=_END)
    return begin, bisect_left(lane.clips, last, key=_START)


def _downbeat(start: int, end: int) -> int:
    middle = (start + end) // 2
    bar = (2 * middle + TICKS_PER_BAR) // (2 * TICKS_PER_BAR) * TICKS_PER_BAR
    return bar if start <= bar <= end else middle


def _clips_by_id(
    arrangement: Arrangement, rows: Iterable[int] | None = None
) -> dict[str, ClipOnRow]:
    """The clips on some rows, or on all."""
    lanes = arrangement.lanes
    some = range(len(lanes)) if rows is None else rows
    return {clip.id: (row, clip) for row in some for clip in lanes[row].clips}


def _lanes_shown(arrangement: Arrangement) -> list[tuple[str, bool]]:
    audible = {lane.id for lane in arrangement.audible_lanes}
    return [(lane.id, lane.id in audible) for lane in arrangement.lanes]


def _changed_ids(before: dict[str, ClipOnRow], after: dict[str, ClipOnRow]) -> set[str]:
    changed = before.keys() ^ after.keys()
    for clip_id in before.keys() & after.keys():
        (row, clip), (row_now, clip_now) = before[clip_id], after[clip_id]
        if row != row_now or (clip is not clip_now and clip != clip_now):
            changed.add(clip_id)
    return changed


def _with_neighbours(
    arrangement: Arrangement, clips: dict[str, ClipOnRow], clip_ids: set[str]
) -> list[ClipOnRow]:
    """Those of `clip_ids` that exist, with the clips they overlap: these get other fades."""
    found = []
    for clip_id in clip_ids & clips.keys():
        row, clip = clips[clip_id]
        near = clips_between(arrangement.lanes[row], clip.start, clip.end)
        found += [(row, other) for other in near]
    return found
