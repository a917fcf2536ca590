"""Room for the pictures, and for the inspector while it has something to say."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt

from core.arrangement import edits
from core.arrangement.clip import Clip, RealSource
from technovae_gui.document import Document
from technovae_gui.inspector.sound_panel import SoundPanel


@pytest.fixture
def panel(document: Document, qtbot: Any) -> SoundPanel:
    lane = document.arrangement.lanes[0].id
    document.edit("place", lambda now: edits.add(now, lane, Clip("a", RealSource("x-0-0"), 0)))
    made = SoundPanel(document)
    qtbot.addWidget(made)
    made.resize(430, 380)
    made.show()
    return made


def test_a_selected_clip_gets_half(panel: SoundPanel, document: Document) -> None:
    assert panel.split.sizes()[1] < 80
    assert panel.pictures.difference.isVisible()
    document.select(["a"])
    assert panel.split.sizes()[1] == pytest.approx(190, abs=4)
    assert not panel.pictures.difference.isVisible()
    panel.resize(430, 1000)
    assert panel.pictures.difference.isVisible()
    document.select([])
    assert panel.split.sizes()[1] < 80


def test_a_clip_that_was_selected_behind_another_tab_gets_half(
    panel: SoundPanel, document: Document
) -> None:
    panel.hide()
    document.select(["a"])
    panel.show()
    assert panel.split.sizes()[1] == pytest.approx(190, abs=4)


def test_a_border_that_was_moved_stays(panel: SoundPanel, document: Document) -> None:
    panel.split.setSizes([280, 100])
    panel.split.splitterMoved.emit(280, 1)
    before = panel.split.sizes()
    document.select(["a"])
    assert panel.split.sizes() == before


def test_it_names_what_it_shows(panel: SoundPanel) -> None:
    assert panel.title.text() == "Nothing chosen yet"
    panel.set_map_title("Knuckle, bar 1")
    assert panel.title.text() == "Knuckle, bar 1"
    assert not panel.clip_button.isVisible()


def test_a_clip_is_shown_with_a_switch_back_to_the_map(panel: SoundPanel, qtbot: Any) -> None:
    panel.set_map_title("Knuckle, bar 1")
    panel.show_clip("My drop")
    assert (panel.shows_clip, panel.title.text()) == (True, "My drop")
    qtbot.mouseClick(panel.map_button, Qt.MouseButton.LeftButton)
    assert (panel.shows_clip, panel.title.text()) == (False, "Knuckle, bar 1")
    qtbot.mouseClick(panel.clip_button, Qt.MouseButton.LeftButton)
    assert (panel.shows_clip, panel.title.text()) == (True, "My drop")
    panel.set_map_title("Night Shift, bar 9")
    assert (panel.shows_clip, panel.title.text()) == (False, "Night Shift, bar 9")
    panel.show_clip("")
    assert not panel.map_button.isVisible()
