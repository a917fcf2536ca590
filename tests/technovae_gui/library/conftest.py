"""A library of made-up tracks, and panels that show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.library.latent_map import LatentMap
from core.library.tracks import Track
from core.rhythm.grid import BeatGrid
from technovae_gui.library import BeatGridEditor, LibraryPanel
from technovae_gui.library.waveform import PEAKS_PER_SECOND


@pytest.fixture
def tracks(demo_map: LatentMap) -> list[Track]:
    """Three tracks of the demo; the second has an artist, the third no steady beat."""
    first, second, third = list(demo_map.tracks.values())[:3]
    unsteady = BeatGrid.default(third.seconds, 130.0, 0.2)
    return [
        first,
        replace(second, artist="Kaito Ruiz"),
        replace(third, grid=unsteady, warnings=("2 samples above full scale",)),
    ]


@pytest.fixture
def panel(qtbot: QtBot, tracks: list[Track], tmp_path: Path) -> LibraryPanel:
    """The panel with a library of the user's own."""
    made = LibraryPanel()
    qtbot.addWidget(made)
    made.resize(420, 700)
    made.set_library(tmp_path / "My techno")
    made.set_tracks(tracks)
    made.show()
    return made


@pytest.fixture
def now() -> list[float]:
    """The time that the editor's clock says, to be moved."""
    return [100.0]


@pytest.fixture
def editor(qtbot: QtBot, tracks: list[Track], now: list[float]) -> BeatGridEditor:
    """The grid editor with the first track, 120 s over 400 pixels at most."""
    made = BeatGridEditor(clock=lambda: now[0])
    qtbot.addWidget(made)
    made.resize(420, 360)
    made.show()
    track = tracks[0]
    peaks = np.tile(np.float32([[-0.5, 0.5]]), (round(track.seconds * PEAKS_PER_SECOND), 1))
    made.set_track(track, peaks, track.seconds)
    return made


@pytest.fixture
def press(qtbot: QtBot, editor: BeatGridEditor) -> Callable[..., None]:
    """Press a key on the waveform."""

    def pressed(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        qtbot.keyClick(editor.wave, key, held)

    editor.wave.setFocus()
    return pressed
