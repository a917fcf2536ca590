"""Positions, lengths and levels as text."""

from __future__ import annotations

import pytest

from core.arrangement.clip import RealSource, with_parts
from technovae_gui.timeline import labels
from tests.technovae_gui.timeline.mouse_driver import BAR

BEAT = BAR // 4


@pytest.mark.parametrize(
    ("tick", "text", "short"),
    [
        (0, "1.1.1", "1"),
        (4 * BAR, "5.1.1", "5"),
        (4 * BAR + BEAT, "5.2.1", "5.2"),
        (BEAT // 4, "1.1.2", "1.1.2"),
        (2 * BAR - 1, "2.4.4", "2.4.4"),
    ],
)
def test_positions(tick: int, text: str, short: str) -> None:
    assert labels.position_label(tick) == text
    assert labels.short_position_label(tick) == short


@pytest.mark.parametrize(
    ("ticks", "text"),
    [(BAR, "1 bar"), (4 * BAR, "4 bars"), (BAR // 2, "2 beats"), (1.5 * BAR, "1.5 bars")],
)
def test_lengths(ticks: float, text: str) -> None:
    assert labels.length_label(ticks) == text


def test_levels_and_pans() -> None:
    assert [labels.gain_label(db) for db in (-96.0, -6.0, 0.04, 1.5)] == [
        "-∞ dB",
        "-6.0 dB",
        "0.0 dB",
        "+1.5 dB",
    ]
    assert [labels.pan_label(pan) for pan in (-0.2, 0.0, 1.0)] == ["20L", "C", "100R"]


def test_times() -> None:
    assert [labels.time_label(seconds) for seconds in (0.0, 59.6, 200.0)] == [
        "0:00",
        "1:00",
        "3:20",
    ]


def test_parts_that_are_left_out_and_mixed() -> None:
    one, other = RealSource("a"), RealSource("b")
    assert labels.parts_label(one) == ""
    muted = (True, False, True, False)
    assert labels.parts_label(with_parts([one] * 4, muted)) == "without kick, drums"
    assert labels.parts_label(with_parts([one, other, other, other])) == "parts of 2"
    louder = with_parts([one] * 4, muted, (3.0, -1.5, 0.0, 0.0))
    assert labels.parts_label(louder) == "without kick, drums · bass -1.5 dB"


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("Near Iron Parish, bar 33", ("Iron Parish, bar 33", "Iron Parish 33")),
        ("Iron Parish, bar 1", ("Iron Parish 1",)),
        ("Kick, bar b", ()),
        ("my own name", ()),
    ],
)
def test_a_clip_has_shorter_names(name: str, names: tuple[str, ...]) -> None:
    assert labels.clip_names(name) == (name, *names)
