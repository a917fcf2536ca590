"""The transport bar: what it asks for, what it shows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from core.settings import TICKS_PER_BAR, TICKS_PER_BEAT
from technovae_gui.transport import TransportBar
from technovae_gui.transport.transport_bar import bars_text, time_text


@pytest.fixture
def bar(qtbot: Any) -> TransportBar:
    made = TransportBar()
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    ("tick", "text"),
    [(0, "1.1.1"), (TICKS_PER_BAR, "2.1.1"), (TICKS_PER_BEAT * 5 + 250, "2.2.2"), (-5, "1.1.1")],
)
def test_positions_count_from_one(tick: int, text: str) -> None:
    assert bars_text(tick) == text


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00.0"), (61.29, "1:01.2"), (-1, "0:00.0")])
def test_times(seconds: float, text: str) -> None:
    assert time_text(seconds) == text


@given(st.integers(0, 10**8))
def test_positions_are_in_range(tick: int) -> None:
    bar, beat, sixteenth = (int(part) for part in bars_text(tick).split("."))
    assert bar == tick // TICKS_PER_BAR + 1
    assert 1 <= beat <= 4
    assert 1 <= sixteenth <= 4


def test_buttons_ask(bar: TransportBar, qtbot: Any) -> None:
    for button, signal in (
        (bar.play, bar.play_requested),
        (bar.stop, bar.stop_requested),
        (bar.start, bar.start_requested),
    ):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_tempo_is_asked_for_once_it_is_typed(bar: TransportBar, qtbot: Any) -> None:
    bar.show_tempo(130.0)
    bar.tempo.setFocus()
    bar.tempo.selectAll()
    with qtbot.waitSignal(bar.tempo_changed) as asked:
        qtbot.keyClicks(bar.tempo, "127.5")
        qtbot.keyClick(bar.tempo, Qt.Key.Key_Return)
    assert asked.args == [127.5]


def test_showing_a_tempo_asks_for_nothing(bar: TransportBar, qtbot: Any) -> None:
    with qtbot.assertNotEmitted(bar.tempo_changed):
        bar.show_tempo(141.0)
    assert bar.tempo.value() == 141.0


def test_everything_has_a_name_for_screen_readers(bar: TransportBar) -> None:
    for widget in (bar.start, bar.play, bar.stop, bar.loop, bar.tempo, bar.gain, bar.meter):
        assert widget.accessibleName()
        assert widget.toolTip()
