"""Every edit of an arrangement, as a pure function: an arrangement goes in, a new one comes out.

All raise `InputError` when a lane or clip of the given id does not exist or a value is out of
range; the arrangement that went in is never changed. Positions are ticks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, new_id
from core.arrangement.placement import place_clips, split_clip, with_end, with_start
from core.errors import InputError
from core.settings import TICKS_PER_BAR

# Lanes


def add_lane(
    arrangement: Arrangement, lane: Lane | None = None, *, index: int | None = None
) -> Arrangement:
    """Insert `lane` (default: an empty one) at row `index` (default: the last)."""
    rows = list(arrangement.lanes)
    rows.insert(len(rows) if index is None else index, lane or Lane(new_id(), _free_name(rows)))
    return _with_lanes(arrangement, rows)


def remove_lane(arrangement: Arrangement, lane_id: str) -> Arrangement:
    """Remove the lane and its clips."""
    gone = arrangement.lane(lane_id)
    return _with_lanes(arrangement, [lane for lane in arrangement.lanes if lane is not gone])


def rename_lane(arrangement: Arrangement, lane_id: str, name: str) -> Arrangement:
    """Give the lane a new name."""
    return set_lane(arrangement, lane_id, name=name)


def reorder_lane(arrangement: Arrangement, lane_id: str, index: int) -> Arrangement:
    """Move the lane to row `index`."""
    moved = arrangement.lane(lane_id)
    rows = [lane for lane in arrangement.lanes if lane is not moved]
    rows.insert(max(index, 0), moved)
    return _with_lanes(arrangement, rows)


def set_lane(arrangement: Arrangement, lane_id: str, **fields: object) -> Arrangement:
    """Change `name`, `gain_db`, `pan`, `mute` or `solo` of the lane."""
    _only(fields, {"name", "gain_db", "pan", "mute", "solo"}, "a lane")
    return _on_lane(arrangement, lane_id, lambda lane: lane.changed(**fields))


# Clips


def add(arrangement: Arrangement, lane_id: str, *clips: Clip) -> Arrangement:
    """Place `clips` on the lane; what they land on makes room."""
    return _on_lane(arrangement, lane_id, lambda lane: place_clips(lane, clips))


def put(arrangement: Arrangement, clips: Sequence[tuple[int, Clip]]) -> Arrangement:
    """Place each clip on its row; rows that are missing at the bottom are added."""
    while len(arrangement.lanes) <= max((row for row, _ in clips), default=-1):
        arrangement = add_lane(arrangement)
    return _placed(arrangement, clips)


def delete(arrangement: Arrangement, clip_ids: Iterable[str]) -> Arrangement:
    """Remove the clips."""
    gone = set(_known(arrangement, clip_ids))
    return _with_lanes(
        arrangement,
        [
            lane.changed(clips=tuple(clip for clip in lane.clips if clip.id not in gone))
            for lane in arrangement.lanes
        ],
    )


def move(
    arrangement: Arrangement, clip_ids: Iterable[str], *, ticks: int = 0, lanes: int = 0
) -> Arrangement:
    """Shift the clips by `ticks` and by `lanes` rows, as far as the start and the rows allow."""
    ids = set(_known(arrangement, clip_ids))
    ticks, lanes = reach(arrangement, ids, ticks=ticks, lanes=lanes)
    held = [(row, clip) for row, clip in by_row(arrangement) if clip.id in ids]
    shifted = [(row + lanes, clip.changed(start=clip.start + ticks)) for row, clip in held]
    return _placed(delete(arrangement, ids), shifted)


def reach(
    arrangement: Arrangement, clip_ids: Iterable[str], *, ticks: int = 0, lanes: int = 0
) -> tuple[int, int]:
    """How far `move` would shift the clips: ticks and rows, none without clips."""
    ids = set(_known(arrangement, clip_ids))
    held = [(row, clip) for row, clip in by_row(arrangement) if clip.id in ids]
    if not held:
        return 0, 0
    ticks = max(ticks, -min(clip.start for _, clip in held))
    lanes = max(lanes, -min(row for row, _ in held))
    return ticks, min(lanes, len(arrangement.lanes) - 1 - max(row for row, _ in held))


def trim_start(arrangement: Arrangement, clip_id: str, tick: int) -> Arrangement:
    """Let the clip begin at `tick`, its sound staying where it was."""
    return _replaced(arrangement, clip_id, lambda clip: with_start(clip, max(tick, 0)))


def trim_end(arrangement: Arrangement, clip_id: str, tick: int) -> Arrangement:
    """Let the clip end at `tick`; beyond its four bars it goes on as a loop."""
    return _replaced(arrangement, clip_id, lambda clip: with_end(clip, tick))


def split(arrangement: Arrangement, clip_id: str, tick: int, *, right_id: str = "") -> Arrangement:
    """Cut the clip in two at `tick`; outside of fades the two sound exactly as the one did.

    Raises:
        InputError: `tick` lies outside the clip or inside a crossfade.
    """
    lane, clip = arrangement.lane_of(clip_id)
    if not clip.start < tick < clip.end:
        raise InputError("the cut lies outside the clip; choose a place inside it")
    if any(other is not clip and other.start < tick < other.end for other in lane.clips):
        raise InputError("a clip cannot be cut inside a crossfade; choose a place beside it")
    pair = split_clip(clip, tick, right_id or new_id())
    others = tuple(other for other in lane.clips if other is not clip)
    return _on_lane(arrangement, lane.id, lambda row: row.changed(clips=others + pair))


def duplicate(arrangement: Arrangement, clip_ids: Iterable[str]) -> Arrangement:
    """Place copies of the clips right after them, keeping their distances."""
    ids = set(_known(arrangement, clip_ids))
    held = [(row, clip) for row, clip in by_row(arrangement) if clip.id in ids]
    if not held:
        return arrangement
    span = max(clip.end for _, clip in held) - min(clip.start for _, clip in held)
    copies = [(row, clip.changed(id=new_id(), start=clip.start + span)) for row, clip in held]
    return _placed(arrangement, copies)


def paste(
    arrangement: Arrangement, rows: Sequence[Sequence[Clip]], *, tick: int, lane_index: int
) -> Arrangement:
    """Place copies of `rows` of clips, the earliest at `tick`, the first row on row `lane_index`.

    Lanes that are missing at the bottom are added.
    """
    starts = [clip.start for row in rows for clip in row]
    if not starts:
        return arrangement
    shift = tick - min(starts)
    copies = [
        (lane_index + index, clip.changed(id=new_id(), start=clip.start + shift))
        for index, row in enumerate(rows)
        for clip in row
    ]
    return put(arrangement, copies)


def set_gain(arrangement: Arrangement, clip_id: str, gain_db: float) -> Arrangement:
    """Set the clip's gain in dB."""
    return set_clip(arrangement, clip_id, gain_db=gain_db)


