"""Files dropped on the panel, and the library that has to be made for them first."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from pytestqt.qtbot import QtBot

from technovae_gui.library import LibraryPanel


def click(qtbot: QtBot, button: object) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def drop(panel: LibraryPanel, paths: list[Path]) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    actions, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(20, 20), actions, mime, left, none)
    panel.dragEnterEvent(enter)
    assert enter.isAccepted()
    panel.dropEvent(QDropEvent(QPointF(20, 20), actions, mime, left, none))


def test_a_drop_is_imported(qtbot: QtBot, panel: LibraryPanel) -> None:
    with qtbot.waitSignal(panel.import_requested) as asked:
        drop(panel, [Path("/a.wav"), Path("/folder")])
    assert asked.args == [[Path("/a.wav"), Path("/folder")]]


def test_the_demo_asks_for_a_library_first_and_loses_nothing(
    qtbot: QtBot, panel: LibraryPanel, tmp_path: Path
) -> None:
    panel.set_library(Path("/demo"), True)
    assert not panel.header.files.isEnabled()
    assert "own" in panel.header.hint.text()
    drop(panel, [Path("/a.wav")])
    assert panel.new_form.isVisible()
    assert "a.wav" in panel.new_form.reason.text()
    panel.new_form.folder.setText(str(tmp_path / "new"))
    with qtbot.waitSignal(panel.create_requested) as made:
        qtbot.keyClick(panel.new_form.folder, Qt.Key.Key_Return)
    assert made.args == [tmp_path / "new"]
    with qtbot.waitSignal(panel.import_requested) as asked:
        panel.set_library(tmp_path / "new")
    assert asked.args == [[Path("/a.wav")]]
    with qtbot.assertNotEmitted(panel.import_requested):
        panel.set_library(tmp_path / "another")


def test_what_waits_goes_into_no_other_library(
    qtbot: QtBot, panel: LibraryPanel, tmp_path: Path
) -> None:
    panel.set_library(Path("/demo"), True)
    panel.offer_new_library([Path("/a.wav")])
    with qtbot.assertNotEmitted(panel.import_requested):
        panel.set_library(tmp_path / "some other library")
    assert not panel.new_form.isVisible()


def test_a_form_being_filled_in_outlives_a_reload(qtbot: QtBot, panel: LibraryPanel) -> None:
    panel.set_library(Path("/demo"), True)
    panel.offer_new_library([Path("/a.wav")])
    panel.new_form.folder.setText("/half/typ")
    panel.set_library(Path("/demo"), True)
    assert panel.new_form.isVisible()
    assert panel.new_form.folder.text() == "/half/typ"


def test_a_folder_with_other_things_is_refused(
    qtbot: QtBot, panel: LibraryPanel, tmp_path: Path
) -> None:
    (tmp_path / "holiday.jpg").touch()
    click(qtbot, panel.header.new)
    form = panel.new_form
    for text in (str(tmp_path), "not/absolute", "~nobody-of-that-name/library", ""):
        form.folder.setText(text)
        with qtbot.assertNotEmitted(panel.create_requested):
            click(qtbot, form.create_button)
        assert form.message.property("bad") is True
        assert form.message.isVisible()
    qtbot.keyClick(form.folder, Qt.Key.Key_Escape)
    assert not form.isVisible()
