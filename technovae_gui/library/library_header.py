"""The top of the library panel: which library is open, and buttons to open, make and fill one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from core.library.tracks import Track
from technovae_gui import theme
from technovae_gui.widgets import forms
from technovae_gui.widgets.labels import ElidedLabel


class LibraryHeader(QWidget):
    """Name, path and counts of the library above the buttons.

    Signals:
        new_requested(): make a library.
        open_requested(): open another one.
        demo_requested(): open the built-in demo.
        find_requested(): choose where the missing audio may be.
        import_files_requested(), import_folder_requested(): choose what to import.
    """

    new_requested = Signal()
    open_requested = Signal()
    demo_requested = Signal()
    find_requested = Signal()
    import_files_requested = Signal()
    import_folder_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = forms.heading("No library is open")
        self.path = ElidedLabel()
        self.counts = forms.note()
        self.map_info = forms.note()
        self.hint = forms.note()
        self.missing = forms.note()
        self._make_buttons()
        self._lay_out()

    def show_library(self, path: Path | None, *, demo: bool, writable: bool) -> None:
        """Show which library is open.

        Args:
            path: its folder; None for no library.
            demo: whether it is the built-in demo.
            writable: whether tracks can be imported into it.
        """
        name = "Built-in demo" if demo else path.name if path else "No library is open"
        self.name.setText(name)
        self.path.show_text("" if demo or path is None else str(path))
        self.demo.setEnabled(not demo)
        self.hint.setText(_hint(path, demo, writable))
        self.hint.setVisible(bool(self.hint.text()))
        self.enable_import(writable and path is not None)
        self._emphasise(self.new, demo or path is None)
        self._emphasise(self.files, writable and path is not None)

    def enable_import(self, possible: bool) -> None:
        """Say whether an import can be started now."""
        self.files.setEnabled(possible)
        self.find_button.setEnabled(possible)
        self.folder.setEnabled(possible)

    def show_tracks(self, tracks: Sequence[Track]) -> None:
        """Show how many tracks, segments and minutes there are."""
        minutes = sum(track.seconds for track in tracks) / 60
        segments = sum(track.windows() for track in tracks)
        counts = f"{_count_text(len(tracks), 'track')} · {_count_text(segments, 'segment')}"
        self.counts.setText(f"{counts} · {minutes:.0f} min")

    def show_missing(self, count: int, tracks: int) -> None:
        """Say that audio is gone from the library, and offer to look for it.

        Args:
            count: tracks whose audio is not there.
            tracks: of the library.
        """
        self.missing.setText(f"Audio of {count:,} of {_count_text(tracks, 'track')} is missing.")
        for widget in (self.missing, self.find_button):
            widget.setVisible(count > 0)

    def _make_buttons(self) -> None:
        make = forms.button
        self.new = make("New…", "Make a library for your own music", name="New library")
        self.open = make("Open…", "Open another library", name="Open library")
        self.demo = make("Demo", "Open the built-in demo library", name="Built-in demo")
        self.files = make("Import files…", "Import audio files (Ctrl+I); or drop them here")
        self.folder = make("Import folder…", "Import all audio in a folder; or drop it here")
        self.find_button = make(
            "Find in folder…", "Look for the missing audio; only its sound has to be the same"
        )
        for button, signal in (
            (self.find_button, self.find_requested),
            (self.new, self.new_requested),
            (self.open, self.open_requested),
            (self.demo, self.demo_requested),
            (self.files, self.import_files_requested),
            (self.folder, self.import_folder_requested),
        ):
            button.clicked.connect(signal)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        for label in (self.name, self.path, self.counts, self.map_info):
            rows.addWidget(label)
        rows.addSpacing(theme.SPACE)
        rows.addLayout(forms.row(self.new, self.open, self.demo))
        rows.addLayout(forms.row(self.files, self.folder))
        rows.addWidget(self.hint)
        rows.addWidget(self.missing)
        rows.addWidget(self.find_button)
        self.show_missing(0, 0)

    def _emphasise(self, button: QWidget, on: bool) -> None:
        button.setProperty("primary", on)
        button.style().unpolish(button)
        button.style().polish(button)


def _hint(path: Path | None, demo: bool, writable: bool) -> str:
    if path is None:
        return "Make a library for your own music, or open one."
    if demo:
        return "The demo cannot be changed. Make your own library, then import your music."
    return "" if writable else "This library is read-only: its tracks can be played, not changed."


def _count_text(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
