"""The context menu of the marker bar and the ruler."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from technovae_gui.document import Document
from technovae_gui.timeline.colour_menu import add_colours
from technovae_gui.timeline.marker_commands import MarkerCommands


def marker_menu(
    parent: QWidget,
    document: Document,
    commands: MarkerCommands,
    rename: Callable[[str], object],
    *,
    marker_id: str,
    tick: int,
) -> QMenu:
    """Make the menu; it deletes itself once it is closed.

    Args:
        parent: of the menu.
        document: whose markers they are.
        commands: what the entries do.
        rename: edits the name of the marker of an id in place.
        marker_id: the marker under the mouse; empty for none.
        tick: the place under the mouse.

    Raises:
        InputError: there is no such marker.
    """
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    if marker_id:
        marker = document.arrangement.marker(marker_id)
        _add(menu, "Rename…", partial(rename, marker_id))
        add_colours(
            menu.addMenu("Colour"),
            "By its name",
            marker.colour,
            partial(commands.set_colour, marker_id),
        )
        _add(menu, "Loop this section", partial(commands.loop_section, marker_id))
        _add(menu, "Select its clips", partial(commands.select_section, marker_id))
        menu.addSeparator()
        _add(menu, "Delete marker", partial(commands.delete, marker_id))
        menu.addSeparator()
    _add(menu, "Add marker here…", lambda: rename(commands.add(tick)))
    _add(menu, "Add marker at the playhead\tM", commands.add_at_playhead)
    remove = _add(menu, "Delete all markers", commands.delete_all)
    remove.setEnabled(bool(document.arrangement.markers))
    return menu


def _add(menu: QMenu, text: str, act: Callable[[], object]) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda _=False: act())
    return action
