"""What sounds, as pictures, and the selected clip below it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QSplitter, QVBoxLayout, QWidget

from technovae_gui.document import Document
from technovae_gui.inspector import ClipInspector
from technovae_gui.spectrogram import SpectrogramPanel


class SoundPanel(QWidget):
    """Spectrograms above, inspector below."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = SpectrogramPanel()
        self.pictures.setMinimumHeight(250)
        self.inspector = ClipInspector(document)
        below = QScrollArea()
        below.setWidgetResizable(True)
        below.setFrameShape(QScrollArea.Shape.NoFrame)
        below.setWidget(self.inspector)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.pictures)
        split.addWidget(below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setHandleWidth(3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
