"""The size of the window at the first start, and its panes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from technovae_gui import style_sheet, theme
from technovae_gui.export import ExportPanel
from technovae_gui.layout import Layout, first_size
from technovae_gui.main_window import MainWindow


@pytest.mark.parametrize("laptop", [(1280, 800), (1366, 768), (1440, 860), (1920, 880)])
def test_a_laptop_gives_the_first_window_all_of_its_screen(laptop: tuple[int, int]) -> None:
    assert first_size(QSize(*laptop)) is None


@pytest.mark.parametrize("screen", [(1920, 1050), (2560, 1410), (3840, 2130)])
def test_a_desk_gives_it_most(screen: tuple[int, int]) -> None:
    size = first_size(QSize(*screen))
    assert size is not None
    assert 0.8 * screen[0] < size.width() < screen[0]
    assert 0.8 * screen[1] < size.height() < screen[1]


@pytest.fixture
def layout(qtbot: QtBot) -> Layout:
    made = Layout(QLabel("transport"), QLabel("map"), QLabel("timeline"))
    made.add_tab(QLabel("sound"), "Sound")
    qtbot.addWidget(made)
    made.resize(1024, 640)
    made.arrange(1024, 640)
    made.show()
    return made


def test_no_pane_can_be_dragged_to_nothing(layout: Layout) -> None:
    for splitter, room in ((layout.across, 1024), (layout.down, 600)):
        for sizes in ([room, 0], [0, room]):
            splitter.setSizes(sizes)
            assert min(splitter.sizes()) >= 150


def test_the_wheel_over_the_tabs_takes_the_keys_from_a_panel(qtbot: QtBot, layout: Layout) -> None:
    """Fault: the panel that came next had them, and keys of the map did nothing."""
    field = QLineEdit()
    layout.add_tab(field, "Export")
    layout.show_tab(field)
    layout.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    bar = layout.side.tabBar()
    place = QPointF(bar.rect().center())
    wheel = QWheelEvent(
        place,
        bar.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    with qtbot.waitSignal(layout.panel_left):
        QApplication.sendEvent(bar, wheel)


def test_the_next_panel_is_shown_and_takes_no_keys(qtbot: QtBot, layout: Layout) -> None:
    """Fault: its first field had them, and keys of the map and the timeline were typed into it."""
    first, second, map_view = QLineEdit(), QLineEdit(), layout.across.widget(0)
    layout.add_tab(first, "Export")
    layout.add_tab(second, "History")
    layout.panel_left.connect(map_view.setFocus)
    layout.show_tab(first)
    layout.activateWindow()
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    for step, shown in ((1, second), (1, layout.side.widget(0)), (-1, second)):
        layout.show_neighbour(step)
        assert layout.shown_panel is shown or layout.side.currentWidget() is shown
        assert map_view.hasFocus()


@pytest.mark.parametrize("gone", ["disabled", "hidden"])
def test_a_panel_stays_where_it_is_when_its_button_cannot_be_pressed_any_more(
    qtbot: QtBot, layout: Layout, gone: str
) -> None:
    """Fault: pressing Stop scrolled the Train panel down to its next control."""
    panel, stop, below = QWidget(), QPushButton("Stop"), QPushButton("Figures")
    column = QVBoxLayout(panel)
    column.addWidget(stop)
    column.addSpacing(3000)
    column.addWidget(below)
    layout.add_tab(panel, "Train")
    layout.show_tab(panel)
    layout.activateWindow()
    stop.setFocus()
    qtbot.waitUntil(stop.hasFocus)
    area = next(it for it in layout.findChildren(QScrollArea) if it.isAncestorOf(panel))
    bar = area.verticalScrollBar()
    assert bar.maximum() > 1000
    stop.setEnabled(False) if gone == "disabled" else stop.hide()
    qtbot.waitUntil(below.hasFocus)
    assert bar.value() == 0
    stop.setEnabled(True)
    stop.show()
    stop.setFocus()
    qtbot.keyClick(stop, Qt.Key.Key_Tab)
    assert below.hasFocus()
    assert bar.value() > 0, "to what the keys are on"


def test_panes_are_hidden_shown_and_reset(qtbot: QtBot, layout: Layout) -> None:
    with qtbot.waitSignal(layout.panes_changed):
        layout.show_timeline(False)
    layout.show_side(False)
    assert (layout.shows_side, layout.shows_timeline) == (False, False)
    layout.show_tab_at(0)
    assert layout.shows_side, "a panel that is asked for is seen"
    layout.down.setSizes([10_000, 1])
    layout.reset()
    assert (layout.shows_side, layout.shows_timeline) == (True, True)
    assert layout.down.sizes()[1] > 200


def test_a_message_moves_nothing_and_lies_over_the_map(qtbot: QtBot, layout: Layout) -> None:
    panes = [layout.across.widget(0), layout.side, layout.down]

    def places() -> list[QRect]:
        QApplication.processEvents()
        return [QRect(pane.mapTo(layout, QPoint(0, 0)), pane.size()) for pane in panes]

    before = places()
    layout.banners.show_message("a", "No space is left on the disk. " * 8)
    layout.banners.show_message("b", "The device is gone.", actions=(("Choose…", lambda: None),))
    assert places() == before
    for width in (1024, 1400, 1024):
        layout.resize(width, 700)
        layout.across.setSizes([width - 480, 480])
        map_area, area = places()[0], layout.banners.geometry()
        assert map_area.contains(area), "and no other pane"
        assert area.bottom() > map_area.bottom() - 20, "at its lower edge"
        assert area.height() >= layout.banners.layout().totalHeightForWidth(area.width())
    high = layout.banners.height()
    layout.banners.dismiss("a")
    assert places()[0].contains(layout.banners.geometry())
    assert layout.banners.height() < high


def test_a_pane_that_an_older_window_lost_comes_back(layout: Layout) -> None:
    for splitter in (layout.across, layout.down):
        splitter.setChildrenCollapsible(True)
    layout.side.setMinimumWidth(0)
    layout.across.setSizes([1024, 0])
    layout.down.setSizes([600, 0])
    lost = layout.across.saveState(), layout.down.saveState()
    layout.arrange(1024, 640)
    layout.restore_sizes(*lost)
    assert 0 not in (*layout.across.sizes(), *layout.down.sizes())
    assert not layout.across.childrenCollapsible()


def test_no_panel_is_cut_where_the_side_is_narrowest(qtbot: QtBot, tmp_path: Path) -> None:
    window = MainWindow(tmp_path / "sessions")
    qtbot.addWidget(window)
    window.resize(1024, 640)
    window.show()
    side = window.panels.side
    window.panels.across.setSizes([1024, 0])
    assert side.width() == side.minimumWidth()
    assert side.tabBar().sizeHint().width() <= side.width()
    for number in range(side.count()):
        side.setCurrentIndex(number)
        for area in side.currentWidget().findChildren(QScrollArea):
            if area.isVisible():
                room, least = area.viewport().width(), area.widget().minimumSizeHint().width()
                assert least <= room, (side.tabText(number), area)
    window.close()


def test_a_panel_is_of_one_ground_all_over(qtbot: QtBot, qapp: QApplication) -> None:
    """In the window: by itself, a panel stands on the ground of its palette anyway."""
    window = QMainWindow()
    qtbot.addWidget(window)
    style_sheet.apply(qapp)
    window.setStyleSheet(style_sheet.text())
    panel = ExportPanel()
    made = Layout(QLabel("transport"), QLabel("map"), QLabel("timeline"))
    made.reserve_tab("Export")
    made.add_tab(panel, "Export", scrolls=True)
    window.setCentralWidget(made)
    window.resize(1280, 900)
    window.show()
    picture = window.grab().toImage()
    edge = panel.mapTo(window, QPoint(3, 0))
    column = (picture.pixelColor(edge.x(), edge.y() + y) for y in range(2, panel.height() - 2))
    assert {pixel.name() for pixel in column} == {theme.PANEL}
