"""What sounds, as pictures, and the selected clip below it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSplitter, QVBoxLayout, QWidget

from technovae_gui.document import Document
from technovae_gui.inspector import ClipInspector
from technovae_gui.spectrogram import SpectrogramPanel

_LEAST_PICTURES = 170
_CLOSED = 48
"""Pixels that say "select a clip"."""


class SoundPanel(QWidget):
    """Spectrograms above, inspector below: it gets room while a clip is selected.

    Once somebody has moved the border between them, it stays.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._moved = document, False
        self.pictures = SpectrogramPanel()
        self.pictures.setMinimumHeight(_LEAST_PICTURES)
        self.inspector = ClipInspector(document)
        below = QScrollArea()
        below.setWidgetResizable(True)
        below.setFrameShape(QScrollArea.Shape.NoFrame)
        below.setWidget(self.inspector)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.addWidget(self.pictures)
        self.split.addWidget(below)
        self.split.setHandleWidth(3)
        self.split.setCollapsible(0, False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.split)
        self.split.splitterMoved.connect(self._keep)
        document.selection_changed.connect(self._share)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._share()

    def _keep(self) -> None:
        self._moved = True

    def _share(self) -> None:
        if self._moved:
            return
        wanted = self.inspector.sizeHint().height() if self._document.selection else _CLOSED
        below = min(wanted, self.height() // 2)
        self.split.setSizes([self.height() - below, below])
