"""The Sound tab: spectrograms of what plays, and the inspector of the selected clips below."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSplitter, QVBoxLayout, QWidget

from technovae_gui.document import Document
from technovae_gui.inspector import ClipInspector
from technovae_gui.spectrogram import SpectrogramPanel

_LEAST_PICTURES = 170
_CLOSED = 48
"""Height in pixels of the inspector while nothing is selected."""


class SoundPanel(QWidget):
    """Spectrograms above, the clip inspector below, which is large only while a clip is selected.

    Once the user has moved the border between the two, it is no longer moved by the program.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._user_sized = document, False
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
        self.split.splitterMoved.connect(self._splitter_moved)
        document.selection_changed.connect(self._divide)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._divide()

    @Slot()
    def _splitter_moved(self) -> None:
        self._user_sized = True

    @Slot()
    def _divide(self) -> None:
        if self._user_sized:
            return
        wanted = self.inspector.sizeHint().height() if self._document.selection else _CLOSED
        below = min(wanted, self.height() // 2)
        self.split.setSizes([self.height() - below, below])
