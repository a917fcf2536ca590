"""The latent map: hear any place, drag it out, search, lasso, morph, draw paths."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.library.latent_map import LatentMap
from technovae_gui.map import connections
from technovae_gui.map.actions import Actions
from technovae_gui.map.attribute_row import AttributeRow
from technovae_gui.map.canvas import PICK, Canvas
from technovae_gui.map.carrying import Carried
from technovae_gui.map.choosing import Choosing
from technovae_gui.map.colouring import CHOICES
from technovae_gui.map.framing import Framing
from technovae_gui.map.keys import Keys
from technovae_gui.map.morph import Morph
from technovae_gui.map.moving import Mover
from technovae_gui.map.panes import Panes
from technovae_gui.map.places import XY, dragged
from technovae_gui.map.preparing import Preparing
from technovae_gui.map.scene import Scene
from technovae_gui.map.shading import Shade
from technovae_gui.map.tools import ToolRow
from technovae_gui.mime import DraggedSource


class LatentMapView(QWidget):
    """A widget with setters and signals. Call `shutdown` before the program ends.

    Signals:
        hovered(str): id of the segment under the mouse, empty for none.
        dot_chosen(str): a segment was chosen.
        point_chosen(object): a place (x, y) between the dots was.
        latent_chosen(object, str): a latent (64,) was, and what it is called.
        morph_changed(object, float): a latent (64,) on the way from A (0) to B (1) was.
        selection_changed(object): list of the ids of the selected segments.
        path_drawn(object): places (n, 2) at equal distances. path_cleared(): it is gone.
        place_requested(object): list of `Dragged`, to be placed without a drag.
        play_requested(): the space bar was tapped over the map.
        invited(): the button below the message was pressed.
    """

    hovered = Signal(str)
    dot_chosen = Signal(str)
    point_chosen = Signal(object)
    latent_chosen = Signal(object, str)
    morph_changed = Signal(object, float)
    selection_changed = Signal(object)
    path_drawn = Signal(object)
    path_cleared = Signal()
    place_requested = Signal(object)
    play_requested = Signal()
    invited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene, self.morph = Scene(self), Morph(self)
        self.choosing = Choosing(self.scene, self)
        self.tools, self.attributes = ToolRow(), AttributeRow()
        self.canvas = Canvas(self.scene, self.morph)
        self.framing = Framing(self.canvas)
        self.panes = Panes(self.canvas, self.framing)
        self.act = Actions(self)
        self._mover = Mover(self.scene)
        self._preparing = Preparing(self)
        self._preparing.prepared.connect(self._prepared)
        self._keys = Keys(self)
        self._carried = Carried.of(self.scene, self.morph)
        self._announcing = False
        self._lay_out()
        connections.connect(self)
        self.set_message("Loading the library…")

    def set_map(self, latent_map: LatentMap | None) -> None:
        """Show another map; dots that the last one had, too, glide to their new places.

        None shows the message. It comes between two maps while the next one is made.
        """
        latent_map = latent_map if latent_map is not None and len(latent_map) else None
        if latent_map is self.scene.map:
            return
        if self.scene.map is not None:
            self._carried = Carried.of(self.scene, self.morph)
        self._mover.stop()
        self.scene.set_map(latent_map)
        self.panes.show_map()
        self.morph.clear(0.0 if latent_map is None else latent_map.latents.mean(axis=0))
        self._carried.into(self.choosing, self.scene, self.morph, self._mover)
        self.panes.legend.show_highlighted(self.scene.tracks)
        self.set_colour_by(self.scene.colour_by)
        self.panes.place()
        self._preparing.want(latent_map)

    def set_message(self, text: str, invitation: str = "") -> None:
        """What is written where the map will be, and on the button below it, if there is to be
        one; a press is `invited`."""
        self.scene.set_overlay(message=text)
        self.panes.invite(invitation)

    def set_hover_picture(self, segment_id: str, spectrogram_db: ArrayLike) -> None:
        """The spectrogram (512, 128) dB of the segment that `hovered` named."""
        self.panes.card.set_picture(segment_id, spectrogram_db)

    def set_sounding(self, xy: XY | None, label: str = "") -> None:
        """What is heard; where it is called while a choice is announced, it is shown there."""
        place = self.scene.place
        if xy is not None and self._announcing and place is not None:
            xy = place.xy
        self.scene.set_overlay(sounding=None if xy is None else (xy, label), phase=0.0)

    def set_phase(self, phase: float) -> None:
        """How far in its four bars what sounds is, 0..1; repaints the marker alone."""
        self.scene.phase = phase
        self.canvas.refresh_marker()

    def source_at(self, xy: XY) -> DraggedSource:
        """What is at the place `xy`, as a drag would carry it. There must be a map."""
        spot = self.canvas.spot(self.canvas.pixel(xy))
        return self.act.dragged_at(spot)

    def chosen_source(self) -> DraggedSource | None:
        """What is chosen, as a drag would carry it."""
        latent_map, place = self.scene.map, self.scene.place
        return None if latent_map is None or place is None else dragged(latent_map, place)

    def move_along(self, name: str, amount: float) -> None:
        """Raise attribute `name` of what is chosen by `amount` standard deviations."""
        self.act.move_along(name, amount)

    def selection(self) -> list[str]:
        """Ids of the selected segments."""
        segments = self.scene.map.segments if self.scene.map else ()
        return [segments[row].id for row in self.scene.selected]

    def show_track(self, track_id: str) -> None:
        """Highlight a track and show all of its dots."""
        self.tools.search.clear()
        self.highlight(frozenset((track_id,)))
        self.framing.fit_to(np.flatnonzero(self.scene.opacity() == 1.0))

    @Slot(object)
    def highlight(self, tracks: frozenset[str]) -> None:
        """Only the dots of `tracks` stand out; with none, all do."""
        self.scene.set_dots(tracks=tracks)
        self.panes.legend.show_highlighted(tracks)

    @Slot(str)
    def set_mode(self, mode: str) -> None:
        """What the left button does: "pick", "lasso" or "path"."""
        self.canvas.set_mode(mode)
        self.tools.show_mode(mode)

    def toggle_mode(self, mode: str) -> None:
        """To `mode`, and from it back to "pick"."""
        self.set_mode(PICK if self.canvas.mode == mode else mode)

    @Slot(str)
    def set_colour_by(self, name: str) -> None:
        """Colour by "track" or an attribute."""
        self.scene.set_colour_by(name)
        self.tools.show_colour_by(name)
        if self.scene.colours is not None:
            self.panes.legend.show_colours(self.scene.colours)

    def state(self) -> dict[str, Any]:
        """What is worth keeping until the next start; only texts, numbers, lists of numbers."""
        return {
            "colour_by": self.scene.colour_by,
            "view": self.framing.state(),
            "legend": int(self.panes.legend.is_open),
            "attributes": int(self.tools.attributes.isChecked()),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """What `state` said; what cannot be read stays as it is."""
        with contextlib.suppress(TypeError, ValueError):
            self.panes.legend.header.setChecked(bool(int(state.get("legend", 1))))
            self.tools.attributes.setChecked(bool(int(state.get("attributes", 0))))
            self.framing.restore(state.get("view") or [])
        if state.get("colour_by") in CHOICES:
            self.set_colour_by(state["colour_by"])

    def shutdown(self) -> None:
        """Wait for the thread behind the map."""
        self._mover.stop()
        self._preparing.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self.shutdown()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keys of the map are not given to the window's shortcuts."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and self._keys.takes(event):
            event.accept()
            return True
        return super().event(event)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.tools, self.attributes):
            column.addWidget(widget)
        column.addWidget(self.canvas, 1)
        self.attributes.hide()
        self.setFocusProxy(self.canvas)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def announce(self, signal: SignalInstance, *values: object) -> None:
        """Emit `signal`; what is set to sound meanwhile is what was chosen."""
        self._announcing = True
        signal.emit(*values)
        self._announcing = False

    @Slot(object)
    def _prepared(self, shade: Shade) -> None:
        if self.scene.picker is not None:
            self.scene.picker.use_tree()
        self.scene.set_dots(shade=shade)
