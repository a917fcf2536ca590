"""Curves of automation: their values, their edits, and what becomes of them with time."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from core.arrangement import automation_edits, edits, project_file
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.automation import LOW_PASS, PARAMETERS, Automation, Breakpoint
from core.arrangement.clip import Clip, RealSource
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
