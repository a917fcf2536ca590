"""Edits that bring clips to a common key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from core.arrangement import edits, harmony
from core.arrangement.arrangement import Arrangement
from core.arrangement.clip import (
    Clip,
    ClipSource,
    GroupSource,
    SingleSource,
    muted_parts,
    part_sources,
    with_singles,
)
from core.dsp.key import Key
from core.settings import PARTS

KeyOf = Callable[[SingleSource], Key | None]
"""Gives the key of a source as it is before it is transposed; None where none is known."""
_PITCHED: Final = (PARTS.index("rest"), PARTS.index("bass"))
"""The parts that make a key; the first that has one gives the clip its own."""


@dataclass(frozen=True)
class BroughtToKey:
    """Clips that were brought to a key.

    Attributes:
        arrangement: with the transposed clips.
        moved: how many were transposed.
        there: how many were in the key already.
        without_key: how many stay because no key of theirs is known.
    """

    arrangement: Arrangement
    moved: int
    there: int
    without_key: int


def sounding_key(source: ClipSource, key_of: KeyOf) -> Key | None:
    """The key that a clip's source is heard in; None where none is known.

    Args:
        source: any.
        key_of: of its segments and latents.
    """
    for single in _pitched(source):
        key = key_of(single)
        if key is not None:
            return key.transposed(single.transpose)
    return None


def bring_to_key(
    arrangement: Arrangement, clip_ids: Iterable[str], target: Key, key_of: KeyOf
) -> BroughtToKey:
    """Transpose clips by as few semitones as bring them to a key or to its relative.

    Of a clip that is made of several segments and latents, each that its bass or rest is heard from
    is brought there by its own key; kicks and drums of others stay as they are tuned.

    Args:
        arrangement: to edit.
        clip_ids: of the clips.
        target: the key.
        key_of: of segments and latents.

    Raises:
        InputError: there is no such clip.
    """
    ids = frozenset(clip_ids)
    known = cache(key_of)

    def brought(clip: Clip) -> Clip:
        pitched = _pitched(clip.source)

        def change(single: SingleSource) -> SingleSource:
            key = known(single) if single in pitched else None
            if key is None:
                return single
            semitones = harmony.transposition_to(key, target, single.transpose)
            return replace(single, transpose=semitones)

        return clip.changed(source=with_singles(clip.source, change))

    after = edits.change_clips(arrangement, ids, brought)
    before = {clip.id: clip.source for clip in arrangement.clips() if clip.id in ids}
    moved = sum(clip.source != before[clip.id] for clip in after.clips() if clip.id in ids)
    silent = sum(sounding_key(source, known) is None for source in before.values())
    return BroughtToKey(after, moved, len(before) - moved - silent, silent)


def _pitched(source: ClipSource) -> tuple[SingleSource, ...]:
    """The segments and latents that the bass and the rest are heard from, each once."""
    if isinstance(source, GroupSource):
        found = (single for clip in source.clips for single in _pitched(clip.source))
        return tuple(dict.fromkeys(found))
    sources, muted = part_sources(source), muted_parts(source)
    return tuple(dict.fromkeys(sources[part] for part in _PITCHED if not muted[part]))
