"""The transport bar: what it asks for, what it shows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from core.settings import TICKS_PER_BAR, TICKS_PER_BEAT
from technovae_gui.transport import TransportBar, tempo_box
from technovae_gui.transport.position_field import parse_bars, parse_time
from technovae_gui.transport.transport_bar import bars_text, time_text
from tests.technovae_gui.timeline.mouse_driver import NONE, moved


@pytest.fixture
def bar(qtbot: Any) -> TransportBar:
    made = TransportBar()
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    ("tick", "text"),
    [
        (0, "1.1.1"),
        (TICKS_PER_BAR, "2.1.1"),
        (TICKS_PER_BEAT * 5 + 250, "2.2.2"),
        (-5, "1.1.1"),
        (43 * TICKS_PER_BAR - 0.02, "44.1.1"),
    ],
)
def test_positions_count_from_one(tick: float, text: str) -> None:
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


def activate(bar: TransportBar, qtbot: Any) -> None:
    """Show it as a window that has the keys."""
    bar.show()
    bar.activateWindow()
    qtbot.waitUntil(bar.isActiveWindow)


def dragged(bar: TransportBar, up: int, keys: Qt.KeyboardModifier = NONE) -> None:
    """Drag the number of the tempo up by so many pixels."""
    field = bar.tempo.lineEdit()
    start = QPoint(20, 10)
    QTest.mousePress(field, Qt.MouseButton.LeftButton, keys, start)
    for part in (1, 2):
        moved(field, start - QPoint(0, up * part // 2), keys)
    QTest.mouseRelease(field, Qt.MouseButton.LeftButton, keys, start - QPoint(0, up))


def test_a_dragged_tempo_is_asked_for_when_the_drag_ends(bar: TransportBar, qtbot: Any) -> None:
    bar.show()
    bar.show_tempo(130.0)
    asked: list[float] = []
    bar.tempo_changed.connect(asked.append)
    dragged(bar, 40)
    dragged(bar, -8, Qt.KeyboardModifier.ShiftModifier)
    assert asked == [140.0, 139.9]
    assert not bar.tempo.hasFocus()


def test_a_click_on_the_tempo_types(bar: TransportBar, qtbot: Any) -> None:
    activate(bar, qtbot)
    bar.show_tempo(130.0)
    dragged(bar, 0)
    assert bar.tempo.hasFocus()
    with qtbot.waitSignal(bar.tempo_changed) as asked:
        qtbot.keyClicks(bar.tempo, "99")
        qtbot.keyClick(bar.tempo, Qt.Key.Key_Return)
    assert asked.args == [99.0]


def test_a_double_click_selects_all_of_a_number(bar: TransportBar, qtbot: Any) -> None:
    activate(bar, qtbot)
    bar.show_tempo(130.0)
    bar.show_position(TICKS_PER_BAR, 1.8)
    for field, text in ((bar.tempo.lineEdit(), "130.00 BPM"), (bar.position, "2.1.1")):
        at = field.rect().center()  # behind the point of the number
        qtbot.mouseClick(field, Qt.MouseButton.LeftButton, pos=at)
        qtbot.mouseDClick(field, Qt.MouseButton.LeftButton, pos=at)
        assert field.selectedText() in (text, text.removesuffix(" BPM"))


def test_a_tapped_tempo_is_asked_for_after_the_last_tap(
    bar: TransportBar, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter(0.5 * number for number in range(9))
    monkeypatch.setattr(tempo_box.time, "monotonic", lambda: next(now))
    with qtbot.waitSignal(bar.tempo_changed) as asked:
        for _ in range(5):
            bar.tap.click()
        bar.show_tempo(131.0)
        assert bar.tempo.value() == 120.0
    assert asked.args == [120.0]


@pytest.mark.parametrize(
    ("text", "tick"),
    [
        ("5", 4 * TICKS_PER_BAR),
        ("5.2", 4 * TICKS_PER_BAR + TICKS_PER_BEAT),
        (" 1.4.3 ", 3 * TICKS_PER_BEAT + TICKS_PER_BEAT // 2),
        ("0", None),
        ("1.5", None),
        ("x", None),
        ("", None),
    ],
)
def test_positions_are_read(text: str, tick: int | None) -> None:
    assert parse_bars(text) == tick


@given(st.integers(0, 10**8))
def test_what_is_shown_is_read_again(tick: int) -> None:
    found = parse_bars(bars_text(tick))
    assert found is not None
    assert 0 <= tick - found < TICKS_PER_BEAT // 4


@pytest.mark.parametrize(
    ("text", "seconds"), [("1:05.5", 65.5), ("12", 12.0), ("0:3,5", 3.5), ("a", None), ("1:", None)]
)
def test_times_are_read(text: str, seconds: float | None) -> None:
    assert parse_time(text) == seconds


def test_a_position_is_typed_and_not_overwritten_meanwhile(bar: TransportBar, qtbot: Any) -> None:
    activate(bar, qtbot)
    bar.show_position(0, 0.0)
    qtbot.mouseClick(bar.position, Qt.MouseButton.LeftButton, pos=QPoint(88, 12))
    qtbot.keyClicks(bar.position, "9.2")
    bar.show_position(TICKS_PER_BAR, 1.8)
    with qtbot.waitSignal(bar.position.entered) as entered:
        qtbot.keyClick(bar.position, Qt.Key.Key_Return)
    assert entered.args == ["9.2"]
    bar.position.clearFocus()
    assert bar.position.text() == "2.1.1"


def test_the_metronome_has_a_menu_of_count_ins(bar: TransportBar, qtbot: Any) -> None:
    assert (bar.metronome.isChecked(), bar.metronome.count_in) == (False, 0)
    with qtbot.waitSignal(bar.metronome.changed):
        bar.metronome.menu().actions()[1].trigger()
    assert bar.metronome.count_in == 1
    bar.metronome.restore(True, 7)
    assert (bar.metronome.isChecked(), bar.metronome.count_in) == (True, 0)


def test_the_meter_gets_the_highest_of_two_peaks(bar: TransportBar) -> None:
    """Fault: it was fed 60 times a second and fell twice as fast as it says."""
    fed: list[tuple[float, float]] = []
    bar.meter.feed = fed.append  # type: ignore[method-assign]
    for peaks in ((0.1, 0.2), (0.9, 0.1), (0.3, 0.4), (0.0, 0.0), (0.2, 0.1)):
        bar.show_levels(peaks, -20.0)
    assert fed == [(0.1, 0.2), (0.9, 0.4), (0.2, 0.1)]
