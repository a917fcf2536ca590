"""Edits of which parts clips play."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import (
    Clip,
    muted_parts,
    new_id,
    part_gains_db,
    part_sources,
    with_parts,
)
from core.settings import PARTS


def split_parts(arrangement: Arrangement, clip_ids: Iterable[str]) -> Arrangement:
    """Put each part of clips on a lane of its own.

    The kick stays on their lane, and lanes like it for bass, drums and rest follow; parts that are
    muted are left out. All sounds as before, but for crossfades, which are then those of each part.

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
    made = [lane.changed(name=f"{lane.name} {PARTS[0]}".strip(), clips=tuple(kept))]
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
    muted = [number != part for number in range(len(PARTS))]
    gains = [gain * (number == part) for number, gain in enumerate(part_gains_db(clip.source))]
    return clip.changed(source=with_parts(part_sources(clip.source), muted, gains))
