"""Which clips of a lane lie between two ticks, without looking at all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter

from core.arrangement.arrangement import Lane
from core.arrangement.clip import Clip

_START = attrgetter("start")
_END = attrgetter("end")


def between(lane: Lane, first: float, last: float) -> tuple[Clip, ...]:
    """The clips that touch first..last, in order. On a lane starts and ends are both in order."""
    begin = bisect_right(lane.clips, first, key=_END)
    end = bisect_left(lane.clips, last, key=_START)
    return lane.clips[begin:end]


def under(lane: Lane, tick: float) -> list[Clip]:
    """The clips that sound at `tick`: the one on top (the later one) first."""
    found = between(lane, tick - 1, tick + 1)
    return [clip for clip in reversed(found) if clip.start <= tick < clip.end]
