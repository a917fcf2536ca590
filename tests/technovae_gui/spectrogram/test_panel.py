"""The three spectrograms: axes where they belong, the difference, the playhead, seeking."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea

from core.dsp.bank import bank
from core.settings import FLOOR_DB
from technovae_gui.spectrogram import SpectrogramPanel, axes
from technovae_gui.spectrogram.view_range import ViewRange
from tests.technovae_gui.map.mouse import drag


@pytest.fixture
def panel(qtbot: Any) -> SpectrogramPanel:
    """Shown, with nothing in it."""
    widget = SpectrogramPanel()
    qtbot.addWidget(widget)
    widget.resize(420, 600)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def steady(level: float) -> np.ndarray:
    return np.full((512, 128), level, np.float32)


def test_the_difference_needs_both(panel: SpectrogramPanel) -> None:
    panel.set_real(steady(-30.0), "Original")
    assert panel.error_db is None
    assert not panel.grab().isNull()
    panel.set_decoded(steady(-27.5), "Decoded")
    assert panel.error_db == pytest.approx(2.5)
    assert panel.difference.title == "Difference: 2.5 dB"
    panel.set_decoded(None, "Decoded: on its way")
    assert panel.error_db is None
    panel.set_decoded(steady(0.0)[:256], "Two bars")
    assert panel.error_db is None


def test_too_much_and_too_little_look_different(panel: SpectrogramPanel) -> None:
    found = []
    for level in (-54.0, -30.0, -6.0):
        panel.set_real(steady(-30.0))
        panel.set_decoded(steady(level))
        plot = panel.difference
        found.append(
            plot.grab().toImage().pixelColor((plot.area.center() + QPointF(5, 7)).toPoint())
        )
    low, none, high = found
    assert low.blue() > low.red()
    assert high.red() > high.blue()
    assert none.lightness() < min(low.lightness(), high.lightness())


@pytest.mark.parametrize("hertz", [50, 200, 1000, 10_000])
def test_a_tone_lies_at_its_tick(panel: SpectrogramPanel, hertz: int) -> None:
    spectrum = steady(FLOOR_DB)
    spectrum[:, np.abs(bank().centres_hz - hertz).argmin()] = 0.0
    panel.set_real(spectrum, "a tone")
    plot = panel.real
    area, picture = plot.area, plot.grab().toImage()
    x = round(area.left() + area.width() * 0.47)
    light = [picture.pixelColor(x, y).lightness() for y in range(plot.height())]
    tick = area.bottom() - axes.frequency_position(hertz) * area.height()
    assert abs(np.argmax(light) - tick) <= (10 if hertz < 100 else 4)


def test_ticks_keep_their_distance() -> None:
    assert axes.frequency_ticks(1000, 13) == list(axes.TICKS_HZ)
    few = axes.frequency_ticks(60, 13)
    assert 2 <= len(few) < len(axes.TICKS_HZ)
    places = np.array([axes.frequency_position(tick) for tick in few]) * 60
    assert (np.diff(places) >= 13).all()
    assert [axes.frequency_label(tick) for tick in (50, 1000, 10_000)] == ["50", "1k", "10k"]


def test_a_click_seeks(panel: SpectrogramPanel, qtbot: Any) -> None:
    positions: list[float] = []
    panel.seek_requested.connect(positions.append)
    plot = panel.decoded
    area = plot.area
    spot = QPoint(round(area.left() + area.width() / 4), round(area.center().y()))
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=spot)
    assert positions == []
    panel.set_decoded(steady(-20.0))
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=spot)
    assert positions == [pytest.approx(0.25, abs=0.01)]
    drag(plot, [QPointF(spot), QPointF(area.right() + 50, 30)])
    assert positions[-1] < 1.0
    panel.set_playhead(0.5)
    for key, expected in ((Qt.Key.Key_Right, 9 / 16), (Qt.Key.Key_Left, 7 / 16)):
        qtbot.keyClick(plot, key)
        assert positions[-1] == pytest.approx(expected)


def test_the_playhead_repaints_its_strip_alone(panel: SpectrogramPanel, qtbot: Any) -> None:
    plot = panel.real
    painted: list[int] = []
    paint = plot.paintEvent

    def watched(event: QPaintEvent) -> None:
        painted.append(event.region().boundingRect().width())
        paint(event)

    plot.paintEvent = watched
    panel.set_real(steady(-20.0))
    panel.set_playhead(0.1)
    qtbot.waitUntil(lambda: plot.width() in painted)
    painted.clear()
    panel.set_playhead(0.11)
    qtbot.waitUntil(lambda: bool(painted))
    assert max(painted) < 15
    panel.set_playhead(None)
    assert plot.playhead is None


def test_the_renderer_is_named(panel: SpectrogramPanel) -> None:
    panel.set_renderer("griffin_lim")
    assert panel.decoded.note == "♪ classic synthesis"
    panel.set_renderer("original")
    assert (panel.real.note, panel.decoded.note) == ("♪ heard", "")
    panel.set_renderer("")
    assert (panel.real.note, panel.decoded.note) == ("", "")


def test_it_stands_or_lies_as_there_is_room(panel: SpectrogramPanel, qtbot: Any) -> None:
    tops = {plot.y() for plot in panel.plots}
    assert len(tops) == 3
    panel.resize(1200, 300)
    qtbot.waitUntil(lambda: len({plot.y() for plot in panel.plots}) == 1)
    assert axes.plot_area(10, 10).width() >= 1


@pytest.mark.parametrize("height", [120, 180, 300])
def test_no_panel_of_the_window_is_too_narrow_for_it(qtbot: Any, height: int) -> None:
    """The side's least width is 330 pixels, 430 at first; banners take from its height."""
    panel = SpectrogramPanel()
    area = QScrollArea(widgetResizable=True)
    area.setWidget(panel)
    qtbot.addWidget(area)
    area.show()
    for width in (700, 560, 430, 380, 330):
        area.resize(width, height)
        bar = area.horizontalScrollBar()
        qtbot.waitUntil(lambda bar=bar: bar.maximum() == 0)
        assert panel.real.isVisible()
        assert panel.decoded.isVisible()
        assert panel.real.width() >= 140


