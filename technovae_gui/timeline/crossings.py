"""Where clips of one lane cross over, and where a bass swap happens: what is drawn over clips.

`core.arrangement.transitions` says the same for the mixdown, but brings scipy with it, which the
window does not load before its first paint; a test holds the two together.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip
from core.settings import TICKS_PER_BAR
from technovae_gui.timeline import visible


@dataclass(frozen=True)
class Crossing:
    """`outgoing` and `incoming` overlap from `start` to `end`; `swap` is the bass swap's tick."""

    outgoing: Clip
    incoming: Clip
    start: int
    end: int
    swap: int | None


def among(clips: Sequence[Clip]) -> Iterator[Crossing]:
    """The overlaps of neighbours among the clips of one lane, first to last."""
    for before, after in itertools.pairwise(clips):
        if after.start < before.end:
            yield _crossing(before, after, after.start, before.end)


def across(arrangement: Arrangement) -> dict[str, int]:
    """Bass swaps of clips that fade in exactly over a fade-out elsewhere: clip id -> tick."""
    leaving = {(clip.end - clip.fade_out, clip.end) for clip in arrangement.clips()}
    return {
        clip.id: _downbeat(clip.start, clip.start + clip.fade_in)
        for clip in arrangement.clips()
        if clip.bass_swap and clip.fade_in and (clip.start, clip.start + clip.fade_in) in leaving
    }


def overlaps(lane: Lane, clip: Clip) -> tuple[int, int]:
    """Ticks of `clip` that lie under the neighbour before it, and under the one after it."""
    near = visible.between(lane, clip.start, clip.end)
    into = max((other.end - clip.start for other in near if other.start < clip.start), default=0)
    out = max((clip.end - other.start for other in near if other.start > clip.start), default=0)
    return max(0, into), max(0, out)


def _crossing(before: Clip, after: Clip, start: int, end: int) -> Crossing:
    swap = _downbeat(start, end) if after.bass_swap else None
    return Crossing(before, after, start, end, swap)


def _downbeat(start: int, end: int) -> int:
    middle = (start + end) // 2
    bar = (2 * middle + TICKS_PER_BAR) // (2 * TICKS_PER_BAR) * TICKS_PER_BAR
    return bar if start <= bar <= end else middle
