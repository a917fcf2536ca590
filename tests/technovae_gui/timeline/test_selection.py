"""What presses, clicks and the rubber band select."""

from __future__ import annotations

import pytest

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from technovae_gui.document import Document
from technovae_gui.timeline.hit_testing import Pointer
from technovae_gui.timeline.selection import (
    RubberBand,
    clips_of_range,
    selection_on_click,
    selection_on_press,
)
from tests.technovae_gui.timeline.mouse_driver import BAR, clip

PLAIN = Pointer(0.0, 0.0, 0.0, 0)
CTRL = Pointer(0.0, 0.0, 0.0, 0, adding=True)
SHIFT = Pointer(0.0, 0.0, 0.0, 0, extending=True)


def ids(*names: str) -> frozenset[str]:
    return frozenset(names)


@pytest.fixture
def arrangement(document: Document) -> Arrangement:
    """Clips "a" and "b" on the first lane, "c" on the second, "d" on the third."""
    clips = [(0, clip("a", 0)), (0, clip("b", 8)), (1, clip("c", 4)), (2, clip("d", 20))]
    document.apply(edits.put(document.arrangement, clips))
    return document.arrangement


@pytest.mark.parametrize(
    ("pointer", "before", "on_press", "on_click"),
    [
        (PLAIN, ids(), ids("a"), ids("a")),
        (PLAIN, ids("b"), ids("a"), ids("a")),
        (PLAIN, ids("a", "b"), ids("a", "b"), ids("a")),
        (CTRL, ids("b"), ids("a", "b"), ids("a", "b")),
        (CTRL, ids("a", "b"), ids("a", "b"), ids("b")),
        (SHIFT, ids("d"), ids("a", "b", "c", "d"), ids("a", "b", "c", "d")),
    ],
)
def test_a_click_on_the_first_clip(
    arrangement: Arrangement,
    pointer: Pointer,
    before: frozenset[str],
    on_press: frozenset[str],
    on_click: frozenset[str],
) -> None:
    """A press keeps several clips selected, so that they can be dragged together."""
    a = arrangement.clip("a")
    pressed = selection_on_press(arrangement, before, a, pointer, anchor="d")
    assert pressed == on_press
    assert selection_on_click(pressed, before, a, pointer) == on_click


def test_a_range_holds_the_lanes_and_bars_between_its_ends(arrangement: Arrangement) -> None:
    assert clips_of_range(arrangement, "b", "c") == ids("b", "c")
    assert clips_of_range(arrangement, "c", "a") == ids("a", "c")
    assert clips_of_range(arrangement, "a", "a") == ids("a")


def test_the_rubber_band_adds_to_what_is_kept_and_can_be_taken_back(
    document: Document, arrangement: Arrangement
) -> None:
    document.select(["d"])
    start = Pointer(0.0, 10.0, 5.0 * BAR, 0, adding=True)
    band = RubberBand(document, start)
    band.move(Pointer(200.0, 90.0, 9.0 * BAR, 1, adding=True))
    assert document.selection == ids("b", "c", "d")
    assert band.rect(1.0, 4.0).getRect() == (1.0, 10.0, 3.0, 80.0)
    band.cancel()
    assert document.selection == ids("d")
