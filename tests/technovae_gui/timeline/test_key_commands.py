"""The selected clips are brought to the key of one of them."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtGui import QAction

from core.arrangement import edits
from core.arrangement.clip import RealSource, SingleSource
from core.dsp.key import Key
from technovae_gui.document import Document
from technovae_gui.timeline import TimelineView
from tests.technovae_gui.timeline.mouse_driver import clip

KEYS = {"x-0-a": Key(9, True), "x-0-b": Key(11, True), "x-0-c": Key(2, True)}


def key_of(source: SingleSource) -> Key | None:
    return KEYS.get(source.segment_id) if isinstance(source, RealSource) else None


@pytest.fixture
def keyed(view: TimelineView, document: Document) -> TimelineView:
    """Clips in A, B and D minor, and drums without a key before them."""
    document.apply(edits.put(document.arrangement, [(2, clip("drums", 0))]))
    view.set_key_of(key_of)
    return view


def in_menu(view: TimelineView, clip_id: str) -> QAction:
    """The entry of the context menu that a right click on a clip opens."""
    menu = view.commands.clip_menu(clip_id)
    return next(it for it in menu.actions() if it.text().startswith("Bring to this key"))


def transposed(document: Document) -> dict[str, int]:
    return {it.id: it.source.transpose for it in document.arrangement.clips()}


def test_the_clip_under_the_mouse_gives_the_key(
    keyed: TimelineView, document: Document, qtbot: Any
) -> None:
    document.select(["a", "b", "c", "drums"])
    entry = in_menu(keyed, "b")
    assert entry.text() == "Bring to this key: B minor (10A)"
    with qtbot.waitSignal(keyed.status) as told:
        entry.trigger()
    assert transposed(document) == {"a": 2, "b": 0, "c": -3, "drums": 0}
    assert told.args == ["2 clips brought to B minor (10A); stayed: 1 without a known key"]
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert set(transposed(document).values()) == {0}


def test_from_the_menu_bar_it_is_the_key_of_the_first_that_has_one(
    keyed: TimelineView, document: Document, qtbot: Any
) -> None:
    action = keyed.actions_by_name["bring_to_key"]
    document.select(["b", "c", "drums"])
    with qtbot.waitSignal(keyed.status) as told:
        action.trigger()
    assert transposed(document) == {"a": 0, "b": 3, "c": 0, "drums": 0}
    assert told.args == ["1 clip brought to D minor (7A); stayed: 1 without a known key"]
    with qtbot.waitSignal(keyed.status) as told:
        action.trigger()
    assert "in this key already" in told.args[0]
    assert document.undo_stack.count() == 1


def test_what_cannot_be_done_is_disabled_and_says_why(
    keyed: TimelineView, document: Document
) -> None:
    action = keyed.actions_by_name["bring_to_key"]
    assert not action.isEnabled()
    document.select(["a"])
    assert not action.isEnabled()
    assert "Select clips" in action.toolTip()
    assert not in_menu(keyed, "a").isEnabled()
    assert "Select other clips" in in_menu(keyed, "a").toolTip()
    document.select(["a", "drums"])
    assert action.isEnabled()  # keys are looked up when a menu opens
    keyed.commands.refresh_key()
    assert not action.isEnabled()
    assert "no key of them is known" in action.toolTip()
    assert in_menu(keyed, "drums").text() == "Bring to this key"
    assert "No key of it is known" in in_menu(keyed, "drums").toolTip()
    document.select(["a", "b"])
    keyed.commands.refresh_key()
    assert action.isEnabled()
    assert "A minor (8A)" in action.toolTip()
