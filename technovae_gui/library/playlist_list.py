"""The playlists of the library, above its tracks: chosen, named, filled by drag and drop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from core.errors import InputError
from core.library import playlists
from core.library.playlists import Playlist, Playlists
from core.library.tracks import Track
from technovae_gui import mime, theme
from technovae_gui.widgets import forms
from technovae_gui.widgets.labels import MessageLabel

_ROW_HEIGHT: Final = 24
_MOST_ROWS: Final = 5
"""In sight; more are scrolled to."""


class PlaylistList(QWidget):
    """All tracks and the playlists in rows; the chosen row says which tracks are listed below.

    Signals:
        changed(tuple[Playlist]): these are the playlists from now on.
        chosen(frozenset[str] | None): ids of the tracks to list; None for all.
        map_requested(tuple[str]): show the dots of the tracks with these ids.
    """

    changed = Signal(object)
    chosen = Signal(object)
    map_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playlists: Playlists = ()
        self._known: frozenset[str] = frozenset()
        self._selected: tuple[str, ...] = ()
        self.rows = _Rows(self)
        self.new_button = forms.button("New playlist", "Make one of the selected tracks")
        self.add_button = forms.button("Add", "Add the selected tracks to the chosen playlist")
        self.take_out_button = forms.button(
            "Take out", "Take the selected tracks out of the chosen playlist"
        )
        self.map_button = forms.button("On map", "Show the dots of the chosen playlist's tracks")
        self.back_button = forms.button("Put back", "Bring the deleted playlist back")
        self.back_button.hide()
        self._before: Playlists = ()
        self.message = MessageLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE)
        column.addWidget(self.rows)
        column.addLayout(
            forms.row(self.new_button, self.add_button, self.take_out_button, 1, self.map_button)
        )
        column.addWidget(self.back_button)
        column.addWidget(self.message)
        self.new_button.clicked.connect(lambda: self.make(self._selected))
        self.add_button.clicked.connect(lambda: self.add(self.rows.currentRow(), self._selected))
        self.take_out_button.clicked.connect(self.take_out)
        self.map_button.clicked.connect(lambda: self.map_requested.emit(self._listed()))
        self.back_button.clicked.connect(lambda: self._change(self._before, 0))
        self.rows.currentRowChanged.connect(self._choose)
        self.rows.itemChanged.connect(self._rename)
        self.rows.dropped.connect(self.add)
        self.rows.menu_requested.connect(self._show_menu)
        self.rows.removal_requested.connect(self.delete)
        self._fill(0)

    @property
    def playlist(self) -> Playlist | None:
        """The one that is chosen; None for all tracks."""
        row = self.rows.currentRow() - 1
        return self._playlists[row] if 0 <= row < len(self._playlists) else None

    def show_playlists(self, known: Playlists) -> None:
        """Show the playlists of a library, which was opened."""
        self._playlists = known
        self.back_button.hide()
        self._fill(0)

    def show_tracks(self, tracks: Iterable[Track]) -> None:
        """Count only these tracks, which the library has."""
        self._known = frozenset(track.id for track in tracks)
        self._fill(self.rows.currentRow())

    def show_selection(self, tracks: Sequence[Track]) -> None:
        """Offer what can be done with these tracks, which are selected."""
        self._selected = tuple(track.id for track in tracks)
        self._enable()

    def make(self, track_ids: Sequence[str] = ()) -> None:
        """Make a playlist of tracks, and let the user give it a name."""
        made = Playlist(playlists.unused_name(self._playlists), tuple(track_ids))
        self._change(playlists.put(self._playlists, made), len(self._playlists) + 1)
        self.rows.editItem(self.rows.item(len(self._playlists)))

    def add(self, row: int, track_ids: Sequence[str]) -> None:
        """Add tracks to a playlist.

        Args:
            row: of the list; on the first one, all tracks, they make a new playlist.
            track_ids: the tracks; those that are in it already stay where they are.
        """
        if not 0 < row <= len(self._playlists):
            self.make(track_ids)
            return
        changed = self._playlists[row - 1].with_tracks(track_ids)
        self._change(playlists.put(self._playlists, changed), self.rows.currentRow())

    def take_out(self) -> None:
        """Take the selected tracks out of the chosen playlist; they stay in the library."""
        playlist = self.playlist
        if playlist is not None:
            changed = playlist.without_tracks(self._selected)
            self._change(playlists.put(self._playlists, changed), self.rows.currentRow())

    def delete(self) -> None:
        """Delete the chosen playlist; its tracks stay in the library."""
        gone = self.playlist
        if gone is not None:
            self._before = self._playlists
            self._change(tuple(it for it in self._playlists if it is not gone), 0)
            self.back_button.setText(f"Put “{gone.name}” back")
            self.back_button.show()

    def _change(self, changed: Playlists, row: int) -> None:
        self._playlists = changed
        self.back_button.hide()
        self.message.show_text("")
        self._fill(row)
        self.changed.emit(changed)

    def _fill(self, row: int) -> None:
        self.rows.blockSignals(True)
        self.rows.clear()
        self.rows.addItem(_item(f"All tracks ({len(self._known):,})"))
        for playlist in self._playlists:
            item = _item(playlist.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            count = sum(it in self._known for it in playlist.track_ids)
            item.setToolTip(f"{count:,} tracks. F2: rename. Delete: only the list, not its tracks")
            self.rows.addItem(item)
        self.rows.setCurrentRow(max(0, min(row, len(self._playlists))))
        self.rows.blockSignals(False)
        self.rows.setVisible(bool(self._playlists))
        shown = min(self.rows.count(), _MOST_ROWS)
        self.rows.setFixedHeight(shown * _ROW_HEIGHT + 2 * self.rows.frameWidth())
        self._choose()

    def _choose(self) -> None:
        playlist = self.playlist
        self._enable()
        self.chosen.emit(None if playlist is None else frozenset(playlist.track_ids))

    def _enable(self) -> None:
        is_playlist, any_selected = self.playlist is not None, bool(self._selected)
        self.add_button.setVisible(bool(self._playlists))
        self.take_out_button.setVisible(bool(self._playlists))
        self.map_button.setVisible(bool(self._playlists))
        self.add_button.setEnabled(is_playlist and any_selected)
        self.take_out_button.setEnabled(is_playlist and any_selected)
        self.map_button.setEnabled(is_playlist and bool(self._listed()))

    def _listed(self) -> tuple[str, ...]:
        playlist = self.playlist
        ids = () if playlist is None else playlist.track_ids
        return tuple(it for it in ids if it in self._known)

    def _rename(self, item: QListWidgetItem) -> None:
        row = self.rows.row(item)
        old = self._playlists[row - 1].name
        if item.text() == old:
            return
        try:
            self._change(playlists.renamed(self._playlists, old, item.text()), row)
        except InputError as error:
            self._fill(row)
            self.message.show_error(str(error))

    def _show_menu(self, at: QPoint) -> None:
        row = self.rows.currentRow()
        menu = QMenu(self)
        menu.addAction("New playlist", lambda: self.make())
        if self.playlist is not None:
            rename = QAction("Rename", menu)
            rename.setShortcut(QKeySequence(Qt.Key.Key_F2))
            rename.triggered.connect(lambda: self.rows.editItem(self.rows.item(row)))
            menu.addAction(rename)
            menu.addAction("Delete the playlist", self.delete)
        menu.exec(at)


class _Rows(QListWidget):
    """The rows, onto which tracks are dropped."""

    dropped = Signal(int, object)
    menu_requested = Signal(QPoint)
    removal_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.EditKeyPressed | triggers.DoubleClicked)
        self.setAcceptDrops(True)
        self.setAccessibleName("Playlists")
        self.setUniformItemSizes(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(
            lambda at: self.menu_requested.emit(self.viewport().mapToGlobal(at))
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removal_requested.emit()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if mime.tracks(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()  # files go on to the panel, which imports them

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        event.acceptProposedAction()
        row = self.indexAt(event.position().toPoint()).row()
        self.dropped.emit(row, mime.tracks(event.mimeData()))


def _item(text: str) -> QListWidgetItem:
    item = QListWidgetItem(text)
    item.setSizeHint(QSize(0, _ROW_HEIGHT))
    return item
