"""The map room's widget: play any point, drag it out, search, select, morph, draw paths."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from typing import Any

from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core import resources
from core.library.latent_map import LatentMap
from core.library.training_weights import USUAL, TrainingWeights
from technovae_gui.map import dot_placement
from technovae_gui.map.action_bindings import ContextMenu, KeyBindings
from technovae_gui.map.actions import MapActions
from technovae_gui.map.canvas import Canvas
from technovae_gui.map.chosen_point import ChosenPoint
from technovae_gui.map.colouring import CHOICES, Shading
from technovae_gui.map.dot_colouring import DotColouring
from technovae_gui.map.dot_placement import DotPlacement
from technovae_gui.map.gestures import Hit
from technovae_gui.map.map_point import XY, MapPoint
from technovae_gui.map.map_replacement import DotAnimation, MapPreparation, SceneSnapshot
from technovae_gui.map.morph import Morph
from technovae_gui.map.overlay_widgets import OverlayWidgets
from technovae_gui.map.part_choice import PartChoice
from technovae_gui.map.part_positions import PartPositions
from technovae_gui.map.scene import NO_POINTS, MapScene, Points
from technovae_gui.map.tool_bar import AttributeSliders, ToolBar


class LatentMapView(QWidget):
    """Shows a latent map and lets the user play it. Call `shutdown` before the program ends.

    Signals:
        point_pressed(MapPoint): a button went down on a point that a click chooses, and a drag
            takes along.
        point_chosen(MapPoint): the user chose a point, which is to be played.
        hovered(str): id of the segment under the mouse; empty for none.
        selection_changed(list[str]): ids of the selected segments.
        path_drawn(points): positions (n, 2) at equal distances on a path.
        path_cleared(): the path was removed.
        place_requested(list[DraggedSource]): sources to be placed on the timeline.
        weight_requested(WeightRequest): say how often a training learns segments.
        learn_requested(tuple[TrackSpan]): train from this music alone.
        play_requested(): the space bar was tapped over the map.
        message_button_clicked(): the button below the message was clicked.
        compose_requested(): compose along the path that is drawn.
    """

    point_pressed = Signal(object)
    point_chosen = Signal(object)
    hovered = Signal(str)
    selection_changed = Signal(object)
    path_drawn = Signal(object)
    path_cleared = Signal()
    place_requested = Signal(object)
    weight_requested = Signal(object)
    learn_requested = Signal(object)
    play_requested = Signal()
    message_button_clicked = Signal()
    compose_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene, self.morph = MapScene(self), Morph(self)
        self.chosen = ChosenPoint(self.scene, self)
        self.tools, self.attributes = ToolBar(), AttributeSliders()
        self.canvas = Canvas(self.scene, self.morph)
        self.viewport = self.canvas.viewport
        self.overlays = OverlayWidgets(self.canvas)
        self.parts = PartChoice(self)
        self.part_positions = PartPositions(self)
        self.placement = DotPlacement(self.part_positions, self)
        self.colouring = DotColouring(self.scene, self.part_positions, self)
        self.map_actions = MapActions(self.canvas, self.chosen, self.morph, self.parts)
        self.keys = KeyBindings(self.scene, self.map_actions, self.viewport, self.tools)
        self._animation = DotAnimation(self.scene)
        self._preparation = MapPreparation(self)
        self._fits_next = False
        self._snapshot = SceneSnapshot.of(self.scene, self.morph)
        self._lay_out()
        self._connect_canvas()
        self._connect_tools()
        self._connect_scene()
        self._show_parts()
        self.set_message("Loading the library…")

    # What is shown

    def set_map(self, latent_map: LatentMap | None) -> None:
        """Show another map; dots that both maps have move to their new positions.

        Args:
            latent_map: the map. None, or a map without dots, shows the message; what was chosen
                and selected comes back with the next map.
        """
        latent_map = latent_map if latent_map is not None and len(latent_map) else None
        if latent_map is self.scene.map:
            return
        if self.scene.map is not None:
            self._snapshot = SceneSnapshot.of(self.scene, self.morph)
        self._animation.stop()
        self.scene.set_map(latent_map)
        self.overlays.show_map()
        self.morph.clear(0.0 if latent_map is None else latent_map.latents.mean(axis=0))
        self._snapshot.restore(self.scene, self.chosen, self.morph, self._animation)
        self.colouring.colour()
        self._show_weights()
        self.overlays.arrange()
        if self._fits_next and latent_map is not None:
            self._fits_next = False
            self.viewport.fit()
        self._preparation.prepare(latent_map)

    def set_message(self, text: str, button: str = "") -> None:
        """Set what is shown while there is no map.

        Args:
            text: the message.
            button: text of the button below it; without text there is no button.
        """
        self.scene.set_message(text)
        self.overlays.set_button(button)

    def set_hover_picture(self, segment_id: str, spectrogram_db: ArrayLike) -> None:
        """Show a spectrogram on the card of a segment.

        Args:
            segment_id: the segment that `hovered` named.
            spectrogram_db: (512, 128) dB.
        """
        self.overlays.card.set_picture(segment_id, spectrogram_db)

    def has_hover_picture(self, segment_id: str) -> bool:
        """Whether the card has the spectrogram of this segment already."""
        return self.overlays.card.has_picture(segment_id)

    def set_playing(self, point: MapPoint | None) -> None:
        """Mark the point that plays; None for none."""
        self.scene.set_playing(point)

    def set_phase(self, phase: float) -> None:
        """Show how far the playing loop is, 0..1 of its four bars; repaints the marker alone."""
        self.scene.phase = phase
        self.canvas.update_marker()

    def set_playback(self, route: Points | None, at: XY | None) -> None:
        """Show where the arrangement is while it plays; repaints the dot alone.

        Args:
            route: (n, 2) places that it comes by, in units of the map; None where it does not play.
            at: where it is now; None where nothing on the map sounds.
        """
        if route is None:
            route = NO_POINTS
        if route is not self.scene.route:
            self.scene.set_route(route)
        self.canvas.set_playhead(at)

    def set_training_weights(self, weights: TrainingWeights) -> None:
        """Show which dots a training leaves out, and which it learns more often."""
        self.scene.set_training_weights(weights)
        self._show_weights()

    def show_tracks(self, track_ids: Collection[str]) -> None:
        """Highlight tracks and bring all of their dots into sight."""
        self.scene.set_search("")
        self.scene.set_highlighted(frozenset(track_ids))
        self.viewport.fit_to(self.scene.highlighted_rows())

    # What is chosen

    def choose_segment(self, segment_id: str) -> None:
        """Choose a segment as if its dot had been clicked; one that has no dot is ignored."""
        row = None if self.scene.map is None else self.scene.map.rows.get(segment_id)
        if row is not None:
            self.chosen.choose_row(row)

    def choose_xy(self, xy: XY) -> None:
        """Choose the latent at a position as if it had been clicked. There must be a map."""
        self.chosen.choose_xy(xy)

    def selection(self) -> list[str]:
        """Ids of the selected segments."""
        return self.scene.selected_ids()

    # From one start of the program to the next

    def state(self) -> dict[str, Any]:
        """What is worth keeping until the next start: texts, numbers, lists of numbers."""
        return {
            "colour_by": self.colouring.by,
            "placed_by": self.placement.by,
            "view": self.viewport.state(),
            "legend": int(self.overlays.legend.is_open),
            "attributes": int(self.tools.attributes.isChecked()),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Restore what `state` returned; what cannot be read is left as it is."""
        with contextlib.suppress(TypeError, ValueError):
            self.overlays.legend.header.setChecked(bool(int(state.get("legend", 1))))
            self.tools.attributes.setChecked(bool(int(state.get("attributes", 0))))
            self.viewport.restore(state.get("view") or [])
        placed_by = state.get("placed_by")
        if placed_by in dot_placement.CHOICES and resources.has_parts_model():
            self.placement.choose(placed_by)
        if state.get("colour_by") in CHOICES:
            self.colouring.choose(state["colour_by"])

    def shutdown(self) -> None:
        """Wait for the thread behind the map."""
        self._animation.stop()
        self.part_positions.close()
        self._preparation.close()

    # Events

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self.shutdown()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not self.keys.press(event):
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Take the keys that the map has a use for, before the window's shortcuts do."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and self.keys.has(event):
            event.accept()
            return True
        return super().event(event)

    # Inside

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

    def _connect_canvas(self) -> None:
        gestures, actions = self.canvas.gestures, self.map_actions
        gestures.pressed.connect(actions.press)
        gestures.clicked.connect(actions.click)
        gestures.dragged_out.connect(actions.drag)
        gestures.lassoed.connect(actions.lasso)
        gestures.path_drawn.connect(self.path_drawn)
        self.canvas.menu_requested.connect(self._show_menu)
        self.canvas.space_tapped.connect(self.play_requested)
        self.overlays.hovered.connect(self.hovered)
        self.overlays.button_clicked.connect(self.message_button_clicked)
        self.overlays.path_button_clicked.connect(self.compose_requested)
        for changed in (self.path_drawn, self.path_cleared):
            changed.connect(self.overlays.arrange_path_button)
        self.overlays.legend.tracks_highlighted.connect(self.scene.set_highlighted)
        actions.point_pressed.connect(self.point_pressed)
        actions.selection_changed.connect(self.selection_changed)
        actions.place_requested.connect(self.place_requested)
        actions.weight_requested.connect(self.weight_requested)
        actions.learn_requested.connect(self.learn_requested)
        actions.path_drawn.connect(self.path_drawn)
        actions.path_cleared.connect(self.path_cleared)

    def _connect_tools(self) -> None:
        tools, actions = self.tools, self.map_actions
        tools.colour_by_changed.connect(self.colouring.choose)
        tools.search_changed.connect(self.scene.set_search)
        tools.search_entered.connect(actions.show_matches)
        tools.search_left.connect(self.canvas.setFocus)
        tools.fit_requested.connect(self.viewport.fit)
        tools.random_requested.connect(actions.choose_random)
        tools.mode_requested.connect(self.scene.set_mode)
        tools.end_requested.connect(actions.set_end)
        tools.morph_moved.connect(self.morph.move)
        tools.attributes_toggled.connect(self.attributes.setVisible)
        self.attributes.moved.connect(self.chosen.set_amount)
        tools.parts.toggled.connect(self.parts.toggle)
        tools.parts.soloed.connect(self.parts.solo)
        tools.parts.lock_toggled.connect(actions.toggle_lock)
        tools.parts.cleared.connect(self.parts.clear)
        tools.parts.placement_chosen.connect(self._choose_placement)

    def _connect_scene(self) -> None:
        self.scene.filter_changed.connect(self._show_filter)
        self.scene.mode_changed.connect(self._show_mode)
        self.chosen.point_chosen.connect(self.point_chosen)
        self.chosen.amounts_changed.connect(self._show_amounts)
        self.morph.changed.connect(self._show_morph)
        self.morph.moved.connect(self.map_actions.choose_morph)
        self.parts.changed.connect(self._show_parts)
        self.placement.changed.connect(self._show_parts)
        self.colouring.changed.connect(self._show_colours)
        self._preparation.prepared.connect(self._prepared)

    @Slot(object, object)
    def _show_menu(self, hit: Hit, at: QPoint) -> None:
        ContextMenu(self.map_actions, hit, self).popup(at)

    @Slot(str)
    def _choose_placement(self, by: str) -> None:
        """What was in sight is elsewhere then, so all of it comes into sight."""
        self._fits_next = by != self.placement.by
        self.placement.choose(by)

    @Slot()
    def _show_colours(self) -> None:
        by, colours = self.colouring.by, self.scene.colours
        self.tools.show_colour_by(by)
        if colours is not None:
            self.overlays.legend.show_colours(colours, coming="" if colours.name == by else by)

    def _show_weights(self) -> None:
        weights = self.scene.weights
        self.overlays.legend.show_weights(
            left_out=bool((weights == 0).any()), more_often=bool((weights > USUAL).any())
        )

    @Slot()
    def _show_filter(self) -> None:
        self.overlays.legend.show_highlighted(self.scene.highlighted)
        self.tools.show_search(self.scene.search)

    @Slot()
    def _show_mode(self) -> None:
        self.tools.show_mode(self.scene.mode)

    @Slot()
    def _show_amounts(self) -> None:
        self.attributes.show_amounts(self.chosen.amounts, self.chosen.can_move)

    @Slot()
    def _show_morph(self) -> None:
        self.tools.show_morph(self.morph)

    @Slot()
    def _show_parts(self) -> None:
        self.tools.parts.show_choice(self.parts)
        self.tools.parts.show_placement(self.placement.by)

    @Slot(object)
    def _prepared(self, shading: Shading) -> None:
        if self.scene.picker is not None:
            self.scene.picker.use_tree()
        self.scene.set_shading(shading)
