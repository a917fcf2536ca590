"""The list of unsaved work: what it says, what it restores, what it deletes and when."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, RealSource
from core.arrangement.project import Project
from technovae_gui.project import recovery
from technovae_gui.project.recovery import AbandonedWork, RecoveryFile
from technovae_gui.project.recovery_dialog import RecoveryDialog, describe, time_text

NOW = datetime(2026, 11, 29, 18, 0)


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Three files of windows that died: two whole ones and a damaged one."""
    made = []
    for number in range(3):
        clip = Clip("a", RealSource("x-0-0"), 0)
        arrangement = Arrangement(130.0, (Lane("l", clips=(clip,) * min(number, 1)),))
        file = RecoveryFile(tmp_path)
        file.write(Project(arrangement, library=Path("/music/mine")), None)
        file.close()
        made.append(file.path)
    made[2].write_text("{")
    return made


@pytest.fixture
def dialog(paths: list[Path], qtbot: Any) -> RecoveryDialog:
    works = [work for path in paths if (work := recovery.read(path))]
    made = RecoveryDialog(works)
    qtbot.addWidget(made)
    made.show()
    return made


def test_each_is_described(dialog: RecoveryDialog) -> None:
    names = [row.accessibleName() for row in dialog.rows]
    assert "0 clips · mine" in names[0]
    assert "1 clip · mine" in names[1]
    assert "damaged: " in names[2]
    assert [row.restore.isEnabled() for row in dialog.rows] == [True, True, False]
    assert all(row.picture.pixmap().width() > 0 for row in dialog.rows)


def test_one_is_restored_and_the_others_stay(
    dialog: RecoveryDialog, paths: list[Path], qtbot: Any
) -> None:
    with qtbot.waitSignal(dialog.restore_requested) as restored:
        dialog.rows[1].restore.click()
    assert restored.args == [paths[1]]
    assert not dialog.isVisible()
    assert all(path.exists() for path in paths)


def test_one_is_discarded_when_the_list_is_closed(
    dialog: RecoveryDialog, paths: list[Path]
) -> None:
    dialog.rows[0].discard.click()
    assert paths[0].exists()
    assert not dialog.rows[0].restore.isEnabled()
    dialog.reject()
    assert [path.exists() for path in paths] == [False, True, True]


def test_discarding_can_be_taken_back(dialog: RecoveryDialog, paths: list[Path]) -> None:
    dialog.rows[2].discard.click()
    dialog.rows[2].discard.click()
    assert dialog.rows[2].discard.text() == "Discard"
    dialog.close()
    assert all(path.exists() for path in paths)


def test_nothing_discards_all_at_once(dialog: RecoveryDialog) -> None:
    from PySide6.QtWidgets import QPushButton

    texts = [button.text() for button in dialog.findChildren(QPushButton)]
    assert texts.count("Discard") == len(dialog.rows)
    assert len(texts) == 2 * len(dialog.rows) + 1


def test_times_are_short() -> None:
    assert time_text(datetime(2026, 11, 29, 9, 5), NOW) == "today, 09:05"
    assert time_text(datetime(2026, 11, 3, 9, 5), NOW) == "3 November, 09:05"
    assert time_text(datetime(2025, 1, 3, 9, 5), NOW) == "3 January 2025, 09:05"


def test_a_damaged_one_says_why() -> None:
    work = AbandonedWork(Path("x"), NOW, problem="not a project")
    assert describe(work, NOW) == "today, 18:00 · damaged: not a project"
