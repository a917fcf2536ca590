"""Every edit of an arrangement, as a pure function: an arrangement goes in, a new one comes out.

The arrangement that went in is never changed. Positions and lengths are whole ticks (960 a beat),
rows count lanes from the top, starting at 0. Clips that are placed on others make room for
themselves, as `placement` describes.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import fields
from typing import Final

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation_edits import repeated, rippled, with_curves_moved
from core.arrangement.clip import Clip, new_id
from core.arrangement.marker_edits import moved_markers
from core.arrangement.placement import place_clips, split_clip, with_end, with_start
from core.errors import InputError
from core.settings import TICKS_PER_BAR

_CLIP_SETTINGS: Final = {field.name for field in fields(Clip)} - {"id", "start", "length"}

# Lanes


def add_lane(
    arrangement: Arrangement, lane: Lane | None = None, *, index: int | None = None
) -> Arrangement:
    """Insert a lane.

    Args:
        arrangement: to edit.
        lane: None for an empty one with a free name.
        index: the row it gets; None for the last.

    Returns:
        The arrangement with the lane.

    Raises:
        InputError: the lane, or one of its clips, has an id that is taken.
    """
    rows = list(arrangement.lanes)
    rows.insert(len(rows) if index is None else index, lane or Lane(new_id(), _free_name(rows)))
    return _with_lanes(arrangement, rows)


def remove_lane(arrangement: Arrangement, lane_id: str) -> Arrangement:
    """Remove a lane and its clips.

    Args:
        arrangement: to edit.
        lane_id: the lane.

    Returns:
        The edited arrangement.

    Raises:
        InputError: there is no such lane.
    """
    removed = arrangement.lane(lane_id)
    return _with_lanes(arrangement, [lane for lane in arrangement.lanes if lane is not removed])


def rename_lane(arrangement: Arrangement, lane_id: str, name: str) -> Arrangement:
    """Give a lane another name.

    Args:
        arrangement: to edit.
        lane_id: the lane.
        name: may be empty.

    Returns:
        The edited arrangement.

    Raises:
        InputError: there is no such lane.
    """
    return set_lane(arrangement, lane_id, name=name)


def reorder_lane(arrangement: Arrangement, lane_id: str, index: int) -> Arrangement:
    """Move a lane up or down.

    Args:
        arrangement: to edit.
        lane_id: the lane.
        index: the row it gets; beyond the others it is the last.

    Returns:
        The edited arrangement.

    Raises:
        InputError: there is no such lane.
    """
    moved = arrangement.lane(lane_id)
    rows = [lane for lane in arrangement.lanes if lane is not moved]
    rows.insert(max(index, 0), moved)
    return _with_lanes(arrangement, rows)


def set_lane(arrangement: Arrangement, lane_id: str, **fields: object) -> Arrangement:
    """Change settings of a lane.

    Args:
        arrangement: to edit.
        lane_id: the lane.
        **fields: `name`, `gain_db` (-96 .. 24), `pan` (-1 .. 1), `mute`, `solo`, `effects`.

    Returns:
        The arrangement with the changed lane.

    Raises:
        InputError: no such lane or setting, or a value out of range.
    """
    _only(fields, {"name", "gain_db", "pan", "mute", "solo", "effects"}, "a lane")
    return _on_lane(arrangement, lane_id, lambda lane: lane.changed(**fields))


# Clips


def add(arrangement: Arrangement, lane_id: str, *clips: Clip) -> Arrangement:
    """Place clips on a lane.

    Args:
        arrangement: to edit.
        lane_id: the lane.
        *clips: each goes where its `start` says.

    Returns:
        The edited arrangement.

    Raises:
        InputError: there is no such lane, or an id is taken.
    """
    return _on_lane(arrangement, lane_id, lambda lane: place_clips(lane, clips))


def put(
    arrangement: Arrangement, clips: Sequence[tuple[int, Clip]], *, cover: bool = False
) -> Arrangement:
    """Place clips on several lanes.

    Args:
        arrangement: to edit.
        clips: each with its row; lanes that are missing at the bottom are added.
        cover: whether a clip that one of them covers completely is removed. Otherwise they all go
            as many rows further down as it takes to find free places.

    Returns:
        The arrangement with the clips.

    Raises:
        InputError: an id is taken.
    """
    after = _put_covering(arrangement, clips)
    kept, down = {clip.id for clip in arrangement.clips()}, 1
    if cover or kept <= {clip.id for clip in after.clips()}:
        return after
    while not _are_free(arrangement, lower := [(row + down, clip) for row, clip in clips]):
        down += 1
    return _put_covering(arrangement, lower)


def delete(
    arrangement: Arrangement, clip_ids: Iterable[str], *, automation: bool = False
) -> Arrangement:
    """Remove clips.

    Args:
        arrangement: to edit.
        clip_ids: the clips.
        automation: whether what is drawn over them goes with them.

    Returns:
        The edited arrangement.

    Raises:
        InputError: one of the clips does not exist.
    """
    removed = dict.fromkeys(_known(arrangement, clip_ids), "")
    after = _with_lanes(arrangement, [_without(lane, removed) for lane in arrangement.lanes])
    return with_curves_moved(arrangement, after, removed) if automation else after


def move(
    arrangement: Arrangement,
    clip_ids: Iterable[str],
    *,
    ticks: int = 0,
    lanes: int = 0,
    cover: bool = False,
    automation: bool = False,
) -> Arrangement:
    """Shift clips together, as far as the first bar and the lanes allow.

    Args:
        arrangement: to edit.
        clip_ids: the clips.
        ticks: to the right; negative to the left.
        lanes: rows down; negative up.
        cover: whether another clip that one of them covers completely is removed, see `put`.
        automation: whether what is drawn over them goes along.

    Returns:
        The arrangement with the clips where they are now. `reach` says how far they moved, apart
        from rows further down that leave others uncovered.

    Raises:
        InputError: one of the clips does not exist.
    """
    ids = set(_known(arrangement, clip_ids))
    ticks, lanes = reach(arrangement, ids, ticks=ticks, lanes=lanes)
    moved = [
        (row + lanes, clip.changed(start=clip.start + ticks))
        for row, clip in by_row(arrangement)
        if clip.id in ids
    ]
    after = put(delete(arrangement, ids), moved, cover=cover)
    if not automation:
        return after
    return with_curves_moved(arrangement, after, {clip_id: clip_id for clip_id in ids})


def reach(
    arrangement: Arrangement, clip_ids: Iterable[str], *, ticks: int = 0, lanes: int = 0
) -> tuple[int, int]:
    """Say how far `move` would shift clips.

    Args:
        arrangement: what they are in.
        clip_ids: the clips.
        ticks: wanted, to the right.
        lanes: wanted, rows down.

    Returns:
        Ticks and rows, at most as far as wanted; (0, 0) without clips.

    Raises:
        InputError: one of the clips does not exist.
    """
    ids = set(_known(arrangement, clip_ids))
    found = [(row, clip) for row, clip in by_row(arrangement) if clip.id in ids]
    if not found:
        return 0, 0
    ticks = max(ticks, -min(clip.start for _, clip in found))
    lanes = max(lanes, -min(row for row, _ in found))
    return ticks, min(lanes, len(arrangement.lanes) - 1 - max(row for row, _ in found))


def trim_start(arrangement: Arrangement, clip_id: str, tick: int) -> Arrangement:
    """Let a clip begin at another tick; its sound stays where it was.

    Args:
        arrangement: to edit.
        clip_id: the clip.
        tick: its new start, before its end; one before the first bar counts as 0.

    Returns:
        The arrangement with the clip shorter or longer, and its fades shortened to fit.

    Raises:
        InputError: there is no such clip, or nothing would be left of it.
    """
    return _replaced(arrangement, clip_id, lambda clip: with_start(clip, max(tick, 0)))


def trim_end(arrangement: Arrangement, clip_id: str, tick: int) -> Arrangement:
    """Let a clip end at another tick; beyond its four bars it continues as a loop.

    Args:
        arrangement: to edit.
        clip_id: the clip.
        tick: its new end, after its start.

    Returns:
        The arrangement with the clip shorter or longer, and its fades shortened to fit.

    Raises:
        InputError: there is no such clip, or nothing would be left of it.
    """
    return _replaced(arrangement, clip_id, lambda clip: with_end(clip, tick))


def split(arrangement: Arrangement, clip_id: str, tick: int, *, right_id: str = "") -> Arrangement:
    """Cut a clip in two; outside of fades the two sound exactly as the one did.

    Args:
        arrangement: to edit.
        clip_id: the clip; its left part keeps the id.
        tick: where to cut.
        right_id: the id of the right part; empty for a new one.

    Returns:
        The arrangement with both parts.

    Raises:
        InputError: there is no such clip, or `tick` lies outside it or inside a crossfade.
    """
    lane, clip = arrangement.lane_of(clip_id)
    if not clip.start < tick < clip.end:
        raise InputError("the cut lies outside the clip; choose a place inside it")
    if any(other is not clip and other.start < tick < other.end for other in lane.clips):
        raise InputError("a clip cannot be cut inside a crossfade; choose a place outside it")
    pair = split_clip(clip, tick, right_id or new_id())
    others = tuple(other for other in lane.clips if other is not clip)
    return _on_lane(arrangement, lane.id, lambda row: row.changed(clips=others + pair))


def duplicate(
    arrangement: Arrangement, clip_ids: Iterable[str], *, automation: bool = False
) -> Arrangement:
    """Place copies of clips right after them, with the same distances between them.

    Args:
        arrangement: to edit.
        clip_ids: the clips.
        automation: whether what is drawn over them is copied as well.

    Returns:
        The arrangement with the copies, which have new ids.

    Raises:
        InputError: one of the clips does not exist.
    """
    ids = set(_known(arrangement, clip_ids))
    found = [(row, clip) for row, clip in by_row(arrangement) if clip.id in ids]
    if not found:
        return arrangement
    span = max(clip.end for _, clip in found) - min(clip.start for _, clip in found)
    made = {clip.id: new_id() for _, clip in found}
    copies = [(row, clip.changed(id=made[clip.id], start=clip.start + span)) for row, clip in found]
    after = _placed(arrangement, copies)
    return with_curves_moved(arrangement, after, made, copied=True) if automation else after


def paste(
    arrangement: Arrangement,
    rows: Sequence[Sequence[Clip]],
    *,
    tick: int,
    lane_index: int,
    automation_of: Arrangement | None = None,
) -> Arrangement:
    """Place copies of clips, with the same distances between them.

    Args:
        arrangement: to edit.
        rows: clips by lane; a row may be empty.
        tick: where the earliest clip starts.
        lane_index: the row of the first lane; lanes that are missing at the bottom are added.
        automation_of: the arrangement that the clips were copied from, where what is drawn over
            them there is pasted as well.

    Returns:
        The arrangement with the copies, which have new ids.
    """
    starts = [clip.start for row in rows for clip in row]
    if not starts:
        return arrangement
    shift = tick - min(starts)
    made = {clip.id: new_id() for row in rows for clip in row}
    copies = [
        (lane_index + index, clip.changed(id=made[clip.id], start=clip.start + shift))
        for index, row in enumerate(rows)
        for clip in row
    ]
    after = put(arrangement, copies)
    if automation_of is None:
        return after
    return with_curves_moved(automation_of, after, made, copied=True)


def set_gain(arrangement: Arrangement, clip_id: str, gain_db: float) -> Arrangement:
    """Set the gain of a clip.

    Args:
        arrangement: to edit.
        clip_id: the clip.
        gain_db: -96 (silence) .. 24.

    Returns:
        The edited arrangement.

    Raises:
        InputError: there is no such clip, or the gain is out of range.
    """
    return set_clip(arrangement, clip_id, gain_db=gain_db)


def set_fades(
    arrangement: Arrangement,
    clip_id: str,
    *,
    fade_in: int | None = None,
    fade_out: int | None = None,
) -> Arrangement:
    """Set the fades of a clip.

    Args:
        arrangement: to edit.
        clip_id: the clip.
        fade_in: ticks; None leaves it as it is.
        fade_out: ticks; None leaves it as it is.

    Returns:
        The arrangement with the changed clip.

    Raises:
        InputError: there is no such clip, or the fades do not fit into it.
    """
    given = {"fade_in": fade_in, "fade_out": fade_out}
    return set_clip(arrangement, clip_id, **{k: v for k, v in given.items() if v is not None})


def set_clip(arrangement: Arrangement, clip_id: str, **fields: object) -> Arrangement:
    """Change settings of a clip: anything but its id, position and length.

    Args:
        arrangement: to edit.
        clip_id: the clip.
        **fields: fields of `Clip` with their new values.

    Returns:
        The arrangement with the changed clip.

    Raises:
        InputError: no such clip or setting, or a value out of range.
    """
    _only(fields, _CLIP_SETTINGS, "a clip")
    return _replaced(arrangement, clip_id, lambda clip: clip.changed(**fields))


def change_clips(
    arrangement: Arrangement, clip_ids: Iterable[str], change: Callable[[Clip], Clip]
) -> Arrangement:
    """Change several clips.

    Args:
        arrangement: to edit.
        clip_ids: the clips.
        change: gives the new state of a clip; id, start and length must stay.

    Returns:
        The arrangement with the changed clips.

    Raises:
        InputError: a clip does not exist, or `change` moved one or gave it another id.
    """
    ids = set(_known(arrangement, clip_ids))
    lanes = []
    for lane in arrangement.lanes:
        clips = tuple(
            _checked_change(clip, change(clip)) if clip.id in ids else clip for clip in lane.clips
        )
        lanes.append(lane if clips == lane.clips else lane.changed(clips=clips))
    return _with_lanes(arrangement, lanes)


# The whole


def set_tempo(arrangement: Arrangement, bpm: float) -> Arrangement:
    """Set the tempo; everything stays at its bar.

    Args:
        arrangement: to edit.
        bpm: 20 .. 999.

    Returns:
        The edited arrangement, without an exact length in samples.

    Raises:
        InputError: the tempo is out of range.
    """
    return arrangement.changed(bpm=bpm, frames=None)


def set_title(arrangement: Arrangement, title: str) -> Arrangement:
    """Set the title.

    Args:
        arrangement: to edit.
        title: may be empty.

    Returns:
        The edited arrangement.
    """
    return arrangement.changed(title=title)


def insert_time(
    arrangement: Arrangement, tick: int, ticks: int, *, automation: bool = True
) -> Arrangement:
    """Insert empty time.

    Args:
        arrangement: to edit.
        tick: where; clips that lie across it are cut in two.
        ticks: how much, 0 or more; everything from `tick` on moves right by it.
        automation: whether curves do, too; else they stay where they are.

    Returns:
        The longer arrangement.

    Raises:
        InputError: `ticks` is negative.
    """
    if ticks < 0:
        raise InputError("only a positive time can be inserted; use remove_time to take some out")
    return _rippled(arrangement, tick, tick, ticks, automation=automation)


def remove_time(
    arrangement: Arrangement, start: int, end: int, *, automation: bool = True
) -> Arrangement:
    """Take out all clips, and parts of clips, between two ticks, and close the gap.

    Args:
        arrangement: to edit.
        start: first tick to take out, 0 or later.
        end: first tick to keep again.
        automation: whether curves are cut and moved, too; else they stay where they are.

    Returns:
        The shorter arrangement.

    Raises:
        InputError: `end` lies before `start`, or `start` before the first bar.
    """
    if not 0 <= start <= end:
        raise InputError("the time to remove must end after it starts")
    return _rippled(arrangement, start, end, start - end, automation=automation)


def repeat_time(
    arrangement: Arrangement, start: int, end: int, *, automation: bool = True
) -> Arrangement:
    """Repeat all that lies between two ticks right after it: clips, automation and markers.

    Args:
        arrangement: to edit.
        start: first tick of what is repeated, 0 or later.
        end: first tick after it; everything from there on moves right.
        automation: whether curves are repeated and moved, too; else they stay where they are.

    Returns:
        The longer arrangement.

    Raises:
        InputError: `end` does not lie after `start`, or `start` before the first bar.
    """
    if not 0 <= start < end:
        raise InputError("the time to repeat must end after it starts")
    length = end - start
    longer = insert_time(arrangement, end, length, automation=automation)
    rows = []
    for before, lane in zip(arrangement.lanes, longer.lanes, strict=True):
        pieces = [_inside(clip, start, end) for clip in before.clips]
        copies = [
            piece.changed(id=new_id(), start=piece.start + length)
            for piece in pieces
            if piece is not None
        ]
        drawn = lane.changed(automation=repeated(before, start, end)) if automation else lane
        rows.append(place_clips(drawn, copies))
    markers = [
        it.changed(id=new_id(), tick=it.tick + length)
        for it in arrangement.markers
        if start <= it.tick < end
    ]
    return _with_lanes(longer.changed(markers=(*longer.markers, *markers)), rows)


def snap(tick: int, grid: int = TICKS_PER_BAR) -> int:
    """Snap a tick to a grid.

    Args:
        tick: any.
        grid: step in ticks.

    Returns:
        The nearest multiple of `grid`, never below 0; halves go up.
    """
    return max(0, (2 * tick + grid) // (2 * grid) * grid)


# Shared


def _with_lanes(arrangement: Arrangement, lanes: Sequence[Lane]) -> Arrangement:
    changed = arrangement.changed(lanes=tuple(lanes))
    # An exact length belongs to the end that it was made for.
    return changed if changed.end == arrangement.end else changed.changed(frames=None)


def _on_lane(arrangement: Arrangement, lane_id: str, change: Callable[[Lane], Lane]) -> Arrangement:
    target = arrangement.lane(lane_id)
    rows = [change(lane) if lane is target else lane for lane in arrangement.lanes]
    return _with_lanes(arrangement, rows)


def _replaced(
    arrangement: Arrangement, clip_id: str, change: Callable[[Clip], Clip]
) -> Arrangement:
    lane, clip = arrangement.lane_of(clip_id)
    others = tuple(other for other in lane.clips if other is not clip)
    changed = change(clip)
    return _on_lane(
        arrangement, lane.id, lambda row: place_clips(row.changed(clips=others), [changed])
    )


def _placed(arrangement: Arrangement, clips: Sequence[tuple[int, Clip]]) -> Arrangement:
    rows = [
        place_clips(lane, [clip for row, clip in clips if row == index])
        for index, lane in enumerate(arrangement.lanes)
    ]
    return _with_lanes(arrangement, rows)


def _put_covering(arrangement: Arrangement, clips: Sequence[tuple[int, Clip]]) -> Arrangement:
    while len(arrangement.lanes) <= max((row for row, _ in clips), default=-1):
        arrangement = add_lane(arrangement)
    return _placed(arrangement, clips)


def _are_free(arrangement: Arrangement, places: Sequence[tuple[int, Clip]]) -> bool:
    rows = dict(enumerate(arrangement.lanes))
    return not any(
        other.start < clip.end and clip.start < other.end
        for row, clip in places
        if row in rows
        for other in rows[row].clips
    )


def _rippled(
    arrangement: Arrangement, start: int, end: int, shift: int, *, automation: bool
) -> Arrangement:
    rows = []
    for lane in arrangement.lanes:
        pieces = [piece for clip in lane.clips for piece in _outside(clip, start, end, shift)]
        curves = rippled(lane, start, end, shift) if automation else lane.automation
        rows.append(place_clips(lane.changed(clips=(), automation=curves), pieces))
    markers = moved_markers(arrangement.markers, start, end, shift)
    return _with_lanes(arrangement.changed(markers=markers), rows)


def _outside(clip: Clip, start: int, end: int, shift: int) -> list[Clip]:
    """What remains of `clip` outside start..end, the later part shifted."""
    pieces = []
    if clip.start < start:
        pieces.append(with_end(clip, min(clip.end, start)))
    if clip.end > end:
        later = with_start(clip, max(clip.start, end))
        later = later.changed(start=later.start + shift)
        pieces.append(later.changed(id=new_id()) if pieces else later)
    return pieces


def _inside(clip: Clip, start: int, end: int) -> Clip | None:
    """What of `clip` lies in start..end; None where nothing does."""
    if clip.end <= start or clip.start >= end:
        return None
    return with_end(with_start(clip, max(clip.start, start)), min(clip.end, end))


def _checked_change(before: Clip, after: Clip) -> Clip:
    if (after.id, after.start, after.end) != (before.id, before.start, before.end):
        raise InputError(f"clip {before.id!r} was moved where only its settings may change")
    return after


def _without(lane: Lane, removed: Container[str]) -> Lane:
    kept = tuple(clip for clip in lane.clips if clip.id not in removed)
    return lane if len(kept) == len(lane.clips) else lane.changed(clips=kept)


def by_row(arrangement: Arrangement) -> list[tuple[int, Clip]]:
    """Every clip with the row it is on, lane by lane."""
    return [(row, clip) for row, lane in enumerate(arrangement.lanes) for clip in lane.clips]


def _known(arrangement: Arrangement, clip_ids: Iterable[str]) -> list[str]:
    return [arrangement.clip(clip_id).id for clip_id in clip_ids]


def _only(fields: dict[str, object], allowed: set[str], what: str) -> None:
    unknown = sorted(set(fields) - allowed)
    if unknown:
        raise InputError(
            f"{what} has no setting {unknown[0]!r}; it has {', '.join(sorted(allowed))}"
        )


def _free_name(lanes: Sequence[Lane]) -> str:
    taken = {lane.name for lane in lanes}
    number = len(lanes) + 1
    while f"Lane {number}" in taken:
        number += 1
    return f"Lane {number}"
