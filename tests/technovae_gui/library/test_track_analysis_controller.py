"""Missing keys and spectrograms are made once the map can be played, never during an import."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from core.library.key_analysis import TrackChroma
from core.library.latent_map import LatentMap
from core.library.store import Library
from core.session import Session
from core.workers import tasks
from core.workers.segment_service import Opened
from technovae_gui.library.track_analysis_controller import TrackAnalysisController
from tests.core.library.building import make_library
from tests.technovae_gui.fakes import FakeBackground, FakeJob, FakeSessions

HASH = "a model"


class Decoder(QObject):
    ready = Signal(object)


class Room:
    """The controller with a library of two tracks whose map can be played."""

    def __init__(self, path: Path, latent_map: LatentMap) -> None:
        self.decoder = Decoder()
        with Library.open(path) as library:
            tracks = tuple(library.tracks())
        self.session = Session(
            library_path=path,
            tracks=tracks,
            model_path=Path("a.keras"),
            model_hash=HASH,
            map=latent_map,
        )
        sessions: Any = FakeSessions(self.session)
        self.sessions = sessions
        services: Any = SimpleNamespace(background=FakeBackground(), decoder=self.decoder)
        self.controller = TrackAnalysisController(sessions, services, delay_ms=0)

    def make_playable(self) -> None:
        self.sessions.put_in_place(self.session)
        self.decoder.ready.emit(Opened(HASH, "", 0.1))


@pytest.fixture
def room(qtbot: QtBot, fake_jobs: list[FakeJob], demo_map: LatentMap, tmp_path: Path) -> Room:
    make_library(tmp_path / "library").close()
    return Room(tmp_path / "library", demo_map)


def chroma() -> np.ndarray[Any, np.dtype[np.float32]]:
    found = np.zeros((9, 12), np.float32)
    found[:, [9, 0, 4]] = 0.1, 0.06, 0.08
    return found


def test_it_waits_for_the_decoder(qtbot: QtBot, room: Room, fake_jobs: list[FakeJob]) -> None:
    room.sessions.put_in_place(room.session)
    assert not room.controller._timer.isActive()
    room.decoder.ready.emit(Opened("another model", "", 0.1))
    assert not room.controller._timer.isActive()
    room.decoder.ready.emit(Opened(HASH, "", 0.1))
    qtbot.waitUntil(lambda: len(fake_jobs) == 1)
    assert fake_jobs[0].function is tasks.analyse_tracks
    assert fake_jobs[0].arguments == {"library": room.session.library_path}


def test_what_is_found_is_shown_at_once(qtbot: QtBot, room: Room, fake_jobs: list[FakeJob]) -> None:
    room.make_playable()
    qtbot.waitUntil(lambda: len(fake_jobs) == 1)
    first = room.session.tracks[0]
    with qtbot.waitSignal(room.controller.key_found) as told:
        fake_jobs[0].emitted.emit(TrackChroma(first.id, chroma()))
    assert told.args == [first.id]
    found = room.controller.keys.of_track(first.id)
    assert found is not None
    assert found.camelot == "8A"


def test_a_failure_is_reported_and_not_tried_again(
    qtbot: QtBot, room: Room, fake_jobs: list[FakeJob]
) -> None:
    room.make_playable()
    qtbot.waitUntil(lambda: len(fake_jobs) == 1)
    with qtbot.waitSignal(room.controller.problem) as problem:
        fake_jobs[0].fail("the audio is missing")
    assert problem.args == ["track analysis", "the audio is missing"]
    room.make_playable()
    assert not room.controller._timer.isActive()


def test_an_import_stops_it_and_it_goes_on_afterwards(
    qtbot: QtBot, room: Room, fake_jobs: list[FakeJob]
) -> None:
    room.make_playable()
    qtbot.waitUntil(lambda: len(fake_jobs) == 1)
    room.controller.pause()
    assert fake_jobs[0].log == ["cancel"]
    fake_jobs[0].end_cancelled()
    assert not room.controller._timer.isActive()
    room.controller.resume()
    qtbot.waitUntil(lambda: len(fake_jobs) == 2)


def test_another_library_stops_it_and_gets_nothing_of_it(
    qtbot: QtBot, room: Room, fake_jobs: list[FakeJob], tmp_path: Path
) -> None:
    room.make_playable()
    qtbot.waitUntil(lambda: len(fake_jobs) == 1)
    make_library(tmp_path / "other", 1).close()
    room.sessions.put_in_place(
        replace(room.session, library_path=tmp_path / "other", tracks=(), map=None)
    )
    assert fake_jobs[0].log == ["cancel"]
    fake_jobs[0].emitted.emit(TrackChroma(room.session.tracks[0].id, chroma()))
    assert not room.controller.keys.knows(room.session.tracks[0].id)


def test_known_keys_are_read_and_nothing_is_started(room: Room, fake_jobs: list[FakeJob]) -> None:
    with Library.open(room.session.library_path) as library:
        for track in room.session.tracks:
            library.save_chroma(track.id, chroma())
    room.make_playable()
    assert all(room.controller.keys.knows(track.id) for track in room.session.tracks)
    assert not room.controller._timer.isActive()
    assert fake_jobs == []


def test_a_missing_spectrogram_is_made(qtbot: QtBot, room: Room, fake_jobs: list[FakeJob]) -> None:
    with Library.open(room.session.library_path) as library:
        for track in room.session.tracks:
            library.save_chroma(track.id, chroma())
    next((room.session.library_path / "spectrograms").iterdir()).unlink()
    room.make_playable()
    qtbot.waitUntil(lambda: len(fake_jobs) == 1)


def test_closing_starts_nothing_any_more(room: Room, fake_jobs: list[FakeJob]) -> None:
    room.make_playable()
    assert room.controller._timer.isActive()
    room.controller.close()
    assert not room.controller._timer.isActive()
    room.make_playable()
    assert not room.controller._timer.isActive()
    assert fake_jobs == []
