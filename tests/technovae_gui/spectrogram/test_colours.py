"""Colour scales and thumbnails: the right way up, the right size."""

from __future__ import annotations

import numpy as np
import pytest

from core.settings import FLOOR_DB
from technovae_gui import theme
from technovae_gui.spectrogram import colours
from technovae_gui.spectrogram.colours import LEVELS, thumbnail


def test_time_runs_right_and_lows_are_at_the_bottom(qapp: object) -> None:
    spectrogram = np.full((512, 128), FLOOR_DB, np.float32)
    spectrogram[:128, :32] = 0.0
    picture = thumbnail(spectrogram, 64, 32)
    assert (picture.width(), picture.height()) == (64, 32)
    assert picture.pixelColor(4, 30).lightness() > 200
    assert picture.pixelColor(4, 4).name() == theme.GROUND
    assert picture.pixelColor(60, 30).name() == theme.GROUND


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (900, 3)])
def test_any_size_and_length(qapp: object, size: tuple[int, int]) -> None:
    picture = thumbnail(np.zeros((3, 128), np.float16), *size)
    assert (picture.width(), picture.height()) == (max(1, size[0]), max(1, size[1]))


def test_levels_get_lighter_in_even_steps() -> None:
    blue, green, red = colours.lookup_table(LEVELS.stops)[:, :3].T.astype(float)
    lightness = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    assert (np.diff(lightness) > -0.6).all()
    assert lightness[0] < 25
    assert lightness[-1] > 240


def test_nan_is_drawn_as_the_lowest_level(qapp: object) -> None:
    picture = colours.coloured_image([[np.nan, -90.0, 0.0]], LEVELS)
    assert picture.pixelColor(0, 0) == picture.pixelColor(1, 0)
    assert picture.pixelColor(2, 0).name() == LEVELS.stops[-1]


def test_levels_beyond_the_scale_get_the_colours_of_its_ends(qapp: object) -> None:
    picture = colours.coloured_image([[-200.0, 50.0]], LEVELS)
    assert picture.pixelColor(0, 0).name() == LEVELS.stops[0]
    assert picture.pixelColor(1, 0).name() == LEVELS.stops[-1]
