"""Colours of the dots, values as text, and the shading of the background."""

from __future__ import annotations

import numpy as np
import pytest

from core.library.latent_map import ATTRIBUTES, LatentMap
from technovae_gui import theme, track_colours
from technovae_gui.map import LatentMapView
from technovae_gui.map.colouring import colour_alike, colour_dots, format_attribute
from tests.technovae_gui.map.mouse import at


def test_values_have_units() -> None:
    texts = {name: format_attribute(name, 0.5) for name in ATTRIBUTES}
    assert texts["brightness"] == "1.4 kHz"
    assert format_attribute("brightness", -1.0) == "500 Hz"
    assert texts["energy"] == "50 %"
    assert texts["loudness"] == "0.5 dB"


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_colours_rise_with_an_attribute(demo_map: LatentMap, name: str) -> None:
    colours, values = colour_dots(demo_map, name), demo_map.values(name)
    assert colours.name == name
    assert (np.diff(colours.index[values.argsort()]) >= 0).all()


def test_colours_differ_the_more_the_farther_apart_dots_are_by_part() -> None:
    steps = np.linspace(0.0, 1.0, 9)
    xy = np.array([(x, y) for x in steps for y in steps])
    colours = colour_alike("kick alike", xy * (3.0, 0.5))
    names = [colours.palette[number].name() for number in colours.index]
    corner = [track_colours.difference(names[0], name) for name in names]
    distances = np.hypot(*xy.T)
    assert np.corrcoef(corner, distances)[0, 1] > 0.95
    for ends in ((0, 8), (0, 72), (0, 80), (8, 72), (4, 76)):
        assert track_colours.difference(*(names[end] for end in ends)) > 0.15
    assert all(track_colours.difference(name, theme.GROUND) > 0.5 for name in names)
    like = colour_alike("kick alike", np.array([(0.0, 0.0), (1.0, 1.0), (0.001, 0.0)])).index
    assert like[0] == like[2] != like[1]


def test_dots_at_one_place_have_one_colour() -> None:
    assert set(colour_alike("bass alike", np.full((3, 2), 0.4)).index) == {0}


def test_the_background_is_lit_where_the_music_is(
    prepared: LatentMapView, demo_map: LatentMap, lonely: int
) -> None:
    shading = prepared.scene.shading
    assert shading.confidence.max() > 0.95
    assert shading.confidence[0].max() < 0.02
    prepared.scene.set_xy(demo_map.xy + 99.0)
    picture = prepared.canvas.grab().toImage()
    lit = picture.pixelColor(at(prepared, demo_map.xy[lonely]).toPoint())
    assert lit.lightness() > picture.pixelColor(4, 4).lightness() + 10
