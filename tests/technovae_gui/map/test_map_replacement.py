"""Another map: dots move, what has a meaning on both maps stays, late results are dropped."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QEvent

from core.arrangement.clip import RealSource
from core.library.latent_map import LatentMap
from technovae_gui.map import LatentMapView, colouring
from technovae_gui.map.map_replacement import ANIMATION_MS
from technovae_gui.widgets import motion
from tests.technovae_gui.conftest import PATIENCE


@pytest.fixture
def retrained(demo_map: LatentMap) -> LatentMap:
    """The same segments elsewhere, in another order, the last one gone."""
    return replace(
        demo_map,
        segments=demo_map.segments[:-1][::-1],
        xy=1.0 - demo_map.xy[:-1][::-1],
        latents=demo_map.latents[:-1][::-1] * 0.5,
        model_hash="another",
    )


def test_dots_move_from_where_they_were(
    view: LatentMapView, demo_map: LatentMap, retrained: LatentMap, qtbot: Any
) -> None:
    view.set_map(None)
    with qtbot.waitSignal(view._animation.finished):
        view.set_map(retrained)
        np.testing.assert_allclose(view.scene.xy[0], demo_map.xy[-2])
        view._animation.setCurrentTime(ANIMATION_MS // 2)
        half_way = 0.5 * (demo_map.xy[-2] + retrained.xy[0])
        np.testing.assert_allclose(view.scene.xy[0], half_way, atol=0.02)
    np.testing.assert_allclose(view.scene.xy, retrained.xy)


def test_dots_do_not_glide_where_the_user_wants_no_motion(
    view: LatentMapView, retrained: LatentMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(motion, "is_reduced", lambda: True)
    view.set_map(retrained)
    np.testing.assert_allclose(view.scene.xy, retrained.xy)


def test_what_has_a_meaning_on_both_maps_stays(
    view: LatentMapView, demo_map: LatentMap, retrained: LatentMap
) -> None:
    view.chosen.choose_row(7)
    view.map_actions.set_end("A")
    view.map_actions.select([7, 8, 224])
    view.scene.set_highlighted(frozenset([demo_map.segments[7].track_id]))
    with_path = np.array([[0.1, 0.1], [0.2, 0.2]])
    view.scene.set_path(with_path)
    view.set_playing(view.scene.chosen)
    view.set_map(retrained)
    assert view.scene.chosen.source == RealSource(demo_map.segments[7].id)
    assert sorted(view.selection()) == sorted(demo_map.segments[row].id for row in (7, 8))
    assert view.scene.highlighted == frozenset([demo_map.segments[7].track_id])
    (end,) = view.morph.ends.values()
    np.testing.assert_allclose(end.latent, demo_map.latents[7] * 0.5, atol=0.05)
    assert len(view.scene.path) == 0
    assert view.scene.playing is view.scene.chosen
    assert view.scene.chosen.xy == tuple(retrained.xy[retrained.rows[view.scene.chosen.segment_id]])


def test_a_latent_of_the_former_model_is_aligned(
    view: LatentMapView, demo_map: LatentMap, retrained: LatentMap
) -> None:
    view.chosen.choose_random()
    latent, label = view.chosen.point.latent, view.scene.chosen.label
    view.set_map(retrained)
    assert np.abs(view.chosen.point.latent - 0.5 * latent).mean() < 0.1 * np.abs(latent).mean()
    assert view.scene.chosen.label == label
    assert view.scene.chosen.source.model_hash == "another"


def test_the_morph_stays_between_its_ends_and_does_not_play(
    view: LatentMapView, retrained: LatentMap, qtbot: Any
) -> None:
    for name, row in (("A", 7), ("B", 90)):
        view.chosen.choose_row(row)
        view.map_actions.set_end(name)
    view.morph.move(0.25)
    with qtbot.assertNotEmitted(view.morph.moved):
        view.set_map(retrained)
    assert view.morph.ready
    assert view.morph.amount == 0.25


def test_a_latent_of_other_music_is_not_kept(view: LatentMapView, demo_map: LatentMap) -> None:
    view.chosen.choose_random()
    view.map_actions.set_end("B")
    others = tuple(replace(s, id=f"other-{n}") for n, s in enumerate(demo_map.segments))
    view.set_map(replace(demo_map, segments=others, model_hash="another"))
    assert (view.morph.ends, view.morph.amount) == ({}, 0.0)
    assert view.scene.chosen is None


def test_a_latent_of_the_same_model_is(view: LatentMapView, demo_map: LatentMap) -> None:
    view.chosen.choose_random()
    latent, label = view.chosen.point.latent, view.scene.chosen.label
    view.set_map(replace(demo_map, xy=demo_map.xy[:, ::-1].copy()))
    np.testing.assert_array_equal(view.chosen.point.latent, latent)
    assert view.scene.chosen.label == label


def test_late_results_are_dropped(
    view: LatentMapView,
    retrained: LatentMap,
    qtbot: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    computed: list[LatentMap] = []
    compute = colouring.compute_shading

    def watched(latent_map: LatentMap) -> object:
        computed.append(latent_map)
        return compute(latent_map)

    monkeypatch.setattr(colouring, "compute_shading", watched)
    with qtbot.waitSignal(view._preparation.prepared, timeout=PATIENCE) as prepared:
        view.set_map(retrained)
    assert computed[-1] is retrained
    assert view.scene.shading is prepared.args[0]
    assert view.scene.shading.area == colouring.compute_shading(retrained).area


def test_no_map_after_one(view: LatentMapView, demo_map: LatentMap) -> None:
    view.chosen.choose_row(3)
    view.set_map(None)
    assert view.scene.chosen is None
    assert not view.overlays.legend.isVisible()
    assert not view.grab().isNull()
    view.set_map(demo_map)
    assert view.overlays.legend.isVisible()


def test_few_dots_are_enough(demo_map: LatentMap, qtbot: Any) -> None:
    view = LatentMapView()
    qtbot.addWidget(view)
    view.show()
    for count in (1, 2, 0):
        part = replace(
            demo_map,
            segments=demo_map.segments[:count],
            xy=demo_map.xy[:count],
            latents=demo_map.latents[:count],
        )
        view.set_map(part)
        assert (view.scene.map is None) == (count == 0)
        if count:
            qtbot.waitUntil(lambda: view.scene.shading is not None, timeout=PATIENCE)
            view.chosen.choose_row(0)
            view.chosen.move_along("kick", 1.0)
            view.map_actions.choose_random()
            view.chosen.choose_xy((0.2, 0.3))
            view.colouring.choose("kick")
        assert not view.grab().isNull()
    view.shutdown()


def test_it_can_be_deleted_at_once(demo_map: LatentMap, qapp: Any) -> None:
    view = LatentMapView()
    view.set_map(demo_map)
    view.close()
    view.deleteLater()
    qapp.sendPostedEvents(view, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(view)
