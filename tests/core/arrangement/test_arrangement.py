"""Ticks as samples."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from core.arrangement.arrangement import frame_at
from core.settings import SAMPLE_RATE, TICKS_PER_BEAT


@given(
    st.integers(min_value=-(10**9), max_value=10**12),
    st.floats(min_value=20.0, max_value=999.0) | st.integers(min_value=20, max_value=999),
)
def test_a_tick_is_rounded_once_from_the_exact_quotient(tick: int, bpm: float) -> None:
    exact = Fraction(tick * 60 * SAMPLE_RATE) / (Fraction(bpm) * TICKS_PER_BEAT)
    off = Fraction(frame_at(tick, bpm)) - exact
    assert -Fraction(1, 2) < off <= Fraction(1, 2)
