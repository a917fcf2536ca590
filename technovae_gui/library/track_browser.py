"""The library's tracks: searched, filtered, selected, shown on the map, corrected, removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from core.library.tracks import Track
from core.library.training_weights import TrainingWeights
from technovae_gui import theme
from technovae_gui.library.filter_form import FilterForm, with_words
from technovae_gui.library.playlist_list import PlaylistList
from technovae_gui.library.several_tracks import SeveralTracks
from technovae_gui.library.track_learning import TrackLearning
from technovae_gui.library.track_table import TrackTable
from technovae_gui.widgets import forms
from technovae_gui.widgets.escape_key import EscapeKey
from technovae_gui.widgets.labels import MessageLabel

_MIN_TABLE_HEIGHT = 150


class TrackBrowser(QWidget):
    """Playlists, search and filter above the table; below it what can be done with several tracks,
    and the question before tracks are removed.

    Signals:
        track_selected(str): id of the track that was selected.
        track_activated(str): id of the track that was double-clicked or chosen with Enter.
        remove_requested(tuple[str]): ids of the tracks to remove; the user confirmed it.
    """

    track_selected = Signal(str)
    track_activated = Signal(str)
    remove_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._writable = False
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search title, artist, BPM")
        self.search.setAccessibleName("Search tracks")
        self.search.setToolTip("Show only tracks with these words (Esc clears)")
        self.search.setClearButtonEnabled(True)
        self.filter_button = forms.button("Filter", "Narrow the list by tempo, key, grid or folder")
        self.filter_button.setCheckable(True)
        self.form = FilterForm()
        self.form.hide()
        self.playlists = PlaylistList()
        self._listed: frozenset[str] | None = None
        self.count = forms.caption("")
        self.several = SeveralTracks()
        self.learning = TrackLearning()
        self.table = TrackTable()
        self.table.setMinimumHeight(_MIN_TABLE_HEIGHT)
        self.confirmation = RemoveConfirmation()
        self.message = MessageLabel()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        rows.addWidget(self.playlists)
        rows.addLayout(forms.row(self.search, self.filter_button))
        rows.addWidget(self.form)
        rows.addWidget(self.table, 1)
        rows.addWidget(self.count)
        rows.addWidget(self.several)
        rows.addWidget(self.learning)
        rows.addWidget(self.confirmation)
        rows.addWidget(self.message)
        self.playlists.chosen.connect(self._list)
        self.search.textChanged.connect(self._filter)
        self.filter_button.toggled.connect(self.form.setVisible)
        self.form.filter_changed.connect(self._filter)
        self.table.selection_changed.connect(self._show_selection)
        self.search.installEventFilter(self)
        self.table.track_selected.connect(self._select)
        self.table.track_activated.connect(self.track_activated)
        self.table.removal_requested.connect(self._ask_to_remove)
        self.confirmation.confirmed.connect(self.remove_requested)
        self.confirmation.cancelled.connect(self.table.setFocus)

    def show_tracks(self, tracks: Sequence[Track]) -> None:
        """Show these tracks instead."""
        self.confirmation.hide()
        self.playlists.show_tracks(tracks)
        self.form.show_folders(tracks)
        self.table.show_tracks(tracks)
        self._show_count()
        self._show_selection()

    def show_weights(self, weights: TrainingWeights) -> None:
        """Show how often a training learns the tracks."""
        self.learning.show_weights(weights)
        self.table.show_weights(weights)

    def set_writable(self, writable: bool) -> None:
        """Say whether tracks can be removed."""
        self._writable = writable
        self.confirmation.hide()
        self._show_selection()
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

    @Slot(object)
    def _list(self, track_ids: frozenset[str] | None) -> None:
        self._listed = track_ids
        self._filter()

    def _filter(self) -> None:
        chosen = replace(self.form.filter, track_ids=self._listed)
        self.table.filter(with_words(chosen, self.search.text()))
        self._show_count()

    def _show_count(self) -> None:
        """How many tracks the filter leaves; nothing where it leaves all."""
        shown, whole = self.table.proxy.rowCount(), len(self.table.tracks.tracks)
        self.count.setText(f"{shown:,} of {whole:,} tracks")
        self.count.setVisible(shown < whole)

    def _show_selection(self) -> None:
        selected = self.table.selected_tracks()
        self.several.show_tracks(selected, writable=self._writable)
        self.learning.show_tracks(selected)
        self.playlists.show_selection(selected)

    def _select(self, track_id: str) -> None:
        self.confirmation.hide()
        self.message.show_text("")
        self.track_selected.emit(track_id)

    def _ask_to_remove(self, _: str) -> None:
        tracks = self.table.selected_tracks()
        if not self._writable:
            self.message.show_text("This library is read-only: its tracks cannot be removed.")
        elif tracks:
            self.confirmation.ask(tracks)


class RemoveConfirmation(QFrame):
    """Asks whether tracks shall be removed; hidden until `ask`.

    Signals:
        confirmed(tuple[str]): ids of the tracks.
        cancelled()
    """

    confirmed = Signal(object)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._track_ids: tuple[str, ...] = ()
        forms.style_as_card(self, theme.CAUTION)
        self.text = forms.note()
        self.text.setProperty("dim", False)
        self.keep = forms.button("Keep", "Keep them in the library (Esc)")
        self.remove = forms.button("Remove", "Remove them from the library (Enter)")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*[3 * theme.SPACE] * 4)
        rows.addWidget(self.text)
        rows.addLayout(forms.row(1, self.keep, self.remove))
        self.keep.clicked.connect(self._cancel)
        self.remove.clicked.connect(self._confirm)
        EscapeKey(self, self._cancel)
        self.hide()

    def ask(self, tracks: Sequence[Track]) -> None:
        """Ask whether to remove these tracks."""
        self._track_ids = tuple(track.id for track in tracks)
        segments = sum(track.windows() for track in tracks)
        if len(tracks) == 1:
            what = f"“{tracks[0].title}” and its {segments} segments"
            stays = "The file that was imported stays where it is."
        else:
            what = f"{len(tracks):,} tracks and their {segments:,} segments"
            stays = "The files that were imported stay where they are."
        self.text.setText(f"Remove {what} from the library? {stays}")
        self.show()
        self.remove.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self._cancel if self.keep.hasFocus() else self._confirm)()
        else:
            super().keyPressEvent(event)

    def _confirm(self) -> None:
        self.hide()
        self.confirmed.emit(self._track_ids)

    def _cancel(self) -> None:
        self.hide()
        self.cancelled.emit()
