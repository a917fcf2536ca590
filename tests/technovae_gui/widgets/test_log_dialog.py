"""The log is shown from its end, whatever there is of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from technovae_gui.widgets import log_dialog
from technovae_gui.widgets.log_dialog import LogDialog


def test_a_log_is_shown_and_copied(qtbot: Any, tmp_path: Path) -> None:
    path = tmp_path / "technovae.log"
    path.write_text("one\ntwo ä\n", encoding="utf-8")
    dialog = LogDialog(path)
    qtbot.addWidget(dialog)
    assert dialog.text.toPlainText() == "one\ntwo ä\n"
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == "one\ntwo ä\n"


def test_of_a_long_log_the_last_whole_lines_are_shown(
    qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_dialog, "_MOST_BYTES", 100)
    path = tmp_path / "technovae.log"
    path.write_text("".join(f"line {number}\n" for number in range(1000)))
    dialog = LogDialog(path)
    qtbot.addWidget(dialog)
    lines = dialog.text.toPlainText().split()[1::2]
    assert lines == [str(number) for number in range(1000 - len(lines), 1000)]
    assert len(lines) >= 10


def test_without_a_log_it_says_so(qtbot: Any, tmp_path: Path) -> None:
    dialog = LogDialog(tmp_path / "none.log")
    qtbot.addWidget(dialog)
    assert "Nothing" in dialog.text.toPlainText()