def set_fades(
    arrangement: Arrangement,
    clip_id: str,
    *,
    fade_in: int | None = None,
    fade_out: int | None = None,
) -> Arrangement:
    """Set the clip's fades in ticks; None leaves one as it is."""
    given = {"fade_in": fade_in, "fade_out": fade_out}
    return set_clip(arrangement, clip_id, **{k: v for k, v in given.items() if v is not None})


def set_clip(arrangement: Arrangement, clip_id: str, **fields: object) -> Arrangement:
    """Change anything of the clip but its id and its place."""
    allowed = {
        "source",
        "gain_db",
        "fade_in",
        "fade_out",
        "bass_swap",
        "bass_cut",
        "name",
        "offset",
    }
    _only(fields, allowed, "a clip")
    return _replaced(arrangement, clip_id, lambda clip: clip.changed(**fields))


def change_clips(
    arrangement: Arrangement, clip_ids: Iterable[str], change: Callable[[Clip], Clip]
) -> Arrangement:
    """Replace each of the clips by `change(clip)`, which keeps its id and its place.

    Raises:
        InputError: `change` moved a clip or gave it another id.
    """
    ids = set(_known(arrangement, clip_ids))
    lanes = []
    for lane in arrangement.lanes:
        clips = tuple(_kept(clip, change(clip)) if clip.id in ids else clip for clip in lane.clips)
        lanes.append(lane if clips == lane.clips else lane.changed(clips=clips))
    return _with_lanes(arrangement, lanes)


# The whole


def set_tempo(arrangement: Arrangement, bpm: float) -> Arrangement:
    """Set the tempo; everything keeps its bar."""
    return arrangement.changed(bpm=bpm, frames=None)


def set_title(arrangement: Arrangement, title: str) -> Arrangement:
    """Set the title."""
    return arrangement.changed(title=title)


def insert_time(arrangement: Arrangement, tick: int, ticks: int) -> Arrangement:
    """Push everything from `tick` on to the right by `ticks`, cutting the clips that span it."""
    if ticks < 0:
        raise InputError("only a positive time can be inserted; use remove_time to take some out")
    return _rippled(arrangement, tick, tick, ticks)


def remove_time(arrangement: Arrangement, start: int, end: int) -> Arrangement:
    """Take out all that sounds from `start` to `end` and close the gap."""
    if not 0 <= start <= end:
        raise InputError("the time to remove must end after it starts")
    return _rippled(arrangement, start, end, start - end)


def snap(tick: int, grid: int = TICKS_PER_BAR) -> int:
    """The multiple of `grid` ticks that is nearest to `tick`, halves up, never below 0."""
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


def _rippled(arrangement: Arrangement, start: int, end: int, shift: int) -> Arrangement:
    rows = []
    for lane in arrangement.lanes:
        pieces = [piece for clip in lane.clips for piece in _outside(clip, start, end, shift)]
        rows.append(place_clips(lane.changed(clips=()), pieces))
    return _with_lanes(arrangement, rows)


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


def _kept(before: Clip, after: Clip) -> Clip:
    if (after.id, after.start, after.end) != (before.id, before.start, before.end):
        raise InputError(f"clip {before.id!r} was moved where only its settings may change")
    return after


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
