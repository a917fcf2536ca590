"""Pictures of clips, from the view's request to the picture, with workers that are only played."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from core.arrangement import edits
from core.arrangement.clip import ClipSource, LatentSource
from core.session import Session
from core.settings import segment_frames
from core.workers.service_client import RequestFailed, SpectrogramResult
from technovae_gui.document import Document
from technovae_gui.timeline import TimelineView
from technovae_gui.timeline import view as view_module
from technovae_gui.timeline.controller import TimelineController
from tests.technovae_gui.timeline.mouse_driver import clip


class FakeSessions(QObject):
    session_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(generation=1)

    def put(self, session: Session) -> None:
        self.session = session
        self.session_changed.emit(session)


class FakeLoops(QObject):
    arrived = Signal(object)
    failed = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.known: set[ClipSource] = set()

    def loop(self, source: ClipSource, bpm: float) -> np.ndarray | None:
        return np.ones((segment_frames(bpm), 2), np.float32) if source in self.known else None

    def want(self, *_: object) -> None: ...


class FakeDecoder(QObject):
    spectrogram_ready = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Any] = []

    def spectrogram(self, key: object, source: ClipSource, *, parts: bool = False) -> None:
        self.asked.append((key, source))


class FakeBackground:
    """Runs work at once."""

    def submit(self, work: Callable[[], Any], done: Callable[[Any], None], _failed: object) -> None:
        done(work())


class Room:
    """The timeline with its controller, and the workers around it."""

    def __init__(self, document: Document, view: TimelineView) -> None:
        self.view, self.sessions = view, FakeSessions()
        self.loops, self.decoder = FakeLoops(), FakeDecoder()
        player = SimpleNamespace(set_arrangement=lambda *_: None)
        services: Any = SimpleNamespace(
            loops=self.loops, decoder=self.decoder, background=FakeBackground(), player=player
        )
        sessions: Any = self.sessions
        self.controller = TimelineController(sessions, services, document, view, view)
        self.now = 100.0

    def later(self) -> None:
        """The view may ask again for what did not come; a clip is painted again."""
        self.now += 60.0
        self.view.canvas.update()


LATENT = LatentSource.of(np.zeros(64))


@pytest.fixture
def room(document: Document, view: TimelineView, monkeypatch: pytest.MonkeyPatch) -> Room:
    """One real clip and one latent."""
    made = Room(document, view)
    monkeypatch.setattr(view_module.time, "monotonic", lambda: made.now)
    clips = [(0, clip("a", 0)), (1, clip("z", 0).changed(source=LATENT))]
    document.reset(edits.put(Document().arrangement, clips))
    return made


def test_a_loop_that_arrives_is_drawn(room: Room, document: Document, qtbot: Any) -> None:
    source = document.arrangement.clip("a").source
    with qtbot.waitSignal(room.view.missing_thumbnails):
        pass
    assert source in room.view.missing()
    room.loops.known.add(source)
    room.loops.arrived.emit(source)
    assert source not in room.view.missing()


def test_a_spectrogram_that_failed_is_asked_for_again(room: Room, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: len(room.decoder.asked) == 1)
    (key, source) = room.decoder.asked[0]
    room.decoder.failed.emit(RequestFailed(key, "the process has died"))
    room.later()
    qtbot.waitUntil(lambda: len(room.decoder.asked) == 2)
    spectrogram = np.full((512, 128), -30.0, np.float32)
    room.decoder.spectrogram_ready.emit(SpectrogramResult(key, source, spectrogram))
    assert LATENT not in room.view.missing()


def test_after_a_grid_correction_pictures_are_drawn_anew(
    room: Room, document: Document, qtbot: Any
) -> None:
    source = document.arrangement.clip("a").source
    room.loops.known.add(source)
    qtbot.waitUntil(lambda: source not in room.view.missing())
    room.loops.known.clear()
    other: Any = SimpleNamespace(id="track")
    room.sessions.put(replace(room.sessions.session, generation=2, tracks=(other,)))
    assert source in room.view.missing()
    room.loops.known.add(source)
    qtbot.waitUntil(lambda: source not in room.view.missing())


def test_the_same_music_keeps_its_pictures(room: Room, document: Document, qtbot: Any) -> None:
    source = document.arrangement.clip("a").source
    room.loops.known.add(source)
    qtbot.waitUntil(lambda: source not in room.view.missing())
    room.sessions.put(replace(room.sessions.session, generation=2))
    assert source not in room.view.missing()


def test_a_better_model_draws_latents_anew_and_shows_the_old_pictures_until_then(
    room: Room, document: Document, qtbot: Any
) -> None:
    real, spectrogram = document.arrangement.clip("a").source, np.zeros((512, 128), np.float32)
    room.loops.known.add(real)
    qtbot.waitUntil(lambda: len(room.decoder.asked) == 1)
    key, source = room.decoder.asked[0]
    room.decoder.spectrogram_ready.emit(SpectrogramResult(key, source, spectrogram))
    room.sessions.put(replace(room.sessions.session, generation=2, model_hash="better"))
    qtbot.waitUntil(lambda: len(room.decoder.asked) == 2)
    thumbnails = room.view.clip_style.thumbnails
    assert LATENT in thumbnails
    assert room.view.missing() == [LATENT]
    room.decoder.spectrogram_ready.emit(SpectrogramResult(key, source, spectrogram))
    assert room.view.missing() == []
