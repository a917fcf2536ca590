"""The report of an import: what happened to each file. It stays until it is dismissed."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from core.library import report
from core.library.report import FileReport, ImportReport
from technovae_gui import theme
from technovae_gui.widgets import forms, icons
from technovae_gui.widgets.escape_key import EscapeKey

_COLOURS: Final = {
    report.IMPORTED: theme.GOOD,
    report.ONE_SHOT: theme.GOOD,
    report.UNALIGNED: theme.CAUTION,
    report.REFUSED: theme.BAD,
    report.NO_SEGMENTS: theme.BAD,
    report.SKIPPED: theme.CAUTION,
}
_PROBLEMS: Final = (report.REFUSED, report.NO_SEGMENTS, report.UNALIGNED, report.SKIPPED)
_STATUS_WIDTH = 84
_ROW_HEIGHT = 22
_WRAP_COLUMN = 46
"""Letters: a spanned row of a tree does not wrap by itself; this fits the narrowest dock."""


class ImportReportView(QWidget):
    """A summary above a tree of files; each file opens to its warnings or its error.

    Problems of an import stay in the list during later ones, until they are dismissed or their file
    is imported: an import that was waiting may start before anyone has read them.

    Signals:
        track_activated(str): track id of the file that was double-clicked or chosen with Enter.
        dismissed()
    """

    track_activated = Signal(str)
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = forms.note()
        self.summary.setAccessibleName("Result of the import")
        self._counts: dict[str, int] = {}
        self._files: list[FileReport] = []
        self._earlier_problems: list[FileReport] = []
        self.close_button = forms.button("", "Dismiss the report (Esc)", name="Dismiss report")
        self.close_button.setIcon(icons.icon("close"))
        self.files = QTreeWidget()
        self.files.setAccessibleName("Imported files")
        self.files.setHeaderLabels(["File", "Result"])
        self.files.setMinimumHeight(120)
        self.files.setUniformRowHeights(False)
        self.files.setWordWrap(True)
        head = self.files.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.resizeSection(1, _STATUS_WIDTH)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        line = forms.row(self.summary, self.close_button)
        line.setStretch(0, 1)
        rows.addLayout(line)
        rows.addWidget(self.files, 1)
        self.close_button.clicked.connect(self.dismiss)
        self.files.itemActivated.connect(self._activate)
        EscapeKey(self, self.dismiss)
        self.hide()

    def start(self) -> None:
        """An import starts: forget the report of the one before, but for its problems."""
        self._earlier_problems = [file for file in self._files if file.status in _PROBLEMS]
        self._show_files(self._earlier_problems)
        self._counts = {}
        self.summary.setText("")

    def add(self, file: FileReport) -> None:
        """Add a file that is done."""
        self._counts[file.status] = self._counts.get(file.status, 0) + 1
        self.summary.setText(_counts_text(self._counts))
        self._files.append(file)
        item = _item(file)
        self.files.addTopLevelItem(item)
        _span_columns(item)
        self.files.scrollToBottom()
        self.show()

    def show_report(self, import_report: ImportReport) -> None:
        """The import is over: show files with problems first, then all others in their order."""
        paths = {file.path for file in import_report.files}
        earlier = [file for file in self._earlier_problems if file.path not in paths]
        files = [*import_report.files, *earlier]
        self._show_files(sorted(files, key=lambda file: file.status not in _PROBLEMS))
        stopped = "stopped as asked: " if import_report.cancelled else ""
        self.summary.setText(
            f"{stopped}{_counts_text(import_report.counts())}; {import_report.speed_line()}"
        )
        self.files.scrollToTop()
        self.show()

    def dismiss(self) -> None:
        """Hide the report and forget its problems."""
        self._files = []
        self.hide()
        self.dismissed.emit()

    def _show_files(self, files: list[FileReport]) -> None:
        self._files = list(files)
        items = [_item(file) for file in files]
        self.files.clear()
        self.files.addTopLevelItems(items)
        for item, file in zip(items, files, strict=True):
            item.setExpanded(file.status in _PROBLEMS)
            _span_columns(item)

    def _activate(self, item: QTreeWidgetItem, _: int) -> None:
        track_id = item.data(0, Qt.ItemDataRole.UserRole)
        if track_id:
            self.track_activated.emit(track_id)


def _item(file: FileReport) -> QTreeWidgetItem:
    item = QTreeWidgetItem([Path(file.path).name, file.status])
    item.setData(0, Qt.ItemDataRole.UserRole, file.track_id)
    item.setForeground(1, QColor(_COLOURS.get(file.status, theme.DIM)))
    for column in range(2):
        item.setToolTip(column, f"{file.path}\n{file.reason}".strip())
    item.setSizeHint(0, QSize(0, _ROW_HEIGHT))
    for sentence in _sentences(file):
        child = QTreeWidgetItem([textwrap.fill(sentence, _WRAP_COLUMN)])
        child.setForeground(0, QColor(theme.DIM))
        child.setToolTip(0, sentence)
        item.addChild(child)
    return item


def _span_columns(item: QTreeWidgetItem) -> None:
    """Let the sentences below `item` take both columns; only works once it is in a tree."""
    for row in range(item.childCount()):
        child = item.child(row)
        if child is not None:
            child.setFirstColumnSpanned(True)


def _sentences(file: FileReport) -> list[str]:
    sentences = [file.reason] if file.reason else []
    sentences += file.warnings
    if file.bpm is not None:
        length = report.clock(file.seconds)
        sentences.append(f"{length}, {file.bpm:.2f} BPM, {file.segments} segments")
    return sentences


def _counts_text(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {status}" for status, count in counts.items()) or "no files"
