"""Mouse gestures on the map: lasso, path, and drags out of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDrag

from core.arrangement.clip import LatentSource, RealSource
from core.library.latent_map import LatentMap
from technovae_gui import mime
from technovae_gui.map import LatentMapView
from technovae_gui.mime import DraggedSource
from tests.technovae_gui.map.mouse import PLAIN, SHIFT, at, click, drag

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def dropped(monkeypatch: pytest.MonkeyPatch) -> list[list[DraggedSource]]:
    """What drags carried, instead of running them."""
    found: list[list[DraggedSource]] = []

    def run(self: QDrag, *_: object) -> Qt.DropAction:
        assert not self.pixmap().isNull()
        found.append(mime.decode(self.mimeData()))
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", run)
    return found


def pull(view: LatentMapView, start: QPointF, keys: object = PLAIN) -> None:
    drag(view.canvas, [start, start + QPointF(6, 0), start + QPointF(40, 90)], keys=keys)


def test_a_drag_from_a_dot_carries_its_segment(
    view: LatentMapView, demo_map: LatentMap, dropped: list[list[DraggedSource]], lonely: int
) -> None:
    segment = demo_map.segments[lonely]
    pull(view, at(view, demo_map.xy[lonely]))
    assert dropped == [[DraggedSource(RealSource(segment.id), demo_map.title(segment))]]
    assert view.scene.chosen is None
    assert not view.canvas.gestures.active


@pytest.mark.parametrize("held", [Qt.KeyboardModifier.ControlModifier, ALT])
def test_with_ctrl_it_carries_the_decoded_latent(
    view: LatentMapView,
    demo_map: LatentMap,
    dropped: list[list[DraggedSource]],
    lonely: int,
    held: Qt.KeyboardModifier,
) -> None:
    pull(view, at(view, demo_map.xy[lonely]), held)
    ((found,),) = dropped
    assert isinstance(found.source, LatentSource)
    np.testing.assert_array_equal(found.source.array[0], demo_map.latents[lonely])
    assert (found.source.renderer, found.source.model_hash) == ("mosaic", demo_map.model_hash)


def test_a_drag_from_between_carries_the_point(
    view: LatentMapView, demo_map: LatentMap, dropped: list[list[DraggedSource]]
) -> None:
    xy = (float(demo_map.xy[:, 0].min()) - 0.02, float(demo_map.xy[:, 1].min()) - 0.02)
    pull(view, at(view, xy))
    ((found,),) = dropped
    np.testing.assert_allclose(found.source.array, demo_map.inverse.latent(xy), atol=1e-5)


def test_a_short_way_is_a_click(
    view: LatentMapView, demo_map: LatentMap, dropped: list[list[DraggedSource]], lonely: int
) -> None:
    start = at(view, demo_map.xy[lonely])
    drag(view.canvas, [start, start + QPointF(1, 1)])
    assert dropped == []
    assert view.scene.chosen.segment_id == demo_map.segments[lonely].id


def test_a_latent_is_dragged_from_its_marker(
    view: LatentMapView, demo_map: LatentMap, dropped: list[list[DraggedSource]]
) -> None:
    latent = np.linspace(-1, 1, 64, dtype=np.float32)
    view.chosen.choose_latent(latent, "mine")
    pull(view, at(view, view.scene.chosen.xy))
    ((found,),) = dropped
    assert found.name == "mine"
    np.testing.assert_array_equal(found.source.array[0], latent)
    assert found.source == view.scene.chosen.source


def test_the_lasso_selects_and_a_drag_takes_all(
    view: LatentMapView,
    demo_map: LatentMap,
    dropped: list[list[DraggedSource]],
    qtbot: Any,
    lonely: int,
) -> None:
    qtbot.keyClick(view.canvas, Qt.Key.Key_L)
    assert view.tools.lasso.isChecked()
    with qtbot.waitSignal(view.selection_changed) as emitted:
        drag(view.canvas, [at(view, c) for c in ((0.3, 0.3), (0.8, 0.3), (0.8, 0.8), (0.3, 0.8))])
    inside = ((demo_map.xy > 0.3) & (demo_map.xy < 0.8)).all(axis=1)
    expected = [s.id for s, within in zip(demo_map.segments, inside, strict=True) if within]
    assert emitted.args[0] == expected == view.selection()
    assert 5 < len(expected) < 225
    pull(view, at(view, demo_map.xy[demo_map.rows[expected[3]]]))
    assert [d.source for d in dropped[0]] == [RealSource(i) for i in expected]
    around = [at(view, demo_map.xy[lonely]) + QPointF(*c) for c in ((-9, -9), (9, -9), (9, 9))]
    drag(view.canvas, [*around, around[0] + QPointF(0, 18)], keys=SHIFT)
    assert demo_map.segments[lonely].id in view.selection()
    for _ in range(2):
        qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert view.selection() == []
    assert not view.tools.lasso.isChecked()


def test_a_path_is_drawn_smooth_and_cleared(view: LatentMapView, qtbot: Any) -> None:
    view.tools.path.click()
    positions = [(0.2 + 0.05 * k, 0.4 + 0.1 * (k % 2)) for k in range(12)]
    with qtbot.waitSignal(view.path_drawn) as emitted:
        drag(view.canvas, [at(view, xy) for xy in positions])
    path = emitted.args[0]
    assert path[0] == pytest.approx(positions[0], abs=0.01)
    assert path[-1] == pytest.approx(positions[-1], abs=0.01)
    steps = np.hypot(*np.diff(path, axis=0).T)
    assert steps.std() < 0.05 * steps.mean()
    assert view.scene.path is path
    button = view.overlays.path_button
    assert view.canvas.rect().contains(button.geometry())
    assert button.geometry().bottom() < view.canvas.height() / 2, "messages lie at the lower edge"
    with qtbot.waitSignal(view.compose_requested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    view.canvas.setFocus()
    qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
    with qtbot.waitSignal(view.path_cleared):
        qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert len(view.scene.path) == 0
    assert not button.isVisible()


def test_a_path_goes_through_the_selection(
    view: LatentMapView, demo_map: LatentMap, qtbot: Any
) -> None:
    view.map_actions.select([4])
    assert not view.map_actions.can_connect
    rows = [4, 90, 30, 170]
    view.map_actions.select(rows)
    with qtbot.waitSignal(view.path_drawn) as emitted:
        view.map_actions.connect_selected()
    path = emitted.args[0]
    assert view.scene.path is path
    away = np.hypot(*(path[:, None] - demo_map.xy[rows][None]).transpose(2, 0, 1)).min(axis=0)
    assert away.max() < np.hypot(*np.diff(path, axis=0).T).max()


def test_ctrl_click_selects(view: LatentMapView, demo_map: LatentMap, lonely: int) -> None:
    selections: list[list[str]] = []
    view.selection_changed.connect(selections.append)
    pos = at(view, demo_map.xy[lonely])
    for _ in range(2):
        click(view.canvas, pos, Qt.KeyboardModifier.ControlModifier)
    assert selections == [[demo_map.segments[lonely].id], []]


def test_a_drag_does_not_move_the_morph_unless_it_starts_at_its_handle(
    view: LatentMapView, demo_map: LatentMap, dropped: list[list[DraggedSource]], lonely: int
) -> None:
    for row, name in ((3, "A"), (200, "B")):
        view.chosen.choose_row(row)
        view.map_actions.set_end(name)
    pull(view, at(view, demo_map.xy[lonely]))
    assert view.morph.amount == 1.0
    assert len(dropped) == 1
