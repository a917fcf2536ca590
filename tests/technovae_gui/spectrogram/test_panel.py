"""Spectrogram views: the right frequencies, seeking by a click, the difference and its size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from core.dsp.bank import bank
from core.settings import FRAMES_PER_SEGMENT, N_BANDS
from technovae_gui.spectrogram import SpectrogramPanel
from technovae_gui.spectrogram.scales import band_of, centres_hz, hertz_text


@pytest.fixture
def panel(qtbot: Any) -> SpectrogramPanel:
    made = SpectrogramPanel()
    qtbot.addWidget(made)
    made.resize(430, 500)
    made.show()
    return made


def level(db: float) -> np.ndarray:
    return np.full((FRAMES_PER_SEGMENT, N_BANDS), db, np.float32)


def test_the_axis_is_the_banks() -> None:
    np.testing.assert_allclose(centres_hz(), bank().centres_hz, rtol=1e-5)
    assert band_of(float(centres_hz()[40])) == pytest.approx(40)
    assert [hertz_text(hz) for hz in (50, 1000, 20_000)] == ["50", "1k", "20k"]


def test_the_difference_needs_both_and_says_how_large_it_is(panel: SpectrogramPanel) -> None:
    panel.set_real(level(-30))
    assert panel.difference.is_empty
    panel.set_decoded(level(-33))
    assert not panel.difference.is_empty
    assert "3.0 dB" in panel.difference.title
    panel.set_decoded(None, "on its way")
    assert panel.difference.is_empty


def test_a_click_seeks(panel: SpectrogramPanel, qtbot: Any) -> None:
    panel.set_real(level(-30))
    plot = panel.real.plot()
    place = QPoint(round(plot.left() + plot.width() * 0.75), round(plot.center().y()))
    with qtbot.waitSignal(panel.seek_requested) as told:
        qtbot.mouseClick(panel.real, Qt.MouseButton.LeftButton, pos=place)
    assert told.args[0] == pytest.approx(0.75, abs=0.01)


def test_louder_is_brighter_and_low_is_at_the_bottom(panel: SpectrogramPanel) -> None:
    bass = level(-90)
    bass[:, :20] = -5
    panel.set_real(bass)
    picture = panel.real.grab().toImage()
    plot = panel.real.plot()
    x = round(plot.left() + plot.width() * 0.4)
    low = picture.pixelColor(x, round(plot.bottom() - 4)).lightness()
    high = picture.pixelColor(x, round(plot.top() + 4)).lightness()
    assert low > high + 100


def test_the_playhead_moves(panel: SpectrogramPanel) -> None:
    panel.set_real(level(-90))
    panel.set_playhead(0.5)
    plot = panel.real.plot()
    place = round(plot.center().x()), round(plot.center().y())
    assert panel.real.grab().toImage().pixelColor(*place).red() > 200
    panel.set_playhead(None)
    assert panel.real.grab().toImage().pixelColor(*place).red() < 120


def test_the_renderer_is_named(panel: SpectrogramPanel) -> None:
    panel.set_renderer("guided")
    assert "guided" in panel.renderer.text()
