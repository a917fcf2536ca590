"""Keys and the context menu of the map."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu

from core.arrangement.clip import LatentSource, RealSource
from core.library.latent_map import LatentMap
from core.library.path_presets import PathPreset
from core.library.training_weights import TrackSpan, WeightRequest, span_of
from technovae_gui.map import LatentMapView
from technovae_gui.map.action_bindings import ContextMenu
from technovae_gui.map.map_point import MapPoint
from technovae_gui.mime import DraggedSource
from tests.technovae_gui.map.mouse import at, click, move, press, release


def test_the_menu_does_without_drags(
    view: LatentMapView, demo_map: LatentMap, lonely: int, points: list[MapPoint]
) -> None:
    hit = view.canvas.hit_test(at(view, demo_map.xy[lonely]))
    placed: list[list[DraggedSource]] = []
    view.place_requested.connect(placed.append)
    menu = ContextMenu(view.map_actions, hit, view)
    entries = {action.text(): action for action in menu.actions()}
    entries["Place on the timeline"].trigger()
    entries["Place as the model decodes it"].trigger()
    assert placed[0][0].source == RealSource(demo_map.segments[lonely].id)
    assert isinstance(placed[1][0].source, LatentSource)
    entries["Hear as the model decodes it"].trigger()
    assert isinstance(points[-1].source, LatentSource)
    entries["Set morph end A here"].trigger()
    assert view.morph.ends["A"].latent == pytest.approx(demo_map.latents[lonely])
    entries["Hear"].trigger()
    assert points[-1].is_segment
    menu.deleteLater()


def test_the_menu_of_a_selected_dot_places_the_selection(
    view: LatentMapView, demo_map: LatentMap, lonely: int
) -> None:
    view.map_actions.select([lonely, 3])
    hit = view.canvas.hit_test(at(view, demo_map.xy[lonely]))
    menu = ContextMenu(view.map_actions, hit, view)
    entries = {action.text(): action for action in menu.actions()}
    assert "Place the selection" in entries
    assert entries["Path through the selection"].isEnabled()
    menu.deleteLater()


def test_escape_ends_the_gesture_then_the_mode(view: LatentMapView, qtbot: Any) -> None:
    qtbot.keyClick(view.canvas, Qt.Key.Key_L)
    press(view.canvas, QPointF(100, 100))
    move(view.canvas, QPointF(200, 100))
    assert len(view.scene.lasso) == 2
    qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert len(view.scene.lasso) == 0
    release(view.canvas, QPointF(200, 200))
    click(view.canvas, QPointF(100, 100))
    assert view.tools.lasso.isChecked()
    qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert not view.tools.lasso.isChecked()


def test_keys_are_changed(view: LatentMapView, points: list[MapPoint], qtbot: Any) -> None:
    view.keys.set_keys("random", ["Alt+J", "Shift+R"])
    qtbot.keyClick(view.canvas, Qt.Key.Key_R)
    assert not points
    qtbot.keyClick(view.canvas, Qt.Key.Key_J, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(view.canvas, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert len(points) == 2


def test_paths_are_saved_called_back_and_deleted(
    view: LatentMapView, demo_map: LatentMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    presets, drawn, told = view.map_actions.presets, [], []
    view.path_drawn.connect(drawn.append)
    presets.problem.connect(lambda _topic, line: told.append(line))
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("Dark", True))

    def entries() -> dict[str, QAction]:
        menu = ContextMenu(view.map_actions, view.canvas.hit_test(QPointF(5, 5)), view)
        (paths,) = [it for it in menu.findChildren(QMenu) if it.title() == "Paths"]
        return {action.text(): action for action in paths.actions()}

    assert not entries()["Save the path…"].isEnabled()
    path = demo_map.xy[:4] + 0.02
    view.scene.set_path(path)
    for _ in range(2):  # the second takes the place of the first
        entries()["Save the path…"].trigger()
    view.map_actions.clear()
    entries()["Dark"].trigger()
    assert drawn[-1] == pytest.approx(path)
    assert view.scene.path == pytest.approx(path)
    (preset,) = presets._known() or ()
    presets.call_back(PathPreset("Far", ()))
    assert len(told) == 1
    presets.delete(preset)
    assert "Dark" not in entries()


def test_the_menu_says_what_a_training_learns_of_the_selection(
    view: LatentMapView, demo_map: LatentMap, lonely: int
) -> None:
    wanted: list[WeightRequest] = []
    only: list[tuple[TrackSpan, ...]] = []
    view.weight_requested.connect(wanted.append)
    view.learn_requested.connect(only.append)
    view.map_actions.select([lonely, 3])
    hit = view.canvas.hit_test(at(view, demo_map.xy[lonely]))
    menu = ContextMenu(view.map_actions, hit, view)
    (learning,) = (m for m in menu.findChildren(QMenu) if m.title().startswith("Training"))
    assert learning.title() == "Training (2 segments)"
    entries = {action.text(): action for action in learning.actions()}
    entries["Leave out"].trigger()
    entries["Learn from these alone…"].trigger()
    both = tuple(span_of(demo_map.segments[row]) for row in sorted((lonely, 3)))
    assert wanted == [WeightRequest(both, 0.0)]
    assert only == [both]
    menu.deleteLater()
