"""Clips are brought to one key, and what has none stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import (
    Clip,
    ClipSource,
    LatentSource,
    RealSource,
    SingleSource,
    single_sources,
    with_parts,
)
from core.arrangement.key_edits import bring_to_key, sounding_key
from core.dsp.key import Key
from core.errors import InputError
from core.settings import LATENT_SIZE, TICKS_PER_SEGMENT

A_MINOR, C_MAJOR, B_MINOR, F_MINOR = Key(9, True), Key(0, False), Key(11, True), Key(5, True)
KEYS = {"a": A_MINOR, "c": C_MAJOR, "b": B_MINOR, "f": F_MINOR}
HEARD, MUTED = False, True


def key_of(source: SingleSource) -> Key | None:
    """Latents are in B minor, segments called "drums" in no key."""
    return KEYS.get(source.segment_id) if isinstance(source, RealSource) else B_MINOR


def arranged(*sources: ClipSource) -> Arrangement:
    """Clips "0", "1" ... of these sources, one after the other."""
    clips = [
        Clip(str(number), source, number * TICKS_PER_SEGMENT)
        for number, source in enumerate(sources)
    ]
    return Arrangement(130.0, (Lane("1", clips=tuple(clips)),))


def test_clips_are_moved_there_already_or_without_a_key() -> None:
    latent = LatentSource.of([0.5] * LATENT_SIZE)
    before = arranged(
        *(RealSource("b"), RealSource("c"), RealSource("drums"), latent, RealSource("b", -2))
    )
    found = bring_to_key(before, "01234", A_MINOR, key_of)
    assert [clip.source.transpose for clip in found.arrangement.clips()] == [-2, 0, 0, -2, -2]
    assert (found.moved, found.there, found.without_key) == (2, 2, 1)
    again = bring_to_key(found.arrangement, "01234", A_MINOR, key_of)
    assert again.arrangement == found.arrangement
    assert (again.moved, again.there, again.without_key) == (0, 4, 1)


def test_only_the_clips_that_are_asked_for_are_moved() -> None:
    before = arranged(RealSource("b"), RealSource("b"))
    found = bring_to_key(before, ["1"], A_MINOR, key_of)
    assert [clip.source.transpose for clip in found.arrangement.clips()] == [0, -2]
    with pytest.raises(InputError):
        bring_to_key(before, ["x"], A_MINOR, key_of)


def test_each_part_is_brought_by_its_own_key_and_another_kick_stays() -> None:
    kick, bass, rest = RealSource("f"), RealSource("b"), RealSource("c", 1)
    parts = with_parts([kick, bass, kick, rest])
    assert sounding_key(parts, key_of) == C_MAJOR.transposed(1)
    found = bring_to_key(arranged(parts), "0", A_MINOR, key_of)
    assert single_sources(found.arrangement.clip("0").source) == (
        kick,
        RealSource("b", -2),
        RealSource("c"),
    )
    assert found.moved == 1


def test_a_clip_of_which_only_drums_are_heard_has_no_key() -> None:
    drums = with_parts([RealSource("b")] * 4, (HEARD, MUTED, HEARD, MUTED))
    assert sounding_key(drums, key_of) is None
    found = bring_to_key(arranged(drums), "0", A_MINOR, key_of)
    assert found.arrangement.clip("0").source == drums
    assert (found.moved, found.there, found.without_key) == (0, 0, 1)


@given(
    st.lists(st.tuples(st.sampled_from([*KEYS, "drums"]), st.integers(-12, 12)), max_size=6),
    st.builds(Key, st.integers(0, 11), st.booleans()),
)
def test_all_with_a_key_sound_in_the_target_or_its_relative(
    placed: list[tuple[str, int]], target: Key
) -> None:
    before = arranged(*(RealSource(name, semitones) for name, semitones in placed))
    found = bring_to_key(before, (clip.id for clip in before.clips()), target, key_of)
    assert found.moved + found.there + found.without_key == len(placed)
    for clip, was in zip(found.arrangement.clips(), before.clips(), strict=True):
        key = sounding_key(clip.source, key_of)
        assert clip.source == was.source if key is None else key.wheel == target.wheel
