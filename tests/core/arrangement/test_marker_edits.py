"""Markers: what they may be, how they are edited, and that they change nothing that sounds."""

from __future__ import annotations

import pytest

from core.arrangement import edits, marker_edits
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, RealSource
from core.arrangement.marker import Marker
from core.errors import InputError
from core.settings import TICKS_PER_BAR as BAR

CLIP = Clip("c", RealSource("segment"), 0, 8 * BAR)
EMPTY = Arrangement(130.0, (Lane("l", "A", (CLIP,)),))
MARKED = EMPTY.changed(
    markers=(Marker("d", 8 * BAR, "drop"), Marker("i", 0, "intro"), Marker("b", 4 * BAR, "build"))
)


def names(arrangement: Arrangement) -> list[tuple[int, str]]:
    return [(it.tick // BAR, it.name) for it in arrangement.markers]


def test_they_are_kept_in_order() -> None:
    assert names(MARKED) == [(0, "intro"), (4, "build"), (8, "drop")]


@pytest.mark.parametrize(
    "fields",
    [{"id": ""}, {"tick": -1}, {"tick": 1.5}, {"colour": "red"}, {"colour": "#12345"}],
)
def test_what_a_marker_cannot_be(fields: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Marker("m", 0).changed(**fields)


def test_two_of_one_id_are_refused() -> None:
    with pytest.raises(InputError, match="twice"):
        EMPTY.changed(markers=(Marker("m", 0), Marker("m", BAR)))


def test_a_new_one_has_a_free_name() -> None:
    once = marker_edits.add_marker(EMPTY, BAR)
    twice = marker_edits.add_marker(once, 2 * BAR, marker_id="x")
    assert names(twice) == [(1, "Marker 1"), (2, "Marker 2")]
    assert twice.marker("x").tick == 2 * BAR
    assert marker_edits.add_marker(EMPTY, 0, "drop").markers[0].name == "drop"


def test_one_that_moves_past_another_is_sorted_in() -> None:
    moved = marker_edits.set_marker(MARKED, "i", tick=6 * BAR, name="break")
    assert names(moved) == [(4, "build"), (6, "break"), (8, "drop")]
    with pytest.raises(InputError, match="no marker"):
        marker_edits.set_marker(MARKED, "gone", tick=0)


def test_removing_leaves_the_others() -> None:
    assert names(marker_edits.remove_markers(MARKED, ["b", "gone"])) == [(0, "intro"), (8, "drop")]


def test_a_section_ends_at_the_next_marker_or_with_the_clips() -> None:
    build = marker_edits.section_at(MARKED, 5.5 * BAR)
    assert build is not None
    assert (build[0].id, build[1]) == ("b", 8 * BAR)
    late = marker_edits.section_at(edits.move(MARKED, ["c"], ticks=8 * BAR), 9 * BAR)
    assert late is not None
    assert late[1] == 16 * BAR
    beyond = marker_edits.section_at(MARKED, 30 * BAR)
    assert beyond is not None
    assert beyond[1] == 8 * BAR
    assert marker_edits.section_at(EMPTY, 0) is None


def test_neighbours_in_time() -> None:
    assert marker_edits.next_marker(MARKED, 4 * BAR) == MARKED.marker("d")
    assert marker_edits.next_marker(MARKED, 8 * BAR) is None
    assert marker_edits.previous_marker(MARKED, 4 * BAR) == MARKED.marker("i")
    assert marker_edits.previous_marker(MARKED, 0) is None


def test_they_move_with_inserted_time_and_go_with_what_is_taken_out() -> None:
    longer = edits.insert_time(MARKED, 4 * BAR, 2 * BAR)
    assert names(longer) == [(0, "intro"), (6, "build"), (10, "drop")]
    shorter = edits.remove_time(MARKED, 3 * BAR, 5 * BAR)
    assert names(shorter) == [(0, "intro"), (6, "drop")]


def test_copies_lie_later_and_have_ids_of_their_own() -> None:
    copied = marker_edits.copy_markers(MARKED, MARKED.markers, 16 * BAR)
    assert names(copied)[3:] == [(16, "intro"), (20, "build"), (24, "drop")]
    assert len({it.id for it in copied.markers}) == 6
