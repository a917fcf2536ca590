"""The history: what is heard is listed, played again, starred, dragged, and kept by library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtTest import QTest

from core import resources, user_folders
from core.arrangement.clip import LatentSource
from core.session import Session, open_session
from core.workers.service_client import SpectrogramResult
from technovae_gui import mime
from technovae_gui.history import HistoryPanel
from technovae_gui.history.controller import HistoryController
from technovae_gui.map.map_point import MapPoint, point_at, segment_point
from tests.technovae_gui.fakes import FakeBackground

LEFT = Qt.MouseButton.LeftButton
SEEN = np.full((512, 128), -40.0, np.float32)


class FakeSessions(QObject):
    session_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.session = Session()

    def put(self, session: Session) -> None:
        self.session = session
        self.session_changed.emit(session)


class FakeDecoder(QObject):
    spectrogram_ready = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Any] = []

    def spectrogram(self, key: object, source: object) -> None:
        self.asked.append((key, source))


@pytest.fixture(scope="module")
def session() -> Session:
    return open_session(resources.demo_library(), resources.demo_model(), generation=1)


class Room:
    def __init__(self, qtbot: Any, session: Session) -> None:
        self.sessions, self.decoder = FakeSessions(), FakeDecoder()
        self.read: list[str] = []
        segments = SimpleNamespace(spectrogram=self._read)
        services: Any = SimpleNamespace(
            background=FakeBackground(), decoder=self.decoder, segments=segments
        )
        self.panel = HistoryPanel()
        self.panel.resize(320, 400)
        self.controller = HistoryController(self.sessions, services, self.panel)  # type: ignore[arg-type]
        self.played: list[MapPoint] = []
        self.problems: list[str] = []
        self.controller.audition_requested.connect(self.played.append)
        self.controller.problem.connect(lambda topic, line: self.problems.append(line))
        self.sessions.put(session)
        qtbot.addWidget(self.panel, before_close_func=lambda _: self.controller.close())
        with qtbot.waitExposed(self.panel):
            self.panel.show()

    def _read(self, session: Session, segment_id: str) -> np.ndarray:
        self.read.append(segment_id)
        return SEEN

    @property
    def names(self) -> list[str]:
        model = self.panel.model
        return [model.data(model.index(row)) for row in range(model.rowCount())]

    def click(self, row: int, *, star: bool = False) -> None:
        rect = self.panel.list.visualRect(self.panel.model.index(row))
        x = rect.right() - 8 if star else rect.left() + 120
        QTest.mouseClick(self.panel.list.viewport(), LEFT, pos=QPoint(x, rect.center().y()))


@pytest.fixture
def room(qtbot: Any, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr(user_folders, "data_folder", lambda: tmp_path)
    return Room(qtbot, session)


def points(session: Session) -> tuple[MapPoint, MapPoint]:
    assert session.map is not None
    return segment_point(session.map, 4), point_at(session.map, (0.31, 0.42))


def test_what_is_heard_is_listed_and_played_again(room: Room, session: Session) -> None:
    segment, between = points(session)
    room.controller.add(segment, None)
    room.controller.add(between, SEEN)
    assert room.names == [between.label, segment.label]
    assert not room.panel.empty.isVisible()
    room.click(0)
    room.click(1)
    assert [it.source for it in room.played] == [between.source, segment.source]
    assert room.played[1].xy == segment.xy
    room.controller.add(segment, None)
    assert room.names == [segment.label, between.label]


def test_a_star_is_a_click_and_favourites_are_shown_alone(room: Room, session: Session) -> None:
    for point in points(session):
        room.controller.add(point, SEEN)
    room.click(1, star=True)
    assert not room.played
    QTest.mouseClick(room.panel.stars, LEFT)
    assert room.names == [points(session)[0].label]
    QTest.mouseClick(room.panel.stars, LEFT)
    QTest.mouseClick(room.panel.clear, LEFT)
    assert room.names == [points(session)[0].label]
    assert not room.panel.clear.isEnabled()


def test_pictures_come_when_rows_are_seen_once_each(
    room: Room, session: Session, qtbot: Any
) -> None:
    segment, between = points(session)
    room.controller.add(segment, None)
    qtbot.waitUntil(lambda: room.panel.has_picture(segment.source))
    assert room.read == [segment.segment_id]
    room.controller.add(between, None)
    qtbot.waitUntil(lambda: bool(room.decoder.asked))
    (key, source), *others = room.decoder.asked
    assert not others
    room.decoder.spectrogram_ready.emit(SpectrogramResult(key, source, SEEN))
    assert room.panel.has_picture(between.source)
    assert room.panel.is_complete


def test_it_is_kept_with_its_library(
    room: Room, session: Session, qtbot: Any, tmp_path: Path
) -> None:
    segment, between = points(session)
    room.controller.add(between, SEEN)
    room.controller._change(lambda now: now.with_star(between.source, True))
    room.sessions.put(replace(session, generation=2, library_id="another"))
    assert room.names == []
    room.controller.add(segment, SEEN)
    room.controller.close()
    assert {path.name for path in (tmp_path / "heard").iterdir()} == {
        "technovae-demo.json",
        "another.json",
    }
    again = Room(qtbot, session)
    assert again.names == [between.label]
    again.sessions.put(replace(session, generation=2, library_id="another"))
    assert again.names == [segment.label]


def test_a_damaged_list_is_told_and_not_written_over(
    qtbot: Any, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_folders, "data_folder", lambda: tmp_path)
    path = tmp_path / "heard" / "technovae-demo.json"
    path.parent.mkdir()
    path.write_text("what?")
    room = Room(qtbot, session)
    assert "technovae-demo.json" in room.problems[0]
    room.controller.add(points(session)[0], SEEN)
    room.controller.close()
    assert path.read_text() == "what?"


def test_rows_are_dragged_as_sources_of_clips(room: Room, session: Session) -> None:
    for point in points(session):
        room.controller.add(point, SEEN)
    model = room.panel.model
    data = model.mimeData([model.index(0)])
    between = points(session)[1]
    assert mime.decode(data) == [mime.DraggedSource(between.source, between.label)]
    assert model.flags(model.index(0)) & Qt.ItemFlag.ItemIsDragEnabled


def test_the_menu_places_stars_and_removes(room: Room, session: Session) -> None:
    for point in points(session):
        room.controller.add(point, SEEN)
    placed: list[Any] = []
    room.panel.place_requested.connect(placed.extend)

    def choose(text: str) -> None:
        index = room.panel.model.index(0)
        menu = room.panel.menu(index.data(Qt.ItemDataRole.UserRole))
        next(it for it in menu.actions() if it.text() == text).trigger()

    choose("Place at the playhead")
    assert placed == [mime.DraggedSource(points(session)[1].source, points(session)[1].label)]
    choose("Star")
    choose("Take the star away")
    choose("Remove from the list")
    assert room.names == [points(session)[0].label]


def test_a_place_of_an_earlier_model_is_played_as_it_was(room: Room, session: Session) -> None:
    between = points(session)[1]
    assert isinstance(between.source, LatentSource)
    old = replace(between, source=replace(between.source, model_hash="earlier"))
    room.controller.add(old, SEEN)
    room.click(0)
    assert room.played[0].source == old.source
    assert room.played[0].xy == old.xy


def test_a_segment_that_left_the_library_is_told(room: Room, session: Session) -> None:
    room.controller.add(points(session)[0], SEEN)
    assert session.map is not None
    fewer = replace(session.map, segments=session.map.segments[:3])
    room.sessions.session = replace(session, map=fewer)
    room.click(0)
    assert not room.played
    assert "no longer in the library" in room.problems[0]


def test_the_keys_show_where_they_are_in_the_list(room: Room, session: Session) -> None:
    """Fault: the row that Enter would play looked like every other."""
    for point in points(session):
        room.controller.add(point, SEEN)
    rows, looks = room.panel.list, []
    for row in (0, 1):
        rows.setCurrentIndex(rows.model().index(row, 0))
        looks.append(rows.viewport().grab().toImage())
    assert looks[0] != looks[1]
