"""What the window does with a selection on the map, and with the next step of an empty one."""

from __future__ import annotations

import pytest

from technovae_gui.main_window import MainWindow
from technovae_gui.widgets import file_dialogs


@pytest.mark.usefixtures("silent_services")
def test_a_selection_is_announced_and_composed_along(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[object] = []
    monkeypatch.setattr(file_dialogs, "choose_audio_files", chosen.append)
    actions, status = window.map_view.map_actions, window.statusBar()
    actions.select([3, 9, 14])
    assert status.currentMessage().startswith("3 segments selected: drag one")
    actions.select([])
    assert status.currentMessage() == ""
    actions.select([3, 90, 140])
    actions.connect_selected()
    assert window.composing.panel.request().path is window.map_view.scene.path
    side = window.panels.side
    for signal, tab in (
        (window.empty_state.library_wanted, "Library"),
        (window.empty_state.training_wanted, "Train"),
    ):
        signal.emit()
        assert side.tabText(side.currentIndex()) == tab
    assert chosen == [window], "the button offers the files, whichever panel is open"
