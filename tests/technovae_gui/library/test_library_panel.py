"""The library panel: what it shows of a library and asks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from core.dsp.key import Key
from core.library.grid_change import GridChange
from core.library.keys import Keys
from core.library.latent_map import LatentMap
from core.library.tracks import Track
from core.library.training_weights import TrainingWeights, WeightRequest, span_of
from technovae_gui import style_sheet
from technovae_gui.library import LibraryPanel, track_model
from technovae_gui.library.beat_grid_edit import nudge
from technovae_gui.library.several_tracks import GridsChange
from technovae_gui.library.track_filter import GridFilter


def click(qtbot: QtBot, button: object) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def titles(panel: LibraryPanel) -> list[str]:
    model = panel.tracks.table.model()
    return [model.index(row, track_model.TITLE).data() for row in range(model.rowCount())]


def test_it_says_what_is_open(panel: LibraryPanel, tracks: list[Track], tmp_path: Path) -> None:
    assert panel.header.name.text() == "My techno"
    assert panel.header.path.toolTip() == str(tmp_path / "My techno")
    segments = sum(track.windows() for track in tracks)
    assert panel.header.counts.text().startswith(f"3 tracks · {segments} segments · 3 min")
    assert panel.header.files.isEnabled()


def test_it_says_whether_there_is_a_map(panel: LibraryPanel, demo_map: LatentMap) -> None:
    panel.set_map_info(demo_map)
    assert f"{len(demo_map)} segments on the map" in panel.header.map_info.text()
    panel.set_tracks(list(demo_map.tracks.values()))
    panel.set_map_info(demo_map)
    assert panel.header.map_info.isHidden(), "all of them; their number is said above"
    panel.set_map_info(None)
    assert panel.header.map_info.text() == "no map yet: train a model to get one"
    panel.set_map_info(None, has_model=True)
    assert panel.header.map_info.text() == "its map is being made"
    panel.set_tracks([])
    panel.set_map_info(None)
    assert "import music and train" in panel.header.map_info.text()


def test_the_buttons_ask(
    qtbot: QtBot, panel: LibraryPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/music/other")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (["/a.wav", "/b.mp3"], ""))
    with qtbot.waitSignal(panel.open_requested) as opened:
        click(qtbot, panel.header.open)
    assert opened.args == [Path("/music/other")]
    with qtbot.waitSignal(panel.demo_requested):
        click(qtbot, panel.header.demo)
    with qtbot.waitSignal(panel.import_requested) as files:
        click(qtbot, panel.header.files)
    assert files.args == [[Path("/a.wav"), Path("/b.mp3")]]
    with qtbot.waitSignal(panel.import_requested) as folder:
        click(qtbot, panel.header.folder)
    assert folder.args == [[Path("/music/other")]]


def test_a_closed_dialog_asks_for_nothing(
    qtbot: QtBot, panel: LibraryPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([], ""))
    with (
        qtbot.assertNotEmitted(panel.open_requested),
        qtbot.assertNotEmitted(panel.import_requested),
    ):
        for button in (panel.header.open, panel.header.files, panel.header.folder):
            click(qtbot, button)


def test_the_table_is_searched_and_sorted(qtbot: QtBot, panel: LibraryPanel) -> None:
    everything = titles(panel)
    assert everything == ["Caustic Hour", "Concrete Lung", "Cracked Pavement"]
    qtbot.keyClicks(panel.tracks.search, "ruiz con")
    assert titles(panel) == ["Concrete Lung"]
    qtbot.keyClick(panel.tracks.search, Qt.Key.Key_Escape)
    assert titles(panel) == everything
    panel.tracks.table.sortByColumn(track_model.BPM, Qt.SortOrder.DescendingOrder)
    assert titles(panel) == ["Concrete Lung", "Caustic Hour", "Cracked Pavement"]


def test_the_list_is_narrowed_by_the_filter(
    qtbot: QtBot, panel: LibraryPanel, tracks: list[Track]
) -> None:
    browser = panel.tracks
    assert not browser.form.isVisible()
    click(qtbot, browser.filter_button)
    assert browser.form.isVisible()
    form = browser.form
    form.grid.setCurrentIndex(form.grid.findData(GridFilter.UNSURE))
    assert titles(panel) == ["Cracked Pavement"]
    assert browser.count.text() == "1 of 3 tracks"
    form.lowest.setValue(500.0)
    assert titles(panel) == []
    click(qtbot, form.clear_button)
    assert len(titles(panel)) == 3
    assert not browser.count.isVisible()
    moved = replace(tracks[0], source_path="/music/dub/a.wav")
    panel.set_tracks([moved, *tracks[1:]])
    form.folder.setCurrentIndex(form.folder.findData("/music/dub"))
    assert titles(panel) == ["Caustic Hour"]
    panel.set_tracks(tracks)
    assert len(titles(panel)) == 3, "the folder is gone"


def test_several_tracks_are_corrected_and_shown_at_once(
    qtbot: QtBot, panel: LibraryPanel, tracks: list[Track]
) -> None:
    table, several = panel.tracks.table, panel.tracks.several
    panel.select_track(tracks[0].id)
    assert not several.isVisible()
    table.selectAll()
    assert several.isVisible()
    ids = tuple(track.id for track in tracks)
    with qtbot.waitSignal(panel.show_on_map) as shown:
        click(qtbot, several.show_on_map)
    assert shown.args == [ids]
    with qtbot.waitSignal(panel.grids_change_requested) as asked:
        click(qtbot, several.changes[1])
    assert asked.args == [GridsChange(ids, GridChange.HALVE)]
    panel.set_tracks([replace(track, grid=track.grid.nudged(0.005)) for track in tracks])
    assert len(table.selected_tracks()) == 3  # for the next 5 ms
    assert several.isVisible()
    panel.set_library(None)
    assert not any(button.isEnabled() for button in several.changes)


def test_choosing_and_opening_a_track(
    qtbot: QtBot, panel: LibraryPanel, tracks: list[Track]
) -> None:
    table = panel.tracks.table
    panel.tracks.search.setFocus()
    qtbot.keyClick(panel.tracks.search, Qt.Key.Key_Down)
    place = table.visualRect(table.model().index(1, 0)).center()
    with qtbot.waitSignal(panel.track_selected) as chosen:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [tracks[1].id]
    with qtbot.waitSignal(panel.show_on_map) as shown:
        qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shown.args == [(tracks[1].id,)]
    with qtbot.waitSignal(panel.show_on_map):
        qtbot.keyClick(table, Qt.Key.Key_Return)


def test_the_choice_survives_another_import(
    qtbot: QtBot, panel: LibraryPanel, tracks: list[Track]
) -> None:
    panel.select_track(tracks[1].id)
    with qtbot.assertNotEmitted(panel.track_selected):
        panel.set_tracks(list(reversed(tracks)))
    found = panel.tracks.table.selected_track()
    assert found is not None
    assert found.id == tracks[1].id


def test_delete_asks_once_more(qtbot: QtBot, panel: LibraryPanel, tracks: list[Track]) -> None:
    panel.select_track(tracks[0].id)
    table, confirmation = panel.tracks.table, panel.tracks.confirmation
    with qtbot.assertNotEmitted(panel.remove_requested):
        qtbot.keyClick(table, Qt.Key.Key_Delete)
        assert confirmation.isVisible()
        assert "Caustic Hour" in confirmation.text.text()
        qtbot.keyClick(confirmation.remove, Qt.Key.Key_Escape)
    assert not confirmation.isVisible()
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    with qtbot.waitSignal(panel.remove_requested) as asked:
        qtbot.keyClick(confirmation.remove, Qt.Key.Key_Return)
    assert asked.args == [(tracks[0].id,)]


def test_several_tracks_are_removed_after_one_question(
    qtbot: QtBot, panel: LibraryPanel, tracks: list[Track]
) -> None:
    table, confirmation = panel.tracks.table, panel.tracks.confirmation
    table.selectAll()
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    segments = sum(track.windows() for track in tracks)
    assert f"3 tracks and their {segments} segments" in confirmation.text.text()
    with qtbot.waitSignal(panel.remove_requested) as asked:
        click(qtbot, confirmation.remove)
    (removed,) = asked.args
    assert set(removed) == {track.id for track in tracks}


def test_a_read_only_library_keeps_its_tracks(
    qtbot: QtBot, panel: LibraryPanel, tracks: list[Track]
) -> None:
    panel.set_library(Path("/cd"), writable=False)
    panel.select_track(tracks[0].id)
    qtbot.keyClick(panel.tracks.table, Qt.Key.Key_Delete)
    assert not panel.tracks.confirmation.isVisible()
    assert "cannot be removed" in panel.tracks.message.text()


def test_what_is_doubtful_is_marked(panel: LibraryPanel) -> None:
    model = panel.tracks.table.model()
    tip = model.index(2, track_model.WARNINGS).data(Qt.ItemDataRole.ToolTipRole)
    assert "2 samples above full scale" in tip
    assert "no steady beat" in tip
    assert "20% sure" in model.index(2, track_model.GRID).data(Qt.ItemDataRole.ToolTipRole)
    assert not panel.tracks.table.isColumnHidden(track_model.WARNINGS)


def test_peaks_are_asked_for_only_while_the_editor_is_open(
    qtbot: QtBot, panel: LibraryPanel, tracks: list[Track]
) -> None:
    with qtbot.assertNotEmitted(panel.waveform_wanted):
        panel.select_track(tracks[0].id)
    with qtbot.waitSignal(panel.waveform_wanted) as wanted:
        click(qtbot, panel.grid_section.head)
    assert wanted.args == [tracks[0].id]
    with qtbot.waitSignal(panel.waveform_wanted) as wanted:
        panel.select_track(tracks[1].id)
    assert wanted.args == [tracks[1].id]
    assert panel.grid_editor.title.text() == "Concrete Lung"


def test_a_corrected_track_shows_its_new_grid(panel: LibraryPanel, tracks: list[Track]) -> None:
    from dataclasses import replace

    panel.select_track(tracks[0].id)
    panel.grid_section.set_open(True)
    corrected = replace(tracks[0], grid=nudge(5)(tracks[0].grid))
    panel.set_tracks([corrected, *tracks[1:]])
    assert panel.grid_editor.grid == corrected.grid


def test_every_control_is_reached_by_tab(qtbot: QtBot, panel: LibraryPanel) -> None:
    panel.header.new.setFocus()
    seen = []
    for _ in range(12):
        focused = panel.focusWidget()
        seen.append(focused.accessibleName())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    expected = ["New library", "Open library", "Built-in demo", "Import files", "Import folder"]
    assert seen[:5] == expected
    assert seen[5:10] == ["New playlist", "Search tracks", "Filter", "Tracks", "Beat grid"]


def test_keys_are_a_column_that_sorts_as_on_the_wheel(
    panel: LibraryPanel, tracks: list[Track]
) -> None:
    table = panel.tracks.table
    panel.resize(600, 700)
    assert table.isColumnHidden(track_model.KEY)
    keys = Keys()
    for track, tonic in zip(tracks, (9, 2), strict=False):  # the third one stays unknown
        chroma = np.zeros((9, 12), np.float32)
        chroma[:, [tonic, (tonic + 3) % 12, (tonic + 7) % 12]] = 0.1, 0.06, 0.08
        keys.add(track.id, chroma)
    panel.set_keys(keys)
    assert not table.isColumnHidden(track_model.KEY)
    table.sortByColumn(track_model.KEY, Qt.SortOrder.AscendingOrder)
    model = table.model()
    shown = [model.index(row, track_model.KEY).data() for row in range(3)]
    assert shown == ["Dm 7A", "Am 8A", ""]
    panel.set_keys(Keys())
    assert table.isColumnHidden(track_model.KEY)


def test_titles_keep_their_room_beside_keys(panel: LibraryPanel, tracks: list[Track]) -> None:
    table, head = panel.tracks.table, panel.tracks.table.horizontalHeader()
    keys = Keys()
    chroma = np.zeros((9, 12), np.float32)
    chroma[:, [9, 0, 4]] = 0.1, 0.06, 0.08
    keys.add(tracks[0].id, chroma)
    panel.set_keys(keys)
    for width, artist in ((430, False), (480, False), (640, True), (900, True)):
        panel.resize(width, 900)
        panel.layout().activate()
        assert not table.isColumnHidden(track_model.KEY)
        assert table.isColumnHidden(track_model.ARTIST) is not artist
        assert head.sectionSize(track_model.TITLE) >= 110


class CountedKeys(Keys):
    """Counts how often it is asked."""

    asked = 0

    def of_track(self, track_id: str) -> Key | None:
        self.asked += 1
        return super().of_track(track_id)


def test_a_key_that_is_found_moves_its_row_and_asks_for_few_others(
    panel: LibraryPanel, tracks: list[Track]
) -> None:
    """Tracks are searched one by one: sorting all of a thousand each time stops the window."""
    many = [replace(tracks[0], id=f"{number:016x}") for number in range(256)]
    table, keys = panel.tracks.table, CountedKeys()
    panel.resize(600, 700)
    panel.set_tracks(many)
    panel.set_keys(keys)
    table.sortByColumn(track_model.KEY, Qt.SortOrder.AscendingOrder)
    for track in many[100:102]:
        keys.asked = 0
        chroma = np.zeros((9, 12), np.float32)
        chroma[:, [9, 0, 4]] = 0.1, 0.06, 0.08
        keys.add(track.id, chroma)
        panel.refresh_key(track.id)
    assert keys.asked < 100  # all rows would be some 2000
    assert not table.isColumnHidden(track_model.KEY)
    shown = [table.model().index(row, track_model.KEY).data() for row in range(3)]
    assert shown == ["Am 8A", "Am 8A", ""]


def test_a_selected_row_shows_how_sure_its_grid_is(panel: LibraryPanel) -> None:
    table = panel.tracks.table
    table.selectRow(0)
    cell = table.visualRect(table.model().index(0, track_model.GRID))
    image = table.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    x, middle = round(cell.center().x() * ratio), round(cell.center().y() * ratio)
    column = [image.pixelColor(x, middle + dy) for dy in range(-10, 11)]
    assert min(colour.lightness() for colour in column) < 40  # around the bar
    assert table.textElideMode() == Qt.TextElideMode.ElideMiddle


def test_the_whole_row_under_the_mouse_is_seen(panel: LibraryPanel) -> None:
    """Fault: Qt shows a single cell so, as if it were chosen by itself."""
    table = panel.tracks.table
    view = table.viewport()
    panel.resize(800, 700)
    panel.setStyleSheet(style_sheet.text())
    at_rest = view.grab().toImage()
    boxes = [
        table.visualRect(table.model().index(row, track_model.TITLE)).united(
            table.visualRect(table.model().index(row, track_model.LENGTH))
        )
        for row in (0, 1)
    ]

    def move(place: QPointF) -> QImage:
        kind, none = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
        moved = QMouseEvent(kind, place, place, none, none, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(view, moved)
        return view.grab().toImage()

    hovered = move(QPointF(boxes[1].center()))
    assert hovered.copy(boxes[0]) == at_rest.copy(boxes[0])
    left, right = boxes[1].left() + 1, boxes[1].right() - 1
    grounds = {hovered.pixel(x, boxes[1].top() + 1) for x in (left, right)}
    assert len(grounds) == 1
    assert grounds.isdisjoint({at_rest.pixel(left, boxes[1].top() + 1)})
    assert move(QPointF(boxes[1].center().x(), view.height() - 2)) == at_rest, "beside the rows"
    move(QPointF(boxes[1].center()))
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert table.hovered_row == -1
    assert move(QPointF(boxes[1].center()) + QPointF(1.0, 0.0)) == hovered, "in the same cell again"


def test_sorting_asks_for_each_value_once_and_keeps_the_selection(
    panel: LibraryPanel, tracks: list[Track]
) -> None:
    """Comparing rows one by one took 30 to 80 ms of a thousand tracks."""
    many = [
        replace(tracks[0], id=f"{it:016x}", title=f"Track {it * 37 % 256}") for it in range(256)
    ]
    table, keys = panel.tracks.table, CountedKeys()
    panel.set_tracks(many)
    panel.set_keys(keys)
    panel.select_track(many[5].id)
    for column, most in ((track_model.KEY, 256), (track_model.TITLE, 0)):
        keys.asked = 0
        table.sortByColumn(column, Qt.SortOrder.DescendingOrder)
        assert keys.asked <= most
        assert [track.id for track in table.selected_tracks()] == [many[5].id]
    shown = [table.model().index(row, track_model.TITLE).data() for row in range(3)]
    assert shown == ["Track 255", "Track 254", "Track 253"]


def test_selected_tracks_are_left_out_of_trainings_or_learned_alone(
    qtbot: QtBot, panel: LibraryPanel, tracks: list[Track]
) -> None:
    table, learning = panel.tracks.table, panel.tracks.learning
    assert not learning.isVisible()
    assert table.isColumnHidden(track_model.LEARNED)
    panel.select_track(tracks[0].id)
    assert learning.isVisible()
    assert learning.choice.currentText() == "As usual"
    whole = (span_of(tracks[0]),)
    with qtbot.waitSignal(learning.weight_requested) as asked:
        learning.choice.activated.emit(0)
    assert asked.args == [WeightRequest(whole, 0.0)]
    with qtbot.waitSignal(learning.learn_requested) as only:
        click(qtbot, learning.only)
    assert only.args == [whole]
    panel.tracks.show_weights(TrainingWeights().with_weight(whole, 0.0))
    assert learning.choice.currentText() == "Leave out"
    assert not table.isColumnHidden(track_model.LEARNED)
    row = table.tracks.row_of(tracks[0].id)
    assert row is not None
    assert table.tracks.index(row, track_model.LEARNED).data() == "out"
    table.selectAll()
    assert learning.choice.currentIndex() == -1
    panel.tracks.show_weights(TrainingWeights())
    assert table.isColumnHidden(track_model.LEARNED)
