"""Auditions: a chosen point plays in step with the transport, and its spectrograms are shown."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, Signal

from core import resources
from core.arrangement import edits
from core.arrangement.clip import ClipSource, RealSource, single_sources, with_parts
from core.errors import LibraryError
from core.library.latent_map import LatentMap
from core.playback.player import PlayerState
from core.session import Session
from core.workers.protocol import Priority
from core.workers.service_client import LoopResult, RequestFailed, SpectrogramResult
from technovae_gui.document import Document
from technovae_gui.main_window import MainWindow
from technovae_gui.map import LatentMapView
from technovae_gui.map.controller import AuditionController, rotated, rotation_to_beat
from technovae_gui.spectrogram import SpectrogramPanel
from tests.technovae_gui.conftest import PATIENCE
from tests.technovae_gui.fakes import FakeBackground, FakeSessions
from tests.technovae_gui.map.mouse import at

LOOP = np.repeat(np.arange(16, dtype=np.float32), 100)[:, None]
"""Sixteen beats of 100 samples, each with its number as its value."""
KICK, BASS, DRUMS, REST = range(4)
PICTURE = np.full((512, 128), -30.0, np.float32)


class FakeLoops(QObject):
    """Notes what is asked for; the test answers."""

    partial = Signal(object)
    auditioned = Signal(object)
    failed = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[ClipSource, float, int]] = []
        self.separated: list[ClipSource] = []
        self.prepared: list[tuple[ClipSource, float, int]] = []
        self.beats: list[int] = []

    def prepare(
        self, source: ClipSource, bpm: float, *, bar: int, beats: int, separated: bool = False
    ) -> None:
        self.prepared.append((source, bpm, bar))
        self.beats.append(beats)

    def audition(
        self, source: ClipSource, bpm: float, *, bar: int, beats: int, separated: bool = False
    ) -> None:
        self.asked.append((source, bpm, bar))
        self.beats.append(beats)
        if separated:
            self.separated.append(source)


class FakeDecoder(QObject):
    """Notes which spectrograms are asked for."""

    spectrogram_ready = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Hashable, ClipSource]] = []

    def spectrogram(self, key: Hashable, source: ClipSource) -> None:
        self.asked.append((key, source))


class FakePlayer:
    """Notes what is auditioned; None for the end."""

    def __init__(self) -> None:
        self.auditioned: list[tuple[np.ndarray, float] | None] = []
        self.gains_db: list[float] = []
        self.parts: np.ndarray | None = None
        self.part_gains: tuple[float, ...] = ()

    def audition(
        self,
        loop: np.ndarray,
        bpm: float,
        gain_db: float = 0.0,
        parts: np.ndarray | None = None,
    ) -> None:
        self.auditioned.append((loop, bpm))
        self.gains_db.append(gain_db)
        self.parts = parts

    def separate_audition(self, loop: np.ndarray, parts: np.ndarray) -> None:
        assert self.auditioned[-1] is not None
        assert self.auditioned[-1][0] is loop
        self.parts = parts

    def set_part_gains(self, gains: tuple[float, ...]) -> None:
        self.part_gains = gains

    def end_audition(self) -> None:
        self.auditioned.append(None)


@dataclass
class Room:
    """The map room around a controller, without processes and threads."""

    view: LatentMapView
    spectrograms: SpectrogramPanel
    document: Document
    sessions: FakeSessions
    read: list[str] = field(default_factory=list)
    unreadable: str = ""
    while_reading: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.loops, self.decoder, self.player = FakeLoops(), FakeDecoder(), FakePlayer()
        services: Any = SimpleNamespace(
            loops=self.loops,
            decoder=self.decoder,
            player=self.player,
            background=FakeBackground(),
            segments=SimpleNamespace(spectrogram=self._spectrogram),
        )
        sessions: Any = self.sessions
        self.controller = AuditionController(
            sessions, services, self.document, self.view, self.spectrograms
        )
        self.names: list[str] = []
        self.problems: list[tuple[str, str]] = []
        self.controller.audition_changed.connect(self.names.append)
        self.controller.problem.connect(lambda *problem: self.problems.append(problem))

    def answer(self, source: ClipSource, bpm: float, picture: np.ndarray | None = None) -> None:
        """Let the loop of `source` arrive."""
        renderer = "original" if picture is None else "mosaic"
        result = LoopResult("key", source, bpm, LOOP, picture, renderer, Priority.AUDITION)
        self.loops.auditioned.emit(result)

    def answer_parts(self, source: ClipSource, gain_db: float = 0.0) -> None:
        """Let the loop of `source` arrive with its parts, each a quarter of it."""
        bpm = self.document.arrangement.bpm
        result = LoopResult("key", source, bpm, LOOP, None, "mosaic", Priority.AUDITION, gain_db)
        self.loops.auditioned.emit(replace(result, parts=np.stack([LOOP / 4] * 4)))

    def _spectrogram(self, session: Session, segment_id: str) -> np.ndarray:
        if self.unreadable:
            raise LibraryError(self.unreadable)
        self.read.append(segment_id)
        self.while_reading()
        return PICTURE


@pytest.fixture
def room(view: LatentMapView, demo_map: LatentMap, document: Document, qtbot: Any) -> Room:
    spectrograms = SpectrogramPanel()
    qtbot.addWidget(spectrograms)
    return Room(view, spectrograms, document, FakeSessions(Session(1, map=demo_map)))


def test_a_segment_plays_and_both_spectrograms_are_shown(room: Room, demo_map: LatentMap) -> None:
    room.view.chosen.choose_row(7)
    segment, bpm = demo_map.segments[7], room.document.arrangement.bpm
    assert room.loops.asked == [(RealSource(segment.id), bpm, 0)]
    assert room.view.scene.playing is room.view.scene.chosen
    assert room.spectrograms.real.title == "Original"
    ((key, source),) = room.decoder.asked
    room.decoder.spectrogram_ready.emit(SpectrogramResult(key, source, PICTURE))
    assert room.spectrograms.error_db == 0.0
    room.answer(RealSource(segment.id), bpm)
    assert room.player.auditioned[-1][1] == bpm
    title = demo_map.title(segment)
    assert room.names == [title, f"{title} · original"]


@pytest.mark.parametrize("on_a_dot", [False, True])
def test_a_press_prepares_what_its_release_chooses(
    room: Room, demo_map: LatentMap, on_a_dot: bool
) -> None:
    """With the same latent to the last bit, as it is found by that."""
    canvas = room.view.canvas
    xy = demo_map.xy[7] if on_a_dot else (0.413, 0.587)
    hit = canvas.hit_test(room.view.viewport.pixel((float(xy[0]), float(xy[1]))))
    canvas.gestures.press(hit, pan=False)
    assert room.loops.asked == []
    canvas.gestures.release(hit.pos)
    assert room.loops.prepared == room.loops.asked
    assert len(room.loops.asked) == 1


def test_what_only_pans_or_selects_prepares_nothing(room: Room, demo_map: LatentMap) -> None:
    gestures, xy = room.view.canvas.gestures, demo_map.xy[7]
    hit = room.view.canvas.hit_test(room.view.viewport.pixel((float(xy[0]), float(xy[1]))))
    gestures.press(hit, pan=True)
    gestures.release(hit.pos)
    gestures.press(replace(hit, modifiers=Qt.KeyboardModifier.ControlModifier), pan=False)
    gestures.release(hit.pos)
    assert room.loops.prepared == []


def test_the_original_is_shown_though_the_layout_changed_while_it_was_read(
    room: Room, demo_map: LatentMap
) -> None:
    elsewhere = replace(demo_map, xy=1.0 - demo_map.xy)
    room.while_reading = lambda: room.view.placement.placed.emit(elsewhere)
    room.view.chosen.choose_row(7)
    assert room.view.scene.map is elsewhere
    assert room.spectrograms.real.values is not None


def test_a_latent_plays_next_to_its_nearest_segment(room: Room, demo_map: LatentMap) -> None:
    room.view.choose_xy((0.4, 0.6))
    point = room.view.scene.chosen
    assert room.read == [point.segment_id]
    assert room.spectrograms.real.title == "Nearest original"
    assert room.spectrograms.decoded.values is None
    assert room.decoder.asked == []
    room.answer(point.source, 130.0, PICTURE)
    assert room.spectrograms.decoded.title == "Decoded"
    assert room.names == [f"{point.label} · decoding", f"{point.label} · audio mosaic"]


def test_only_the_last_choice_is_played(room: Room, demo_map: LatentMap) -> None:
    room.view.chosen.choose_row(7)
    room.view.chosen.choose_row(8)
    room.answer(RealSource(demo_map.segments[7].id), 130.0)
    assert room.player.auditioned == []


def test_a_point_is_awaited_until_it_sounds_fails_or_is_silenced(
    room: Room, demo_map: LatentMap
) -> None:
    bpm = room.document.arrangement.bpm
    awaited = []
    for row in (7, 8, 9):
        room.view.chosen.choose_row(row)
        assert room.controller.is_awaited
        source = RealSource(demo_map.segments[row].id)
        if row == 7:
            room.answer(source, bpm)
        elif row == 8:
            room.loops.failed.emit(source, "the file is gone")
        else:
            room.controller.silence()
        awaited.append(room.controller.is_awaited)
    assert awaited == [False, False, False]
    room.answer(RealSource(demo_map.segments[9].id), bpm)
    assert room.player.auditioned[-1] is None


def test_parts_are_not_copied_on_their_way_to_the_player(room: Room, demo_map: LatentMap) -> None:
    room.view.chosen.choose_row(7)
    source, bpm = RealSource(demo_map.segments[7].id), room.document.arrangement.bpm
    parts = np.stack([LOOP / 4] * 4)
    result = LoopResult("key", source, bpm, LOOP, None, "original", Priority.AUDITION)
    room.loops.auditioned.emit(replace(result, parts=parts))
    assert room.player.parts is parts


def test_a_failed_loop_is_reported(room: Room, demo_map: LatentMap) -> None:
    room.view.chosen.choose_row(7)
    room.loops.failed.emit(RealSource(demo_map.segments[8].id), "not this one")
    room.loops.failed.emit(RealSource(demo_map.segments[7].id), "the file is gone")
    assert room.problems == [("sound", "the file is gone")]
    assert room.names[-1] == ""


def test_what_sounded_ends_where_the_next_place_cannot_be_heard(
    room: Room, demo_map: LatentMap
) -> None:
    room.view.chosen.choose_row(7)
    room.answer(RealSource(demo_map.segments[7].id), room.document.arrangement.bpm)
    room.view.chosen.choose_row(8)
    room.loops.failed.emit(RealSource(demo_map.segments[8].id), "the file is gone")
    assert room.player.auditioned[-1] is None
    assert room.view.scene.playing is None
    assert room.names[-1] == ""


def test_a_segment_that_cannot_be_read_or_decoded_is_reported(room: Room) -> None:
    room.unreadable = "the disk is gone"
    room.view.chosen.choose_row(7)
    assert room.problems == [("spectrogram", "the disk is gone")]
    ((key, _),) = room.decoder.asked
    room.decoder.failed.emit(RequestFailed(key, "no model"))
    assert room.spectrograms.decoded.title == "Decoded: no model"


def test_a_picture_for_the_card_is_read_once(room: Room, demo_map: LatentMap) -> None:
    segment = demo_map.segments[3].id
    for segment_id in (segment, "", segment):
        room.view.hovered.emit(segment_id)
    assert room.read == [segment]
    assert room.view.has_hover_picture(segment)


def test_another_tempo_asks_for_the_loop_again(room: Room) -> None:
    room.view.chosen.choose_row(7)
    room.document.edit("tempo", lambda now: edits.set_tempo(now, 140.0))
    assert [bpm for _, bpm, _ in room.loops.asked][-1] == 140.0
    room.controller.silence()
    room.document.edit("tempo", lambda now: edits.set_tempo(now, 141.0))
    assert len(room.loops.asked) == 2


def test_the_bar_that_comes_next_is_asked_for_first(room: Room) -> None:
    room.controller.show(PlayerState(auditioning=True, audition_phase=0.49))
    room.view.chosen.choose_row(7)
    assert room.loops.asked[-1][2] == 2
    assert room.loops.beats[-1] == 4


def test_in_silence_the_first_beats_of_the_first_bar_are_enough(room: Room) -> None:
    room.view.chosen.choose_row(7)
    assert room.loops.asked[-1][2] == 0
    assert room.loops.beats[-1] == 1


def test_the_bar_takes_the_place_of_its_first_beat(room: Room, demo_map: LatentMap) -> None:
    room.view.chosen.choose_xy((0.413, 0.587))
    (source, bpm, bar), loop = room.loops.asked[-1], LOOP.copy()
    beat = LoopResult(
        "key", source, bpm, LOOP, PICTURE, "mosaic", Priority.AUDITION, bar=bar, beats=1
    )
    room.loops.partial.emit(beat)
    for _ in range(2):  # what comes again is not begun again
        room.loops.partial.emit(replace(beat, loop=loop, beats=4))
    assert [heard is not None and heard[0] is loop for heard in room.player.auditioned] == [
        False,
        True,
    ]


def test_silence_and_a_click_on_a_spectrogram(room: Room, demo_map: LatentMap) -> None:
    room.view.chosen.choose_row(7)
    room.answer(RealSource(demo_map.segments[7].id), 130.0)
    room.controller.silence()
    assert room.player.auditioned[-1] is None
    assert room.view.scene.playing is None
    room.spectrograms.seek_requested.emit(0.51)
    loop, _ = room.player.auditioned[-1]
    assert loop[0, 0] == 8
    assert room.view.scene.playing is room.view.scene.chosen
    assert room.names[-1].endswith(" · original")


def test_the_playhead_goes_along(room: Room, demo_map: LatentMap) -> None:
    room.view.chosen.choose_row(7)
    room.answer(RealSource(demo_map.segments[7].id), 130.0)
    room.controller.show(PlayerState(auditioning=True, audition_phase=0.25))
    assert room.spectrograms.real.playhead == 0.25
    assert room.view.scene.phase == 0.25
    room.controller.show(PlayerState())
    assert room.spectrograms.real.playhead is None


def test_on_another_map_the_point_plays_at_its_new_position(
    room: Room, demo_map: LatentMap
) -> None:
    room.view.chosen.choose_row(7)
    room.answer(RealSource(demo_map.segments[7].id), 130.0)
    room.controller.silence()
    moved = replace(demo_map, xy=1.0 - demo_map.xy)
    room.sessions.put_in_place(Session(2, map=moved))
    room.spectrograms.seek_requested.emit(0.0)
    assert room.view.scene.playing.xy == tuple(moved.xy[7])


@pytest.mark.parametrize("phase", [0.0, 0.03, 0.5, 0.96, 0.999])
@pytest.mark.parametrize("wanted", [0.0, 0.26, 0.5, 0.99])
def test_the_wanted_beat_is_the_next_one(phase: float, wanted: float) -> None:
    following = (int(phase * 16) + 1) % 16
    loop = rotated(LOOP, rotation_to_beat(wanted, phase))
    assert loop[following * 100, 0] == int(wanted * 16)


def test_in_silence_the_loop_starts_at_the_wanted_beat() -> None:
    assert rotated(LOOP, rotation_to_beat(0.51, None))[0, 0] == 8


def test_a_click_on_a_spectrogram_moves_what_plays(window: MainWindow, qtbot: Any) -> None:
    found = window.session.map
    assert found is not None
    clock, pictures = window.transport.clock, window.sound.pictures
    with qtbot.waitSignal(window.services.loops.auditioned, timeout=PATIENCE):
        window.map_view.choose_segment(found.segments[7].id)
    qtbot.waitUntil(lambda: clock.state.auditioning, timeout=PATIENCE)
    qtbot.waitUntil(lambda: 0.05 < (pictures.real.playhead or 0) < 0.4, timeout=PATIENCE)
    pictures.seek_requested.emit(0.75)
    qtbot.waitUntil(lambda: 0.75 <= (pictures.real.playhead or 0) < 0.9, timeout=PATIENCE)


@pytest.fixture
def with_parts_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As if the network that tells parts apart were there."""
    (tmp_path / "parts.keras").touch()
    monkeypatch.setattr(resources, "parts_model", lambda: tmp_path / "parts.keras")


