"""The Sound tab: spectrograms of what plays or is selected, and the inspector of clips below."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from technovae_gui import theme
from technovae_gui.document import Document
from technovae_gui.inspector import ClipInspector
from technovae_gui.spectrogram import SpectrogramPanel
from technovae_gui.widgets import forms
from technovae_gui.widgets.labels import ElidedLabel

_LEAST_PICTURES = 170
_CLOSED = 40
"""Height in pixels of the inspector while nothing is selected."""
_NOTHING: Final = "Nothing chosen yet"


class SoundPanel(QWidget):
    """Names a sound above its spectrograms; the clip inspector below is large while it has a clip.

    A selected clip is what it shows; with a switch it shows the map's choice again. Once the user
    has moved the border above the inspector, it is no longer moved by the program.

    Attributes:
        pictures: spectrograms of the map's choice.
        clip_pictures: spectrograms of the selected clip.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._user_sized = document, False
        self._map_title, self._clip_title = "", ""
        self.title = ElidedLabel(collapses=False)
        self.title.setProperty("dim", False)
        self.title.setProperty("heading", True)
        self.map_button = _switch("Map", "Show what was chosen on the map")
        self.clip_button = _switch("Clip", "Show the selected clip")
        self.pictures = SpectrogramPanel()
        self.clip_pictures = SpectrogramPanel(empty="No original to show")
        self.pages = QStackedWidget()
        self.inspector = ClipInspector(document)
        self._lay_out()
        self._group.buttonClicked.connect(self._show_page)
        self.split.splitterMoved.connect(self._splitter_moved)
        document.selection_changed.connect(self._divide)
        self.show_map()

    @property
    def shows_clip(self) -> bool:
        """Whether the spectrograms are those of the selected clip."""
        return self.pages.currentWidget() is self.clip_pictures

    @Slot(str)
    def set_map_title(self, title: str) -> None:
        """Name the map's choice, and show it."""
        self._map_title = title
        self.show_map()

    def show_map(self) -> None:
        """Show the map's choice."""
        self.map_button.setChecked(True)
        self._show_page()

    def show_clip(self, title: str) -> None:
        """Show the selected clip.

        Args:
            title: its name; empty where there is none, and the map's choice is shown.
        """
        self._clip_title = title
        (self.clip_button if title else self.map_button).setChecked(True)
        self._show_page()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._divide()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._divide()  # the inspector has taken over what was selected meanwhile

    @Slot()
    def _show_page(self) -> None:
        clip = self.clip_button.isChecked()
        for button in (self.map_button, self.clip_button):
            button.setVisible(bool(self._clip_title))
        self.pages.setCurrentWidget(self.clip_pictures if clip else self.pictures)
        self.title.show_text((self._clip_title if clip else self._map_title) or _NOTHING)

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

    def _lay_out(self) -> None:
        self._group = QButtonGroup(self)
        for button in (self.map_button, self.clip_button):
            self._group.addButton(button)
        for page in (self.pictures, self.clip_pictures):
            self.pages.addWidget(page)
        above = QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(3 * theme.SPACE, 2 * theme.SPACE, 2 * theme.SPACE, 0)
        column.setSpacing(0)
        head = forms.row(self.title, self.map_button, self.clip_button)
        head.setStretch(0, 1)
        column.addLayout(head)
        column.addWidget(self.pages, 1)
        above.setMinimumHeight(_LEAST_PICTURES)
        below = forms.ScrollArea()
        below.setWidgetResizable(True)
        below.setFrameShape(forms.ScrollArea.Shape.NoFrame)
        below.setWidget(self.inspector)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.addWidget(above)
        self.split.addWidget(below)
        self.split.setHandleWidth(3)
        self.split.setCollapsible(0, False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.split)


def _switch(text: str, tip: str) -> QPushButton:
    made = forms.button(text, tip, name=tip)
    made.setCheckable(True)
    return made
