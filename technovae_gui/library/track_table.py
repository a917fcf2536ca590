"""The table of tracks: sorted, filtered, selected from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QRectF,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from core.library.keys import Keys
from core.library.tracks import Track
from core.library.training_weights import TrainingWeights
from core.rhythm.grid import STEADY
from technovae_gui import theme
from technovae_gui.library import track_model
from technovae_gui.library.track_filter import TrackFilter
from technovae_gui.library.track_model import CONFIDENCE_ROLE, Index, TrackModel

_WIDTHS = {
    track_model.BPM: 50,
    track_model.KEY: 66,
    track_model.GRID: 48,
    track_model.SEGMENTS: 44,
    track_model.LENGTH: 56,
    track_model.WARNINGS: 24,
    track_model.LEARNED: 48,
}
_SHOWN_FROM_WIDTH = {
    track_model.KEY: 320,
    track_model.SEGMENTS: 440,
    track_model.LENGTH: 280,
    track_model.LEARNED: 300,
}
"""Columns that show only in a table of so many pixels; tool tips have their figures too."""
_COLUMN_COUNT = 9
_ARTIST_WIDTH = 100
_TITLE_AND_ARTIST_WIDTH = 240
"""Together at least: titles are told apart by more than a few letters."""
_ROW_HEIGHT = 24


class TrackTable(QTableView):
    """Tracks in rows; columns that do not fit or say nothing are hidden.

    Attributes:
        hovered_row: under the mouse; -1 for none.

    Signals:
        track_selected(str): id of the track of another current row.
        selection_changed(): `selected_tracks` gives others.
        track_activated(str): id of the track that was double-clicked or chosen with Enter.
        removal_requested(str): id of the track on which Delete was pressed.
    """

    track_selected = Signal(str)
    selection_changed = Signal()
    track_activated = Signal(str)
    removal_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tracks = TrackModel(self)
        self.proxy = _FilteredTracks(self)
        self.proxy.setSourceModel(self.tracks)
        self.setModel(self.proxy)
        self._selected_id = ""
        self.hovered_row = -1
        self._used_columns = set(range(_COLUMN_COUNT))
        self._set_up()
        self.selectionModel().selectionChanged.connect(self._announce_selection)
        self.doubleClicked.connect(lambda index: self.track_activated.emit(self._id(index)))

    def show_tracks(self, tracks: Sequence[Track]) -> None:
        """Replace all rows; the selected tracks stay selected if they are among them."""
        selected, several = self._selected_id, [track.id for track in self.selected_tracks()]
        self.tracks.show_tracks(tracks)
        unused = {track_model.ARTIST} if not any(track.artist for track in tracks) else set()
        if not any(track_model.warnings_of(track) for track in tracks):
            unused.add(track_model.WARNINGS)
        if not self._any_key():
            unused.add(track_model.KEY)
        if not self.tracks.weights.by_track:
            unused.add(track_model.LEARNED)
        self._used_columns = set(range(_COLUMN_COUNT)) - unused
        self._update_columns()
        self.select_track(selected)
        if len(several) > 1:
            self._select_also(several)

    def show_keys(self, keys: Keys) -> None:
        """Show the keys of the tracks, in a column that is there once one is known."""
        self.tracks.show_keys(keys)
        self._update_key_column()

    def refresh_key(self, track_id: str) -> None:
        """Show the key of one track, which the `Keys` that are shown have learned."""
        self.tracks.refresh_key(track_id)
        if track_model.KEY not in self._used_columns:
            self._update_key_column()

    def show_weights(self, weights: TrainingWeights) -> None:
        """Show how often a training learns the tracks, in a column that is there if it says so."""
        self.tracks.show_weights(weights)
        self.viewport().update()
        self._use_column(track_model.LEARNED, used=bool(weights.by_track))

    def _update_key_column(self) -> None:
        self._use_column(track_model.KEY, used=self._any_key())

    def _use_column(self, column: int, *, used: bool) -> None:
        if used:
            self._used_columns.add(column)
        else:
            self._used_columns.discard(column)
        self._update_columns()

    def _any_key(self) -> bool:
        keys = self.tracks.keys
        return any(keys.of_track(track.id) is not None for track in self.tracks.tracks)

    def select_track(self, track_id: str) -> None:
        """Select the track with this id; none if it is not among the rows."""
        row = self.tracks.row_of(track_id)
        index = QModelIndex()
        if row is not None:
            index = self.proxy.mapFromSource(self.tracks.index(row, track_model.TITLE))
        if index.isValid():
            self.selectRow(index.row())
            self.scrollTo(index)
        else:
            self._selected_id = ""

    def _select_also(self, track_ids: Sequence[str]) -> None:
        rows = QItemSelection()
        for track_id in track_ids:
            row = self.tracks.row_of(track_id)
            if row is not None:
                index = self.proxy.mapFromSource(self.tracks.index(row, track_model.TITLE))
                rows.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(rows, flags.Select | flags.Rows)

    def selected_track(self) -> Track | None:
        """The track of the current row; None without one."""
        row = self.tracks.row_of(self._selected_id)
        return None if row is None else self.tracks.tracks[row]

    def selected_tracks(self) -> list[Track]:
        """The tracks of all selected rows, from the top."""
        ranges = self.selectionModel().selection().toList()
        # `selectedRows` asks for the flags of every cell, 30 ms for 500 tracks.
        rows = sorted({row for it in ranges for row in range(it.top(), it.bottom() + 1)})
        sources = (self.proxy.mapToSource(self.proxy.index(row, 0)).row() for row in rows)
        return [self.tracks.tracks[row] for row in sources]

    def filter(self, chosen: TrackFilter) -> None:
        """Show only the tracks that a filter accepts."""
        self.proxy.set_filter(chosen)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        keys = Qt.Key
        if self._selected_id and event.key() in (keys.Key_Delete, keys.Key_Backspace):
            self.removal_requested.emit(self._selected_id)
        elif self._selected_id and event.key() in (keys.Key_Return, keys.Key_Enter):
            self.track_activated.emit(self._selected_id)
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """Beside the rows, none is under the mouse."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._hover(self.indexAt(event.position().toPoint()).row())
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.Wheel):
            self._hover(-1)
        return super().viewportEvent(event)

    def _hover(self, row: int) -> None:
        if row != self.hovered_row:
            before, self.hovered_row = self.hovered_row, row
            for changed in (before, row):
                top, height = self.rowViewportPosition(changed), self.rowHeight(changed)
                self.viewport().update(0, top, self.viewport().width(), height)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._update_columns()

    def _update_columns(self) -> None:
        """Show the columns that have content and fit."""
        width = self.width() + (0 if track_model.ARTIST in self._used_columns else _ARTIST_WIDTH)
        if track_model.LEARNED in self._used_columns:
            width -= _WIDTHS[track_model.LEARNED]
        for column in range(_COLUMN_COUNT):
            room = width >= _SHOWN_FROM_WIDTH.get(column, 0)
            self.setColumnHidden(column, column not in self._used_columns or not room)
        shown = sum(each for column, each in _WIDTHS.items() if not self.isColumnHidden(column))
        no_artist = track_model.ARTIST not in self._used_columns
        self.setColumnHidden(
            track_model.ARTIST, no_artist or self.width() - shown < _TITLE_AND_ARTIST_WIDTH
        )

    def _set_up(self) -> None:
        self.setAccessibleName("Tracks")
        self.setToolTip(
            "Enter or double click: show on the map. Delete: remove. Drag: into a playlist."
        )
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(False)
        self.setDragEnabled(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names often differ at their end
        self.setSortingEnabled(True)
        self.sortByColumn(track_model.TITLE, Qt.SortOrder.AscendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        self.setMouseTracking(True)
        self.setItemDelegate(_RowDelegate(self))
        self.setItemDelegateForColumn(track_model.GRID, _ConfidenceDelegate(self))
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(24)
        for column in (track_model.TITLE, track_model.ARTIST):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)

    def _announce_selection(self, selected: QItemSelection, _: QItemSelection) -> None:
        self.selection_changed.emit()
        rows = selected.indexes()
        if rows and self._id(rows[0]) != self._selected_id:
            self._selected_id = self._id(rows[0])
            self.track_selected.emit(self._selected_id)

    def _id(self, index: Index) -> str:
        return self.tracks.tracks[self.proxy.mapToSource(index).row()].id


class _FilteredTracks(QSortFilterProxyModel):
    """Shows the tracks that the filter accepts, in the order that their model has them in."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._filter = TrackFilter()

    def set_filter(self, chosen: TrackFilter) -> None:
        if chosen != self._filter:
            self._filter = chosen
            self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802
        if self._filter == TrackFilter():
            return True
        model = self.sourceModel()
        assert isinstance(model, TrackModel)
        track = model.tracks[row]
        return self._filter.accepts(track, model.keys.of_track(track.id))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.sourceModel().sort(column, order)


_BAR_HEIGHT = 6.0
_BAR_MARGIN = 6.0
_BAR_EDGE = 2.0


def confidence_colour(confidence: float) -> QColor:
    """Green, yellow or red for a confidence of 0..1."""
    if confidence >= 0.75:
        return QColor(theme.GOOD)
    return QColor(theme.CAUTION if confidence >= STEADY else theme.BAD)


def _paint_bar(painter: QPainter, box: QRectF, confidence: float, *, selected: bool) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.GROUND if selected else theme.LINE))
    # On the ground of a selected row, the colours of the bar are seen on a dark edge only.
    edge = _BAR_EDGE if selected else 0.0
    groove = box.adjusted(-edge, -edge, edge, edge)
    painter.drawRoundedRect(groove, groove.height() / 2, groove.height() / 2)
    painter.setBrush(confidence_colour(confidence))
    filled = QRectF(box)
    filled.setWidth(max(_BAR_HEIGHT, box.width() * confidence))
    painter.drawRoundedRect(filled, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
    painter.restore()


class _RowDelegate(QStyledItemDelegate):
    """Paints all cells of the row under the mouse as under the mouse; Qt does one of them."""

    def __init__(self, table: TrackTable) -> None:
        super().__init__(table)
        self._table = table

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        super().initStyleOption(option, index)
        if index.row() == self._table.hovered_row:
            option.state |= QStyle.StateFlag.State_MouseOver
        else:
            option.state &= ~QStyle.StateFlag.State_MouseOver


class _ConfidenceDelegate(_RowDelegate):
    """Paints how sure a beat grid is as a bar in its cell."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        confidence = index.data(CONFIDENCE_ROLE)
        if confidence is None:
            return
        cell = QRectF(option.rect)
        width = cell.width() - 2 * _BAR_MARGIN
        top = cell.center().y() - _BAR_HEIGHT / 2
        box = QRectF(cell.left() + _BAR_MARGIN, top, width, _BAR_HEIGHT)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        _paint_bar(painter, box, confidence, selected=selected)
