"""The list of a model's versions: their figures and notes, which one is used, and A/B."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from technovae_gui import theme
from technovae_gui.widgets import forms
from technovae_gui.widgets.labels import MessageLabel

if TYPE_CHECKING:  # its parsers of records need not be there before the first window is seen
    from core.library.model_versions import ModelVersion

_COLUMNS = ("Trained", "Min", "Error", "Unheard", "Sharp", "Note")
_TIPS = (
    "When it was trained",
    "Minutes of training",
    "Mean error on the music that it learned, dB: less is nearer",
    "Mean error on music that it had not learned, dB",
    "How sharp decoded segments are: 1 is as sharp as the music",
    "Your note",
)
_NOTE = len(_COLUMNS) - 1
_ROWS = 5
_LONGEST_NOTE = 1000
_MEGABYTE = 1e6
_YEAR = len("2026-")
_WHEN = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class VersionNote:
    """Write a note about the version with this hash."""

    model_hash: str
    note: str


class VersionsPanel(QWidget):
    """Lists versions, the newest first.

    Signals:
        use_requested(ModelVersion): work with this one from now on.
        compare_requested(ModelVersion): hear the chosen place with this one, or, if that is the one
            that sounds, with the one before.
        note_requested(VersionNote)
        delete_requested(ModelVersion): the user confirmed it.
    """

    use_requested = Signal(object)
    compare_requested = Signal(object)
    note_requested = Signal(object)
    delete_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._versions: tuple[ModelVersion, ...] = ()
        self._present = self._other = ""
        self._usable = True
        self.about = forms.note()
        self.list = _version_list()
        self.learned = forms.note()
        self.note = QLineEdit()
        self.note.setMaxLength(_LONGEST_NOTE)
        self.note.setPlaceholderText("A note about this version")
        self.note.setAccessibleName("Note about the version")
        self.note.setToolTip("Kept with the version; versions with a note are never dropped")
        self.use = forms.button("Use", "Work with this version from now on")
        self.compare = forms.button(
            "A/B", "Hear the chosen place of the map with this version; again: with the other one"
        )
        self.delete = forms.button("Delete…", "Delete this version's file")
        self.keep = forms.button("Keep", "Delete nothing")
        self.really = forms.button("Delete it", "Delete the file of this version")
        self.question = QWidget()
        self.message = MessageLabel()
        self._lay_out()
        self.list.itemSelectionChanged.connect(self._select)
        self.list.itemDoubleClicked.connect(lambda *_: self._ask(self.compare_requested))
        self.note.editingFinished.connect(self._write_note)
        self.use.clicked.connect(lambda: self._ask(self.use_requested))
        self.compare.clicked.connect(lambda: self._ask(self.compare_requested))
        self.delete.clicked.connect(lambda: self._show_question(True))
        self.keep.clicked.connect(lambda: self._show_question(False))
        self.really.clicked.connect(self._delete)
        self.show_versions(())

    @property
    def selected(self) -> ModelVersion | None:
        """The version whose row is selected."""
        row = self.list.currentIndex().row()
        return self._versions[row] if 0 <= row < len(self._versions) else None

    def show_versions(self, versions: Sequence[ModelVersion]) -> None:
        """Show these versions, and no others."""
        before = self.selected
        self._versions = tuple(versions)
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addTopLevelItems([_item(version) for version in versions])
        self.list.blockSignals(False)
        hashes = [version.model_hash for version in versions]
        wanted = before.model_hash if before is not None else self._present
        if hashes:
            row = hashes.index(wanted) if wanted in hashes else 0
            self.list.setCurrentIndex(self.list.model().index(row, 0))
        self.about.setText(_about(versions))
        for widget in (self.list, self.note, self.use, self.compare, self.delete, self.learned):
            widget.setVisible(bool(versions))
        self._select()
        self._mark()

    def show_present(self, model_hash: str, other: str = "") -> None:
        """Mark which version sounds.

        Args:
            model_hash: of the model that is open; empty without one.
            other: of the one that it is compared with; empty for none.
        """
        self._present, self._other = model_hash, other
        self._mark()
        self._enable()

    def set_usable(self, usable: bool) -> None:
        """Say whether another version can be used now; not while one is trained."""
        self._usable = usable
        self._enable()

    def show_error(self, line: str) -> None:
        """Show one line about what went wrong."""
        self.message.show_error(line)

    def _ask(self, signal: SignalInstance) -> None:
        self.message.show_text("")
        if self.selected is not None and self._usable:
            signal.emit(self.selected)

    def _write_note(self) -> None:
        version = self.selected
        if version is not None and self.note.text().strip() != version.note:
            self.note_requested.emit(VersionNote(version.model_hash, self.note.text()))

    def _delete(self) -> None:
        self._show_question(False)
        self._ask(self.delete_requested)

    def _show_question(self, shown: bool) -> None:
        self.question.setVisible(shown)
        if shown:
            self.keep.setFocus()

    def _select(self) -> None:
        version = self.selected
        self._show_question(False)
        self.note.setText("" if version is None else version.note)
        learned = "" if version is None else version.figures.learned
        self.learned.setText(f"Learned from {learned}." if learned else "")
        self._enable()

    def _enable(self) -> None:
        version = self.selected
        usable = version is not None and self._usable
        is_present = version is not None and version.model_hash == self._present
        to_choose = usable and (not is_present or bool(self._other))
        self.use.setEnabled(to_choose)
        self.compare.setEnabled(to_choose)
        self.delete.setEnabled(usable and not is_present)

    def _mark(self) -> None:
        """A bold row sounds, and the letters say what is compared with what."""
        letters = {self._other: "A  ", self._present: "B  "} if self._other else {}
        for row, version in enumerate(self._versions):
            item = self.list.topLevelItem(row)
            assert item is not None
            used = version.model_hash == self._present
            font = theme.font(weight=theme.SEMIBOLD if used else theme.REGULAR)
            item.setText(0, letters.get(version.model_hash, "") + item.data(0, _WHEN))
            for column in range(len(_COLUMNS)):
                item.setFont(column, font)

    def _lay_out(self) -> None:
        question = QVBoxLayout(self.question)
        question.setContentsMargins(0, 0, 0, 0)
        question.addWidget(forms.note("Delete this version? Its file is gone then."))
        question.addLayout(forms.row(1, self.keep, self.really))
        self.question.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        for widget in (self.about, self.list, self.learned, self.note):
            rows.addWidget(widget)
        rows.addLayout(forms.row(self.use, self.compare, 1, self.delete))
        rows.addWidget(self.question)
        rows.addWidget(self.message)


def _item(version: ModelVersion) -> QTreeWidgetItem:
    from core.library.model_versions import describe

    when, *figures = describe(version)
    # The tool tip has the year; the note has its room.
    item = QTreeWidgetItem([when[_YEAR:], *figures, version.note])
    item.setData(0, _WHEN, item.text(0))
    item.setToolTip(0, when)
    item.setToolTip(_NOTE, version.note)
    return item


def _about(versions: Sequence[ModelVersion]) -> str:
    if not versions:
        return "Each training leaves a version here, to go back to and to compare by ear."
    count = len(versions)
    size = f"{sum(version.size for version in versions) / _MEGABYTE:.0f} MB"
    return f"{count} version{'s' * (count != 1)}, {size}. The bold one sounds."


def _version_list() -> QTreeWidget:
    made = QTreeWidget()
    made.setColumnCount(len(_COLUMNS))
    made.setHeaderLabels(_COLUMNS)
    for column, tip in enumerate(_TIPS):
        made.headerItem().setToolTip(column, tip)
    made.setAccessibleName("Versions of the model")
    made.setToolTip("Double click: hear the chosen place with this version")
    made.setRootIsDecorated(False)
    forms.roomy_rows(made)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    head = made.header()
    head.setStretchLastSection(True)
    head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    head.setSectionResizeMode(_NOTE, QHeaderView.ResizeMode.Stretch)
    made.setFixedHeight(24 * (_ROWS + 1))
    return made
