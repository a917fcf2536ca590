"""What clips are called and coloured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtGui import QColor

from core.arrangement.clip import Clip, LatentSource, RealSource
from technovae_gui import theme
from technovae_gui.main_window import MainWindow
from tests.technovae_gui.conftest import put_session


def test_a_latent_has_the_paler_colour_of_its_nearest_track(window: MainWindow) -> None:
    found = window.session.map
    assert found is not None
    hues = set()
    for row in (3, 80, 200):
        real = window.inspector.info(Clip("a", RealSource(found.segments[row].id), 0))
        near = LatentSource((found.latents[row] + 0.01,), model_hash=found.model_hash)
        latent = window.inspector.info(Clip("b", near, 0))
        assert abs(QColor(latent.colour).hslHueF() - QColor(real.colour).hslHueF()) < 0.06
        assert QColor(latent.colour).hslSaturationF() < QColor(real.colour).hslSaturationF()
        hues.add(latent.colour)
    assert len(hues) > 1


def test_a_latent_of_another_model_has_the_colour_of_none(window: MainWindow) -> None:
    found = window.session.map
    assert found is not None
    other = LatentSource((found.latents[3],), model_hash="another")
    assert window.inspector.info(Clip("a", other, 0)).colour == theme.LATENT_COLOUR


def test_the_inspector_names_the_two_nearest_segments(window: MainWindow) -> None:
    found = window.session.map
    assert found is not None
    latent = found.latents[3]
    order = np.argsort(np.linalg.norm(found.latents - latent, axis=1))[:2]
    (name, near), *_ = window.inspector.facts(LatentSource((latent,)))
    assert name == "Near"
    assert near == "; ".join(found.title(found.segments[row]) for row in order)


def test_a_latent_of_the_last_model_keeps_its_colour(window: MainWindow) -> None:
    found = window.session.map
    assert found is not None
    clip = Clip("a", LatentSource((found.latents[80],), model_hash=found.model_hash), 0)
    before = window.inspector.info(clip).colour
    better = replace(found, model_hash="better", latents=found.latents[::-1].copy())
    put_session(window, map=better)
    assert window.inspector.info(clip).colour == before
    put_session(window, map=found)
