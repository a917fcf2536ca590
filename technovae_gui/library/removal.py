"""Asks once more before a track goes, in the panel."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from core.library.tracks import Track
from technovae_gui import theme
from technovae_gui.widgets import forms


class Removal(QFrame):
    """Hidden until `ask`. Signals: confirmed(str track id), given_up()."""

    confirmed = Signal(str)
    given_up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._track_id = ""
        self.setObjectName("card")
        self.setStyleSheet(
            f"#card {{ background: {theme.RAISED}; border-left: 4px solid {theme.WARM}; }}"
        )
        self.text = forms.note()
        self.text.setProperty("dim", False)
        self.keep = forms.button("Keep", "Keep the track (Esc)")
        self.remove = forms.button("Remove", "Remove the track from the library (Enter)")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*[2 * theme.SPACE] * 4)
        rows.addWidget(self.text)
        rows.addLayout(forms.row(1, self.keep, self.remove))
        self.keep.clicked.connect(self._give_up)
        self.remove.clicked.connect(self._confirm)
        self.hide()

    def ask(self, track: Track) -> None:
        """Ask whether `track` shall go."""
        self._track_id = track.id
        self.text.setText(
            f"Remove “{track.title}” and its {track.windows()} segments from the library? "
            "The file that was imported stays where it is."
        )
        self.show()
        self.remove.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self._give_up()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self._give_up if self.keep.hasFocus() else self._confirm)()
        else:
            super().keyPressEvent(event)

    def _confirm(self) -> None:
        self.hide()
        self.confirmed.emit(self._track_id)

    def _give_up(self) -> None:
        self.hide()
        self.given_up.emit()
