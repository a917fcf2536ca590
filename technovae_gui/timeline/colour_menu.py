"""A menu of colours, for markers and clips."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QMenu

from technovae_gui import theme
from technovae_gui.timeline import paint_cache

COLOURS: Final = {
    "Blue": theme.ACCENT,
    "Pink": "#f72585",
    "Yellow": "#ffd166",
    "Green": theme.GOOD,
    "Violet": "#b388ff",
    "Orange": "#ff8a3d",
    "Grey": theme.DIM,
}
_ICON_PIXELS: Final = 12


def add_colours(menu: QMenu, own: str, shown: str | None, choose: Callable[[str], object]) -> None:
    """Fill a menu with colours.

    Args:
        menu: to fill.
        own: text of the entry for no colour.
        shown: the colour that is checked, `#rrggbb` or empty; None for none of them.
        choose: called with the colour of the entry that is chosen.
    """
    for name, colour in {own: "", **COLOURS}.items():
        action = menu.addAction(name)
        action.setCheckable(True)
        action.setChecked(colour == shown)
        action.triggered.connect(partial(_chosen, choose, colour))
        if colour:
            pixmap = QPixmap(_ICON_PIXELS, _ICON_PIXELS)
            pixmap.fill(paint_cache.colour(colour))
            action.setIcon(QIcon(pixmap))


def _chosen(choose: Callable[[str], object], colour: str, _checked: bool = False) -> None:
    choose(colour)
