"""Edits of the automation of lanes, as pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import (
    ECHO,
    HIGH_PASS,
    LOW_PASS,
    PAN,
    RESONANCE,
    REVERB,
    Automation,
    Breakpoint,
    Parameter,
)
from core.arrangement.clip import Clip


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
    """Take all curves of a lane away.

    Args:
        arrangement: to be edited.
        lane_id: which lane.

    Returns:
        The edited arrangement.

    Raises:
        InputError: there is no such lane.
    """
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
    """The curves of a lane where time is inserted or taken out.

    Args:
        lane: as it is.
        start, end, shift: ticks, as for `Automation.rippled`.

    Returns:
        The curves; those of which nothing is left are missing.
    """
    curves = (curve.rippled(start, end, shift) for curve in lane.automation)
    return tuple(curve for curve in curves if curve is not None)


def repeated(lane: Lane, start: int, end: int) -> tuple[Automation, ...]:
    """The curves of a lane where time is repeated.

    Args:
        lane: as it is.
        start, end: ticks, as for `Automation.with_repeat`.

    Returns:
        As many curves as before.
    """
    return tuple(curve.with_repeat(start, end) for curve in lane.automation)


def setting(lane: Lane, parameter: Parameter) -> float:
    """What a lane's own control says: the value of a parameter without automation.

    Args:
        lane: which lane.
        parameter: one of `PARAMETERS`.

    Returns:
        A value of the parameter; its default, where the lane has no control for it.
    """
    effects = lane.effects
    return {
        PAN: lane.pan,
        LOW_PASS: effects.low_pass_hz,
        HIGH_PASS: effects.high_pass_hz,
        RESONANCE: effects.resonance,
        ECHO: effects.echo_db,
        REVERB: effects.reverb_db,
    }.get(parameter, parameter.default)


def with_curves_moved(
    before: Arrangement, after: Arrangement, moved: Mapping[str, str], *, copied: bool = False
) -> Arrangement:
    """Let automation follow clips: what is drawn over a clip goes where the clip goes.

    Everything else on the lanes sounds as it did: where a clip was, and no other lies, its curves
    stay level; a lane that gets a curve has its own setting on either side of it.

    Args:
        before: what the clips were in.
        after: the same with the clips moved, copied or removed, its automation as before.
        moved: id of each clip in `before`, and its id in `after`; a removed one has none there.
        copied: whether what they are copied from stays as it is.

    Returns:
        `after` with its curves moved.
    """
    if not any(lane.automation for lane in before.lanes):
        return after
    lanes = {lane.id: lane for lane in after.lanes}
    homes = {clip.id: (lane.id, clip) for lane in after.lanes for clip in lane.clips}
    edges: set[int] = set()
    pieces = []
    for lane in before.lanes:
        for clip in lane.clips if lane.automation else ():
            if clip.id not in moved:
                continue
            pieces += [(moved[clip.id], clip.start, _piece(it, clip)) for it in lane.automation]
            if not copied and lane.id in lanes:
                edges |= {clip.start, clip.end}
                staying = [it for it in lane.clips if it.id not in moved]
                lanes[lane.id] = _without_span(lanes[lane.id], clip, staying)
    for clip_id, start, piece in pieces:
        if clip_id in homes:
            lane_id, clip = homes[clip_id]
            edges |= {clip.start, clip.end}
            lanes[lane_id] = _with_piece(lanes[lane_id], clip, piece, clip.start - start)
    return after.changed(lanes=tuple(_tidied(lanes[lane.id], edges) for lane in after.lanes))


def _piece(curve: Automation, clip: Clip) -> Automation:
    return Automation(curve.parameter, curve.between(clip.start, clip.end))


def _without_span(lane: Lane, clip: Clip, staying: Sequence[Clip]) -> Lane:
    """Take the curves of a lane away over a clip that has left, but not over others."""
    start = max([clip.start, *(it.end for it in staying if it.start <= clip.start < it.end)])
    end = min([clip.end, *(it.start for it in staying if it.start < clip.end <= it.end)])
    if start >= end:
        return lane
    before = any(it.start < start for it in staying)
    after = any(it.end > end for it in staying)
    curves = (it.replaced(start, end, before=before, after=after) for it in lane.automation)
    return lane.changed(automation=tuple(it for it in curves if it is not None))


def _with_piece(lane: Lane, clip: Clip, piece: Automation, shift: int) -> Lane:
    """Put a curve over a clip of a lane, moved along by `shift`."""
    points = [it.changed(tick=it.tick + shift) for it in piece.points]
    level = Automation(piece.parameter, (Breakpoint(clip.start, setting(lane, piece.kind)),))
    curve = (lane.curve(piece.parameter) or level).replaced(
        clip.start,
        clip.end,
        points,
        before=any(it.start < clip.start for it in lane.clips),
        after=any(it.end > clip.end for it in lane.clips),
    )
    others = (it for it in lane.automation if it.parameter != piece.parameter)
    return lane.changed(automation=(*others, curve))


def _tidied(lane: Lane, edges: Collection[int]) -> Lane:
    """Without points that only the edges of clips made and that make no difference."""
    curves = [it.without_level(edges) for it in lane.automation]
    kept = [it for it in curves if not _is_setting(lane, it, edges)]
    return lane if kept == list(lane.automation) else lane.changed(automation=tuple(kept))


def _is_setting(lane: Lane, curve: Automation, edges: Collection[int]) -> bool:
    """Whether a curve is one point of those that edges made, at what the lane's control says."""
    (first, *more) = curve.points
    return not more and first.tick in edges and first.value == setting(lane, curve.kind)


def _replaced(arrangement: Arrangement, before: Lane, after: Lane) -> Arrangement:
    lanes = tuple(after if lane is before else lane for lane in arrangement.lanes)
    return arrangement.changed(lanes=lanes)
