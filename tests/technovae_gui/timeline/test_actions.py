"""The commands by name, and the menus made of them."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from core.arrangement import edits
from core.arrangement.clip import LatentSource
from technovae_gui.document import Document
from technovae_gui.timeline import ClipRequest, TimelineView
from technovae_gui.timeline.actions import lane_menu
from tests.technovae_gui.timeline.mouse_driver import BAR, MouseDriver, clip


def test_commands_by_name(view: TimelineView, document: Document, qtbot: Any) -> None:
    table = view.actions_by_name
    assert not table["delete"].isEnabled()
    document.select(["a"])
    assert table["delete"].isEnabled()
    assert not table["renderer_phase"].isEnabled()
    table["bass_swap"].trigger()
    table["bass_cut"].trigger()
    table["fade_in"].trigger()
    table["fade_out"].trigger()
    found = document.arrangement.clip("a")
    assert found.bass_swap
    assert found.bass_cut
    assert (found.fade_in, found.fade_out) == (BAR, BAR)
    table["no_fades"].trigger()
    assert document.arrangement.clip("a").fade_in == 0
    with qtbot.waitSignal(view.save_requested) as saved:
        table["save_wav"].trigger()
    assert saved.args == [ClipRequest(("a",))]
    with qtbot.waitSignal(view.audition_requested) as auditioned:
        table["audition"].trigger()
    assert auditioned.args == [ClipRequest(("a",))]


def test_the_renderer_of_latents(view: TimelineView, document: Document) -> None:
    latent = clip("z", 0).changed(source=LatentSource(tuple([0.0] * 64)))
    document.edit("add", lambda now: edits.put(now, [(3, latent)]))
    document.select(["z"])
    assert view.actions_by_name["renderer_mosaic"].isChecked()
    view.actions_by_name["renderer_phase"].trigger()
    source = document.arrangement.clip("z").source
    assert isinstance(source, LatentSource)
    assert source.renderer == "phase"
    assert view.actions_by_name["renderer_phase"].isChecked()


def test_menus_open(view: TimelineView, mouse: MouseDriver, document: Document, qtbot: Any) -> None:
    for point, selected in ((mouse.title("c"), {"c"}), (mouse.at(20, 3), {"c"})):
        event = QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, point, view.canvas.mapToGlobal(point)
        )
        QApplication.sendEvent(view.canvas, event)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert menu.actions()
        assert document.selection == selected
        menu.close()
        qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)


def names(document: Document) -> list[str]:
    return [lane.name for lane in document.arrangement.lanes]


def test_the_menu_of_a_lane_moves_mutes_adds_and_removes(
    view: TimelineView, document: Document
) -> None:
    lane_id = document.arrangement.lanes[1].id
    before = names(document)

    def choose(text: str) -> None:
        menu = lane_menu(document, lane_id, view.headers)
        next(action for action in menu.actions() if action.text() == text).trigger()
        menu.deleteLater()

    choose("Move up")
    assert names(document)[:2] == [before[1], before[0]]
    choose("Move down")
    assert names(document) == before
    choose("Mute")
    assert document.arrangement.lane(lane_id).mute
    choose("Select its clips")
    assert document.selection == {"c"}
    choose("Add lane below")
    assert len(document.arrangement.lanes) == 5
    choose("Remove lane")
    assert len(document.arrangement.lanes) == 4
    assert lane_id not in {lane.id for lane in document.arrangement.lanes}
