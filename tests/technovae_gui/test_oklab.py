"""Colours in OKLab: there and back, and what a screen can show."""

from __future__ import annotations

import numpy as np
import pytest

from technovae_gui import oklab


def test_known_colours() -> None:
    """White is lightness alone; red as CSS Color 4 gives it."""
    assert oklab.from_hex("#ffffff") == pytest.approx([1.0, 0.0, 0.0], abs=1e-3)
    assert oklab.from_hex("#ff0000") == pytest.approx([0.628, 0.225, 0.126], abs=1e-3)


def test_there_and_back() -> None:
    colours = ("#000000", "#123456", "#f9a03f", "#ffffff")
    assert oklab.to_hex(np.array([oklab.from_hex(colour) for colour in colours])) == colours


def test_a_screen_shows_no_colour_that_is_too_strong() -> None:
    lab = np.array([[0.5, 0.0, 0.0], [0.5, 0.4, 0.0], [1.2, 0.0, 0.0]])
    assert oklab.shows(lab).tolist() == [True, False, False]
