"""The list of versions: figures, notes, what sounds, and the question before one is deleted."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.library.model_versions import Figures, ModelVersion
from technovae_gui.training.versions_panel import VersionNote, VersionsPanel


def version(name: str, note: str = "") -> ModelVersion:
    figures = Figures(600.0, 40, 2.91, 7.5, 0.93, "212 of 240 segments")
    return ModelVersion(Path(f"{name}.keras"), name, 1.7e9, figures, note, 21_000_000)


NEW, OLD = version("new"), version("old", "more bass")


@pytest.fixture
def panel(qtbot: QtBot) -> VersionsPanel:
    made = VersionsPanel()
    qtbot.addWidget(made)
    made.show_present("new")
    made.show_versions([NEW, OLD])
    made.show()
    return made


def select(panel: VersionsPanel, row: int) -> None:
    panel.list.setCurrentIndex(panel.list.model().index(row, 0))


def shown(panel: VersionsPanel, row: int) -> list[str]:
    item = panel.list.topLevelItem(row)
    assert item is not None
    return [item.text(column) for column in range(item.columnCount())]


def test_it_lists_figures_side_by_side_and_says_how_large_all_is(panel: VersionsPanel) -> None:
    assert shown(panel, 1)[1:] == ["10.0", "2.91", "7.50", "0.93", "more bass"]
    assert panel.about.text().startswith("2 versions, 42 MB")
    assert panel.selected == NEW
    assert panel.learned.text() == "Learned from 212 of 240 segments."
    panel.show_versions(())
    assert panel.list.isHidden()
    assert panel.selected is None


def test_what_sounds_is_neither_deleted_nor_compared_with_itself_nor_used_anew(
    qtbot: QtBot, panel: VersionsPanel
) -> None:
    assert not panel.delete.isEnabled()
    assert not panel.compare.isEnabled()
    assert not panel.use.isEnabled()
    select(panel, 1)
    with qtbot.waitSignal(panel.compare_requested) as asked:
        panel.compare.click()
    assert asked.args == [OLD]
    panel.show_present("old", other="new")
    assert [shown(panel, row)[0][0] for row in range(2)] == ["A", "B"]
    with qtbot.waitSignal(panel.compare_requested):
        panel.compare.click()
    with qtbot.waitSignal(panel.use_requested) as used:
        panel.use.click()
    assert used.args == [OLD]


def test_a_version_is_deleted_after_a_question(qtbot: QtBot, panel: VersionsPanel) -> None:
    select(panel, 1)
    panel.delete.click()
    assert not panel.question.isHidden()
    panel.keep.click()
    assert panel.question.isHidden()
    panel.delete.click()
    with qtbot.waitSignal(panel.delete_requested) as asked:
        panel.really.click()
    assert asked.args == [OLD]


def test_a_note_is_asked_for_once(qtbot: QtBot, panel: VersionsPanel) -> None:
    select(panel, 1)
    assert panel.note.text() == "more bass"
    with qtbot.assertNotEmitted(panel.note_requested):
        panel.note.editingFinished.emit()
    panel.note.setText("less bass")
    with qtbot.waitSignal(panel.note_requested) as asked:
        panel.note.editingFinished.emit()
    assert asked.args == [VersionNote("old", "less bass")]


def test_nothing_is_used_while_another_one_is_trained(panel: VersionsPanel) -> None:
    select(panel, 1)
    panel.set_usable(False)
    buttons = (panel.use, panel.compare, panel.delete)
    assert not any(button.isEnabled() for button in buttons)
