"""Keys on the map: in the colours, the search and the card of a dot."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect

from core.dsp.key import Key
from core.library.latent_map import LatentMap
from core.library.segments import Segment
from technovae_gui.map import LatentMapView
from technovae_gui.map.colouring import KEY, TRACK, colour_keys, key_palette
from technovae_gui.map.key_colours import KeyColours
from tests.technovae_gui.fakes import FakeBackground

A_MINOR, C_MAJOR = Key(9, True), Key(0, False)
"""8A and 8B."""


class FakeKeys:
    """Of the first track, and of its first segment another."""

    def __init__(self, latent_map: LatentMap) -> None:
        self.track = next(iter(latent_map.tracks))

    def of_track(self, track_id: str) -> Key | None:
        return A_MINOR if track_id == self.track else None

    def of_segment(self, segment: Segment) -> Key | None:
        return C_MAJOR if segment.bar == 0 else self.of_track(segment.track_id)


@pytest.fixture
def keys(view: LatentMapView, demo_map: LatentMap) -> FakeKeys:
    found: Any = FakeKeys(demo_map)
    background: Any = FakeBackground()
    KeyColours(view, background, lambda: found, view)
    return cast("FakeKeys", found)


def test_hues_go_round_the_wheel_and_minor_keys_are_darker() -> None:
    colours = colour_keys([A_MINOR, C_MAJOR, None])
    assert colours.index.tolist() == [14, 15, 24]
    assert len({colour.name() for colour in key_palette()}) == 25
    minor, major = (colours.palette[row] for row in colours.index[:2])
    assert abs(minor.hslHue() - major.hslHue()) < 15
    assert minor.lightness() < major.lightness()


def test_dots_are_coloured_by_key(view: LatentMapView, demo_map: LatentMap, keys: FakeKeys) -> None:
    view.colouring.choose(KEY)
    wanted = colour_keys([keys.of_segment(segment) for segment in demo_map.segments])
    assert view.scene.colours is not None
    np.testing.assert_array_equal(view.scene.colours.index, wanted.index)
    assert view.overlays.legend.header.text() == "Key"
    assert not view.overlays.legend.wheel.grab(QRect(0, 0, 160, 180)).isNull()
    view.colouring.choose(TRACK)
    view.colouring.show_keys(demo_map, [None] * len(demo_map))
    assert view.scene.colours.name == TRACK


def test_tracks_are_found_by_their_key(
    view: LatentMapView, demo_map: LatentMap, keys: FakeKeys
) -> None:
    for text in ("8a", "A minor"):
        view.scene.set_search(text)
        found = {demo_map.segments[row].track_id for row in view.scene.matches()}
        assert found == {keys.track}


def test_the_card_of_a_dot_says_its_key(
    view: LatentMapView, demo_map: LatentMap, keys: FakeKeys
) -> None:
    row = next(n for n, it in enumerate(demo_map.segments) if it.track_id == keys.track)
    card, key = view.overlays.card, view.overlays.key_of(demo_map.segments[row])
    card.show_dot(demo_map, row, QPointF(9, 9), key=key)
    assert key is not None
    assert card.detail.endswith(f" · {key.camelot}")