@pytest.mark.usefixtures("with_parts_model")
def test_a_part_is_muted_while_it_sounds_and_asked_for_once(room: Room) -> None:
    room.view.choose_xy((0.4, 0.6))
    source, bpm = room.view.scene.chosen.source, room.document.arrangement.bpm
    room.answer(source, bpm, PICTURE)
    assert room.loops.separated == []
    assert room.player.parts is None
    room.view.parts.toggle(KICK)
    room.view.parts.toggle(REST)
    assert room.player.part_gains == (0.0, 1.0, 1.0, 0.0)
    assert room.loops.separated == [source]
    room.answer_parts(source)
    assert len(room.player.auditioned) == 1  # it goes on
    assert room.player.parts.shape == (4, *LOOP.shape)
    room.view.parts.toggle(KICK)
    assert room.player.part_gains == (1.0, 1.0, 1.0, 0.0)
    assert room.loops.separated == [source]
    assert room.names[-1].endswith("mosaic · without rest")


@pytest.mark.usefixtures("with_parts_model")
def test_parts_follow_the_beat_that_a_loop_was_turned_to(room: Room) -> None:
    room.view.choose_xy((0.4, 0.6))
    source = room.view.scene.chosen.source
    room.answer(source, room.document.arrangement.bpm, PICTURE)
    room.controller.seek(0.5)
    room.view.parts.solo(BASS)
    room.answer_parts(source)
    np.testing.assert_array_equal(room.player.parts.sum(axis=0), room.player.auditioned[-1][0])


