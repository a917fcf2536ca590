"""The clips in view, and crossfades and bass swaps that are drawn as the mixdown plays them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.arrangement import transitions
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip
from technovae_gui.timeline.scene import (
    bass_swaps,
    clips_at,
    clips_between,
    crossfades,
    overlaps,
)
from tests.technovae_gui.timeline.mouse_driver import BAR, clip


@st.composite
def lanes(draw: st.DrawFn, prefix: str) -> Lane:
    """Clips that overlap, touch or lie apart."""
    clips: list[Clip] = []
    bar = 0.0
    for number in range(draw(st.integers(0, 6))):
        fields = {"bass_swap": draw(st.booleans())}
        clips.append(clip(f"{prefix}{number}", bar, 4, **fields))
        bar += draw(st.sampled_from([2.0, 2.75, 3.0, 4.0, 5.5]))
    return Lane(prefix, clips=tuple(clips))


@given(lanes("a"), lanes("b"))
def test_overlaps_are_transitions(first: Lane, second: Lane) -> None:
    """Muted clips have none, as they are left out of the mixdown."""
    arrangement = Arrangement(130.0, (first, second))
    heard = tuple(
        lane.changed(clips=tuple(clip for clip in lane.clips if not clip.mute))
        for lane in arrangement.lanes
    )
    found = [
        transition
        for transition in transitions.find_transitions(arrangement.changed(lanes=heard))
        if not transition.touching
    ]
    wanted = [(j.outgoing.id, j.incoming.id, j.start, j.end, j.swap) for j in found]
    drawn = [c for lane in arrangement.lanes for c in crossfades(lane.clips)]
    assert [(c.outgoing.id, c.incoming.id, c.start, c.end, c.swap) for c in drawn] == wanted
    for transition in found:
        lane = arrangement.lane_of(transition.incoming.id)[0]
        span = transition.end - transition.start
        assert overlaps(lane, transition.incoming)[0] == span
        assert overlaps(lane, transition.outgoing)[1] == span


def test_a_swap_between_lanes() -> None:
    bar = 3840
    out = clip("out", 0, 8, fade_out=4 * bar)
    into = clip("in", 4, 8, fade_in=4 * bar, bass_swap=True)
    alone = clip("alone", 20, 8, fade_in=4 * bar, bass_swap=True)
    arrangement = Arrangement(
        130.0, (Lane("1", clips=(out,)), Lane("2", clips=(into,)), Lane("3", clips=(alone,)))
    )
    transition = next(
        transition
        for transition in transitions.find_transitions(arrangement)
        if transition.incoming.id == "in"
    )
    assert bass_swaps(arrangement) == {"in": transition.swap}


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 4)), min_size=1, max_size=12),
    st.integers(0, 100),
    st.integers(0, 30),
)
def test_the_clips_between_two_ticks_are_all_that_touch(
    shape: list[tuple[int, int]], first: int, span: int
) -> None:
    clips, bar = [], 0
    for number, (bars, gap) in enumerate(shape):
        clips.append(clip(str(number), bar, bars))
        bar += bars + gap
    lane = Lane("lane", clips=tuple(clips))
    low, high = first * BAR + 1, (first + span) * BAR + 2
    wanted = [c for c in clips if c.end > low and c.start < high]
    assert list(clips_between(lane, low, high)) == wanted
    assert clips_at(lane, low) == [c for c in clips if c.start <= low < c.end]
