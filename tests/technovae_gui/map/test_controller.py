"""A click on a spectrogram goes on from there, on the beat."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from technovae_gui.main_window import MainWindow
from technovae_gui.map.loop_rotation import turn, turned
from tests.technovae_gui.conftest import PATIENCE


@pytest.mark.parametrize("phase", [0.0, 0.03, 0.5, 0.96, 0.999])
@pytest.mark.parametrize("wanted", [0.0, 0.26, 0.5, 0.99])
def test_the_wanted_beat_is_the_next_one(phase: float, wanted: float) -> None:
    loop = np.repeat(np.arange(16, dtype=np.float32), 100)[:, None]
    following = (int(phase * 16) + 1) % 16
    sounding = turned(loop, turn(wanted, phase))
    assert sounding[following * 100, 0] == int(wanted * 16)


def test_in_silence_it_begins_there() -> None:
    loop = np.repeat(np.arange(16, dtype=np.float32), 100)[:, None]
    assert turned(loop, turn(0.51, None))[0, 0] == 8


def test_clicking_a_picture_moves_what_is_heard(window: MainWindow, qtbot: Any) -> None:
    found = window.session.map
    assert found is not None
    state, pictures = window.transport.clock, window.sound.pictures
    with qtbot.waitSignal(window.services.loops.auditioned, timeout=PATIENCE):
        window.map_view.choose_segment(found.segments[7].id)
    qtbot.waitUntil(lambda: state.state.auditioning, timeout=PATIENCE)
    qtbot.waitUntil(lambda: 0.05 < (pictures.real.playhead or 0) < 0.4, timeout=PATIENCE)
    pictures.seek_requested.emit(0.75)
    qtbot.waitUntil(lambda: 0.75 <= (pictures.real.playhead or 0) < 0.9, timeout=PATIENCE)


def test_a_click_after_silence_sounds_from_there(window: MainWindow, qtbot: Any) -> None:
    found = window.session.map
    assert found is not None
    with qtbot.waitSignal(window.services.loops.auditioned, timeout=PATIENCE):
        window.map_view.choose_segment(found.segments[7].id)
    qtbot.waitUntil(lambda: window.transport.clock.state.auditioning, timeout=PATIENCE)
    window.transport.stop()
    qtbot.waitUntil(lambda: not window.transport.clock.state.auditioning, timeout=PATIENCE)
    window.sound.pictures.seek_requested.emit(0.5)
    qtbot.waitUntil(
        lambda: 0.5 <= (window.sound.pictures.real.playhead or 0) < 0.7, timeout=PATIENCE
    )
    assert "original" in window.bar.sounding.text()
