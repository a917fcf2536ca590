"""The widgets that lie over the canvas: legend, hover card, and buttons for what comes next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from core.dsp.key import Key
from core.library.segments import Segment
from technovae_gui.map import legend
from technovae_gui.map.canvas import Canvas
from technovae_gui.map.hover_card import HoverCard, HoverTracker
from technovae_gui.map.legend import Legend
from technovae_gui.widgets import forms

_MARGIN = 8
_LEAST_WIDTH = 520
"""Pixels that a canvas must be wide to have room for the legend."""
_BELOW_MESSAGE = 26


class OverlayWidgets(QObject):
    """Positions the widgets over a canvas, and shows the hover card for the dot under the mouse.

    Attributes:
        legend: at the right edge.
        card: next to the dot under the mouse.
        button: below the message that is shown where there is no map.
        path_button: at the upper edge, while a path is drawn; messages lie at the lower one.
        key_of: gives the key of a segment for its card; None where there is none.

    Signals:
        hovered(str): id of the segment under the mouse; empty for none.
        button_clicked(): the button below the message was clicked.
        path_button_clicked(): a track is to be composed along the path.
    """

    hovered = Signal(str)
    button_clicked = Signal()
    path_button_clicked = Signal()

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas, self._scene = canvas, canvas.scene
        self.legend, self.card = Legend(canvas), HoverCard(canvas)
        self.key_of: Callable[[Segment], Key | None] = lambda _segment: None
        self.button = forms.button("", "", primary=True)
        self.button.setParent(canvas)
        self.button.hide()
        self.button.clicked.connect(self.button_clicked)
        self.path_button = forms.button(
            "Compose along the path…", "Show the Compose panel, where this path is chosen"
        )
        self.path_button.setParent(canvas)
        self.path_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the map keeps the keys
        self.path_button.hide()
        self.path_button.clicked.connect(self.path_button_clicked)
        self._tracker = HoverTracker(canvas)
        self._tracker.hovered.connect(self._hover)
        canvas.resized.connect(self.arrange)
        self.legend.height_changed.connect(self.arrange)

    def show_map(self) -> None:
        """Show the scene's map, which is another one."""
        self._tracker.reset()
        self._hover(None)
        self.card.set_map(self._scene.map)
        self.legend.show_map(self._scene.map)

    def set_button(self, text: str) -> None:
        """Set the text of the button below the message; without text there is no button."""
        self.button.setText(text)
        self.button.setAccessibleName(text)
        self.button.adjustSize()
        self.arrange()

    @Slot()
    def arrange(self) -> None:
        """Position everything for the present size of the canvas and the legend."""
        canvas, viewport = self._canvas, self._canvas.viewport
        self.legend.setFixedHeight(max(0, self.legend.height_for(canvas.height() - 2 * _MARGIN)))
        self.legend.move(canvas.width() - legend.WIDTH - _MARGIN, _MARGIN)
        shown = canvas.width() >= _LEAST_WIDTH and self._scene.map is not None
        self.legend.setVisible(shown)
        viewport.covered = legend.WIDTH + _MARGIN if shown and self.legend.is_open else 0
        button = self.button
        button.move((canvas.width() - button.width()) // 2, canvas.height() // 2 + _BELOW_MESSAGE)
        button.setVisible(bool(button.text()) and self._scene.map is None)
        self.arrange_path_button()
        viewport.refit()

    @Slot()
    def arrange_path_button(self) -> None:
        """Show the button for the path while there is one, at the middle of the upper edge."""
        canvas, button = self._canvas, self.path_button
        drawn = len(self._scene.path) > 1 and self._scene.map is not None
        button.setVisible(drawn)
        if drawn:
            button.adjustSize()
            room = canvas.width() - canvas.viewport.covered
            button.move((room - button.width()) // 2, _MARGIN)

    @Slot(object)
    def _hover(self, row: int | None) -> None:
        latent_map = self._scene.map
        self._scene.set_hovered(row)
        if row is None or latent_map is None:
            self.card.hide()
            self.hovered.emit("")
            return
        x, y = latent_map.xy[row]
        at = self._canvas.viewport.pixel((float(x), float(y)))
        segment = latent_map.segments[row]
        weight, key = float(self._scene.weights[row]), self.key_of(segment)
        self.card.show_dot(latent_map, row, at, weight, key)
        self.hovered.emit(segment.id)
