"""Curves of automation: their values, their edits, and what becomes of them with time."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrangement import automation_edits, edits, project_file
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import LOW_PASS, PARAMETERS, Automation, Breakpoint
from core.arrangement.clip import Clip, RealSource
from core.arrangement.lane_effects import LaneEffects
from core.arrangement.marker import Marker
from core.arrangement.project import Project
from core.errors import InputError, ProjectError
from core.settings import TICKS_PER_BAR as BAR


def curve(*points: tuple[int, float], parameter: str = "volume") -> Automation:
    return Automation(parameter, tuple(Breakpoint(tick, value) for tick, value in points))


def arrangement(*curves: Automation) -> Arrangement:
    clip = Clip("c", RealSource("s"), 0, 8 * BAR)
    return Arrangement(130.0, (Lane("l", clips=(clip,), automation=curves),))


def test_between_points_it_moves_and_outside_it_stays() -> None:
    it = curve((BAR, -12.0), (3 * BAR, 0.0))
    assert [it.value(tick) for tick in (0, BAR, 2 * BAR, 3 * BAR, 9 * BAR)] == [
        -12.0,
        -12.0,
        pytest.approx(-6.0),
        0.0,
        0.0,
    ]


def test_a_cutoff_moves_by_octaves() -> None:
    it = curve((0, 200.0), (2 * BAR, 800.0), parameter="low_pass")
    assert it.value(BAR) == pytest.approx(400.0)
    assert LOW_PASS.value(LOW_PASS.share(1234.0)) == pytest.approx(1234.0)


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=PARAMETERS)
def test_ends_of_ranges_are_exact(parameter: object) -> None:
    for value in (parameter.low, parameter.high, parameter.default):  # type: ignore[attr-defined]
        assert parameter.value(parameter.share(value)) == pytest.approx(value, abs=1e-12)  # type: ignore[attr-defined]


def test_a_bend_moves_late_or_early_and_ends_where_it_should() -> None:
    straight, late, early = (
        Automation("volume", (Breakpoint(0, -20.0, bend), Breakpoint(BAR, 0.0)))
        for bend in (0.0, 0.7, -0.7)
    )
    middle = BAR // 2
    assert late.value(middle) < straight.value(middle) < early.value(middle)
    for it in (late, early):
        values = [it.value(tick) for tick in range(0, BAR + 1, 96)]
        assert values == sorted(values)
        assert values[-1] == 0.0


def test_two_points_on_a_tick_jump() -> None:
    it = curve((0, 0.0), (BAR, 0.0), (BAR, -30.0))
    assert it.value(BAR - 1) == 0.0
    assert it.value(BAR) == -30.0


@pytest.mark.parametrize(
    "make",
    [
        lambda: curve(),
        lambda: curve((0, 7.0)),
        lambda: curve((0, float("nan"))),
        lambda: curve((-1, 0.0)),
        lambda: curve((0, 0.0), parameter="colour"),
        lambda: curve((0, 0.0), (0, 1.0), (0, 2.0)),
        lambda: Breakpoint(0, 0.0, 2.0),
        lambda: Lane("l", automation=(curve((0, 0.0)), curve((5, 0.0)))),
    ],
)
def test_what_cannot_be(make: object) -> None:
    with pytest.raises(InputError):
        make()  # type: ignore[operator]


def test_inserted_time_moves_what_comes_after_it() -> None:
    before = arrangement(curve((0, -12.0), (4 * BAR, 0.0)))
    after = edits.insert_time(before, 2 * BAR, 3 * BAR)
    old, new = before.lane("l").automation[0], after.lane("l").automation[0]
    for tick in range(0, 2 * BAR, 240):
        assert new.value(tick) == pytest.approx(old.value(tick))
    for tick in range(2 * BAR, 4 * BAR, 240):
        assert new.value(tick + 3 * BAR) == pytest.approx(old.value(tick))
    assert new.value(3 * BAR) == pytest.approx(-6.0)


def test_time_that_is_taken_out_takes_its_curve_along() -> None:
    before = arrangement(curve((0, -12.0), (2 * BAR, -40.0), (4 * BAR, 0.0)))
    after = edits.remove_time(before, BAR, 3 * BAR)
    old, new = before.lane("l").automation[0], after.lane("l").automation[0]
    for tick in range(0, BAR, 240):
        assert new.value(tick) == pytest.approx(old.value(tick))
    for tick in range(3 * BAR, 5 * BAR, 240):
        assert new.value(tick - 2 * BAR) == pytest.approx(old.value(tick))
    assert edits.remove_time(arrangement(curve((BAR, 0.0))), 0, 2 * BAR).lane("l").automation == ()


def test_points_are_added_moved_and_taken_away() -> None:
    points = curve((0, 0.0), (BAR, -6.0), (2 * BAR, 0.0)).points
    added = automation_edits.with_point(points, Breakpoint(BAR // 2, -3.0))
    assert [it.tick for it in added] == [0, BAR // 2, BAR, 2 * BAR]
    moved = automation_edits.with_point(points, Breakpoint(5 * BAR, -9.0), points[1])
    assert [(it.tick, it.value) for it in moved] == [(0, 0.0), (2 * BAR, -9.0), (2 * BAR, 0.0)]
    assert [it.tick for it in automation_edits.with_point(points, Breakpoint(0, 1.0), points[1])][
        :2
    ] == [0, 0]
    now = automation_edits.set_points(arrangement(), "l", "volume", points)
    assert now.lane("l").curve("volume") == Automation("volume", points)
    assert automation_edits.set_points(now, "l", "volume", ()).lane("l").automation == ()


def test_wherever_a_point_is_dragged_the_curve_stays_one() -> None:
    points = curve((0, 0.0), (0, -6.0), (BAR, -6.0), (2 * BAR, 0.0), (2 * BAR, -9.0)).points
    for point in points:
        for tick in range(0, 3 * BAR, BAR // 2):
            moved = automation_edits.with_point(points, point.changed(tick=tick), point)
            made = Automation("volume", moved)
            assert made.points == moved
            assert all(a.tick <= b.tick for a, b in pairwise(moved))
    for tick in range(0, 3 * BAR, BAR // 2):
        Automation("volume", automation_edits.with_point(points, Breakpoint(tick, -1.0)))


def test_projects_keep_it_and_only_then_need_the_fifth_version(tmp_path: Path) -> None:
    path = tmp_path / "p.technovae"
    project_file.save(Project(arrangement()), path)
    assert json.loads(path.read_text())["version"] == 1
    made = arrangement(
        Automation("low_pass", (Breakpoint(0, 200.0, 0.5), Breakpoint(BAR, 20_000.0))),
        curve((7, -3.25)),
    )
    project_file.save(Project(made), path)
    document = json.loads(path.read_text())
    assert document["version"] == 5
    document["arrangement"]["lanes"][0]["automation"][0]["later"] = 7
    path.write_text(json.dumps(document))
    again = project_file.load(path)
    assert again.arrangement == made
    project_file.save(again, path)
    curves = json.loads(path.read_text())["arrangement"]["lanes"][0]["automation"]
    assert curves[0]["later"] == 7
    assert "bend" not in curves[1]["points"][0]


def test_a_damaged_curve_is_told(tmp_path: Path) -> None:
    path = tmp_path / "p.technovae"
    project_file.save(Project(arrangement(curve((0, 0.0)))), path)
    path.write_text(path.read_text().replace('"value": 0.0', '"value": 99.0'))
    with pytest.raises(ProjectError, match="automation of volume"):
        project_file.load(path)


def test_time_that_is_repeated_sounds_twice_with_its_curve_and_markers() -> None:
    clips = (Clip("a", RealSource("s"), 0, 3 * BAR), Clip("b", RealSource("t"), 3 * BAR, 4 * BAR))
    lane = Lane("l", clips=clips, automation=(curve((0, -40.0), (4 * BAR, 0.0)),))
    before = Arrangement(130.0, (lane,), markers=(Marker("m", 2 * BAR, "drop"),))
    after = edits.repeat_time(before, 2 * BAR, 4 * BAR)
    old, new = before.lane("l").automation[0], after.lane("l").automation[0]
    for tick in range(0, 4 * BAR, 240):
        assert new.value(tick) == pytest.approx(old.value(tick))
    for tick in range(2 * BAR, 7 * BAR, 240):
        assert new.value(tick + 2 * BAR) == pytest.approx(old.value(tick))
    found = [(it.source.segment_id, it.start, it.end) for it in after.clips()]  # type: ignore[union-attr]
    assert found == [
        ("s", 0, 3 * BAR),
        ("t", 3 * BAR, 4 * BAR),
        ("s", 4 * BAR, 5 * BAR),
        ("t", 5 * BAR, 6 * BAR),
        ("t", 6 * BAR, 9 * BAR),
    ]
    copies = {it.start: it for it in after.clips()}
    assert copies[4 * BAR].offset == 2 * BAR
    assert [(it.name, it.tick) for it in after.markers] == [("drop", 2 * BAR), ("drop", 4 * BAR)]
    with pytest.raises(InputError, match="must end after"):
        edits.repeat_time(before, BAR, BAR)


def test_a_curve_without_points_in_what_is_repeated_stays_as_it_was() -> None:
    drawn = curve((8 * BAR, -40.0), (9 * BAR, 0.0))
    again = drawn.with_repeat(0, 4 * BAR)
    for tick in range(0, 14 * BAR, 480):
        was = tick if tick < 4 * BAR else tick - 4 * BAR
        assert again.value(tick) == pytest.approx(drawn.value(was))


def two_lanes(*curves: Automation) -> Arrangement:
    """Clips at bars 0, 4 and 12 of the upper lane, which has curves, and one at 0 of the lower."""
    upper = tuple(
        Clip(name, RealSource("s"), bar * BAR, 4 * BAR)
        for name, bar in (("a", 0), ("b", 4), ("c", 12))
    )
    lower = (Clip("d", RealSource("s"), 0, 4 * BAR),)
    return Arrangement(130.0, (Lane("l", "", upper, automation=curves), Lane("m", "", lower)))


SWEEP = Automation(
    "low_pass",
    (Breakpoint(0, 300.0), Breakpoint(5 * BAR, 200.0, 0.6), Breakpoint(9 * BAR, 9_000.0)),
)


def over(made: Arrangement, lane: str, start: int, end: int) -> list[float]:
    """What the low-pass is over some bars of a lane."""
    found = made.lane(lane).curve("low_pass")
    assert found is not None
    return [found.value(tick) for tick in range(start * BAR, end * BAR, BAR // 8)]


@pytest.mark.parametrize("lane", ["l", "m"])
@pytest.mark.parametrize("start", [2, 6, 8, 20])
def test_automation_follows_a_clip(lane: str, start: int) -> None:
    before = two_lanes(SWEEP)
    rows, ticks = int(lane == "m"), (start - 4) * BAR
    after = edits.move(before, ["b"], ticks=ticks, lanes=rows, automation=True)
    home, clip = after.lane_of("b")
    assert (home.id, clip.start) == (lane, start * BAR)
    assert over(after, lane, start, start + 4) == pytest.approx(over(before, "l", 4, 8))
    stays = [bar for bar in (0, 1, 2, 3, 12, 13) if lane == "m" or not start <= bar < start + 4]
    for bar in stays:
        assert over(after, "l", bar, bar + 1) == pytest.approx(over(before, "l", bar, bar + 1))


def test_a_lane_that_gets_a_curve_has_its_own_setting_around_it() -> None:
    before = edits.set_lane(two_lanes(SWEEP), "m", effects=LaneEffects(low_pass_hz=5_000.0))
    after = edits.move(before, ["b"], lanes=1, ticks=4 * BAR, automation=True)
    assert over(after, "m", 0, 4) == pytest.approx([5_000.0] * 32)
    back = edits.move(after, ["b"], lanes=-1, ticks=-4 * BAR, automation=True)
    assert back.lane("m").automation == ()
    assert over(back, "l", 4, 8) == pytest.approx(over(before, "l", 4, 8))


def test_a_curve_that_is_all_over_one_clip_moves_whole() -> None:
    clip = Clip("x", RealSource("s"), 4 * BAR, 4 * BAR)
    drawn = curve((4 * BAR, -20.0), (6 * BAR, -3.0), (8 * BAR, 0.0))
    before = Arrangement(130.0, (Lane("l", "", (clip,), automation=(drawn,)), Lane("m")))
    moved = edits.move(before, ["x"], ticks=BAR, automation=True).lane("l")
    assert [it.tick // BAR for it in moved.automation[0].points] == [5, 7, 9]
    below = edits.move(before, ["x"], ticks=BAR, lanes=1, automation=True)
    assert below.lane("l").automation == ()
    assert [it.tick // BAR for it in below.lane("m").automation[0].points] == [5, 7, 9]
    assert edits.delete(before, ["x"], automation=True).lane("l").automation == ()
    assert edits.delete(before, ["x"]).lane("l").automation == (drawn,)


def test_copies_have_the_curves_too_and_leave_the_others_as_they_are() -> None:
    before = two_lanes(SWEEP)
    doubled = edits.duplicate(before, ["b"], automation=True)
    assert over(doubled, "l", 8, 12) == pytest.approx(over(before, "l", 4, 8))
    for start, end in ((0, 8), (12, 16)):
        assert over(doubled, "l", start, end) == pytest.approx(over(before, "l", start, end))
    rows = [[before.clip("b")], []]
    emptied = edits.delete(before, ["b"], automation=True)
    pasted = edits.paste(emptied, rows, tick=20 * BAR, lane_index=1, automation_of=before)
    assert over(pasted, "m", 20, 24) == pytest.approx(over(before, "l", 4, 8))
    assert over(pasted, "m", 0, 4) == pytest.approx([20_000.0] * 32)


def test_under_a_crossfade_a_curve_stays_for_the_clip_that_stays() -> None:
    first, second = (Clip(n, RealSource("s"), b * BAR, 4 * BAR) for n, b in (("x", 0), ("y", 3)))
    before = Arrangement(130.0, (Lane("l", "", (first, second), automation=(SWEEP,)),))
    after = edits.move(before, ["y"], ticks=8 * BAR, automation=True)
    assert over(after, "l", 0, 4) == pytest.approx(over(before, "l", 0, 4))
    assert over(after, "l", 11, 15) == pytest.approx(over(before, "l", 3, 7))


@pytest.mark.parametrize(
    "change",
    [
        lambda now: edits.insert_time(now, 2 * BAR, BAR, automation=False),
        lambda now: edits.remove_time(now, 2 * BAR, 3 * BAR, automation=False),
        lambda now: edits.repeat_time(now, 2 * BAR, 3 * BAR, automation=False),
        lambda now: edits.move(now, ["b"], ticks=BAR),
    ],
)
def test_automation_that_does_not_follow_stays(
    change: Callable[[Arrangement], Arrangement],
) -> None:
    assert change(two_lanes(SWEEP)).lane("l").automation == (SWEEP,)


@given(data=st.data())
def test_whatever_is_moved_the_curves_over_all_other_clips_sound_the_same(
    data: st.DataObject,
) -> None:
    ticks = st.integers(0, 24 * BAR)
    points = data.draw(st.lists(st.tuples(ticks, st.floats(-60, 6), st.floats(-1, 1)), max_size=6))
    unique = {tick: Breakpoint(tick, value, bend) for tick, value, bend in points}
    drawn = (Automation("volume", tuple(unique.values())),) if unique else ()
    before = two_lanes(*drawn)
    lanes, to = data.draw(st.integers(0, 1)), data.draw(st.integers(-4, 24))
    after = edits.move(before, ["b"], ticks=to * BAR, lanes=lanes, automation=True)

    def heard(made: Arrangement, clip: Clip, lane: str) -> list[float]:
        curve = made.lane(lane).curve("volume")
        inside = range(clip.start + 1, clip.end, BAR // 2)
        return [0.0 if curve is None else curve.value(tick) for tick in inside]

    moved_to = after.lane_of("b")
    found = heard(after, moved_to[1], moved_to[0].id)
    assert found == pytest.approx(heard(before, before.clip("b"), "l"), abs=1e-6)
    for lane in after.lanes:
        for clip in lane.clips:
            alone = clip.end <= moved_to[1].start or clip.start >= moved_to[1].end
            known = clip.id in ("a", "c", "d") and (alone or lane is not moved_to[0])
            if known and clip == before.clip(clip.id):
                same = heard(before, clip, lane.id)
                assert heard(after, clip, lane.id) == pytest.approx(same, abs=1e-6)
