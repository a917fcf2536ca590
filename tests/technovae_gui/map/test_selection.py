"""What is lassoed on the map can be placed and composed along."""

from __future__ import annotations

from technovae_gui.main_window import MainWindow


def test_a_selection_says_what_can_be_done_with_it(window: MainWindow) -> None:
    window.map_view.map_actions.select([3, 9, 14])
    assert window.statusBar().currentMessage().startswith("3 segments selected: drag one")
    window.map_view.map_actions.select([])
    assert window.statusBar().currentMessage() == ""


def test_a_path_through_the_selection_is_composed_along(window: MainWindow) -> None:
    window.map_view.map_actions.select([3, 90, 140])
    window.map_view.map_actions.connect_selected()
    assert window.composing.panel.request().path is window.map_view.scene.path
