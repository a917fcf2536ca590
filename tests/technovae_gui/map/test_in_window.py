"""What the window does with a selection on the map, and with the next step of an empty one."""

from __future__ import annotations

from technovae_gui.main_window import MainWindow


def test_a_selection_is_announced_and_composed_along(window: MainWindow) -> None:
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
