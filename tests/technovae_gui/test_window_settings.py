"""What the next window finds again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from core import resources
from core.settings import TICKS_PER_BAR
from technovae_gui import app
from technovae_gui.main_window import MainWindow
from technovae_gui.timeline import Snap
from technovae_gui.widgets.overlays import WelcomeCard
from tests.technovae_gui.conftest import PATIENCE

pytestmark = pytest.mark.usefixtures("silent_services")
LOOP = (4 * TICKS_PER_BAR, 8 * TICKS_PER_BAR)


@pytest.fixture
def make(qapp: object, tmp_path: Path) -> Iterator[Callable[[], MainWindow]]:
    """Makes windows that have not begun: no library, no sound."""
    QSettings().setValue("hint_seen", True)
    made: list[MainWindow] = []

    def window() -> MainWindow:
        made.append(MainWindow(tmp_path / "sessions"))
        return made[-1]

    yield window
    for each in made:
        each.close()
        each.deleteLater()


def test_habits_are_found_again(make: Callable[[], MainWindow]) -> None:
    first = make()
    first.timeline.snap = Snap.SIXTEENTH
    first.timeline.actions_by_name["follow"].trigger()
    first.timeline.actions_by_name["automation_follows"].trigger()
    first.panels.side.setCurrentIndex(2)
    first.bar.device.choose("USB, ALSA", "low")
    first.close()
    second = make()
    assert second.timeline.snap is Snap.SIXTEENTH
    assert not second.timeline.state.follow
    assert not second.timeline.actions_by_name["automation_follows"].isChecked()
    assert not second.timeline.toolbar.follow.isChecked()
    assert second.panels.side.currentIndex() == 2
    assert (second.bar.device.name, second.bar.device.latency) == ("USB, ALSA", "low")


def test_the_player_opens_the_device_that_was_chosen(
    make: Callable[[], MainWindow], monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    QSettings().setValue("device", "USB, ALSA")
    window = make()
    opened: list[tuple[object, ...]] = []
    monkeypatch.setattr(window.services.player, "open", lambda *given: opened.append(given))
    window.begin()
    qtbot.waitUntil(lambda: bool(opened), timeout=PATIENCE)
    window.bar.device.choose(None, "low")
    assert opened == [("USB, ALSA", "high"), (None, "low")]
    assert QSettings().value("device") == ""


def test_nonsense_in_the_settings_is_left(make: Callable[[], MainWindow]) -> None:
    for key in ("snap", "follow", "latency", "map", "geometry", "tab"):
        QSettings().setValue(key, "nonsense")
    window = make()
    assert window.timeline.snap is Snap.BAR
    assert window.bar.device.latency == "high"


def test_after_the_first_steps_the_keys_play_the_map(make: Callable[[], MainWindow]) -> None:
    window = make()
    window.show_hint()
    window.findChild(WelcomeCard).dismiss()
    assert window.focusWidget() is window.map_view.canvas


def test_no_field_of_a_panel_takes_the_keys_because_the_panel_is_shown(
    make: Callable[[], MainWindow], qtbot: Any
) -> None:
    """Fault: after a click on a tab, Space went into a file's name."""
    window = make()
    with qtbot.waitActive(window):
        window.show()
    panels, canvas = window.panels, window.timeline.canvas
    bar = panels.side.tabBar()
    names = [panels.side.tabText(number) for number in range(panels.side.count())]
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    for name in ("Compose", "Export", "Train", "Library"):
        place = bar.tabRect(names.index(name)).center()
        qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=place)
        assert canvas.hasFocus(), name
        panels.side.currentWidget().findChildren(QAbstractButton)[-1].setFocus()
    panels.show_tab(window.composing.panel)
    window.composing.panel.compose.setFocus()
    panels.show_tab(window.exporting.panel)
    assert canvas.hasFocus(), "nor after a command"


def test_control_enter_starts_what_the_shown_panel_does(make: Callable[[], MainWindow]) -> None:
    """Fault: it did so only while a field of the panel had the keys."""
    window = make()
    action = window.findChild(QAction, "start-what-the-panel-does")
    panel = window.composing.panel
    action.trigger()
    assert not panel.message.text()
    window.panels.show_tab(panel)
    action.trigger()
    assert "no map yet" in panel.message.text()


