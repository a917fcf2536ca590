"""An import in the panel: progress, then the report, which stays."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.library.report import FileReport, ImportReport
from technovae_gui.library import LibraryPanel

FILES = (
    FileReport(Path("/m/a.wav"), "imported", "", (), 200.0, "t1", 130.0, 26),
    FileReport(Path("/m/b.flac"), "refused", "not audio; export it again"),
    FileReport(Path("/m/c.mp3"), "unaligned", "no steady beat", ("mended",), 90.0, "t3", 130.0, 11),
)
REPORT = ImportReport(Path("/m"), FILES, 12.0, 130.0, decoded_seconds=290.0)


def test_progress_and_report(qtbot: QtBot, panel: LibraryPanel) -> None:
    panel.import_started()
    assert panel.job.isVisible()
    assert not panel.header.files.isEnabled()
    panel.import_progress(30.0, 120.0, "a.wav")
    assert panel.job.bar.value() == 250
    assert panel.job.message.full_text == "a.wav"
    panel.import_file(FILES[0])
    assert panel.report.files.topLevelItemCount() == 1
    panel.import_finished(REPORT)
    assert not panel.job.isVisible()
    assert panel.header.files.isEnabled()
    assert "1 imported" in panel.report.summary.text()
    assert "24 times real time" in panel.report.summary.text()


def test_the_report_puts_trouble_first_and_says_why(panel: LibraryPanel) -> None:
    panel.import_finished(REPORT)
    rows = panel.report.files
    assert [rows.topLevelItem(n).text(0) for n in range(3)] == ["b.flac", "c.mp3", "a.wav"]
    refused = rows.topLevelItem(0)
    assert refused.isExpanded()
    assert refused.child(0).text(0) == "not audio; export it again"
    unaligned = rows.topLevelItem(1)
    texts = [unaligned.child(n).text(0) for n in range(unaligned.childCount())]
    assert texts == ["no steady beat", "mended", "1:30, 130.00 BPM, 11 segments"]


def test_the_report_stays_until_it_is_dismissed(qtbot: QtBot, panel: LibraryPanel) -> None:
    panel.import_finished(REPORT)
    panel.set_tracks([])
    assert panel.report.isVisible()
    qtbot.mouseClick(panel.report.close_button, Qt.MouseButton.LeftButton)
    assert not panel.report.isVisible()


def test_a_cancelled_import_says_that_it_is_stopping_then_stopped(
    qtbot: QtBot, panel: LibraryPanel
) -> None:
    panel.import_started()
    with qtbot.waitSignal(panel.cancel_requested):
        qtbot.mouseClick(panel.job.cancel, Qt.MouseButton.LeftButton)
    assert not panel.job.cancel.isEnabled()
    panel.import_progress(1, 2, "b.wav")
    assert panel.job.message.full_text == "stopping…"
    panel.import_cancelled()
    assert not panel.job.isVisible()
    assert "stopped" in panel.message.text()


def test_an_error_is_one_line(panel: LibraryPanel) -> None:
    panel.import_started()
    panel.import_failed("/m: another import runs; wait for it")
    assert not panel.job.isVisible()
    assert panel.message.isVisible()
    assert panel.message.property("bad") is True
    assert panel.message.text() == "/m: another import runs; wait for it"
    panel.import_started()
    assert not panel.message.isVisible()


def test_events_of_another_kind_are_left(panel: LibraryPanel) -> None:
    panel.import_started()
    panel.import_file("something else")  # type: ignore[arg-type]
    assert panel.report.files.topLevelItemCount() == 0


def test_problems_outlive_the_next_import_until_their_file_is_in(
    qtbot: QtBot, panel: LibraryPanel
) -> None:
    def names() -> list[str]:
        files = panel.report.files
        return [files.topLevelItem(row).text(0) for row in range(files.topLevelItemCount())]

    panel.import_finished(REPORT)
    panel.import_started()
    assert names() == ["b.flac", "c.mp3"]
    mended = FileReport(Path("/m/b.flac"), "imported", "", (), 90.0, "t4", 130.0, 11)
    panel.import_file(mended)
    panel.import_finished(ImportReport(Path("/m"), (mended,), 3.0, 130.0, decoded_seconds=90.0))
    assert names() == ["c.mp3", "b.flac"]
    assert "1 imported" in panel.report.summary.text()
    qtbot.mouseClick(panel.report.close_button, Qt.MouseButton.LeftButton)
    panel.import_started()
    assert names() == []
