"""The message where the map will be: what a library lacks, and the button to the next step."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, Signal

from core.library.latent_map import LatentMap
from core.session import Session
from technovae_gui.map import LatentMapView
from technovae_gui.map.empty_state import EmptyState
from tests.technovae_gui.fakes import FakeSessions

MODEL = Path("vae_best.keras")


class FakeJobSlot(QObject):
    """A job slot that is busy when the test says so."""

    started = Signal()
    finished = Signal()
    busy = False
    context: Any = None


@dataclass
class Room:
    """The map's view without a map, around its empty state."""

    view: LatentMapView
    tracks: tuple[Any, ...]

    def __post_init__(self) -> None:
        self.sessions = FakeSessions(Session())
        self.importing, self.training = FakeJobSlot(), FakeJobSlot()
        library = Session().library_path
        self.importing.context = SimpleNamespace(library=library)
        self.training.context = library
        sessions: Any = self.sessions
        jobs: Any = (self.importing, self.training)
        self.state = EmptyState(sessions, self.view, *jobs)
        self.view.set_map(None)

    def message(self, *, tracks: bool, model: bool) -> str:
        """What is shown for a library like this one."""
        self.sessions.put_in_place(
            Session(tracks=self.tracks if tracks else (), model_path=MODEL if model else None)
        )
        return str(self.view.scene.message)


@pytest.fixture
def room(view: LatentMapView, demo_map: LatentMap) -> Room:
    return Room(view, tuple(demo_map.tracks.values()))


@pytest.mark.parametrize(
    ("tracks", "signal"), [(False, "library_wanted"), (True, "training_wanted")]
)
def test_its_button_leads_to_the_next_step(
    room: Room, qtbot: Any, tracks: bool, signal: str
) -> None:
    button = room.view.overlays.button
    assert not button.isVisible()
    room.message(tracks=tracks, model=False)
    assert button.isVisible()
    with qtbot.waitSignal(getattr(room.state, signal)):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_it_has_no_button_while_a_map_or_a_model_is_made(room: Room) -> None:
    button = room.view.overlays.button
    assert "Placing" in room.message(tracks=True, model=True)
    assert not button.isVisible()
    room.training.busy = True
    assert "Learning" in room.message(tracks=True, model=False)
    assert not button.isVisible()
    room.training.busy = False
    room.training.finished.emit()
    assert button.isVisible()


def test_a_map_hides_it(room: Room, demo_map: LatentMap) -> None:
    room.message(tracks=True, model=False)
    room.view.set_map(demo_map)
    room.sessions.put_in_place(Session(tracks=room.tracks, map=demo_map))
    assert not room.view.overlays.button.isVisible()


def test_it_asks_for_no_music_while_some_is_imported(room: Room) -> None:
    button = room.view.overlays.button
    assert "will be here" in room.message(tracks=False, model=False)
    room.importing.busy = True
    room.importing.started.emit()
    assert "Importing" in str(room.view.scene.message)
    assert not button.isVisible()
    assert "Importing" in room.message(tracks=True, model=False)  # its first file is there
    room.importing.busy = False
    room.importing.finished.emit()
    assert "No model" in str(room.view.scene.message)
    assert button.isVisible()


def test_it_speaks_of_the_library_that_is_shown(room: Room) -> None:
    """Fault: while one was learned or imported, so seemed every other that was opened."""
    room.importing.context = SimpleNamespace(library=Path("another"))
    room.training.context = Path("another")
    room.importing.busy = True
    assert "will be here" in room.message(tracks=False, model=False)
    room.training.busy = True
    assert "another library" in room.message(tracks=True, model=False)
    assert not room.view.overlays.button.isVisible(), "one training at a time"
    room.training.context = Session().library_path
    assert "Learning your music" in room.message(tracks=True, model=False)
