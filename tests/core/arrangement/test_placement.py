"""A clip makes room among those it is placed on."""

from __future__ import annotations

from hypothesis import given

from core.arrangement.arrangement import Lane
from core.arrangement.clip import Clip
from core.arrangement.placement import place_clip
from core.settings import TICKS_PER_SEGMENT
from tests.core.arrangement.strategies import clips, lanes


@given(lanes(), clips())
def test_placing_makes_room(lane: Lane, clip: Clip) -> None:
    """The lane stays valid, the placed clip is whole, and no other sounds where none did."""
    placed = place_clip(lane, clip)
    assert clip in placed.clips
    others = [other for other in placed.clips if other is not clip]
    for other in others:
        assert any(old.start <= other.start and other.end <= old.end for old in lane.clips)
        assert not (clip.start <= other.start and other.end <= clip.end)
        assert other.length > 0
    for tick in (clip.start - 1, clip.end):
        was = [c for c in lane.clips if c.start <= tick < c.end]
        now = [c for c in placed.clips if c.start <= tick < c.end]
        assert len(now) == min(len(was), 2 if not was else len(now))
        assert bool(was) == bool(now)


@given(lanes(), clips())
def test_what_gives_way_sounds_where_it_did(lane: Lane, clip: Clip) -> None:
    for other in place_clip(lane, clip).clips:
        if other is not clip:
            old = next(
                c
                for c in lane.clips
                if c.start <= other.start
                and other.end <= c.end
                and c.source == other.source
                and (c.origin - other.origin) % TICKS_PER_SEGMENT == 0
            )
            assert old.gain_db == other.gain_db
