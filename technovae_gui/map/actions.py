"""What can be done on the map: mouse, keys, tools and menu all end here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QColor

from core.latent.tour import short_tour
from technovae_gui import theme
from technovae_gui.map import drag, picking, places, strokes
from technovae_gui.map.canvas import PICK
from technovae_gui.map.colouring import TRACK
from technovae_gui.map.gestures import Spot
from technovae_gui.map.menu import menu
from technovae_gui.map.morph import End
from technovae_gui.map.places import Place
from technovae_gui.map.preparing import LEAST_FOR_AXES
from technovae_gui.mime import DraggedSource

if TYPE_CHECKING:
    from technovae_gui.map.view import LatentMapView

_MOST_CONNECTED = 200


class Actions(QObject):
    """Acts on the scene, the choice and the morph of a view.

    Signals:
        selected(object): ids of the selected segments.
        place_requested(object): list of `Dragged`, to be placed without a drag.
        path_drawn(object): places (n, 2) at equal distances. path_cleared()
    """

    selected = Signal(object)
    place_requested = Signal(object)
    path_drawn = Signal(object)
    path_cleared = Signal()

    def __init__(self, view: LatentMapView) -> None:
        super().__init__(view)
        self._view = view
        self._scene, self._morph = view.scene, view.morph
        self._choosing, self._canvas = view.choosing, view.canvas

    @property
    def can_move(self) -> bool:
        """Whether something is chosen that can be moved along attributes."""
        latent_map = self._scene.map
        enough = latent_map is not None and len(latent_map) >= LEAST_FOR_AXES
        return enough and self._scene.place is not None

    @Slot(object)
    def click(self, spot: Spot) -> None:
        """Choose what is at `spot`; with Ctrl, select a dot or let go of it."""
        if self._scene.map is None:
            return
        if spot.row is not None and spot.has(Qt.KeyboardModifier.ControlModifier):
            self.select(np.setxor1d(self._scene.selected, [spot.row]))
        elif spot.row is not None:
            self._choosing.choose_dot(spot.row)
        else:
            self._click_between(spot)

    def _click_between(self, spot: Spot) -> None:
        chosen = self._chosen_latent()
        if spot.on_marker and chosen is not None and chosen.latent is not None:
            self._choosing.choose_latent(chosen.latent, chosen.label, chosen.xy)
        else:
            self._choosing.choose_point(spot.xy)

    def choose_decoded(self, row: int) -> None:
        """The latent of the dot in `row`."""
        self._choosing.choose_decoded(row)

    def random(self) -> None:
        """A latent drawn from where the library's are."""
        if self._scene.map is not None:
            self._choosing.choose_random()

    def step(self, dx: int, dy: int) -> None:
        """The next dot in that direction, brought into sight."""
        camera = self._canvas.camera
        self._choosing.step(dx, dy, (camera.x, camera.y))
        if self._scene.place is not None:
            self._view.framing.show_place(self._scene.place.xy)

    def move_along(self, name: str, amount: float) -> None:
        """Raise attribute `name` of what is chosen by `amount` standard deviations."""
        if self.can_move:
            self._choosing.move_along(name, amount)

    def set_end(self, name: str) -> None:
        """What is chosen becomes the morph's end `name`."""
        latent, place = self._choosing.latent(), self._scene.place
        if latent is not None and place is not None:
            self._morph.set_end(name, End(place.xy, latent, place.label))
        else:
            self._morph.changed.emit()

    def set_end_at(self, name: str, spot: Spot) -> None:
        """What is at `spot` becomes the morph's end `name`."""
        assert self._scene.map is not None
        place = self._place_at(spot)
        latent = places.latent_of(self._scene.map, place)
        self._morph.set_end(name, End(place.xy, latent, place.label))

    @Slot(object, float)
    def morphed(self, latent: ArrayLike, amount: float) -> None:
        """The morph moved: what is there is chosen."""
        self._choosing.show_latent(latent, self._morph.label, self._morph.xy())

    @Slot(object, bool)
    def lassoed(self, corners: ArrayLike, add: bool) -> None:
        """Select the dots inside `corners` (m, 2)."""
        rows = picking.inside(corners, self._scene.xy)
        self.select(np.union1d(self._scene.selected, rows) if add else rows)

    def select(self, rows: ArrayLike) -> None:
        """Select the dots in `rows`."""
        self._scene.select(np.asarray(rows, np.int64))
        segments = self._scene.map.segments if self._scene.map else ()
        self.selected.emit([segments[row].id for row in self._scene.selected])

    @property
    def can_connect(self) -> bool:
        """Whether a path through the selected dots can be drawn."""
        return 2 <= len(self._scene.selected) <= _MOST_CONNECTED

    def connect_selected(self) -> None:
        """Draw a short path through the selected dots, as if by hand."""
        dots = self._scene.xy[self._scene.selected]
        path = strokes.even_steps(dots[_round(dots)], strokes.STEPS)
        self._scene.set_overlay(path=path)
        self.path_drawn.emit(path)

    @Slot(object)
    def drag(self, spot: Spot) -> None:
        """Drag what is at `spot` out of the map."""
        self._scene.set_overlay(hovered=None)
        drag.execute(self._canvas, self.dragged_for(spot), self._colour(spot))

    @Slot(str)
    def search(self, text: str) -> None:
        """Dim the dots whose track is not called like `text`."""
        self._scene.set_dots(search=text)

    @Slot()
    def show_found(self) -> None:
        """Show the dots that are searched; the keys are the map's again."""
        self._view.framing.fit_to(self._scene.matches())
        self._canvas.setFocus()

    @Slot(object, object)
    def show_menu(self, spot: Spot, at: QPoint) -> None:
        """The menu of `spot` at the screen's pixel `at`."""
        menu(self, spot, self._view).popup(at)

    def place(self, spot: Spot, decoded: bool) -> None:
        """Ask for what is at `spot` to be placed."""
        self.place_requested.emit(self.dragged_for(spot, decoded=decoded))

    def dragged_for(self, spot: Spot, *, decoded: bool = False) -> list[DraggedSource]:
        """What a drag from `spot` carries: the selection if it is part of it; with Alt, latents."""
        latent_map = self._scene.map
        assert latent_map is not None
        decoded = decoded or spot.has(Qt.KeyboardModifier.AltModifier)
        rows = self._scene.selected
        if spot.row is None or spot.row not in rows:
            return [self.dragged_at(spot, decoded=decoded)]
        dots = (places.dot(latent_map, int(row)) for row in rows)
        return [places.dragged(latent_map, dot, decoded=decoded) for dot in dots]

    def dragged_at(self, spot: Spot, *, decoded: bool = False) -> DraggedSource:
        """What is at `spot`: the marker's latent, a dot or a point."""
        assert self._scene.map is not None
        return places.dragged(self._scene.map, self._place_at(spot), decoded=decoded)

    def has_something_to_leave(self) -> bool:
        """Whether Escape has something to end here."""
        scene = self._scene
        marked = len(scene.path) or len(scene.selected) or scene.tracks or scene.search
        return bool(self._canvas.busy or self._canvas.mode != PICK or marked)

    def leave(self) -> bool:
        """End what is under way, else the mode, else clear what is marked; whether any was."""
        if self._canvas.busy:
            self._canvas.end_gesture()
        elif self._canvas.mode != PICK:
            self._view.set_mode(PICK)
        elif self.has_something_to_leave():
            self.clear()
        else:
            return False
        return True

    def clear(self) -> None:
        """No path, no selection, no highlights, no search."""
        if len(self._scene.path):
            self._scene.set_overlay(path=np.zeros((0, 2)))
            self.path_cleared.emit()
        if len(self._scene.selected):
            self.select([])
        self._view.highlight(frozenset())
        self._view.tools.search.clear()

    def _place_at(self, spot: Spot) -> Place:
        assert self._scene.map is not None
        chosen = self._chosen_latent()
        if spot.on_marker and chosen is not None:
            return chosen
        if spot.row is not None:
            return places.dot(self._scene.map, spot.row)
        return places.point(self._scene.map, spot.xy)

    def _chosen_latent(self) -> Place | None:
        place = self._scene.place
        return place if place is not None and place.latent is not None else None

    def _colour(self, spot: Spot) -> QColor:
        colours = self._scene.colours
        if spot.row is None or colours is None or colours.name != TRACK:
            return QColor(theme.LATENT_COLOUR)
        return colours.palette[int(colours.index[spot.row])]


def _round(dots: NDArray[np.float64]) -> list[int]:
    """A short way through all of `dots` (n, 2), from one at the rim."""
    offsets = dots[:, None] - dots[None]
    distances = np.hypot(offsets[..., 0], offsets[..., 1])
    rim = int(np.hypot(*(dots - dots.mean(axis=0)).T).argmax())
    return short_tour(distances, start=rim)
