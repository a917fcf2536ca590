"""What is drawn as a crossfade or a bass swap is what the mixdown plays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.arrangement import transitions
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip
from technovae_gui.timeline import crossings
from tests.technovae_gui.timeline.hand import clip


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
def test_overlaps_are_joints(first: Lane, second: Lane) -> None:
    arrangement = Arrangement(130.0, (first, second))
    found = [
        transition
        for transition in transitions.find_transitions(arrangement)
        if not transition.touching
    ]
    wanted = [(j.outgoing.id, j.incoming.id, j.start, j.end, j.swap) for j in found]
    drawn = [c for lane in arrangement.lanes for c in crossings.among(lane.clips)]
    assert [(c.outgoing.id, c.incoming.id, c.start, c.end, c.swap) for c in drawn] == wanted
    for transition in found:
        lane = arrangement.lane_of(transition.incoming.id)[0]
        span = transition.end - transition.start
        assert crossings.overlaps(lane, transition.incoming)[0] == span
        assert crossings.overlaps(lane, transition.outgoing)[1] == span


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
    assert crossings.across(arrangement) == {"in": transition.swap}
