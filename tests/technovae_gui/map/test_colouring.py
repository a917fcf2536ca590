"""Colours of the dots, values as text, and the shading of the background."""

from __future__ import annotations

import numpy as np
import pytest

from core.library.latent_map import ATTRIBUTES, LatentMap
from technovae_gui.map import LatentMapView
from technovae_gui.map.colouring import CHOICES, colour_dots, format_attribute
from tests.technovae_gui.map.mouse import at


def test_values_have_units() -> None:
    texts = {name: format_attribute(name, 0.5) for name in CHOICES[1:]}
    assert texts["brightness"] == "1.4 kHz"
    assert format_attribute("brightness", -1.0) == "500 Hz"
    assert texts["energy"] == "50 %"
    assert texts["loudness"] == "0.5 dB"


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_colours_rise_with_an_attribute(demo_map: LatentMap, name: str) -> None:
    colours, values = colour_dots(demo_map, name), demo_map.values(name)
    assert colours.name == name
    assert (np.diff(colours.index[values.argsort()]) >= 0).all()


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
