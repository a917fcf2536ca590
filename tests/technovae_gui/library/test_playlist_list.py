"""Playlists in the library panel: made, filled by drag and drop, named, filtered by, kept."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from core import user_folders
from core.library import playlist_file
from core.library.latent_map import LatentMap
from core.library.playlists import Playlist
from core.library.tracks import Track
from core.session import Session
from technovae_gui import mime
from technovae_gui.library import LibraryPanel, track_model
from technovae_gui.library.controller import LibraryController
from technovae_gui.library.playlist_list import PlaylistList
from technovae_gui.services import Services
from technovae_gui.session_controller import SessionController
from tests.technovae_gui.fakes import FakeJob, FakeServices, FakeSessions


@pytest.fixture
def shown(panel: LibraryPanel, tracks: list[Track]) -> PlaylistList:
    """The playlists of the panel: one of two tracks, and one that is empty."""
    made = panel.tracks.playlists
    made.show_playlists((Playlist("Dark", (tracks[0].id, tracks[2].id)), Playlist("Empty")))
    return made


def listed(panel: LibraryPanel) -> set[str]:
    model = panel.tracks.table.model()
    return {model.index(row, track_model.TITLE).data() for row in range(model.rowCount())}


def drop(shown: PlaylistList, row: int, data: QMimeData) -> None:
    item = shown.rows.item(row)
    at = QPointF(shown.rows.visualItemRect(item).center())
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    shown.rows.dropEvent(QDropEvent(at, Qt.DropAction.CopyAction, data, buttons, keys))


def test_the_chosen_playlist_is_listed_and_shown_on_the_map(
    qtbot: QtBot, panel: LibraryPanel, shown: PlaylistList, tracks: list[Track]
) -> None:
    assert listed(panel) == {track.title for track in tracks}
    shown.rows.setCurrentRow(1)
    assert listed(panel) == {tracks[0].title, tracks[2].title}
    panel.set_tracks(tracks)  # a new session of the same library
    assert listed(panel) == {tracks[0].title, tracks[2].title}
    with qtbot.waitSignal(panel.show_on_map) as on_map:
        shown.map_button.click()
    assert on_map.args == [(tracks[0].id, tracks[2].id)]
    shown.rows.setCurrentRow(2)
    assert listed(panel) == set()
    assert not shown.map_button.isEnabled()


def test_selected_tracks_are_dragged_into_a_playlist(
    panel: LibraryPanel, shown: PlaylistList, tracks: list[Track]
) -> None:
    table = panel.tracks.table
    table.selectAll()
    data = table.model().mimeData(table.selectionModel().selectedIndexes())
    assert set(mime.tracks(data)) == {track.id for track in tracks}
    shown.rows.setCurrentRow(2)
    drop(shown, 2, data)
    drop(shown, 2, data)  # again: none of them twice
    assert shown.playlist is not None
    assert set(shown.playlist.track_ids) == {track.id for track in tracks}
    assert len(shown.playlist.track_ids) == len(tracks)
    assert len(listed(panel)) == len(tracks)
    other = QMimeData()
    other.setData(mime.TRACKS, b"../../etc\n\xff")
    assert mime.tracks(other) == ()


def test_tracks_are_added_and_taken_out_by_buttons(
    panel: LibraryPanel, shown: PlaylistList, tracks: list[Track]
) -> None:
    panel.select_track(tracks[2].id)
    assert not shown.add_button.isEnabled()  # to which playlist?
    shown.rows.setCurrentRow(1)
    panel.select_track(tracks[2].id)
    shown.take_out_button.click()
    assert shown.playlist == Playlist("Dark", (tracks[0].id,))
    assert listed(panel) == {tracks[0].title}


def test_a_new_one_holds_what_is_selected_and_gets_a_name(
    qtbot: QtBot, panel: LibraryPanel, shown: PlaylistList, tracks: list[Track]
) -> None:
    panel.select_track(tracks[1].id)
    shown.new_button.click()
    assert shown.playlist == Playlist("Playlist 1", (tracks[1].id,))
    item = shown.rows.item(3)
    item.setText("Dark")
    assert "already" in shown.message.text()
    shown.rows.item(3).setText("Light")
    assert shown.playlist == Playlist("Light", (tracks[1].id,))


def test_a_deleted_one_can_be_put_back(qtbot: QtBot, shown: PlaylistList) -> None:
    shown.rows.setCurrentRow(1)
    qtbot.keyClick(shown.rows, Qt.Key.Key_Delete)
    assert shown.rows.count() == 2
    assert shown.back_button.isVisible()
    shown.back_button.click()
    assert [shown.rows.item(row).text() for row in (1, 2)] == ["Dark", "Empty"]


def test_they_are_kept_with_their_library(
    qtbot: QtBot,
    demo_map: LatentMap,
    tmp_path: Path,
    fake_jobs: list[FakeJob],
) -> None:
    tracks = tuple(demo_map.tracks.values())
    session = Session(library_path=tmp_path, library_id="kept", writable=True, tracks=tracks)
    sessions = FakeSessions(session)
    made = LibraryController(cast(SessionController, sessions), cast(Services, FakeServices()))
    qtbot.addWidget(made.panel)
    sessions.put_in_place(session)
    shown = made.panel.tracks.playlists
    shown.make([tracks[0].id])
    file = user_folders.data_folder() / "playlists" / "kept.json"
    assert playlist_file.load(file) == (Playlist("Playlist 1", (tracks[0].id,)),)
    sessions.put_in_place(Session(library_path=tmp_path / "b", library_id="b"))
    assert shown.rows.count() == 1
    file.with_name("c.json").write_text("no list")
    with qtbot.waitSignal(made.problem) as problem:
        sessions.put_in_place(Session(library_path=tmp_path / "c", library_id="c"))
    assert "not a list of playlists" in problem.args[1]
    assert not shown.isEnabled()
    sessions.put_in_place(session)
    assert shown.isEnabled()
    assert shown.rows.item(1).text() == "Playlist 1"
