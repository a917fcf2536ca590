"""What can be done with several selected tracks at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from core.library.grid_change import GridChange
from core.library.tracks import Track
from technovae_gui import theme
from technovae_gui.widgets import forms

_CHANGES: Final = (
    ("\N{MULTIPLICATION SIGN}2", "Double the tempo of the selected tracks", GridChange.DOUBLE),
    ("\N{DIVISION SIGN}2", "Halve the tempo of the selected tracks", GridChange.HALVE),
    ("\N{MINUS SIGN}5 ms", "Put the beats of the selected tracks 5 ms earlier", GridChange.EARLIER),
    ("+5 ms", "Put the beats of the selected tracks 5 ms later", GridChange.LATER),
)


@dataclass(frozen=True)
class GridsChange:
    """Change the beat grids of the tracks with these ids."""

    track_ids: tuple[str, ...]
    change: GridChange


class SeveralTracks(QFrame):
    """Buttons for the selected tracks; hidden unless there are several.

    Signals:
        grids_change_requested(GridsChange)
        map_requested(tuple[str]): show the dots of the tracks with these ids.
    """

    grids_change_requested = Signal(object)
    map_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ids: tuple[str, ...] = ()
        forms.style_as_card(self)
        self.text = forms.note()
        self.show_on_map = forms.button("Show on map", "Show the dots of the selected tracks")
        self.changes = [forms.button(text, tip, name=tip) for text, tip, _ in _CHANGES]
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*[2 * theme.SPACE] * 4)
        rows.addLayout(forms.row(self.text, 1, self.show_on_map))
        rows.addLayout(forms.row(*self.changes))
        self.show_on_map.clicked.connect(lambda: self.map_requested.emit(self._ids))
        for button, (_, _, change) in zip(self.changes, _CHANGES, strict=True):
            button.clicked.connect(lambda _=False, change=change: self._request(change))
        self.hide()

    def show_tracks(self, tracks: Sequence[Track], *, writable: bool) -> None:
        """Show what can be done with these tracks.

        Args:
            tracks: that are selected.
            writable: whether the library can be changed.
        """
        self._ids = tuple(track.id for track in tracks)
        segments = sum(track.windows() for track in tracks)
        self.text.setText(f"{len(tracks)} tracks, {segments:,} segments")
        for button in self.changes:
            button.setEnabled(writable)
        self.setVisible(len(tracks) > 1)

    def _request(self, change: GridChange) -> None:
        self.grids_change_requested.emit(GridsChange(self._ids, change))
