"""Room for the pictures, and for the inspector while it has something to say."""

from __future__ import annotations

from typing import Any

import pytest

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
    panel.resize(430, 900)
    assert panel.pictures.difference.isVisible()
    document.select([])
    assert panel.split.sizes()[1] < 80


def test_a_border_that_was_moved_stays(panel: SoundPanel, document: Document) -> None:
    panel.split.setSizes([280, 100])
    panel.split.splitterMoved.emit(280, 1)
    before = panel.split.sizes()
    document.select(["a"])
    assert panel.split.sizes() == before
