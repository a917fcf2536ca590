"""Edits of several clips at once, each a pure function of the arrangement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import Clip, LatentSource

Ids = Sequence[str]


def start_at(arrangement: Arrangement, ids: Ids, tick: int) -> Arrangement:
    """Move the clips together so that the earliest one starts at `tick`."""
    earliest = min(arrangement.clip(clip_id).start for clip_id in ids)
    return edits.move(arrangement, ids, ticks=tick - earliest)


def last_for(arrangement: Arrangement, ids: Ids, ticks: int) -> Arrangement:
    """Give each clip that length; one that was covered by another on the way is left out."""
    for clip_id in ids:
        there = {clip.id: clip for clip in arrangement.clips()}
        if clip_id in there:
            end = there[clip_id].start + ticks
            arrangement = edits.trim_end(arrangement, clip_id, end)
    return arrangement


def set_fields(arrangement: Arrangement, ids: Ids, **fields: object) -> Arrangement:
    """Set fields of every clip."""
    return edits.change_clips(arrangement, ids, lambda clip: clip.changed(**fields))


def fade(arrangement: Arrangement, ids: Ids, *, into: bool, ticks: int) -> Arrangement:
    """Set the fade-in or fade-out, shortened where the other one leaves no room."""

    def faded(clip: Clip) -> Clip:
        if into:
            return clip.changed(fade_in=min(ticks, clip.length - clip.fade_out))
        return clip.changed(fade_out=min(ticks, clip.length - clip.fade_in))

    return edits.change_clips(arrangement, ids, faded)


def set_renderer(arrangement: Arrangement, ids: Ids, renderer: str) -> Arrangement:
    """Of the latents among the clips."""
    return _on_latents(arrangement, ids, lambda source: replace(source, renderer=renderer))


def set_seed(arrangement: Arrangement, ids: Ids, seed: int) -> Arrangement:
    """Of the latents among the clips."""
    return _on_latents(arrangement, ids, lambda source: replace(source, seed=seed))


def another_take(arrangement: Arrangement, ids: Ids) -> Arrangement:
    """The next seed for every latent: the same place of the map, other noise and phases."""
    return _on_latents(arrangement, ids, lambda source: replace(source, seed=source.seed + 1))


def _on_latents(
    arrangement: Arrangement, ids: Ids, change: Callable[[LatentSource], LatentSource]
) -> Arrangement:
    def changed(clip: Clip) -> Clip:
        if not isinstance(clip.source, LatentSource):
            return clip
        return clip.changed(source=change(clip.source))

    return edits.change_clips(arrangement, ids, changed)
