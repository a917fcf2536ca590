"""The fields by which the list of tracks is narrowed down, below its search field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QSizePolicy, QVBoxLayout, QWidget

from core.library.tracks import Track
from core.rhythm.grid import GRID_BPM_MAX
from technovae_gui import theme
from technovae_gui.library.track_filter import GridFilter, TrackFilter, folders
from technovae_gui.widgets import forms

_LEAST_WIDTH: Final = 90
"""Pixels of a tempo field."""
_KEYS: Final = tuple(f"{number}{letter}" for letter in "AB" for number in range(1, 13))
_GRIDS: Final = (
    ("Any grid", GridFilter.ANY),
    ("Unsure grids", GridFilter.UNSURE),
    ("Sure grids", GridFilter.SURE),
    ("Corrected by you", GridFilter.CORRECTED),
)


class FilterForm(QWidget):
    """Tempo range, key, beat grid and folder.

    Signals:
        filter_changed(TrackFilter): without the words of the search field.
    """

    filter_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lowest = _tempo("from", "Lowest tempo")
        self.highest = _tempo("to", "Highest tempo")
        keys = ((f"Fits {key}", key) for key in _KEYS)
        self.key = forms.combo(
            ("Any key", ""),
            *keys,
            tip="Tracks whose key is this one, its relative, or a fifth away (Camelot wheel)",
            name="Key",
        )
        self.grid = forms.combo(*_GRIDS, tip="How sure their beat grids are", name="Beat grid")
        self.folder = forms.combo(
            ("Any folder", ""), tip="The folder that they were imported from", name="Folder"
        )
        self.clear_button = forms.button("Clear", "Show all tracks")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE)
        for widgets in (
            (self.lowest, self.highest),
            (self.key, self.grid),
            (self.folder, self.clear_button),
        ):
            line = forms.row(*widgets)
            for widget in widgets:
                line.setStretchFactor(widget, int(widget is not self.clear_button))
            rows.addLayout(line)
        for tempo in (self.lowest, self.highest):
            tempo.valueChanged.connect(self._announce)
        for box in (self.key, self.grid, self.folder):
            box.currentIndexChanged.connect(self._announce)
        self.clear_button.clicked.connect(self.clear)
        self._announce()

    @property
    def filter(self) -> TrackFilter:
        """What the fields say."""
        return TrackFilter(
            lowest_bpm=self.lowest.value(),
            highest_bpm=self.highest.value(),
            fits=self.key.currentData(),
            grid=GridFilter(self.grid.currentData()),
            folder=self.folder.currentData(),
        )

    def show_folders(self, tracks: Iterable[Track]) -> None:
        """Offer the folders of these tracks; the chosen one stays if it is among them."""
        chosen = self.folder.currentData()
        self.folder.blockSignals(True)
        while self.folder.count() > 1:
            self.folder.removeItem(1)
        for folder, count in folders(tracks):
            self.folder.addItem(f"{PurePath(folder).name} ({count})", folder)
        self.folder.setCurrentIndex(max(0, self.folder.findData(chosen)))
        self.folder.blockSignals(False)
        self._announce()

    def clear(self) -> None:
        """Show all tracks."""
        for tempo in (self.lowest, self.highest):
            tempo.setValue(0.0)
        for box in (self.key, self.grid, self.folder):
            box.setCurrentIndex(0)

    def _announce(self) -> None:
        self.clear_button.setEnabled(self.filter != TrackFilter())
        self.filter_changed.emit(self.filter)


def with_words(chosen: TrackFilter, text: str) -> TrackFilter:
    """A filter that also wants the words of the search field.

    Args:
        chosen: what else a track has to be.
        text: of the search field; upper and lower case are the same.
    """
    return replace(chosen, words=tuple(text.casefold().split()))


def _tempo(prefix: str, name: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    box.setMinimumWidth(_LEAST_WIDTH)
    box.setRange(0.0, GRID_BPM_MAX)
    box.setDecimals(0)
    box.setPrefix(f"{prefix} ")
    box.setSuffix(" BPM")
    box.setSpecialValueText(f"{prefix} any BPM")
    box.setAccessibleName(name)
    box.setToolTip(f"{name} of the tracks that are shown")
    return box
