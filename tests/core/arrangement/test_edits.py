from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, RealSource, new_id
from core.arrangement.mixdown import Mixdown
from core.errors import InputError
from core.settings import TICKS_PER_BAR, TICKS_PER_SEGMENT
from tests.core.arrangement.strategies import arrangements, clips, loop_of

SOURCE = RealSource("a")


def one_clip(**fields: int) -> Arrangement:
    clip = Clip(**{"id": "c", "source": SOURCE, "start": 0, "length": 4 * TICKS_PER_BAR} | fields)  # type: ignore[arg-type]
    return Arrangement(240, (Lane("l", "one", (clip,)), Lane("m", "two")))


def sound(arrangement: Arrangement, frames: int | None = None) -> np.ndarray:
    mix = Mixdown(arrangement, lambda clip: loop_of(clip.source, arrangement.bpm))
    return mix.render(0, mix.frames if frames is None else frames)


EDITS: list[Callable[[Arrangement, st.DataObject], Arrangement]] = [
    lambda a, d: edits.add_lane(a, index=d.draw(st.none() | st.integers(0, 3))),
    lambda a, d: edits.remove_lane(a, d.draw(st.sampled_from(a.lanes)).id),
    lambda a, d: edits.reorder_lane(
        a, d.draw(st.sampled_from(a.lanes)).id, d.draw(st.integers(-1, 5))
    ),
    lambda a, d: edits.add(
        a, d.draw(st.sampled_from(a.lanes)).id, d.draw(clips()), d.draw(clips())
    ),
    lambda a, d: edits.delete(a, some_ids(a, d)),
    lambda a, d: edits.move(
        a,
        some_ids(a, d),
        ticks=d.draw(st.integers(-(10**5), 10**5)),
        lanes=d.draw(st.integers(-3, 3)),
    ),
    lambda a, d: edits.duplicate(a, some_ids(a, d)),
    lambda a, d: edits.paste(
        a,
        [d.draw(st.lists(clips(), max_size=2)) for _ in range(2)],
        tick=d.draw(st.integers(0, 10**5)),
        lane_index=d.draw(st.integers(0, 4)),
    ),
    lambda a, d: edits.set_tempo(a, d.draw(st.floats(60, 200))),
    lambda a, d: edits.insert_time(a, d.draw(st.integers(0, 10**5)), d.draw(st.integers(0, 10**5))),
    lambda a, d: edits.remove_time(a, *sorted(d.draw(st.tuples(*[st.integers(0, 10**5)] * 2)))),
    lambda a, d: edits.split(a, some_id(a, d), d.draw(st.integers(0, 10**5))),
    lambda a, d: edits.trim_start(a, some_id(a, d), d.draw(st.integers(-10, 10**5))),
    lambda a, d: edits.trim_end(a, some_id(a, d), d.draw(st.integers(0, 10**5))),
    lambda a, d: edits.set_fades(
        a,
        some_id(a, d),
        fade_in=d.draw(st.integers(0, 10**4)),
        fade_out=d.draw(st.none() | st.integers(0, 10**4)),
    ),
]


def some_ids(arrangement: Arrangement, data: st.DataObject) -> list[str]:
    return [clip.id for clip in arrangement.clips() if data.draw(st.booleans())]


def some_id(arrangement: Arrangement, data: st.DataObject) -> str:
    ids = [clip.id for clip in arrangement.clips()]
    return data.draw(st.sampled_from(ids)) if ids else "none"


@settings(max_examples=100)
@given(arrangements(), st.lists(st.sampled_from(EDITS), min_size=1, max_size=4), st.data())
def test_any_edits_leave_a_valid_arrangement(
    arrangement: Arrangement,
    steps: list[Callable[[Arrangement, st.DataObject], Arrangement]],
    data: st.DataObject,
) -> None:
    """Edits either refuse in words or give an arrangement whose constructor's checks all hold."""
    before = repr(arrangement)
    edited = arrangement
    for step in steps:
        if not edited.lanes:
            edited = edits.add_lane(edited)
        try:
            edited = step(edited, data)
        except InputError:
            continue
    rebuilt = [lane.changed(clips=lane.clips) for lane in edited.lanes]
    assert edited.changed(lanes=tuple(rebuilt)) == edited
    assert repr(arrangement) == before


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 4 * TICKS_PER_BAR - 1),
    st.integers(0, TICKS_PER_SEGMENT - 1),
    st.integers(0, 5000),
    st.sampled_from([240.0, 241.3, 299.9]),
)
def test_a_split_is_not_heard(cut: int, offset: int, start: int, bpm: float) -> None:
    whole = edits.set_tempo(one_clip(offset=offset, start=start), bpm)
    # Closer to an edge than the fades that keep it from clicking, there is nothing to compare.
    assume(960 < cut < 4 * TICKS_PER_BAR - 960)
    cut_in_two = edits.split(whole, "c", start + cut)
    assert len(cut_in_two.lanes[0].clips) == 2
    np.testing.assert_array_equal(sound(cut_in_two), sound(whole))