def test_what_was_done_is_not_told_for_ever(
    make: Callable[[], MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    window, told = make(), []
    monkeypatch.setattr(window.statusBar(), "showMessage", lambda *it: told.append(it))
    window.timeline.status.emit("2 clips brought to A minor")
    ((line, milliseconds),) = told
    assert (line, milliseconds) == ("2 clips brought to A minor", 10_000)


def test_no_tool_tip_is_wider_than_a_panel(
    make: Callable[[], MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qt wraps none of them: the curve of the Compose panel hid half of the map with its own."""
    monkeypatch.setattr(resources, "has_parts_model", lambda: True)
    window = make()
    described = [*window.findChildren(QWidget), *window.findChildren(QAction)]
    lines = {line for it in described for line in it.toolTip().split("\n")}
    assert len(lines) > 100
    assert [line for line in lines if len(line) > 90] == []


def test_a_size_that_fits_no_screen_is_not_kept(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    QSettings().setValue("geometry", QByteArray(b"of a screen that was taken away"))
    monkeypatch.setattr(app, "first_size", lambda screen: QSize(1100, 700))
    window = app.open_window(tmp_path / "sessions")
    try:
        assert window.size() == QSize(1100, 700)
    finally:
        window.close()
        window.deleteLater()


def test_the_window_looks_at_once_as_it_stays(qtbot: Any, tmp_path: Path) -> None:
    window = MainWindow(tmp_path / "sessions", furnished=False)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    begun: list[bool] = []
    app.AfterFirstPaint(window, lambda: begun.append(True))
    first = window.grab().toImage()
    window.furnish()
    assert window.grab().toImage() == first
    qtbot.waitUntil(lambda: begun == [True])


def test_a_window_that_is_closed_at_once_does_not_begin(qtbot: Any, tmp_path: Path) -> None:
    window = MainWindow(tmp_path / "sessions", furnished=False)
    qtbot.addWidget(window)
    window.show()
    window.close()
    window.begin()
    assert not hasattr(window, "sessions")


def test_a_project_is_listened_to_as_before(make: Callable[[], MainWindow], tmp_path: Path) -> None:
    path = tmp_path / "a.technovae"
    first = make()
    first.open_project.save(path)
    first.document.set_loop(LOOP)
    first.bar.loop.setChecked(False)
    first.bar.gain.setValue(-7)
    assert first.open_project.unsaved
    first.open_project.save()
    assert not first.open_project.unsaved
    second = make()
    assert second.open_project.open(path)
    assert second.document.loop == LOOP
    assert not second.transport.looping
    assert not second.bar.loop.isChecked()
    assert second.bar.gain.value() == -7
    assert not second.open_project.unsaved
    second.open_project.new()
    assert second.document.loop is None
    assert second.transport.looping
    assert second.bar.gain.value() == 0
    assert not second.open_project.unsaved


def test_unsaved_listening_survives(make: Callable[[], MainWindow], tmp_path: Path) -> None:
    path = tmp_path / "a.technovae"
    first = make()
    first.open_project.save(path)
    first.document.set_loop(LOOP)
    first.shut_down()
    second = make()
    (left,) = second.open_project.abandoned()
    assert second.open_project.restore(left)
    assert second.document.loop == LOOP


def test_nothing_in_reach_of_a_musician_speaks_of_latents(make: Callable[[], MainWindow]) -> None:
    """But for the figures of a training, which are one fold away."""
    window = make()
    figures = window.training.panel.figures_section
    widgets: list[QWidget] = window.findChildren(QWidget)
    actions: list[QAction] = window.findChildren(QAction)
    reachable = [it for it in widgets if not figures.isAncestorOf(it)]
    worded = [it for it in reachable if isinstance(it, (QLabel, QAbstractButton))]
    told = [it.toolTip() for it in (*reachable, *actions)]
    told += [it.text() for it in (*worded, *actions)]
    told += [it.accessibleName() for it in reachable]
    assert [text for text in told if re.search("latent|nats|Griffin", text, re.I)] == []
