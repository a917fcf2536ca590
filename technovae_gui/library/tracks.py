"""The library's tracks: searched, chosen, shown on the map, removed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from core.library.tracks import Track
from technovae_gui import theme
from technovae_gui.library.removal import Removal
from technovae_gui.library.track_table import TrackTable
from technovae_gui.widgets.labels import MessageLabel

_LOWEST = 150
"""Pixels of the table."""


class Tracks(QWidget):
    """Signals: chosen(str track id), opened(str track id), remove_requested(str track id)."""

    chosen = Signal(str)
    opened = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._writable = False
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search title, artist, BPM")
        self.search.setAccessibleName("Search tracks")
        self.search.setToolTip("Show only tracks with these words (Esc clears)")
        self.search.setClearButtonEnabled(True)
        self.table = TrackTable()
        self.table.setMinimumHeight(_LOWEST)
        self.removal = Removal()
        self.message = MessageLabel()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        rows.addWidget(self.search)
        rows.addWidget(self.table, 1)
        rows.addWidget(self.removal)
        rows.addWidget(self.message)
        self.search.textChanged.connect(self.table.filter)
        self.search.installEventFilter(self)
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(self.opened)
        self.table.removal_asked.connect(self._ask_removal)
        self.removal.confirmed.connect(self.remove_requested)
        self.removal.given_up.connect(self.table.setFocus)

    def show_tracks(self, tracks: Sequence[Track]) -> None:
        """Other tracks, or changed ones."""
        self.removal.hide()
        self.table.show_tracks(tracks)

    def set_writable(self, writable: bool) -> None:
        """Whether tracks can be removed."""
        self._writable = writable
        self.removal.hide()
        self.message.show_text("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """In the search field Escape clears, and Down goes on to the table."""
        if watched is not self.search or not isinstance(event, QKeyEvent):
            return False
        if event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            return True
        if event.key() == Qt.Key.Key_Down:
            self.table.setFocus()
            return True
        return False

    def _chosen(self, track_id: str) -> None:
        self.removal.hide()
        self.message.show_text("")
        self.chosen.emit(track_id)

    def _ask_removal(self, _: str) -> None:
        track = self.table.chosen_track()
        if not self._writable:
            self.message.show_text("This library cannot be changed, so its tracks stay.")
        elif track is not None:
            self.removal.ask(track)
