"""Ticks to pixels and back, zoom around a point, the grid, and snapping to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings import TICKS_PER_BEAT
from technovae_gui.timeline.geometry import (
    COARSEST,
    FINEST,
    HIGHEST,
    LOWEST,
    WHOLE_HEADER,
    Geometry,
    Snap,
)

geometries = st.builds(
    Geometry,
    st.floats(FINEST, COARSEST),
    st.floats(0, 1e6),
    st.integers(0, 5000),
    st.integers(LOWEST, HIGHEST),
)


@given(geometries, st.integers(-(10**6), 10**7))
def test_there_and_back(geometry: Geometry, tick: int) -> None:
    assert geometry.tick(geometry.x(tick)) == pytest.approx(tick, abs=1e-3)


@given(geometries, st.integers(0, 60), st.floats(0.0, 0.99))
def test_any_place_within_a_row_is_in_that_row(geometry: Geometry, row: int, part: float) -> None:
    assert geometry.row(geometry.y(row) + part * geometry.lane_height) == row


@given(geometries, st.floats(0.1, 10), st.floats(0, 3000))
def test_zooming_keeps_what_is_under_the_mouse(geometry: Geometry, factor: float, x: float) -> None:
    zoomed = geometry.zoomed(factor, x)
    assert FINEST <= zoomed.ticks_per_pixel <= COARSEST
    assert zoomed.left >= 0
    if zoomed.left > 0:
        assert zoomed.x(geometry.tick(x)) == pytest.approx(x, abs=1e-3)


@given(geometries, st.floats(0.2, 5), st.floats(0, 800))
def test_lanes_grow_around_the_mouse(geometry: Geometry, factor: float, y: float) -> None:
    taller = geometry.taller(factor, y)
    assert LOWEST <= taller.lane_height <= HIGHEST
    if taller.top > 0:
        before = (y + geometry.top) / geometry.lane_height
        assert (y + taller.top) / taller.lane_height == pytest.approx(before, abs=0.02)


@given(geometries, st.integers(0, 10**6), st.integers(1, 10**6), st.integers(200, 3000))
def test_fitting_shows_both_ends(geometry: Geometry, start: int, span: int, width: int) -> None:
    fitted = geometry.fitted(start, start + span, width)
    if fitted.ticks_per_pixel < COARSEST:
        assert -0.01 <= fitted.x(start) <= fitted.x(start + span) <= width


@given(geometries, st.integers(1, 30), st.integers(100, 1400))
def test_lanes_that_fit_have_room_for_their_gain_and_pan(
    geometry: Geometry, rows: int, height: int
) -> None:
    """Fault: in a window of 1024 by 640 their headers lost them, and the lanes scrolled anyway."""
    fitted = geometry.with_rows(rows, height)
    assert WHOLE_HEADER <= fitted.lane_height <= HIGHEST
    if fitted.lane_height > WHOLE_HEADER:
        assert fitted.y(rows) <= height


@given(geometries)
def test_grid_lines_are_apart(geometry: Geometry) -> None:
    step = geometry.grid()
    assert step / geometry.ticks_per_pixel >= 11
    assert step % (TICKS_PER_BEAT // 4) == 0


@given(st.integers(0, 10**6))
def test_a_tick_snaps_to_the_nearest_line_of_each_grid(tick: int) -> None:
    for snap in Snap:
        near = snap.nearest(tick)
        assert near % snap.value == 0
        assert abs(near - tick) * 2 <= snap.value
        assert snap.nearest(tick, free=True) == tick
    assert Snap.BAR.nearest(-5000) == 0