@pytest.mark.usefixtures("with_parts_model")
def test_a_locked_part_stays_at_its_level_when_another_point_is_clicked(room: Room) -> None:
    room.view.choose_xy((0.4, 0.6))
    first = room.view.scene.chosen.source
    room.answer_parts(first, gain_db=-3.0)
    room.view.map_actions.toggle_lock(KICK)
    room.view.choose_xy((0.6, 0.3))
    second = room.view.scene.chosen.source
    both = with_parts([first, second, second, second])
    assert room.loops.separated[-1] == both
    room.answer_parts(both, gain_db=2.0)
    assert room.player.gains_db == [-3.0, -3.0]
    hit = room.view.canvas.hit_test(at(room.view, (0.6, 0.3)))
    room.view.parts.toggle(DRUMS)
    assert room.view.parts.apply(second) == replace(both, muted=(False, False, True, False))
    assert single_sources(room.view.map_actions.sources(hit)[0].source)[0] == first
    room.view.map_actions.toggle_lock(KICK)
    assert room.loops.asked[-1][0] == second
    room.answer_parts(second, gain_db=2.0)
    assert room.player.gains_db[-1] == 2.0


@pytest.mark.usefixtures("with_parts_model")
def test_another_library_has_no_locks_and_without_the_network_there_are_none(
    room: Room, demo_map: LatentMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.view.choose_xy((0.4, 0.6))
    room.view.map_actions.toggle_lock(KICK)
    assert room.view.parts.in_use
    room.sessions.session_changed.emit(Session(2, Path("other"), map=demo_map))
    assert not room.view.parts.in_use
    room.view.parts.toggle(KICK)
    monkeypatch.setattr(resources, "parts_model", lambda: Path("no such file"))
    room.sessions.session_changed.emit(Session(3, Path("other"), map=demo_map))
    assert not room.view.parts.in_use
    assert not room.view.tools.parts.isEnabled()
    room.view.parts.toggle(KICK)
    room.view.map_actions.toggle_lock(KICK)
    assert not room.view.parts.in_use


def test_dots_of_a_corrected_beat_grid_are_faint_until_their_new_map_is_there(
    room: Room, demo_map: LatentMap
) -> None:
    first, *others = demo_map.tracks.values()
    (section,) = first.sections
    nudged = replace(first, sections=(replace(section, downbeat=section.downbeat + 0.1),))
    corrected = Session(2, tracks=(*others, nudged), map=demo_map)
    room.sessions.put_in_place(corrected)
    rows = [row for row, it in enumerate(demo_map.segments) if it.track_id == first.id]
    assert np.flatnonzero(room.view.scene.opacity() < 1.0).tolist() == rows
    tracks = {**demo_map.tracks, first.id: nudged}
    room.sessions.put_in_place(replace(corrected, map=replace(demo_map, tracks=tracks)))
    assert (room.view.scene.opacity() == 1.0).all()
