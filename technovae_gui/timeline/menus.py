"""Context menus of clips, of empty places and of lanes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement
from technovae_gui.document import Document
from technovae_gui.timeline.commands import RENDERERS
from technovae_gui.timeline.lane_headers import LaneHeaders

_CLIP = (
    ("audition", "loop_selection", "save_wav"),
    ("split", "duplicate", "cut", "copy", "paste", "delete", "rename"),
    ("bass_swap", "bass_cut"),
)
_FADES = ("fade_in", "fade_out", "no_fades")
_EMPTY = (("paste", "select_all"), ("add_lane",), ("zoom_fit", "follow"))


def of_clip(table: dict[str, QAction], parent: QWidget) -> QMenu:
    """For the selected clips."""
    menu = _menu(table, _CLIP, parent)
    fades = menu.addMenu("Fades")
    fades.addActions([table[name] for name in _FADES])
    renderers = menu.addMenu("Renderer")
    renderers.addActions([table[f"renderer_{name}"] for name in RENDERERS])
    renderers.setEnabled(any(action.isEnabled() for action in renderers.actions()))
    return menu


def of_space(table: dict[str, QAction], parent: QWidget) -> QMenu:
    """For a place without a clip."""
    return _menu(table, _EMPTY, parent)


def of_lane(document: Document, lane_id: str, headers: LaneHeaders) -> QMenu:
    """For a lane."""
    menu = _opened(headers)
    lanes = document.arrangement.lanes
    lane = document.arrangement.lane(lane_id)
    row = lanes.index(lane)

    def does(text: str, name: str, change: Callable[[Arrangement], Arrangement]) -> QAction:
        action = menu.addAction(text)
        action.triggered.connect(lambda: document.edit(name, change))
        return action

    menu.addAction("Rename…").triggered.connect(headers.header(lane_id).rename)
    does(
        "Unmute" if lane.mute else "Mute",
        "mute lane",
        lambda now: edits.set_lane(now, lane_id, mute=not lane.mute),
    )
    does(
        "No solo" if lane.solo else "Solo",
        "solo lane",
        lambda now: edits.set_lane(now, lane_id, solo=not lane.solo),
    )
    menu.addAction("Select its clips").triggered.connect(
        lambda: document.select(clip.id for clip in lane.clips)
    )
    menu.addSeparator()
    up = does("Move up", "move lane", lambda now: edits.reorder_lane(now, lane_id, row - 1))
    up.setEnabled(row > 0)
    down = does("Move down", "move lane", lambda now: edits.reorder_lane(now, lane_id, row + 1))
    down.setEnabled(row < len(lanes) - 1)
    does("Add lane below", "add lane", lambda now: edits.add_lane(now, index=row + 1))
    menu.addSeparator()
    does("Remove lane", "remove lane", lambda now: edits.remove_lane(now, lane_id))
    return menu


def _menu(table: dict[str, QAction], groups: tuple[tuple[str, ...], ...], parent: QWidget) -> QMenu:
    menu = _opened(parent)
    for number, group in enumerate(groups):
        if number:
            menu.addSeparator()
        menu.addActions([table[name] for name in group])
    return menu


def _opened(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
