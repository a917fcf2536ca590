"""The part of a spectrogram that is shown: zoomed, moved, and what is read out of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from technovae_gui.spectrogram.view_range import (
    WHOLE,
    ViewRange,
    frequency_text,
    hertz,
    note_name,
    position_text,
)

SHARES = st.floats(0.0, 1.0)


@given(st.floats(0.1, 20.0), SHARES, SHARES, st.floats(-2.0, 2.0))
def test_it_stays_inside_and_what_is_under_the_mouse_stays(
    factor: float, x: float, y: float, moved: float
) -> None:
    view = WHOLE.zoomed(3.0, 0.4).zoomed_in_pitch(2.0, 0.7)
    after = view.zoomed(factor, x).zoomed_in_pitch(factor, y).moved(moved, -moved)
    assert 0.0 <= after.start < after.end <= 1.0 + 1e-12
    assert 0.0 <= after.low < after.high <= 1.0 + 1e-12
    zoomed = view.zoomed(1.3, x)
    assert zoomed.time(x) == pytest.approx(view.time(x))


def test_it_zooms_down_to_a_beat_and_back_to_the_whole() -> None:
    view = WHOLE
    for _ in range(40):
        view = view.zoomed(1.25, 0.5)
    assert view.end - view.start == pytest.approx(1 / 16)
    for _ in range(40):
        view = view.zoomed(1 / 1.25, 0.2)
    assert view == WHOLE
    assert view.is_whole


def test_places_go_there_and_back() -> None:
    view = ViewRange(0.25, 0.5, 0.1, 0.6)
    assert view.x(view.time(0.3)) == pytest.approx(0.3)
    assert view.y(view.pitch(0.8)) == pytest.approx(0.8)


def test_what_is_read_out() -> None:
    assert hertz(0.0) == pytest.approx(30.0)
    assert hertz(1.0) == pytest.approx(20_000.0)
    assert [note_name(f) for f in (440.0, 55.0, 261.6, 46.25)] == ["A4", "A1", "C4", "F#1"]
    assert [frequency_text(f) for f in (97.6, 2345.0)] == ["98 Hz", "2.35 kHz"]
    assert [position_text(t, 4) for t in (0.0, 0.25, 0.3125, 0.99999, 1.0)] == [
        "1.1.1",
        "2.1.1",
        "2.2.1",
        "4.4.4",
        "4.4.4",
    ]