def test_a_split_keeps_fades_at_the_outer_edges() -> None:
    arrangement = edits.set_fades(one_clip(), "c", fade_in=500, fade_out=700)
    left, right = edits.split(arrangement, "c", 5000, right_id="r").lanes[0].clips
    assert (left.fade_in, left.fade_out, right.fade_in, right.fade_out) == (500, 0, 0, 700)
    assert right.id == "r"


def test_a_split_inside_a_crossfade_is_refused() -> None:
    two = edits.add(one_clip(), "l", Clip("d", SOURCE, 3 * TICKS_PER_BAR, 4 * TICKS_PER_BAR))
    with pytest.raises(InputError, match="crossfade"):
        edits.split(two, "c", 3 * TICKS_PER_BAR + 10)


def test_trimming_keeps_the_sound_in_place() -> None:
    arrangement = one_clip()
    trimmed = edits.trim_start(arrangement, "c", TICKS_PER_BAR)
    frames = arrangement.frame(TICKS_PER_BAR)
    skip = 64
    np.testing.assert_array_equal(
        sound(trimmed)[frames + skip :], sound(arrangement)[frames + skip :]
    )
    assert not sound(trimmed)[:frames].any()


def test_extending_loops() -> None:
    arrangement = edits.trim_end(one_clip(), "c", 12 * TICKS_PER_BAR)
    played = sound(arrangement)
    turn = arrangement.frame(TICKS_PER_SEGMENT)
    np.testing.assert_array_equal(played[turn + 64 : 2 * turn - 300], played[64 : turn - 300])


