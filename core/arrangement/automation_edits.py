"""Edits of the automation of lanes, as pure functions."""

from __future__ import annotations

from collections.abc import Iterable

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import Automation, Breakpoint


def set_points(
    arrangement: Arrangement, lane_id: str, parameter: str, points: Iterable[Breakpoint]
) -> Arrangement:
    """Give a setting of a lane another curve.

    Args:
        arrangement: to edit.
        lane_id: the lane.
        parameter: a name in `automation.PARAMETERS`.
        points: of the curve; none takes it away.

    Returns:
        The edited arrangement.

    Raises:
        InputError: no such lane or parameter, or points that are no curve.
    """
    lane, made = arrangement.lane(lane_id), tuple(points)
    others = tuple(it for it in lane.automation if it.parameter != parameter)
    curves = (*others, Automation(parameter, made)) if made else others
    return _replaced(arrangement, lane, lane.changed(automation=curves))


def clear(arrangement: Arrangement, lane_id: str) -> Arrangement:
    """Take all curves of a lane away. Raises `InputError` if there is no such lane."""
    lane = arrangement.lane(lane_id)
    return _replaced(arrangement, lane, lane.changed(automation=()))


def with_point(
    points: Iterable[Breakpoint], moved: Breakpoint, instead_of: Breakpoint | None = None
) -> tuple[Breakpoint, ...]:
    """Points with one more, or with one moved between its neighbours.

    Args:
        points: in order.
        moved: as it is now; where two lie on its tick already, it takes the place of the second.
        instead_of: one of `points`; it is not passed by others, so it stays between its neighbours.

    Returns:
        Points in order.
    """
    rest = [it for it in points if it is not instead_of]
    if instead_of is None:
        same = [it for it in rest if it.tick == moved.tick]
        if len(same) > 1:
            rest.remove(same[1])
        before = [it for it in rest if it.tick <= moved.tick]
    else:
        count = next(n for n, it in enumerate(points) if it is instead_of)
        before = rest[:count]
        low = before[-1].tick if before else 0
        if len(before) > 1 and before[-2].tick == low:
            low += 1
        high = rest[count].tick if count < len(rest) else moved.tick
        if len(rest) > count + 1 and rest[count + 1].tick == high:
            high -= 1
        moved = moved.changed(tick=max(low, min(moved.tick, max(low, high))))
    return (*before, moved, *rest[len(before) :])


def rippled(lane: Lane, start: int, end: int, shift: int) -> tuple[Automation, ...]:
    """The curves of a lane where time is inserted or taken out; see `Automation.rippled`."""
    curves = (curve.rippled(start, end, shift) for curve in lane.automation)
    return tuple(curve for curve in curves if curve is not None)


def repeated(lane: Lane, start: int, end: int) -> tuple[Automation, ...]:
    """The curves of a lane where time is repeated; see `Automation.with_repeat`."""
    return tuple(curve.with_repeat(start, end) for curve in lane.automation)


def _replaced(arrangement: Arrangement, before: Lane, after: Lane) -> Arrangement:
    lanes = tuple(after if lane is before else lane for lane in arrangement.lanes)
    return arrangement.changed(lanes=lanes)
