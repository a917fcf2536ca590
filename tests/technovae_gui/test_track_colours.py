"""Colours of tracks: any two can be told apart, and from the ground and from no track."""

from __future__ import annotations

import itertools

import pytest

from technovae_gui import theme, track_colours

_JUST_SEEN = 0.02
"""Distance in OKLab of two large areas side by side; dots apart need several times that."""


@pytest.mark.parametrize(("count", "least"), [(24, 4.5), (48, 3.0), (128, 2.0)])
def test_any_two_tracks_differ(count: int, least: float) -> None:
    colours = [theme.track_colour(number) for number in range(count)]
    distances = [track_colours.difference(*pair) for pair in itertools.combinations(colours, 2)]
    assert min(distances) > least * _JUST_SEEN


def test_no_track_looks_like_none() -> None:
    for number in range(48):
        colour = theme.track_colour(number)
        assert track_colours.difference(colour, theme.LATENT_COLOUR) > 2 * _JUST_SEEN
        assert track_colours.difference(colour, theme.GROUND) > 20 * _JUST_SEEN


def test_a_track_keeps_its_colour_when_others_are_added() -> None:
    assert track_colours.distinct(40)[:12] == track_colours.distinct(12)


def test_the_difference_is_that_of_oklab() -> None:
    assert track_colours.difference("#000000", "#ffffff") == pytest.approx(1.0, abs=1e-3)
    assert track_colours.difference("#123456", "#123456") == 0.0
