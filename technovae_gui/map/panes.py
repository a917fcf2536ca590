"""What lies over the canvas: the legend at its right edge, the card of the dot under the mouse, and
the button that leads to a map where there is none."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from technovae_gui.map import legend
from technovae_gui.map.canvas import Canvas
from technovae_gui.map.framing import Framing
from technovae_gui.map.hover_card import HoverCard
from technovae_gui.map.hovering import Hovering
from technovae_gui.map.legend import Legend
from technovae_gui.widgets import forms

_MARGIN = 8
_LEAST_WIDTH = 520
"""Of a canvas that has room for the legend."""
_BELOW_MESSAGE = 26


class Panes(QObject):
    """Places them, and keeps what is under them in mind.

    Signals:
        hovered(str): id of the segment under the mouse, empty for none.
        invited(): the button was pressed.
    """

    hovered = Signal(str)
    invited = Signal()

    def __init__(self, canvas: Canvas, framing: Framing) -> None:
        super().__init__(canvas)
        self._canvas, self._scene, self._framing = canvas, canvas.scene, framing
        self.legend, self.card = Legend(canvas), HoverCard(canvas)
        self.invitation = forms.button("", "", primary=True)
        self.invitation.setParent(canvas)
        self.invitation.hide()
        self.invitation.clicked.connect(self.invited)
        self._hovering = Hovering(canvas)
        self._hovering.hovered.connect(self._hover)
        canvas.resized.connect(self.place)
        self.legend.resized_itself.connect(self.place)

    def show_map(self) -> None:
        """The scene has another map."""
        self._hovering.forget()
        self._hover(None)
        self.card.set_map(self._scene.map)
        self.legend.show_map(self._scene.map)

    def invite(self, text: str) -> None:
        """Offer to do what the message speaks of; nothing if `text` is empty."""
        self.invitation.setText(text)
        self.invitation.setAccessibleName(text)
        self.invitation.adjustSize()
        self.place()

    @Slot()
    def place(self) -> None:
        """The canvas or the legend has another size."""
        canvas = self._canvas
        self.legend.setFixedHeight(max(0, self.legend.height_for(canvas.height() - 2 * _MARGIN)))
        self.legend.move(canvas.width() - legend.WIDTH - _MARGIN, _MARGIN)
        shown = canvas.width() >= _LEAST_WIDTH and self._scene.map is not None
        self.legend.setVisible(shown)
        canvas.covered = legend.WIDTH + _MARGIN if shown and self.legend.is_open else 0
        button = self.invitation
        button.move((canvas.width() - button.width()) // 2, canvas.height() // 2 + _BELOW_MESSAGE)
        button.setVisible(bool(button.text()) and self._scene.map is None)
        self._framing.refit()

    @Slot(object)
    def _hover(self, row: int | None) -> None:
        latent_map = self._scene.map
        self._scene.set_overlay(hovered=row)
        if row is None or latent_map is None:
            self.card.hide()
            self.hovered.emit("")
            return
        x, y = latent_map.xy[row]
        self.card.show_dot(latent_map, row, self._canvas.pixel((x, y)))
        self.hovered.emit(latent_map.segments[row].id)
