"""What became of each file of an import; it stays until it is dismissed."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from core.library import report
from core.library.report import FileReport, ImportReport
from technovae_gui import theme
from technovae_gui.widgets import forms

_COLOURS: Final = {
    report.IMPORTED: theme.GOOD,
    report.UNALIGNED: theme.WARM,
    report.REFUSED: theme.BAD,
    report.NO_SEGMENTS: theme.BAD,
}
_TROUBLE: Final = (report.REFUSED, report.NO_SEGMENTS, report.UNALIGNED)
_STATUS_WIDTH = 84
_ROW = 22
_WRAP = 46
"""Letters: a spanned row of a tree does not wrap by itself, and this fits the narrowest dock."""


class ReportView(QWidget):
    """A line of counts over a table of files; each opens to what is to be said of it.

    Signals:
        track_chosen(str): the track id of the file that was opened.
        dismissed()
    """

    track_chosen = Signal(str)
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = forms.note()
        self.summary.setAccessibleName("What was imported")
        self.close_button = forms.button("✕", "Dismiss the report", name="Dismiss report")
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
        self.files.itemActivated.connect(self._activated)
        self.hide()

    def begin(self) -> None:
        """An import begins: the report before it goes."""
        self.files.clear()
        self._counted: dict[str, int] = {}
        self.summary.setText("")

    def add(self, file: FileReport) -> None:
        """One more file is done."""
        self._counted[file.status] = self._counted.get(file.status, 0) + 1
        self.summary.setText(_counts(self._counted))
        item = _item(file)
        self.files.addTopLevelItem(item)
        _span(item)
        self.files.scrollToBottom()
        self.show()

    def show_report(self, found: ImportReport) -> None:
        """The import is over: trouble first, then all others in their order."""
        self.files.clear()
        ordered = sorted(found.files, key=lambda file: file.status not in _TROUBLE)
        self.files.addTopLevelItems([_item(file) for file in ordered])
        for row in range(self.files.topLevelItemCount()):
            item = self.files.topLevelItem(row)
            item.setExpanded(ordered[row].status in _TROUBLE)
            _span(item)
        stopped = "stopped as asked: " if found.cancelled else ""
        self.summary.setText(f"{stopped}{_counts(found.counts())}; {found.speed_line()}")
        self.files.scrollToTop()
        self.show()

    def dismiss(self) -> None:
        """Put the report away."""
        self.hide()
        self.dismissed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def _activated(self, item: QTreeWidgetItem, _: int) -> None:
        track_id = item.data(0, Qt.ItemDataRole.UserRole)
        if track_id:
            self.track_chosen.emit(track_id)


def _item(file: FileReport) -> QTreeWidgetItem:
    item = QTreeWidgetItem([Path(file.path).name, file.status])
    item.setData(0, Qt.ItemDataRole.UserRole, file.track_id)
    item.setForeground(1, QColor(_COLOURS.get(file.status, theme.DIM)))
    for column in range(2):
        item.setToolTip(column, f"{file.path}\n{file.reason}".strip())
    item.setSizeHint(0, QSize(0, _ROW))
    for sentence in _sentences(file):
        child = QTreeWidgetItem([textwrap.fill(sentence, _WRAP)])
        child.setForeground(0, QColor(theme.DIM))
        child.setToolTip(0, sentence)
        item.addChild(child)
    return item


def _span(item: QTreeWidgetItem) -> None:
    for row in range(item.childCount()):
        item.child(row).setFirstColumnSpanned(True)


def _sentences(file: FileReport) -> list[str]:
    found = [file.reason] if file.reason else []
    found += file.warnings
    if file.bpm is not None:
        length = report.clock(file.seconds)
        found.append(f"{length}, {file.bpm:.2f} BPM, {file.segments} segments")
    return found


def _counts(counted: dict[str, int]) -> str:
    return ", ".join(f"{count} {status}" for status, count in counted.items()) or "no files"
