"""Lasso, path, morph, and drags out of the map."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDrag

from core.arrangement.clip import LatentSource, RealSource
from core.library.latent_map import LatentMap
from technovae_gui import mime
from technovae_gui.map import LatentMapView, menu
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
    assert view.scene.place is None
    assert not view.canvas.busy


def test_with_alt_it_carries_the_decoded_latent(
    view: LatentMapView, demo_map: LatentMap, dropped: list[list[DraggedSource]], lonely: int
) -> None:
    pull(view, at(view, demo_map.xy[lonely]), ALT)
    ((found,),) = dropped
    assert isinstance(found.source, LatentSource)
    np.testing.assert_array_equal(found.source.array[0], demo_map.latents[lonely])
    assert (found.source.renderer, found.source.model_hash) == ("guided", demo_map.model_hash)


def test_a_drag_from_between_carries_the_place(
    view: LatentMapView, demo_map: LatentMap, dropped: list[list[DraggedSource]]
) -> None:
    xy = (float(demo_map.xy[:, 0].min()) - 0.02, float(demo_map.xy[:, 1].min()) - 0.02)
    pull(view, at(view, xy))
    ((found,),) = dropped
    np.testing.assert_allclose(found.source.array, demo_map.inverse.latent(xy), atol=1e-5)
    assert view.source_at(xy).source.array == pytest.approx(found.source.array, abs=1e-5)


def test_a_short_way_is_a_click(
    view: LatentMapView, demo_map: LatentMap, dropped: list[list[DraggedSource]], lonely: int
) -> None:
    start = at(view, demo_map.xy[lonely])
    drag(view.canvas, [start, start + QPointF(1, 1)])
    assert dropped == []
    assert view.scene.place.row == lonely


def test_what_is_not_a_place_is_dragged_from_its_marker(
    view: LatentMapView, demo_map: LatentMap, dropped: list[list[DraggedSource]]
) -> None:
    latent = np.linspace(-1, 1, 64, dtype=np.float32)
    view.choosing.choose_latent(latent, "mine")
    pull(view, at(view, view.scene.place.xy))
    ((found,),) = dropped
    assert found.name == "mine"
    np.testing.assert_array_equal(found.source.array[0], latent)
    assert view.chosen_source() == found


def test_the_lasso_selects_and_a_drag_takes_all(
    view: LatentMapView,
    demo_map: LatentMap,
    dropped: list[list[DraggedSource]],
    qtbot: Any,
    lonely: int,
) -> None:
    qtbot.keyClick(view.canvas, Qt.Key.Key_L)
    assert view.tools.lasso.isChecked()
    with qtbot.waitSignal(view.selection_changed) as told:
        drag(view.canvas, [at(view, c) for c in ((0.3, 0.3), (0.8, 0.3), (0.8, 0.8), (0.3, 0.8))])
    inside = ((demo_map.xy > 0.3) & (demo_map.xy < 0.8)).all(axis=1)
    expected = [s.id for s, within in zip(demo_map.segments, inside, strict=True) if within]
    assert told.args[0] == expected == view.selection()
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
    places = [(0.2 + 0.05 * k, 0.4 + 0.1 * (k % 2)) for k in range(12)]
    with qtbot.waitSignal(view.path_drawn) as told:
        drag(view.canvas, [at(view, place) for place in places])
    path = told.args[0]
    assert path[0] == pytest.approx(places[0], abs=0.01)
    assert path[-1] == pytest.approx(places[-1], abs=0.01)
    steps = np.hypot(*np.diff(path, axis=0).T)
    assert steps.std() < 0.05 * steps.mean()
    assert view.scene.path is path
    qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
    with qtbot.waitSignal(view.path_cleared):
        qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert len(view.scene.path) == 0


def test_a_path_goes_through_the_selection(
    view: LatentMapView, demo_map: LatentMap, qtbot: Any
) -> None:
    view.act.select([4])
    assert not view.act.can_connect
    rows = [4, 90, 30, 170]
    view.act.select(rows)
    with qtbot.waitSignal(view.path_drawn) as told:
        view.act.connect_selected()
    path = told.args[0]
    assert view.scene.path is path
    away = np.hypot(*(path[:, None] - demo_map.xy[rows][None]).transpose(2, 0, 1)).min(axis=0)
    assert away.max() < np.hypot(*np.diff(path, axis=0).T).max()


def test_a_morph_goes_from_a_to_b(view: LatentMapView, demo_map: LatentMap, qtbot: Any) -> None:
    assert not view.tools.morph.isEnabled()
    for row, key in ((3, Qt.Key.Key_A), (200, Qt.Key.Key_B)):
        view.choosing.choose_dot(row)
        qtbot.keyClick(view.canvas, key)
    assert view.tools.morph.isEnabled()
    told: list[tuple[Any, float]] = []
    view.morph_changed.connect(lambda *it: told.append(it))
    view.morph_changed.connect(lambda *_: view.set_sounding((9.0, 9.0), "morph"))
    for value in (0, 500, 1000):
        view.tools.morph.setValue(value)
    assert [amount for _, amount in told] == [0.0, 0.5, 1.0]
    np.testing.assert_allclose(told[0][0], demo_map.latents[3], atol=1e-5)
    np.testing.assert_allclose(told[2][0], demo_map.latents[200], atol=1e-5)
    assert view.scene.sounding[0] == pytest.approx(tuple(demo_map.xy[200]))
    assert view.tools.percent.text() == "100 %"


def test_the_handle_of_a_morph_is_dragged(
    view: LatentMapView, demo_map: LatentMap, dropped: list[list[DraggedSource]]
) -> None:
    for row, name in ((3, "A"), (200, "B")):
        view.choosing.choose_dot(row)
        view.act.set_end(name)
    a, b = at(view, demo_map.xy[3]), at(view, demo_map.xy[200])
    drag(view.canvas, [b, b + (a - b) * 0.4, b + (a - b) * 0.75])
    assert view.morph.amount == pytest.approx(0.25, abs=1e-6)
    assert view.tools.morph.value() == 250
    assert dropped == []


def test_an_end_needs_something_chosen(view: LatentMapView) -> None:
    view.tools.a.click()
    assert view.morph.ends == {}
    assert not view.tools.a.isChecked()


def test_the_menu_does_without_drags(
    view: LatentMapView, demo_map: LatentMap, lonely: int, qtbot: Any
) -> None:
    spot = view.canvas.spot(at(view, demo_map.xy[lonely]))
    asked: list[list[DraggedSource]] = []
    view.place_requested.connect(asked.append)
    shown = menu.menu(view.act, spot, view)
    entries = {action.text(): action for action in shown.actions()}
    entries["Place on the timeline"].trigger()
    entries["Place as decoded latent"].trigger()
    assert asked[0][0].source == RealSource(demo_map.segments[lonely].id)
    assert isinstance(asked[1][0].source, LatentSource)
    with qtbot.waitSignal(view.latent_chosen):
        entries["Hear as decoded latent"].trigger()
    entries["Set morph end A here"].trigger()
    assert view.morph.ends["A"].latent == pytest.approx(demo_map.latents[lonely])
    shown.deleteLater()


def test_escape_ends_what_is_under_way(view: LatentMapView, qtbot: Any) -> None:
    from tests.technovae_gui.map.mouse import move, press, release

    view.set_mode("lasso")
    press(view.canvas, QPointF(100, 100))
    move(view.canvas, QPointF(200, 100))
    assert len(view.canvas.lasso) == 2
    qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert len(view.canvas.lasso) == 0
    release(view.canvas, QPointF(200, 200))
    click(view.canvas, QPointF(100, 100))
