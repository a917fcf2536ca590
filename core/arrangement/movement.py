"""How the lanes of a composition move: filters that open and close, echoes where a layer leaves.

A layer that is cut off leaves its echo behind, a break is filtered and opens, what leads to a drop
gets thinner and wider until the drop is there, dry. All of it is automation, so that it can be seen
and redrawn.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from core.arrangement.arrangement import Lane
from core.arrangement.automation import (
    ECHO,
    HIGH_PASS,
    LOW_PASS,
    PARAMETERS,
    REVERB,
    Automation,
    Breakpoint,
)
from core.arrangement.clip import Clip
from core.arrangement.form import FormSection
from core.settings import TICKS_PER_BAR, TICKS_PER_BEAT

_OPEN_HZ: Final = 3000.0
"""From here on a low-pass is not heard in the body, which ends at 2.5 kHz."""
_CLOSED_HZ: Final = 900.0
_CLOSING_BARS: Final = 4
_FULL_HZ: Final = 100.0
"""Up to here a high-pass is not heard in the body, which begins at 150 Hz."""
_THIN_HZ: Final = 450.0
_RISE_BARS: Final = 8
"""How long before a drop it begins to get thinner."""
_ROOM_DB: Final = -18.0
_FAR_DB: Final = -30.0
_WIDE_DB: Final = -10.0
_THROW_DB: Final = {"body": -1.0, "tops": -3.0}
_THROW_TICKS: Final = TICKS_PER_BEAT
_LEAST_GAP: Final = 2 * TICKS_PER_BEAT
_DRY_BARS: Final = 8
"""At the end of a track nothing is sent, so that all echoes are over on its last sample."""
_RISING: Final = ("build", "rise", "break")


@dataclass(frozen=True)
class _Move:
    """A setting that goes from one value to another within a stretch, in ticks."""

    start: int
    end: int
    first: float
    last: float


def moved(
    lanes: Sequence[Lane], sections: Sequence[FormSection], end: int, *, keep_opening: bool = False
) -> tuple[Lane, ...]:
    """Automate filters and sends of the lanes of a composition; the bass stays as it is.

    Args:
        lanes: as `sequencing.sequence_lanes` makes them.
        sections: the form.
        end: the tick at which the composition ends.
        keep_opening: its first section is heard without a filter.

    Returns:
        The lanes with their curves.
    """
    rising = list(_rises(sections[1:] if keep_opening else sections))
    moves: dict[str, dict[str, list[_Move]]] = {
        "lane-body": {
            LOW_PASS.name: list(_openings(sections, keep_opening=keep_opening)),
            HIGH_PASS.name: [_Move(*span, _FULL_HZ, _THIN_HZ) for span in rising],
            REVERB.name: list(_rooms(sections, rising)),
        },
        "lane-tops": {REVERB.name: [_Move(*span, _FAR_DB, _WIDE_DB) for span in rising]},
    }
    found = []
    dry = end - _DRY_BARS * TICKS_PER_BAR
    for lane in lanes:
        by_name = moves.get(lane.id)
        if by_name is not None:
            by_name[ECHO.name] = list(_throws(lane))
            for name in (ECHO.name, REVERB.name):
                by_name[name] = [it for it in by_name[name] if it.end <= dry]
            curves = (_curve(name, some) for name, some in by_name.items() if some)
            lane = lane.changed(automation=tuple(curves))
        found.append(lane)
    return tuple(found)


def _rises(sections: Sequence[FormSection]) -> Iterator[tuple[int, int]]:
    """The stretches that lead to a drop."""
    for section, after in itertools.pairwise(sections):
        if after.entry == "cut" and section.name in _RISING:
            bars = min(_RISE_BARS, section.bars)
            yield (section.end - bars) * TICKS_PER_BAR, section.end * TICKS_PER_BAR


def _openings(sections: Sequence[FormSection], *, keep_opening: bool) -> Iterator[_Move]:
    """How the body's low-pass moves: it opens in an intro, closes in an outro, does both in a
    break."""
    last = len(sections) - 1
    for number, section in enumerate(sections):
        start, end = section.start * TICKS_PER_BAR, section.end * TICKS_PER_BAR
        quiet = section.name == "break"
        # A quiet beginning or end of an energy curve is called a break as well.
        if number == 0 and (section.name == "intro" or quiet):
            if not keep_opening:
                yield _Move(start, end, _CLOSED_HZ, _OPEN_HZ)
        elif section.name == "outro" or (quiet and number == last):
            yield _Move(start, end, _OPEN_HZ, _CLOSED_HZ)
        elif quiet and section.bars > _CLOSING_BARS:
            closed = start + _CLOSING_BARS * TICKS_PER_BAR
            yield _Move(start, closed, _OPEN_HZ, _CLOSED_HZ)
            yield _Move(closed, end, _CLOSED_HZ, _OPEN_HZ)


def _rooms(sections: Sequence[FormSection], rising: Sequence[tuple[int, int]]) -> Iterator[_Move]:
    """What the body sends to the reverb: some in breaks, more and more before a drop."""
    last_bars = {end: start for start, end in rising}
    for section in sections:
        start, end = section.start * TICKS_PER_BAR, section.end * TICKS_PER_BAR
        rise = last_bars.get(end, end)
        room = section.name == "break"
        if room and rise > start:
            yield _Move(start, rise, _ROOM_DB, _ROOM_DB)
        if rise < end:
            yield _Move(rise, end, _ROOM_DB if room else _FAR_DB, _WIDE_DB)


def _throws(lane: Lane) -> Iterator[_Move]:
    """The last beat of what is cut off goes to the echo, which fills the gap."""
    level = _THROW_DB[lane.id.removeprefix("lane-")]
    around: list[Clip | None] = [*lane.clips, None]
    for clip, after in itertools.pairwise(around):
        assert clip is not None
        gap = after is None or after.start - clip.end >= _LEAST_GAP
        if gap and clip.fade_out == 0:
            yield _Move(clip.end - min(_THROW_TICKS, clip.length), clip.end, level, level)


def _curve(name: str, moves: Sequence[_Move]) -> Automation:
    """A curve that makes these moves, which do not overlap, and changes nothing between them."""
    rest = PARAMETERS[name].default
    points: list[Breakpoint] = []
    around: list[_Move | None] = [None, *moves, None]
    for before, move, after in zip(around, moves, around[2:], strict=False):
        if before is None or before.end < move.start:
            points.append(Breakpoint(move.start, rest))
        if before is None or (before.end, before.last) != (move.start, move.first):
            points.append(Breakpoint(move.start, move.first))
        points.append(Breakpoint(move.end, move.last))
        if after is None or after.start > move.end:
            points.append(Breakpoint(move.end, rest))
    return Automation(name, tuple(points))
