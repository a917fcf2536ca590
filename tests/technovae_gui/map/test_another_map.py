"""A map made anew: dots glide, what still has a meaning stays, late results are dropped."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QEvent

from core.library.latent_map import LatentMap
from technovae_gui.map import LatentMapView, shading


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


def test_dots_glide_from_where_they_were(
    view: LatentMapView, demo_map: LatentMap, retrained: LatentMap, qtbot: Any
) -> None:
    view.set_map(None)
    view.set_map(retrained)
    np.testing.assert_allclose(view.scene.xy[0], demo_map.xy[-2])
    qtbot.wait(250)
    between = view.scene.xy[0]
    assert not np.allclose(between, retrained.xy[0])
    qtbot.waitUntil(lambda: np.allclose(view.scene.xy, retrained.xy), timeout=5000)


def test_what_still_has_a_meaning_stays(
    view: LatentMapView, demo_map: LatentMap, retrained: LatentMap
) -> None:
    view.choosing.choose_dot(7)
    view.act.set_end("A")
    view.act.select([7, 8, 224])
    view.highlight(frozenset([demo_map.segments[7].track_id]))
    with_path = np.array([[0.1, 0.1], [0.2, 0.2]])
    view.scene.set_overlay(path=with_path, sounding=(view.scene.place.xy, "it"))
    view.set_map(retrained)
    assert retrained.segments[view.scene.place.row].id == demo_map.segments[7].id
    assert sorted(view.selection()) == sorted(demo_map.segments[row].id for row in (7, 8))
    assert view.scene.tracks == frozenset([demo_map.segments[7].track_id])
    (end,) = view.morph.ends.values()
    np.testing.assert_allclose(end.latent, demo_map.latents[7] * 0.5, atol=0.05)
    assert len(view.scene.path) == 0
    assert view.scene.sounding == (view.scene.place.xy, "it")
    assert view.chosen_source().source.segment_id == demo_map.segments[7].id


def test_a_latent_of_the_former_model_follows_its_neighbours(
    view: LatentMapView, demo_map: LatentMap, retrained: LatentMap
) -> None:
    view.choosing.choose_random()
    latent, label = view.choosing.latent(), view.scene.place.label
    view.set_map(retrained)
    assert np.abs(view.choosing.latent() - 0.5 * latent).mean() < 0.1 * np.abs(latent).mean()
    assert view.scene.place.label == label
    assert view.chosen_source().source.model_hash == "another"


def test_the_morph_stays_between_its_ends_and_is_not_heard_anew(
    view: LatentMapView, retrained: LatentMap, qtbot: Any
) -> None:
    for name, row in (("A", 7), ("B", 90)):
        view.choosing.choose_dot(row)
        view.act.set_end(name)
    view.morph.move(0.25)
    with qtbot.assertNotEmitted(view.morph.moved):
        view.set_map(retrained)
    assert view.morph.ready
    assert view.morph.amount == 0.25


def test_a_latent_of_other_music_is_not_kept(view: LatentMapView, demo_map: LatentMap) -> None:
    view.choosing.choose_random()
    view.act.set_end("B")
    others = tuple(replace(s, id=f"other-{n}") for n, s in enumerate(demo_map.segments))
    view.set_map(replace(demo_map, segments=others, model_hash="another"))
    assert (view.morph.ends, view.morph.amount) == ({}, 0.0)
    assert view.scene.place is None
    assert view.chosen_source() is None


def test_a_latent_of_the_same_model_is(view: LatentMapView, demo_map: LatentMap) -> None:
    view.choosing.choose_random()
    latent, label = view.choosing.latent(), view.scene.place.label
    view.set_map(replace(demo_map, xy=demo_map.xy[:, ::-1].copy()))
    np.testing.assert_array_equal(view.choosing.latent(), latent)
    assert view.scene.place.label == label


def test_late_results_are_dropped(
    view: LatentMapView,
    retrained: LatentMap,
    qtbot: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[LatentMap] = []
    compute = shading.compute

    def watched(latent_map: LatentMap) -> object:
        asked.append(latent_map)
        return compute(latent_map)

    monkeypatch.setattr(shading, "compute", watched)
    view.set_map(retrained)
    with qtbot.waitSignal(view._preparing.prepared, timeout=20_000) as told:
        pass
    assert asked[-1] is retrained
    assert view.scene.shade is told.args[0]
    assert view.scene.shade.area == shading.compute(retrained).area


def test_no_map_after_one(view: LatentMapView, demo_map: LatentMap) -> None:
    view.choosing.choose_dot(3)
    view.set_map(None)
    assert view.scene.place is None
    assert not view.panes.legend.isVisible()
    assert not view.grab().isNull()
    view.set_map(demo_map)
    assert view.panes.legend.isVisible()


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
            qtbot.waitUntil(lambda: view.scene.shade is not None, timeout=20_000)
            view.choosing.choose_dot(0)
            view.move_along("kick", 1.0)
            view.act.random()
            view.choosing.choose_point((0.2, 0.3))
            view.set_colour_by("kick")
        assert not view.grab().isNull()
    view.shutdown()


def test_it_can_be_thrown_away_at_once(demo_map: LatentMap, qapp: Any) -> None:
    view = LatentMapView()
    view.set_map(demo_map)
    view.close()
    view.deleteLater()
    qapp.sendPostedEvents(view, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(view)
