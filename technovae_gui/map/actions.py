"""What can be done on the map; mouse, keys, tools and menu all end here."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QColor, QDrag

from core.library.training_weights import TrackSpan, WeightRequest, span_of
from technovae_gui import mime, theme
from technovae_gui.map import geometry
from technovae_gui.map.canvas import Canvas
from technovae_gui.map.chosen_point import ChosenPoint
from technovae_gui.map.colouring import TRACK
from technovae_gui.map.gestures import Hit
from technovae_gui.map.map_point import MapPoint, decoded_point, point_at, segment_point
from technovae_gui.map.morph import Morph, MorphEnd
from technovae_gui.map.part_choice import PartChoice
from technovae_gui.map.path_presets import PathPresets
from technovae_gui.map.scene import MouseMode
from technovae_gui.mime import DraggedSource
from technovae_gui.widgets.drag_pixmap import HEIGHT, drag_pixmap

_MOST_CONNECTED = 200


class MapActions(QObject):
    """Acts on the scene, the chosen point, its parts and the morph of a canvas.

    Attributes:
        parts: which parts are heard, and which stay.
        presets: paths with names.

    Signals:
        point_pressed(MapPoint): a button went down on what a click chooses.
        selection_changed(list[str]): ids of the selected segments.
        place_requested(list[DraggedSource]): sources to be placed on the timeline.
        weight_requested(WeightRequest): say how often a training learns segments.
        learn_requested(tuple[TrackSpan]): train from this music alone.
        path_drawn(points): positions (n, 2) at equal distances on a path.
        path_cleared(): the path was removed.
    """

    point_pressed = Signal(object)
    selection_changed = Signal(object)
    place_requested = Signal(object)
    weight_requested = Signal(object)
    learn_requested = Signal(object)
    path_drawn = Signal(object)
    path_cleared = Signal()

    def __init__(
        self, canvas: Canvas, chosen: ChosenPoint, morph: Morph, parts: PartChoice
    ) -> None:
        super().__init__(canvas)
        self.parts = parts
        self._canvas, self._scene = canvas, canvas.scene
        self._chosen, self._morph = chosen, morph
        self.presets = PathPresets(canvas.scene, canvas)
        self.presets.called_back.connect(self.path_drawn)

    # Choosing

    @Slot(object)
    def press(self, hit: Hit) -> None:
        """Say what will be chosen if the press becomes a click."""
        selects = hit.row is not None and hit.has(Qt.KeyboardModifier.ControlModifier)
        if self._scene.map is not None and not selects:
            self.point_pressed.emit(self.point(hit))

    @Slot(object)
    def click(self, hit: Hit) -> None:
        """Choose what was clicked; with Ctrl, add a dot to the selection or remove it."""
        if self._scene.map is None:
            return
        if hit.row is not None and hit.has(Qt.KeyboardModifier.ControlModifier):
            self.select(np.setxor1d(self._scene.selected, [hit.row]))
        elif hit.row is not None:
            self._chosen.choose_row(hit.row)
        else:
            self._chosen.choose(self.point(hit))

    def choose_decoded(self, row: int) -> None:
        """Choose what the model decodes from the latent of the dot in `row`."""
        self._chosen.choose_row(row, decoded=True)

    @Slot()
    def choose_random(self) -> None:
        """Choose a random latent out of the distribution of the library's."""
        if self._scene.map is not None:
            self._chosen.choose_random()

    def step(self, dx: int, dy: int) -> None:
        """Choose the next dot in a direction, and bring it into sight.

        Args:
            dx: 1 to the right, -1 to the left, 0 neither.
            dy: 1 upwards, -1 downwards, 0 neither.
        """
        viewport = self._canvas.viewport
        self._chosen.step(dx, dy, (viewport.camera.x, viewport.camera.y))
        if self._scene.chosen is not None:
            viewport.pan_to(self._scene.chosen.xy)

    @property
    def can_move(self) -> bool:
        """Whether a point is chosen that can be moved along attributes."""
        return self._chosen.can_move

    def move_along(self, name: str, amount: float) -> None:
        """Move the chosen point further along an attribute.

        Args:
            name: of the attribute.
            amount: by how many standard deviations.
        """
        self._chosen.move_along(name, amount)

    @Slot(int)
    def toggle_lock(self, part: int) -> None:
        """Lock a part of what is chosen, so that it stays when another is, or let go of it."""
        point = self._chosen.point
        self.parts.toggle_lock(part, None if point is None else point.source)

    # The morph

    @Slot(str)
    def set_end(self, name: str) -> None:
        """Make the chosen point the end `name`, "A" or "B", of the morph."""
        point = self._chosen.point
        if point is None:
            self._morph.changed.emit()  # so that the tool's button shows again that it is not set
        else:
            self._morph.set_end(name, MorphEnd(point.xy, point.latent, point.label))

    def set_end_at(self, name: str, hit: Hit) -> None:
        """Make what was hit an end of the morph.

        Args:
            name: "A" or "B".
            hit: a dot or a place.
        """
        point = self.point(hit)
        self._morph.set_end(name, MorphEnd(point.xy, point.latent, point.label))

    @Slot()
    def choose_morph(self) -> None:
        """Choose the latent that the morph has moved to."""
        morph = self._morph
        self._chosen.choose_latent(morph.latent(), morph.label, morph.xy())

    # The selection

    @Slot(object, bool)
    def lasso(self, corners: ArrayLike, add: bool) -> None:
        """Select the dots inside a polygon.

        Args:
            corners: (n, 2) on the map.
            add: keep what is selected already.
        """
        rows = geometry.inside(corners, self._scene.xy)
        self.select(np.union1d(self._scene.selected, rows) if add else rows)

    def select(self, rows: ArrayLike) -> None:
        """Select the dots in `rows` (n,)."""
        self._scene.select(rows)
        self.selection_changed.emit(self._scene.selected_ids())

    @property
    def can_connect(self) -> bool:
        """Whether a path through the selected dots can be drawn."""
        return 2 <= len(self._scene.selected) <= _MOST_CONNECTED

    def connect_selected(self) -> None:
        """Draw a short path through the selected dots."""
        path = geometry.path_through(self._scene.xy[self._scene.selected])
        self._scene.set_path(path)
        self.path_drawn.emit(path)

    # Out of the map

    def point(self, hit: Hit) -> MapPoint:
        """The point that was hit: the latent under the marker, a dot, or a point between dots."""
        latent_map, chosen = self._scene.map, self._scene.chosen
        assert latent_map is not None, "nothing can be hit without a map"
        if hit.on_marker and chosen is not None and not chosen.is_segment:
            return chosen
        if hit.row is not None:
            return segment_point(latent_map, hit.row)
        return point_at(latent_map, hit.xy)

    def sources(self, hit: Hit, *, decoded: bool = False) -> list[DraggedSource]:
        """What a drag takes along.

        Args:
            hit: where it begins. If that is a selected dot, all selected dots are taken along;
                with Ctrl (or Alt) held, latents are taken instead of segments.
            decoded: take latents instead of segments.

        Returns:
            At least one source, as it is heard: with the parts that are locked, without those that
            are muted.
        """
        latent_map, rows = self._scene.map, self._scene.selected
        assert latent_map is not None, "nothing can be dragged without a map"
        # Alt and the mouse together move the window under many window managers.
        held = Qt.KeyboardModifier
        decoded = decoded or hit.has(held.ControlModifier) or hit.has(held.AltModifier)
        if hit.row is not None and hit.row in rows:
            make = decoded_point if decoded else segment_point
            points = [make(latent_map, int(row)) for row in rows]
        else:
            point = self.point(hit)
            if decoded and point.is_segment:
                point = decoded_point(latent_map, latent_map.rows[point.segment_id])
            points = [point]
        return [DraggedSource(self.parts.apply(point.source), point.label) for point in points]

    def place(self, hit: Hit, *, decoded: bool) -> None:
        """Ask for what was hit to be placed on the timeline.

        Args:
            hit: a dot or a place; a selected dot stands for all selected ones.
            decoded: place what the model decodes instead of the real segment.
        """
        self.place_requested.emit(self.sources(hit, decoded=decoded))

    @Slot(object)
    def drag(self, hit: Hit) -> None:
        """Drag what was hit out of the map; returns when it is dropped."""
        self._scene.set_hovered(None)
        sources = self.sources(hit)
        text = sources[0].name if len(sources) == 1 else f"{len(sources)} segments"
        drag = QDrag(self._canvas)
        drag.setMimeData(mime.encode(sources))
        drag.setPixmap(drag_pixmap(text, self._colour(hit), self._canvas))
        drag.setHotSpot(QPoint(12, HEIGHT // 2))
        drag.exec(Qt.DropAction.CopyAction)

    # What a training learns

    def meant(self, hit: Hit | None) -> tuple[str, ...]:
        """Ids of the segments that an entry of the menu is about.

        Args:
            hit: a dot, which stands for all selected ones if it is one of them; anywhere else the
                selection is meant.
        """
        latent_map = self._scene.map
        if latent_map is None:
            return ()
        row = None if hit is None else hit.row
        if row is None or row in self._scene.selected:
            return tuple(self._scene.selected_ids())
        return (latent_map.segments[row].id,)

    def weigh(self, segment_ids: tuple[str, ...], weight: float) -> None:
        """Say how often a training learns segments.

        Args:
            segment_ids: of the segments.
            weight: 0 (never) to 3 times.
        """
        self.weight_requested.emit(WeightRequest(self._spans(segment_ids), weight))

    def learn(self, segment_ids: tuple[str, ...]) -> None:
        """Ask for a training from these segments alone."""
        self.learn_requested.emit(self._spans(segment_ids))

    # Searching and leaving

    @Slot()
    def show_matches(self) -> None:
        """Show the dots that the search has found, and give the focus back to the map."""
        self._canvas.viewport.fit_to(self._scene.matches())
        self._canvas.setFocus()

    @property
    def can_cancel(self) -> bool:
        """Whether `cancel` has something to do."""
        scene = self._scene
        marked = len(scene.path) or len(scene.selected) or scene.highlighted or scene.search
        return bool(self._canvas.gestures.active or scene.mode != MouseMode.PICK or marked)

    def cancel(self) -> None:
        """End the gesture under way, else the mouse mode, else clear what is marked."""
        if self._canvas.gestures.active:
            self._canvas.gestures.cancel()
        elif self._scene.mode != MouseMode.PICK:
            self._scene.set_mode(MouseMode.PICK)
        else:
            self.clear()

    def clear(self) -> None:
        """Clear path, selection, highlighted tracks and search."""
        if len(self._scene.path):
            self._scene.set_path(np.zeros((0, 2)))
            self.path_cleared.emit()
        if len(self._scene.selected):
            self.select([])
        self._scene.set_highlighted(frozenset())
        self._scene.set_search("")

    def _spans(self, segment_ids: Iterable[str]) -> tuple[TrackSpan, ...]:
        latent_map = self._scene.map
        assert latent_map is not None, "there are no segments without a map"
        rows = (latent_map.rows[segment_id] for segment_id in segment_ids)
        return tuple(span_of(latent_map.segments[row]) for row in rows)

    def _colour(self, hit: Hit) -> QColor:
        colours = self._scene.colours
        if hit.row is None or colours is None or colours.name != TRACK:
            return QColor(theme.LATENT_COLOUR)
        return colours.palette[int(colours.index[hit.row])]
