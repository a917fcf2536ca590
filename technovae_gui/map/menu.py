"""The context menu of a place on the map: what a drag does, for those who do not drag, and more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from technovae_gui.map.choosing import MOVES

if TYPE_CHECKING:
    from technovae_gui.map.actions import Actions
    from technovae_gui.map.gestures import Spot


def menu(act: Actions, spot: Spot, parent: object) -> QMenu:
    """The menu for `spot`; it deletes itself when it closes."""
    found = QMenu(parent)  # type: ignore[call-overload]
    found.setToolTipsVisible(True)
    found.aboutToHide.connect(found.deleteLater)
    found.addAction("Hear", lambda: act.click(spot))
    if spot.row is not None:
        found.addAction("Hear as decoded latent", lambda: act.choose_decoded(spot.row))
    found.addSeparator()
    several = len(act.dragged_for(spot)) > 1
    place = found.addAction("Place the selection" if several else "Place on the timeline")
    place.triggered.connect(lambda: act.place(spot, False))
    if spot.row is not None:
        decoded = found.addAction("Place as decoded latent")
        decoded.setToolTip("Dragging with Alt does the same")
        decoded.triggered.connect(lambda: act.place(spot, True))
    through = found.addAction("Path through the selection", act.connect_selected)
    through.setToolTip("To compose along, in the panel Compose")
    through.setEnabled(act.can_connect)
    found.addSeparator()
    for name in "AB":
        found.addAction(f"Set morph end {name} here", lambda n=name: act.set_end_at(n, spot))
    _add_moves(found, act)
    found.addSeparator()
    clear = found.addAction("Clear path, selection and highlights", act.clear)
    clear.setEnabled(act.has_something_to_leave())
    return found


def _add_moves(found: QMenu, act: Actions) -> None:
    moves = found.addMenu("Move what is chosen")
    moves.setEnabled(act.can_move)
    for name in MOVES:
        moves.addAction(f"More {name}", lambda n=name: act.move_along(n, 0.5))
        moves.addAction(f"Less {name}", lambda n=name: act.move_along(n, -0.5))
