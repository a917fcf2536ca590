"""The export panel: what it asks for, and what it shows of the result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from core.resources import PARTS_MISSING
from core.settings import WRITTEN_EXTENSIONS
from technovae_gui.export import ExportPanel, ExportRequest
from technovae_gui.export.export_settings import FORMATS, length_text, size_text

LEFT = Qt.MouseButton.LeftButton


@dataclass(frozen=True)
class Written:
    """As an export returns it."""

    path: Path
    stems: tuple[Path, ...] = ()
    frames: int = 44_100 * 90
    lufs: float = -14.03
    true_peak_dbtp: float = -1.0
    stems_db: float = -3.5


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> ExportPanel:
    made = ExportPanel()
    qtbot.addWidget(made)
    made.resize(420, 600)
    made.file.folder.setText(str(tmp_path))
    made.set_title("Night Shift")
    made.set_lengths(60.0, 20.0, 10.0, lanes=3)
    made.show()
    return made


def test_files_for_parts_take_the_network(qtbot: QtBot, panel: ExportPanel) -> None:
    assert not panel.part_stems.isEnabled()
    assert panel.part_stems.toolTip() == PARTS_MISSING
    panel.set_parts_available(True)
    panel.part_stems.click()
    assert asked(qtbot, panel).part_stems
    assert "5 files" in panel.estimate.text()
    panel.set_parts_available(False)
    assert not panel.request().part_stems


def asked(qtbot: QtBot, panel: ExportPanel) -> ExportRequest:
    with qtbot.waitSignal(panel.export_requested) as signal:
        qtbot.mouseClick(panel.export, LEFT)
    request: ExportRequest = signal.args[0]
    return request


def test_what_it_asks_for_at_first(qtbot: QtBot, panel: ExportPanel, tmp_path: Path) -> None:
    expected = ExportRequest(tmp_path / "Night Shift.wav", 24, "whole", False, -14.0)
    assert asked(qtbot, panel) == expected


@pytest.mark.parametrize(
    ("name", "extension", "bits"),
    [
        ("WAV, 16 bit", ".wav", 16),
        ("WAV, 32 bit float", ".wav", 32),
        ("FLAC, 24 bit", ".flac", 24),
        ("FLAC, 16 bit", ".flac", 16),
        ("Ogg Vorbis", ".ogg", 24),
        ("MP3, 320 kbit/s", ".mp3", 24),
    ],
)
def test_a_format_sets_extension_and_bit_depth(
    qtbot: QtBot, panel: ExportPanel, name: str, extension: str, bits: int
) -> None:
    panel.file.format.setCurrentText(name)
    request = asked(qtbot, panel)
    assert (request.path.suffix, request.bit_depth) == (extension, bits)


@pytest.mark.parametrize(
    ("name", "lufs"),
    [("Streaming", -14.0), ("Club", -9.0), ("Another", -11.5), ("As played", None)],
)
def test_a_loudness_is_chosen_or_typed(
    qtbot: QtBot, panel: ExportPanel, name: str, lufs: float | None
) -> None:
    panel.loudness.choice.setCurrentText(name)
    if name == "Another":
        panel.loudness.box.setValue(-11.5)
    assert asked(qtbot, panel).lufs == lufs


def test_ranges_as_they_exist(qtbot: QtBot, panel: ExportPanel) -> None:
    assert [panel.range.model().item(n).isEnabled() for n in range(3)] == [True, False, False]
    panel.set_ranges(True, True)
    panel.range.setCurrentIndex(1)
    assert asked(qtbot, panel).range == "loop"
    assert panel.estimate.text().startswith("0:20.0")
    panel.range.setCurrentIndex(2)
    assert asked(qtbot, panel).range == "selection"
    panel.set_ranges(True, False)
    assert asked(qtbot, panel).range == "whole"


def test_length_and_size(panel: ExportPanel) -> None:
    assert panel.estimate.text() == "1:00.0, about 16 MB"
    panel.stems.setChecked(True)
    assert panel.estimate.text() == "1:00.0, about 64 MB in 4 files"
    panel.file.format.setCurrentText("MP3, 320 kbit/s")
    assert panel.estimate.text() == "1:00.0, about 10 MB in 4 files"


def test_figures_in_words() -> None:
    assert length_text(3723.04) == "1:02:03.0"
    assert length_text(59.96) == "1:00.0"
    assert size_text(500) == "1 kB"
    assert size_text(2.34e9) == "2.3 GB"


def test_an_empty_timeline_cannot_be_exported(panel: ExportPanel) -> None:
    panel.set_lengths(0.0)
    assert not panel.export.isEnabled()
    assert "empty" in panel.estimate.text()


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("", None),
        ("a/b", None),
        ("fine", "/no/such/folder"),
        ("fine", "here"),
        ("fine", "~nobody-of-that-name/music"),
        ("x" * 300, None),
    ],
)
def test_a_place_that_cannot_be_is_reported(
    panel: ExportPanel, name: str, folder: str | None
) -> None:
    panel.file.name.setText(name)
    if folder:
        panel.file.folder.setText(folder)
    assert not panel.export.isEnabled()
    assert panel.file_message.property("bad") is True
    assert panel.file_message.isVisible()


def test_what_will_be_replaced_is_reported(panel: ExportPanel, tmp_path: Path) -> None:
    (tmp_path / "Old.wav").touch()
    panel.file.name.setText("Old.wav")
    assert "will be replaced" in panel.file_message.text()
    assert panel.export.isEnabled()


def test_the_name_follows_the_title_until_it_is_typed(qtbot: QtBot, panel: ExportPanel) -> None:
    panel.set_title("a/b: c?")
    assert panel.file.name.text() == "a-b- c"
    panel.file.name.clear()
    qtbot.keyClicks(panel.file.name, "Mine")
    panel.set_title("Another")
    assert panel.file.name.text() == "Mine"


def test_browse_takes_over_folder_and_name(
    panel: ExportPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    chosen = str(tmp_path / "sub" / "Chosen.wav")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (chosen, ""))
    panel.file.browse.click()
    assert panel.request().path == Path(chosen)


def test_the_folder_is_remembered(qtbot: QtBot, panel: ExportPanel, tmp_path: Path) -> None:
    asked(qtbot, panel)
    again = ExportPanel()
    qtbot.addWidget(again)
    assert again.file.folder.text() == str(tmp_path)


def test_progress_and_cancel(qtbot: QtBot, panel: ExportPanel) -> None:
    panel.export_started()
    assert panel.busy
    assert not panel.export.isVisible()
    panel.progress(0.5, 1.0, "rendering")
    assert panel.job.bar.value() == 500
    with qtbot.waitSignal(panel.cancel_requested):
        qtbot.mouseClick(panel.job.cancel, LEFT)
    panel.cancelled()
    assert not panel.busy
    assert panel.export.isEnabled()


def test_a_result_shows_its_figures_and_opens_its_folder(
    qtbot: QtBot, panel: ExportPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    panel.export_started()
    panel.exported(Written(tmp_path / "a.wav", (tmp_path / "a-1.wav",)))
    assert panel.result.isVisible()
    figures = "1:30.0 · -14.0 LUFS · true peak -1.0 dBTP · 1 stem at -3.5 dB"
    assert panel.result.figures.text() == figures
    qtbot.mouseClick(panel.result.open, LEFT)
    assert [url.toLocalFile() for url in opened] == [str(tmp_path)]


def test_what_was_written_is_in_sight_and_no_reason_to_warn(
    qtbot: QtBot, panel: ExportPanel, tmp_path: Path
) -> None:
    panel.resize(420, 340)
    panel.export_started()
    path = panel.request().path
    path.touch()
    panel.exported(Written(path))
    assert panel.file_message.text() == ""
    qtbot.waitUntil(lambda: panel.result.visibleRegion().boundingRect() == panel.result.rect())
    panel.set_lengths(12.0)
    assert "will be replaced" in panel.file_message.text()


def test_the_file_of_a_clip_is_shown_as_well(panel: ExportPanel, tmp_path: Path) -> None:
    panel.result.show_file(tmp_path / "clip.wav")
    assert panel.result.file.toolTip() == str(tmp_path / "clip.wav")


def test_an_error_is_one_line(panel: ExportPanel) -> None:
    panel.export_started()
    panel.failed("/x/a.wav: the disk is full; free some space and try again")
    assert panel.message.property("bad") is True
    assert panel.message.isVisible()
    assert panel.export.isEnabled()


def test_every_control_is_reached_by_tab(qtbot: QtBot, panel: ExportPanel) -> None:
    panel.loudness.choice.setCurrentText("Another")
    panel.file.name.setFocus()
    seen = []
    for _ in range(9):
        seen.append(panel.focusWidget().accessibleName())
        qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
    assert seen == [
        *("File name", "Format", "Folder", "Browse", "Range"),
        *("Loudness", "Integrated loudness", "Stems by lane", "Export"),
    ]


def test_every_kind_of_file_that_can_be_written_is_offered() -> None:
    assert {it.extension for it in FORMATS} == set(WRITTEN_EXTENSIONS)


@pytest.mark.parametrize("height", [200, 300, 360, 430, 600, 1300])
def test_its_button_is_in_sight_and_right_below_the_fields(
    qtbot: QtBot, panel: ExportPanel, height: int
) -> None:
    panel.resize(420, height)
    panel.show()
    panel.layout().activate()
    assert panel.rect().contains(panel.export.geometry())
    assert panel.export.y() < 420
    area = panel.scroll_area
    missing = area.widget().sizeHint().height() - area.height()
    free = panel.height() - panel.export.geometry().bottom()
    assert missing <= 0 or free < 30, "fields are cut while there is room"
