"""Several clips made into one, and that taken apart again. The clips stay inside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import Automation
from core.arrangement.clip import Clip, GroupSource, new_id
from core.arrangement.curve_sums import fade_curve, summed
from core.arrangement.placement import with_end, with_start
from core.arrangement.values import GAIN_MAX_DB, GAIN_MIN_DB
from core.errors import InputError


@dataclass(frozen=True)
class Consolidated:
    """Clips that were made into one.

    Attributes:
        arrangement: with the one clip instead.
        clip_id: its id.
        unlike: names of lanes whose pan, effects or automation their clips are heard without now,
            since they lie on another lane.
    """

    arrangement: Arrangement
    clip_id: str
    unlike: tuple[str, ...]


def consolidate(arrangement: Arrangement, clip_ids: Iterable[str]) -> Consolidated:
    """Make several clips into one that sounds like them, sample for sample.

    It keeps the clips, with their gains, fades, curves, parts and transpositions. It lies on the
    first of their lanes that has room, else on a new one like that, and is heard with what that
    lane does: volume, pan, effects, automation. Volumes of other lanes go into the clips' gains,
    and clips that a muted lane silenced are muted.

    Args:
        arrangement: to edit.
        clip_ids: the clips, of any lanes.

    Raises:
        InputError: no clip is given, one does not exist, or they are too short.
    """
    ids = {arrangement.clip(clip_id).id for clip_id in clip_ids}
    rows = [n for n, lane in enumerate(arrangement.lanes) if any(c.id in ids for c in lane.clips)]
    if not rows:
        raise InputError("select the clips that are to become one")
    lanes = arrangement.lanes[rows[0] : rows[-1] + 1]
    held = [(lane, tuple(clip for clip in lane.clips if clip.id in ids)) for lane in lanes]
    clips = [clip for _, row in held for clip in row]
    start, end = min(clip.start for clip in clips), max(clip.end for clip in clips)
    homes = (lane for lane, row in held if row and _has_room(lane, ids, start, end))
    home = next(homes, None)
    like = home or lanes[0]
    audible = {lane.id for lane in arrangement.audible_lanes}
    inside = tuple(tuple(_as_on(clip, lane, like, audible) for clip in row) for lane, row in held)
    made = _made(GroupSource(inside, start, end - start), clips)
    after = edits.delete(arrangement, ids)
    if home is not None:
        after = edits.add(after, home.id, made)
    else:
        new = like.changed(id=new_id(), name=f"{like.name} one clip".strip(), clips=(made,))
        after = edits.add_lane(after, new, index=rows[0] + 1)
    unlike = [lane.name for lane, row in held if row and _character(lane) != _character(like)]
    return Consolidated(after, made.id, tuple(unlike))


def _made(source: GroupSource, clips: Sequence[Clip]) -> Clip:
    """The clip of a group, called and coloured as `clips` where they agree."""
    names, colours = {clip.name for clip in clips}, {clip.colour for clip in clips}
    name = clips[0].name if len(names) == 1 else ""
    return Clip(
        new_id(),
        source,
        source.start,
        source.length,
        name=name or f"{len(clips)} clips",
        colour=clips[0].colour if len(colours) == 1 else "",
    )


def take_apart(arrangement: Arrangement, clip_id: str) -> Arrangement:
    """Put the clips that were made into one back, where it lies now and as far as it plays them.

    Its gain, mute, bands and width go to each of them, and so do its fades and its gain curve, as
    far as they lie over it: as a fade where that is the same, else in its gain curve.
    Rows beyond the first lie on the lanes below, or where those have no room on new ones.

    Args:
        arrangement: to edit.
        clip_id: of the clip that was made of several.

    Raises:
        InputError: there is no such clip, it is of one segment or latent, or it plays backwards.
    """
    lane, clip = arrangement.lane_of(clip_id)
    source = clip.source
    if not isinstance(source, GroupSource):
        raise InputError("this clip was not made of several, so there is nothing to take apart")
    if clip.reverse:
        raise InputError("a clip that plays backwards cannot be taken apart; turn that off first")
    after = edits.delete(arrangement, [clip_id])
    first, index = pieces(clip, source.rows[0]), arrangement.lanes.index(lane)
    after = edits.add(after, lane.id, *first)
    for number, row in enumerate(source.rows[1:], 1):
        below_first = pieces(clip, row)
        if not below_first:
            continue
        below = after.lanes[index + number] if index + number < len(after.lanes) else None
        if below is not None and _is_free(below, below_first) and _is_like(below, lane):
            after = edits.add(after, below.id, *below_first)
        else:
            name = f"{lane.name} {number + 1}".strip()
            new = lane.changed(id=new_id(), name=name, clips=tuple(below_first))
            after = edits.add_lane(after, new, index=index + number)
    return after


def _has_room(lane: Lane, ids: set[str], start: int, end: int) -> bool:
    """Whether a clip can lie there without being heard over others than those of `ids` were."""
    ours = [clip for clip in lane.clips if clip.id in ids]
    for other in lane.clips:
        if other.id in ids or other.end <= start or other.start >= end:
            continue
        shared = max(start, other.start), min(end, other.end)
        before = [(max(it.start, other.start), min(it.end, other.end)) for it in ours]
        inside = other.start >= start and other.end <= end
        if inside or shared not in before:
            return False
    return True


def _as_on(clip: Clip, lane: Lane, like: Lane, audible: set[str]) -> Clip:
    """A clip of a lane that sounds as loud on another."""
    gain = min(max(clip.gain_db + lane.gain_db - like.gain_db, GAIN_MIN_DB), GAIN_MAX_DB)
    silent = like.id in audible and lane.id not in audible
    return clip.changed(gain_db=gain, mute=clip.mute or silent)


def _character(lane: Lane) -> tuple[object, ...]:
    return lane.pan, lane.effects, lane.automation


def _is_like(lane: Lane, other: Lane) -> bool:
    mine, theirs = ((it.gain_db, it.mute, it.solo, _character(it)) for it in (lane, other))
    return mine == theirs


def _is_free(lane: Lane, clips: Sequence[Clip]) -> bool:
    return not any(a.start < b.end and b.start < a.end for a in lane.clips for b in clips)


def pieces(group: Clip, row: Iterable[Clip]) -> list[Clip]:
    """What a clip plays of the clips in its group, each time round.

    Args:
        group: the clip, of a group.
        row: some of the clips in its group.

    Returns:
        Clips with new ids, where they sound, with what is set on all of the group.
    """
    assert isinstance(group.source, GroupSource)
    found = []
    for origin in range(group.origin, group.end, group.period):
        shift = origin - group.source.start
        first, last = max(origin, group.start), min(origin + group.period, group.end)
        for clip in row:
            begin, end = clip.start + shift, clip.end + shift
            if begin >= last or end <= first:
                continue
            # Cut before it is moved, since no clip can lie before the first bar.
            piece = with_end(clip, min(end, last) - shift)
            piece = with_start(piece, max(begin, first) - shift)
            found.append(_amended(piece.changed(start=piece.start + shift, id=new_id()), group))
    return [_faded(piece, group, found) for piece in found]


def _faded(clip: Clip, group: Clip, row: Sequence[Clip]) -> Clip:
    """A piece of a group with what the fades and the gain curve of the group do to it."""
    alone = _is_alone(clip, row)
    into, out = group.start + group.fade_in, group.end - group.fade_out
    curves = [] if group.gain_automation is None else [_shifted(group.gain_automation, group.start)]
    fade_in, fade_out = clip.fade_in, clip.fade_out
    if group.fade_in and clip.start < into:
        if alone and clip.start == group.start and into <= clip.end - fade_out and not fade_in:
            fade_in = group.fade_in
        else:
            curves.append(fade_curve(group.start, into))
    if group.fade_out and clip.end > out:
        if alone and clip.end == group.end and out >= clip.start + fade_in and not fade_out:
            fade_out = group.fade_out
        else:
            curves.append(fade_curve(group.end, out))
    faded = clip.changed(fade_in=fade_in, fade_out=fade_out)
    return _amplified(faded, curves) if curves else faded


def _is_alone(clip: Clip, row: Sequence[Clip]) -> bool:
    """Whether it crossfades with no other, which would take the place of its own fade."""
    return not any(it is not clip and it.start < clip.end and clip.start < it.end for it in row)


def _amplified(clip: Clip, curves: Sequence[Automation]) -> Clip:
    """A clip with more curves, at ticks of the arrangement, on top of its own."""
    over = [Automation(it.parameter, it.between(clip.start, clip.end)) for it in curves]
    own = clip.gain_automation
    mine = [_shifted(it, -clip.start) for it in over] + ([] if own is None else [own])
    curve = summed(mine).without_level({0, clip.length})
    level = curve.points[0].value if len(curve.points) == 1 else None
    return clip if level == 0.0 else clip.changed(gain_curve=curve.points)


def _shifted(curve: Automation, ticks: int) -> Automation:
    points = tuple(point.changed(tick=point.tick + ticks) for point in curve.points)
    return Automation(curve.parameter, points)


def _amended(clip: Clip, group: Clip) -> Clip:
    """A clip with what was set on all of its group."""
    return replace(
        clip,
        gain_db=min(max(clip.gain_db + group.gain_db, GAIN_MIN_DB), GAIN_MAX_DB),
        mute=clip.mute or group.mute,
        bass_cut=clip.bass_cut or group.bass_cut,
        mid_cut=clip.mid_cut or group.mid_cut,
        treble_cut=clip.treble_cut or group.treble_cut,
        width=clip.width * group.width,
        colour=group.colour or clip.colour,
    )
