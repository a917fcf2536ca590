"""The selected clip's spectrograms: asked for once, shown, and dropped when another is selected."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from core.arrangement import edits
from core.arrangement.clip import Clip, LatentSource, RealSource
from core.library.latent_map import LatentMap
from core.playback.player import PlayerState
from core.session import Session
from core.settings import TICKS_PER_SEGMENT
from core.workers.service_client import RequestFailed, SpectrogramResult
from technovae_gui.document import Document
from technovae_gui.inspector.clip_pictures import ClipPictures
from technovae_gui.inspector.sound_panel import SoundPanel
from tests.technovae_gui.fakes import FakeBackground, FakeSessions

FLAT = np.full((512, 128), -40.0, np.float32)


class FakeDecoder(QObject):
    """Takes requests; the test answers."""

    spectrogram_ready = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Any, Any]] = []

    def spectrogram(self, key: Any, source: Any) -> None:
        self.asked.append((key, source))

    def answer(self, number: int = -1) -> None:
        key, source = self.asked[number]
        self.spectrogram_ready.emit(SpectrogramResult(key, source, FLAT))


class Room:
    """The controller with two clips: a segment and the latent between two others."""

    def __init__(self, document: Document, latent_map: LatentMap, qtbot: Any) -> None:
        self.document, self.map = document, latent_map
        self.panel = SoundPanel(document)
        qtbot.addWidget(self.panel)
        self.decoder, self.read, self.sought = FakeDecoder(), [], []
        sessions: Any = FakeSessions(Session(map=latent_map))
        services: Any = SimpleNamespace(
            decoder=self.decoder,
            background=FakeBackground(),
            segments=SimpleNamespace(spectrogram=self._spectrogram),
            player=SimpleNamespace(seek=self.sought.append),
        )
        between = latent_map.latents[[3, 9]].mean(axis=0)
        latent = LatentSource((tuple(between.tolist()),), model_hash=latent_map.model_hash)
        for clip in (
            Clip("real", RealSource(latent_map.segments[40].id), 0, name="Real"),
            Clip("latent", latent, 2 * TICKS_PER_SEGMENT, name="Latent"),
        ):
            lane = document.arrangement.lanes[0].id
            document.edit("place", lambda now, it=clip, to=lane: edits.add(now, to, it))
        self.pictures = ClipPictures(
            sessions, services, document, self.panel, lambda clip: clip.name
        )

    def _spectrogram(self, session: Session, segment_id: str) -> Any:
        self.read.append(segment_id)
        return FLAT + 1


@pytest.fixture
def room(document: Document, demo_map: LatentMap, qtbot: Any) -> Room:
    return Room(document, demo_map, qtbot)


def test_a_segment_is_shown_with_what_the_model_keeps_of_it(room: Room) -> None:
    room.document.select(["real"])
    assert (room.panel.shows_clip, room.panel.title.accessibleName()) == (True, "Real")
    assert room.read == [room.map.segments[40].id]
    room.decoder.answer()
    assert room.panel.clip_pictures.error_db == pytest.approx(1.0)


def test_a_latent_is_shown_beside_the_nearest_original(room: Room) -> None:
    room.document.select(["latent"])
    assert len(room.read) == 1
    assert room.panel.clip_pictures.real.title == "Nearest original"
    assert room.decoder.asked[0][1].model_hash == room.map.model_hash


def test_an_answer_for_another_clip_is_dropped(room: Room) -> None:
    room.document.select(["real"])
    room.document.select(["latent"])
    room.decoder.answer(0)
    assert room.panel.clip_pictures.decoded.values is None
    key = room.decoder.asked[1][0]
    room.decoder.failed.emit(RequestFailed(key, "no model"))
    assert "no model" in room.panel.clip_pictures.decoded.title


def test_nothing_is_asked_again_while_the_clip_only_moves(room: Room) -> None:
    room.document.select(["real"])
    room.document.edit("move", lambda now: edits.move(now, ["real"], ticks=0, lanes=1))
    assert len(room.decoder.asked) == 1
    room.document.select([])
    assert not room.panel.shows_clip


def test_a_click_plays_from_there_and_the_playhead_follows(room: Room) -> None:
    room.document.select(["latent"])
    room.panel.clip_pictures.seek_requested.emit(0.5)
    arrangement = room.document.arrangement
    assert room.sought == [arrangement.frame(round(2.5 * TICKS_PER_SEGMENT))]
    room.pictures.show(PlayerState(frame=room.sought[0], playing=True))
    assert room.panel.clip_pictures.real.playhead == pytest.approx(0.5, abs=1e-3)
    room.pictures.show(PlayerState(frame=0, playing=True))
    assert room.panel.clip_pictures.real.playhead is None
