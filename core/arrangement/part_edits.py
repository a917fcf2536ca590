"""Edits of which parts clips play."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import (
    Clip,
    ClipSource,
    GroupSource,
    muted_parts,
    new_id,
    part_gains_db,
    part_sources,
    with_members,
    with_parts,
)
from core.settings import PARTS


def split_parts(arrangement: Arrangement, clip_ids: Iterable[str]) -> Arrangement:
    """Put each part of clips on a lane of its own.

    The kick stays on their lane, which is named by it if nothing else lies there, and lanes like it
    for bass, drums and rest follow; parts that are muted are left out. All sounds as before, but
    for crossfades, which are then those of each part.

    Args:
        arrangement: to edit.
        clip_ids: of the clips.

    Returns:
        The edited arrangement.

    Raises:
        InputError: there is no such clip.
    """
    ids = {arrangement.clip(clip_id).id for clip_id in clip_ids}
    lanes = [made for lane in arrangement.lanes for made in _split_lane(lane, ids)]
    return arrangement.changed(lanes=tuple(lanes))


def _split_lane(lane: Lane, ids: Collection[str]) -> list[Lane]:
    if not any(clip.id in ids for clip in lane.clips):
        return [lane]
    kept = [
        _alone(clip, 0) if clip.id in ids else clip
        for clip in lane.clips
        if clip.id not in ids or not muted_parts(clip.source)[0]
    ]
    alone = all(clip.id in ids for clip in lane.clips)
    name = f"{lane.name} {PARTS[0]}".strip() if alone else lane.name
    made = [lane.changed(name=name, clips=tuple(kept))]
    for part in range(1, len(PARTS)):
        clips = tuple(
            _alone(clip, part).changed(id=new_id())
            for clip in lane.clips
            if clip.id in ids and not muted_parts(clip.source)[part]
        )
        if clips:
            name = f"{lane.name} {PARTS[part]}".strip()
            made.append(lane.changed(id=new_id(), name=name, clips=clips))
    return made


def _alone(clip: Clip, part: int) -> Clip:
    return clip.changed(source=_part_of(clip.source, part))


def _part_of(source: ClipSource, part: int) -> ClipSource:
    """One part of a source; in a group that of each clip, which may be muted there."""
    if isinstance(source, GroupSource):
        return with_members(source, lambda it: _part_of(it, part))
    muted = [number != part or off for number, off in enumerate(muted_parts(source))]
    gains = [gain * (number == part) for number, gain in enumerate(part_gains_db(source))]
    return with_parts(part_sources(source), muted, gains)
