"""The table of tracks: sorted, filtered, chosen from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from core.library.tracks import Track
from technovae_gui.library import track_model
from technovae_gui.library.confidence import ConfidenceDelegate
from technovae_gui.library.track_model import Index, TrackModel

_WIDTHS = {
    track_model.BPM: 50,
    track_model.GRID: 48,
    track_model.SEGMENTS: 44,
    track_model.LENGTH: 56,
    track_model.WARNINGS: 24,
}
_FROM_WIDTH = {track_model.ARTIST: 340, track_model.SEGMENTS: 440, track_model.LENGTH: 280}
"""Pixels of the table from which on these columns show; their figures are in the tool tips too."""
_COLUMNS = 7
_ARTIST_WIDTH = 100
_ROW = 24


class TrackTable(QTableView):
    """Signals:
    chosen(str track id): the current row is another one.
    opened(str track id): double click, or Enter.
    removal_asked(str track id): Delete.
    """

    chosen = Signal(str)
    opened = Signal(str)
    removal_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tracks = TrackModel(self)
        self.proxy = _Filtered(self)
        self.proxy.setSourceModel(self.tracks)
        self.setModel(self.proxy)
        self._chosen = ""
        self._used = set(range(_COLUMNS))
        self._dress()
        self.selectionModel().selectionChanged.connect(self._selected)
        self.doubleClicked.connect(lambda index: self.opened.emit(self._id(index)))

    def show_tracks(self, tracks: Sequence[Track]) -> None:
        """Other tracks; the chosen one stays chosen if it is still there."""
        before = self._chosen
        self.tracks.show_tracks(tracks)
        unused = {track_model.ARTIST} if not any(track.artist for track in tracks) else set()
        if not any(track_model.warnings_of(track) for track in tracks):
            unused.add(track_model.WARNINGS)
        self._used = set(range(_COLUMNS)) - unused
        self._fit()
        self.choose(before)

    def choose(self, track_id: str) -> None:
        """Make `track_id` the current row; nothing is chosen if it is not there."""
        row = self.tracks.row_of(track_id)
        index = QModelIndex()
        if row is not None:
            index = self.proxy.mapFromSource(self.tracks.index(row, track_model.TITLE))
        if index.isValid():
            self.selectRow(index.row())
            self.scrollTo(index)
        else:
            self._chosen = ""

    def chosen_track(self) -> Track | None:
        """The track of the current row."""
        row = self.tracks.row_of(self._chosen)
        return None if row is None else self.tracks.tracks[row]

    def filter(self, text: str) -> None:
        """Show only tracks with all words of `text` in title, artist or tempo."""
        self.proxy.set_words(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        keys = Qt.Key
        if self._chosen and event.key() in (keys.Key_Delete, keys.Key_Backspace):
            self.removal_asked.emit(self._chosen)
        elif self._chosen and event.key() in (keys.Key_Return, keys.Key_Enter):
            self.opened.emit(self._chosen)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Show the columns that say something and that there is room for."""
        width = self.width() + (0 if track_model.ARTIST in self._used else _ARTIST_WIDTH)
        for column in range(_COLUMNS):
            room = width >= _FROM_WIDTH.get(column, 0)
            self.setColumnHidden(column, column not in self._used or not room)

    def _dress(self) -> None:
        self.setAccessibleName("Tracks")
        self.setToolTip("Enter or double click: show on the map. Delete: remove.")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSortingEnabled(True)
        self.sortByColumn(track_model.TITLE, Qt.SortOrder.AscendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        self.setItemDelegateForColumn(track_model.GRID, ConfidenceDelegate(self))
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(24)
        for column in (track_model.TITLE, track_model.ARTIST):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)

    def _selected(self, selected: QItemSelection, _: QItemSelection) -> None:
        rows = selected.indexes()
        if rows and self._id(rows[0]) != self._chosen:
            self._chosen = self._id(rows[0])
            self.chosen.emit(self._chosen)

    def _id(self, index: Index) -> str:
        return self.tracks.tracks[self.proxy.mapToSource(index).row()].id


class _Filtered(QSortFilterProxyModel):
    """Sorts by value, not by text, and keeps what has all words."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words: list[str] = []

    def set_words(self, text: str) -> None:
        self._words = text.casefold().split()
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802
        model = self.sourceModel()
        assert isinstance(model, TrackModel)
        track = model.tracks[row]
        text = f"{track.title} {track.artist} {track.bpm:.2f}".casefold()
        return all(word in text for word in self._words)

    def lessThan(self, left: Index, right: Index) -> bool:  # noqa: N802
        return bool(left.data(track_model.SORT) < right.data(track_model.SORT))
