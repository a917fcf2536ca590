"""Where on the map the arrangement is while it plays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QPaintEvent, QPixmap

from core.arrangement import edits
from core.arrangement.arrangement import Arrangement, Lane
from core.arrangement.clip import Clip, LatentSource, RealSource, with_parts
from core.arrangement.groups import consolidate
from core.library.latent_map import LatentMap
from core.playback.player import PlayerState
from core.settings import TICKS_PER_BAR
from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.map import LatentMapView, route_layer
from technovae_gui.map.map_point import locate
from technovae_gui.map.playback_path import (
    PlaybackPathController,
    leading_places,
    playback_path,
)
from technovae_gui.widgets import motion
from tests.technovae_gui.fakes import FakeBackground

BAR = TICKS_PER_BAR


def real(found: LatentMap, row: int, start: int, bars: int, **fields: object) -> Clip:
    source = RealSource(found.segments[row].id)
    return Clip(f"{row} at {start}", source, start * BAR, bars * BAR).changed(**fields)


def walk(found: LatentMap, *rows: int) -> LatentSource:
    return LatentSource.of(found.latents[list(rows)], model_hash=found.model_hash)


def test_the_loudest_with_most_parts_leads(demo_map: LatentMap) -> None:
    kick = with_parts([RealSource(demo_map.segments[5].id)] * 4, (False, True, True, True))
    only_kick = Clip("kick", kick, 0, 8 * BAR)
    body = real(demo_map, 1, 1, 3)
    louder = real(demo_map, 2, 3, 2, gain_db=3.0)
    muted = real(demo_map, 3, 0, 8, gain_db=9.0, mute=True)
    lanes = (
        Lane("0", clips=(only_kick,)),
        Lane("1", clips=(body, louder)),
        Lane("2", "", (muted,)),
    )
    silent = Lane("3", clips=(real(demo_map, 9, 0, 9),), mute=True)
    places = leading_places(Arrangement(130.0, (*lanes, silent)))
    found = [None if it is None else demo_map.rows[it[0].segment_id] for it in places]  # type: ignore[union-attr]
    assert found == [5, 1, 1, 2, 2, 5, 5, 5, None]


def test_a_latent_for_every_bar_moves_with_the_bars(demo_map: LatentMap) -> None:
    clip = Clip("a", walk(demo_map, 3, 8, 20, 40), 2 * BAR, 6 * BAR, offset=BAR)
    before = Arrangement(130.0, (Lane("0", clips=(clip,)),))
    one = consolidate(before, ["a"]).arrangement
    expected = [np.full(2, np.nan)] * 2
    expected += [locate(demo_map, demo_map.latents[row]) for row in (8, 20, 40, 3, 8, 20)]  # type: ignore[misc]
    for arrangement in (before, one):
        path, known = playback_path(leading_places(arrangement), demo_map, {})
        np.testing.assert_array_equal(path.xy, expected)
        assert len(known) == 4
        assert len(path.route) == 6
    assert path.at(0.0) is None
    assert path.at(9.0 * BAR) is None
    here, following = path.xy[2], path.xy[3]
    assert path.at(2.5 * BAR) == pytest.approx(here)
    assert path.at(2.875 * BAR) == pytest.approx((here + following) / 2)
    assert path.at(2.99 * BAR, glides=False) == pytest.approx(here)
    elsewhere = LatentSource.of(np.zeros(64), model_hash="another")
    path, _ = playback_path([(elsewhere, 0), (RealSource("gone-0-0"), 0)], demo_map, {})
    assert path.at(0.0) is None
    assert len(path.route) == 0


@pytest.fixture
def shown(view: LatentMapView, demo_map: LatentMap) -> tuple[PlaybackPathController, Document]:
    """A composition of two places."""
    document = Document()
    clips = [(0, real(demo_map, 0, 0, 4)), (0, real(demo_map, 60, 4, 4))]
    document.edit("place", lambda now: edits.put(now, clips))
    background: Any = FakeBackground()
    return PlaybackPathController(document, background, view), document


def playing(document: Document, bar: float) -> PlayerState:
    return PlayerState(frame=document.arrangement.frame(round(bar * BAR)), playing=True)


def test_the_dot_moves_and_only_it_is_painted_again(
    shown: tuple[PlaybackPathController, Document],
    prepared: LatentMapView,
    demo_map: LatentMap,
    qtbot: Any,
) -> None:
    (controller, document), view = shown, prepared
    controller.show(playing(document, 1))
    assert view.scene.playhead == tuple(demo_map.xy[0])
    assert view.scene.route.tolist() == demo_map.xy[[0, 60]].tolist()
    at = view.viewport.pixel((float(demo_map.xy[0][0]), float(demo_map.xy[0][1]))).toPoint()
    assert view.canvas.grab().toImage().pixelColor(at).name() == theme.BRIGHT
    areas: list[QRect] = []
    paint = view.canvas.paintEvent

    def watched(event: QPaintEvent) -> None:
        areas.extend(event.region())
        paint(event)

    view.canvas.paintEvent = watched  # type: ignore[method-assign]
    view.canvas.update()
    qtbot.waitUntil(lambda: view.canvas.rect() in areas)
    areas.clear()
    controller.show(playing(document, 5))
    qtbot.waitUntil(lambda: bool(areas))
    assert view.scene.playhead == tuple(demo_map.xy[60])
    assert all(area.width() < 80 and area.height() < 80 for area in areas)
    document.edit("delete", lambda now: edits.delete(now, [it.id for it in now.clips()][1:]))
    controller.show(playing(document, 3))
    controller.show(playing(document, 5))
    assert view.scene.playhead is None
    controller.show(PlayerState())
    assert (len(view.scene.route), view.scene.playhead) == (0, None)


def test_its_path_is_painted_once_while_the_map_stays(
    shown: tuple[PlaybackPathController, Document],
    prepared: LatentMapView,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (controller, document), view = shown, prepared
    painted: list[int] = []
    paint = route_layer._paint

    def counted(picture: QPixmap, places: np.ndarray) -> None:
        painted.append(len(places))
        paint(picture, places)

    monkeypatch.setattr(route_layer, "_paint", counted)
    for bar in (0, 1, 2, 5):
        controller.show(playing(document, bar))
        view.canvas.grab()
    assert painted == [2]
    first = view.canvas.grab().toImage()
    view.viewport.zoom(1.5)
    view.canvas.grab()
    assert painted == [2, 2]
    controller.show(PlayerState())
    assert view.canvas.grab().toImage() != first


def test_it_does_not_glide_where_nothing_should(
    shown: tuple[PlaybackPathController, Document], view: LatentMapView, demo_map: LatentMap
) -> None:
    controller, document = shown
    state = playing(document, 3.9)
    controller.show(state)
    assert view.scene.playhead != tuple(demo_map.xy[0])
    motion.set_reduced(True)
    try:
        controller.show(state)
        assert view.scene.playhead == tuple(demo_map.xy[0])
    finally:
        motion.set_reduced(False)


def test_another_map_has_another_path(
    shown: tuple[PlaybackPathController, Document], view: LatentMapView
) -> None:
    controller, document = shown
    controller.show(playing(document, 1))
    view.set_map(None)
    controller.show(playing(document, 1))
    assert view.scene.playhead is None