def test_what_an_edit_does_not_touch_is_the_same_object() -> None:
    """Painting and preparing look again only at what is another object than before."""
    rows = [
        (n % 3, Clip(f"c{n}", RealSource("t-0-0"), 3 * (n // 3) * TICKS_PER_BAR)) for n in range(12)
    ]
    before = edits.put(Arrangement(128.0, lanes=(Lane("a"), Lane("b"), Lane("c"))), rows)
    after = edits.move(before, ["c4"], ticks=TICKS_PER_BAR // 4)
    changed = [clip.id for clip in after.clips() if clip is not before.clip(clip.id)]
    assert changed == ["c4"]
    assert [new is old for new, old in zip(after.lanes, before.lanes, strict=True)] == [
        True,
        False,
        True,
    ]


def test_moving_between_lanes_and_against_the_start() -> None:
    moved = edits.move(one_clip(start=100), ["c"], ticks=-1000, lanes=7)
    lane, clip = moved.lane_of("c")
    assert (lane.id, clip.start) == ("m", 0)


@given(arrangements(), st.data(), st.integers(-(10**5), 10**5), st.integers(-3, 3))
def test_reach_is_how_far_a_move_goes(
    before: Arrangement, data: st.DataObject, ticks: int, lanes: int
) -> None:
    ids = some_ids(before, data)
    far = edits.reach(before, ids, ticks=ticks, lanes=lanes)
    moved = edits.move(before, ids, ticks=ticks, lanes=lanes, cover=True)
    rows = {clip.id: (row, clip.start) for row, clip in edits.by_row(before)}
    for row, clip in edits.by_row(moved):
        if clip.id in ids:
            old_row, old_start = rows[clip.id]
            assert (clip.start - old_start, row - old_row) == far


@given(arrangements(), st.lists(st.tuples(st.integers(0, 3), clips()), max_size=3), st.data())
def test_no_clip_is_lost_under_others(
    before: Arrangement, placed: list[tuple[int, Clip]], data: st.DataObject
) -> None:
    ids = {clip.id for clip in before.clips()}
    copies = [(row, clip.changed(id=new_id())) for row, clip in placed]
    assert ids <= {clip.id for clip in edits.put(before, copies).clips()}
    moved = edits.move(before, some_ids(before, data), ticks=data.draw(st.integers(-9999, 9999)))
    assert ids <= {clip.id for clip in moved.clips()}


def test_a_clip_that_would_cover_another_goes_to_a_lane_that_is_free() -> None:
    bar, source = TICKS_PER_BAR, RealSource("t-0-0")
    lanes = (
        Lane("a", "", (Clip("moved", source, 0, 4 * bar), Clip("short", source, 5 * bar, bar))),
        Lane("b", "", (Clip("long", source, 4 * bar, 16 * bar),)),
        Lane("c", "", (Clip("far", source, 16 * bar, bar),)),
    )
    before = Arrangement(128.0, lanes)
    after = edits.move(before, ["moved"], ticks=3 * bar)
    assert after.lane_of("moved")[0].id == "c"
    assert all(after.clip(name) is before.clip(name) for name in ("short", "long", "far"))


def test_putting_adds_the_rows_that_are_missing() -> None:
    clip = Clip("d", SOURCE, TICKS_PER_BAR)
    after = edits.put(one_clip(), [(3, clip)])
    assert [len(lane.clips) for lane in after.lanes] == [1, 0, 0, 1]
    assert edits.put(one_clip(), []) == one_clip()


def test_clips_are_changed_in_their_place() -> None:
    after = edits.change_clips(one_clip(), ["c"], lambda clip: clip.changed(gain_db=-3.0))
    assert after.clip("c").gain_db == -3.0
    assert edits.change_clips(after, ["c"], lambda clip: clip) == after
    with pytest.raises(InputError, match="moved"):
        edits.change_clips(after, ["c"], lambda clip: clip.changed(start=5))
    with pytest.raises(InputError, match="none"):
        edits.change_clips(after, ["none"], lambda clip: clip)


def test_duplicates_follow_and_go_on() -> None:
    doubled = edits.duplicate(one_clip(), ["c"])
    first, second = doubled.lanes[0].clips
    assert second.start == first.end
    assert second.id != first.id
    assert doubled.end == 2 * first.length


def test_an_exact_length_lasts_while_the_end_does() -> None:
    arrangement = one_clip().changed(frames=176_000)
    assert edits.rename_lane(arrangement, "l", "x").frames == 176_000
    assert edits.set_gain(arrangement, "c", -3).frames == 176_000
    assert edits.trim_end(arrangement, "c", TICKS_PER_BAR).frames is None
    assert edits.set_tempo(arrangement, 100).frames is None


def test_time_can_be_put_in_and_taken_out() -> None:
    arrangement = one_clip()
    opened = edits.insert_time(arrangement, TICKS_PER_BAR, TICKS_PER_BAR)
    assert [(c.start, c.length) for c in opened.lanes[0].clips] == [
        (0, TICKS_PER_BAR),
        (2 * TICKS_PER_BAR, 3 * TICKS_PER_BAR),
    ]
    closed = edits.remove_time(opened, TICKS_PER_BAR, 2 * TICKS_PER_BAR)
    np.testing.assert_array_equal(sound(closed), sound(arrangement))


@pytest.mark.parametrize(
    ("tick", "grid", "snapped"), [(0, 960, 0), (479, 960, 0), (480, 960, 960), (-99, 10, 0)]
)
def test_snapping(tick: int, grid: int, snapped: int) -> None:
    assert edits.snap(tick, grid) == snapped


@pytest.mark.parametrize(
    "edit",
    [
        lambda a: edits.remove_lane(a, "x"),
        lambda a: edits.delete(a, ["x"]),
        lambda a: edits.split(a, "c", 0),
        lambda a: edits.trim_end(a, "c", 0),
        lambda a: edits.set_lane(a, "l", colour="red"),
        lambda a: edits.set_clip(a, "c", start=3),
        lambda a: edits.insert_time(a, 0, -1),
        lambda a: edits.remove_time(a, 5, 1),
        lambda a: edits.set_tempo(a, 0),
    ],
)
def test_edits_that_cannot_be(edit: Callable[[Arrangement], Arrangement]) -> None:
    with pytest.raises(InputError):
        edit(one_clip())


def test_new_names_and_ids_are_free() -> None:
    arrangement = Arrangement(120)
    for _ in range(5):
        arrangement = edits.add_lane(arrangement)
    arrangement = edits.add_lane(edits.remove_lane(arrangement, arrangement.lanes[1].id))
    names = [lane.name for lane in arrangement.lanes]
    assert len(set(names)) == len(names) == 5
    assert all(a != b for a, b in itertools.pairwise(new_id() for _ in range(50)))