def wheel(widget: Any, at: QPointF, notches: int, keys: Qt.KeyboardModifier) -> bool:
    event = QWheelEvent(
        at,
        QPointF(widget.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_all_three_zoom_in_step_and_show_all_again(panel: SpectrogramPanel, qtbot: Any) -> None:
    panel.set_real(steady(-30.0))
    plot = panel.real
    spot = QPointF(plot.area.left() + plot.area.width() / 2, plot.area.center().y())
    assert not wheel(plot, spot, 3, Qt.KeyboardModifier.NoModifier)  # the panel scrolls
    assert wheel(plot, spot, 3, CTRL)
    assert wheel(plot, spot, 2, CTRL | SHIFT)
    view = plot.view
    assert view.end - view.start == pytest.approx(1 / 1.25**3)
    assert view.high - view.low == pytest.approx(1 / 1.25**2)
    assert {each.view for each in panel.plots} == {view}
    qtbot.mouseDClick(plot, Qt.MouseButton.LeftButton, pos=spot.toPoint())
    assert all(each.view.is_whole for each in panel.plots)


def test_zoomed_in_a_click_seeks_to_what_is_there(panel: SpectrogramPanel, qtbot: Any) -> None:
    panel.set_real(steady(-30.0))
    panel.show_view(ViewRange(0.5, 0.75, 0.0, 1.0))
    positions: list[float] = []
    panel.seek_requested.connect(positions.append)
    area = panel.real.area
    spot = QPoint(round(area.left() + area.width() / 2), round(area.center().y()))
    qtbot.mouseClick(panel.real, Qt.MouseButton.LeftButton, pos=spot)
    assert positions == [pytest.approx(0.625, abs=0.005)]


def test_a_tone_lies_where_it_is_read_out(panel: SpectrogramPanel) -> None:
    spectrum = steady(FLOOR_DB)
    band = int(np.abs(bank().centres_hz - 1000).argmin())
    spectrum[:, band - 1 : band + 2] = -12.0
    panel.set_real(spectrum)
    panel.set_decoded(spectrum - 3.0)
    panel.show_view(ViewRange(0.25, 0.5, 0.3, 0.8))
    plot = panel.real
    pitch = axes.frequency_position(float(bank().centres_hz[band]))
    x = plot.area.left() + 0.47 * plot.area.width()
    y = plot.area.bottom() - plot.view.y(pitch) * plot.area.height()
    QTest.mouseMove(plot, QPointF(x, y).toPoint())
    found = plot.read_out.split(" · ")
    assert found[0] == "2.2.4"
    assert found[2] in ("B5", "C6")
    assert abs(float(found[3].removesuffix(" dB")) + 12) < 6
    assert panel.decoded.read_out.startswith("2.2.4")
    assert panel.difference.read_out.endswith("-3 dB")
    light = plot.grab().toImage()
    rows = [
        light.pixelColor(round(x) + 12, row).lightness() for row in range(30, plot.height() - 20)
    ]
    assert abs(int(np.argmax(rows)) + 30 - y) <= 6
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert panel.decoded.read_out == ""


def test_the_middle_button_moves_a_part(panel: SpectrogramPanel) -> None:
    panel.set_real(steady(-30.0))
    panel.show_view(ViewRange(0.25, 0.5, 0.2, 0.7))
    plot = panel.real
    start = plot.area.center().toPoint()
    middle = Qt.MouseButton.MiddleButton
    QTest.mousePress(plot, middle, pos=start)
    QTest.mouseMove(plot, start - QPoint(round(plot.area.width() / 2), 0))
    QTest.mouseRelease(plot, middle, pos=start)
    assert panel.decoded.view.start == pytest.approx(0.375, abs=0.005)
    assert panel.decoded.view.low == pytest.approx(0.2)
