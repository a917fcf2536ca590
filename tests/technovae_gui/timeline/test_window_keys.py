"""Keys that two parts of the window could want."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt

from technovae_gui.main_window import MainWindow


@pytest.mark.usefixtures("silent_services")
@pytest.mark.parametrize("part", ["map", "timeline", "buttons"])
def test_space_plays_once_wherever_the_focus_is(
    window: MainWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    played: list[bool] = []
    monkeypatch.setattr(window.services.player, "play", lambda: played.append(True))
    window.activateWindow()
    widget = {
        "map": window.map_view.canvas,
        "timeline": window.timeline.canvas,
        "buttons": window.map_view.tools.lasso,
    }[part]
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_Space)
    assert played == [True]
