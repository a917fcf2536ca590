"""Where the map will be: what a library lacks, and the way there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from technovae_gui.main_window import MainWindow
from tests.technovae_gui.conftest import put_session


def without_map(window: MainWindow, *, tracks: bool, model: bool) -> str:
    """The message of a library like this one."""
    now = window.session
    put_session(
        window,
        map=None,
        tracks=now.tracks if tracks else (),
        model_path=Path("vae_best.keras") if model else None,
    )
    return str(window.map_view.scene.message)


def shown_tab(window: MainWindow) -> str:
    side = window.panels.side
    return side.tabText(side.currentIndex())


@pytest.mark.parametrize(("tracks", "tab"), [(False, "Library"), (True, "Train")])
def test_a_press_leads_to_the_next_step(
    window: MainWindow, qtbot: Any, tracks: bool, tab: str
) -> None:
    button = window.map_view.overlays.button
    assert not button.isVisible()
    without_map(window, tracks=tracks, model=False)
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert shown_tab(window) == tab


def test_nothing_is_to_be_pressed_while_it_learns_or_places(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    button = window.map_view.overlays.button
    assert "Placing" in without_map(window, tracks=True, model=True)
    assert not button.isVisible()
    monkeypatch.setattr(type(window.training.job), "busy", property(lambda job: True))
    assert "Learning" in without_map(window, tracks=True, model=False)
    assert not button.isVisible()
