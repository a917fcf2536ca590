"""What lies under the mouse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from core.arrangement.arrangement import Arrangement, Lane
from technovae_gui.timeline.geometry import (
    Geometry,
    body_rect,
    clip_rect,
    fade_handles,
    gain_y,
)
from technovae_gui.timeline.hit_testing import Hit, HitZone, hit_test
from tests.technovae_gui.timeline.mouse_driver import BAR, clip

GEOMETRY = Geometry(ticks_per_pixel=96.0)
A = clip("a", 2, 4, fade_out=BAR)
B = clip("b", 5, 4)
"""Lies over the last bar of `A`."""
TINY = clip("tiny", 12, 0.25)
ARRANGEMENT = Arrangement(130.0, (Lane("1", clips=(A, B, TINY)), Lane("2")))
RECT = clip_rect(GEOMETRY, 0, A)
FADE_IN, FADE_OUT = fade_handles(GEOMETRY, RECT, A)


def at(x: float, y: float) -> Hit:
    return hit_test(ARRANGEMENT, GEOMETRY, QPointF(x, y))


@pytest.mark.parametrize(
    ("point", "zone"),
    [
        (QPointF(RECT.center().x(), RECT.top() + 6), HitZone.BODY),
        (QPointF(RECT.left() + 2, RECT.top() + 6), HitZone.START),
        (QPointF(RECT.right() - 2, RECT.bottom() - 4), HitZone.END),
        (FADE_IN.center(), HitZone.FADE_IN),
        (QPointF(RECT.left() + 60, gain_y(body_rect(RECT), 0.0)), HitZone.GAIN),
    ],
)
def test_parts_of_a_clip(point: QPointF, zone: HitZone) -> None:
    assert at(point.x(), point.y()) == Hit(zone, 0, A)


def test_a_fade_under_a_crossfade_has_no_handle() -> None:
    assert at(FADE_OUT.center().x(), FADE_OUT.center().y()).zone is not HitZone.FADE_OUT


def test_the_later_of_two_clips_lies_on_top() -> None:
    x = GEOMETRY.x(5.5 * BAR)
    assert at(x, RECT.top() + 6) == Hit(HitZone.BODY, 0, B)


def test_the_middle_of_a_tiny_clip_moves_it() -> None:
    rect = clip_rect(GEOMETRY, 0, TINY)
    assert at(rect.center().x(), rect.center().y()) == Hit(HitZone.BODY, 0, TINY)


@pytest.mark.parametrize(("y", "row"), [(20.0, 0), (80.0, 1), (150.0, 2), (-5.0, -1)])
def test_empty_space_tells_its_lane(y: float, row: int) -> None:
    assert at(GEOMETRY.x(30 * BAR), y) == Hit(HitZone.EMPTY, row)


@given(st.floats(-50, 1000), st.floats(-50, 300))
def test_what_is_hit_lies_under_the_mouse(x: float, y: float) -> None:
    hit = at(x, y)
    if hit.clip is not None:
        rect = clip_rect(GEOMETRY, hit.row, hit.clip).adjusted(-1, 0, 1, 0)
        assert rect.contains(QPointF(x, y))
