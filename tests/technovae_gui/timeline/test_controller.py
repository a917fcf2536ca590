"""Clips get their pictures."""

from __future__ import annotations

from typing import Any

from core.arrangement import edits
from core.arrangement.clip import Clip, LatentSource, RealSource
from core.settings import TICKS_PER_SEGMENT
from technovae_gui.main_window import MainWindow
from tests.technovae_gui.conftest import PATIENCE


def test_music_is_a_waveform_and_a_latent_a_spectrogram(window: MainWindow, qtbot: Any) -> None:
    found = window.session.map
    assert found is not None
    real = RealSource(found.segments[4].id)
    latent = LatentSource((found.latents[4],), model_hash=found.model_hash)
    clips = [(0, Clip("a", real, 0)), (0, Clip("b", latent, TICKS_PER_SEGMENT))]
    window.document.edit("place", lambda now: edits.put(now, clips))
    thumbnails = window.timeline.clip_style.thumbnails
    qtbot.waitUntil(lambda: real in thumbnails and latent in thumbnails, timeout=PATIENCE)
    wave, spectrogram = (thumbnails.image(source) for source in (real, latent))
    assert wave.height() == 48
    assert spectrogram.height() == 128
    assert window.timeline.missing() == []
