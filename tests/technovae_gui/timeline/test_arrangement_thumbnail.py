"""The small picture of an arrangement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip
from technovae_gui import theme
from technovae_gui.timeline.arrangement_thumbnail import arrangement_thumbnail
from tests.technovae_gui.timeline.mouse_driver import clip

RED = QColor("#ff0000")


def drawn(*lanes: Lane, width: int = 160, height: int = 40) -> QImage:
    return arrangement_thumbnail(Arrangement(130.0, lanes), QSize(width, height), lambda _: RED)


def reds(image: QImage) -> set[tuple[int, int]]:
    rows, columns = range(image.height()), range(image.width())
    return {(x, y) for y in rows for x in columns if image.pixelColor(x, y) == RED}


def test_clips_lie_where_their_bars_are() -> None:
    found = reds(drawn(Lane("a", clips=(clip("x", 8, 4),)), Lane("b", clips=(clip("y", 12, 4),))))
    first = {x for x, y in found if y < 20}
    second = {x for x, y in found if y >= 20}
    # Sixteen bars across 156 pixels, two pixels of margin.
    assert (min(first), max(first)) == (pytest.approx(80, abs=1), pytest.approx(118, abs=2))
    assert (min(second), max(second)) == (pytest.approx(119, abs=1), pytest.approx(156, abs=2))


def test_a_muted_lane_is_paler() -> None:
    image = drawn(Lane("a", clips=(clip("x", 0, 16),), mute=True))
    assert reds(image) == set()
    assert image.pixelColor(80, 20).red() > QColor(theme.PANEL).red()


def test_every_clip_is_asked_for_its_colour_once() -> None:
    asked: list[Clip] = []
    lane = Lane("a", clips=(clip("x", 0), clip("y", 4)))

    def colour_of(one: Clip) -> QColor:
        asked.append(one)
        return RED

    arrangement_thumbnail(Arrangement(130.0, (lane,)), QSize(100, 30), colour_of)
    assert asked == list(lane.clips)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 30))
def test_any_size_and_any_number_of_lanes(width: int, height: int, rows: int) -> None:
    lanes = [Lane(str(n), clips=(clip(f"c{n}", 4 * n),)) for n in range(rows)]
    image = drawn(*lanes, width=width, height=height)
    assert (image.width(), image.height()) == (max(width, 1), max(height, 1))
