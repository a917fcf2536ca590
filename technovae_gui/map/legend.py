"""What the colours mean: the tracks, which can be highlighted, or a scale with its values."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.library.latent_map import LatentMap
from technovae_gui import theme
from technovae_gui.map.colour_bar import ColourBar
from technovae_gui.map.colouring import TRACK, Colouring

WIDTH = 168
_ROW = 21
_HEADER = 30
_BAR = 190


class Legend(QFrame):
    """A pane over the right edge of the map.

    Signals:
        tracks_highlighted(object): frozenset of track ids, empty for none.
        resized_itself(): it was opened or closed.
    """

    tracks_highlighted = Signal(object)
    resized_itself = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("legend")
        self.setStyleSheet(_SHEET)
        self.setAccessibleName("Legend of the map")
        self.setFixedWidth(WIDTH)
        self.header = QToolButton()
        self.header.setCheckable(True)
        self.header.setChecked(True)
        self.header.setToolTip("Show or hide the legend")
        self.header.toggled.connect(self._toggled)
        self.names = _name_list()
        self.names.itemSelectionChanged.connect(self._selected)
        self.bar = ColourBar()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.names)
        self.pages.addWidget(self.bar)
        self.hint = QLabel("Lit: close to your music")
        self.hint.setProperty("dim", True)
        self.hint.setStyleSheet("font-size: 10px; padding: 2px 4px;")
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 4, 4)
        column.setSpacing(0)
        for widget in (self.header, self.pages, self.hint):
            column.addWidget(widget)
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether more than its header is shown."""
        return self.header.isChecked()

    def show_map(self, latent_map: LatentMap | None) -> None:
        """List the tracks of `latent_map` in the library's order."""
        self.names.blockSignals(True)
        self.names.clear()
        for row, track in enumerate(latent_map.tracks.values() if latent_map else ()):
            item = QListWidgetItem(_swatch(theme.track_colour(row)), track.title)
            item.setData(Qt.ItemDataRole.UserRole, track.id)
            item.setToolTip(f"{track.title}: click to highlight, with Ctrl several")
            self.names.addItem(item)
        self.names.blockSignals(False)
        self.setVisible(latent_map is not None)

    def show_colours(self, colours: Colouring) -> None:
        """Explain `colours`."""
        by_track = colours.name == TRACK
        self.header.setText("Tracks" if by_track else colours.name.capitalize())
        if not by_track:
            self.bar.show_scale(colours)
        self.pages.setCurrentWidget(self.names if by_track else self.bar)
        self.resized_itself.emit()

    def show_highlighted(self, tracks: frozenset[str]) -> None:
        """Mirror which tracks are highlighted."""
        self.names.blockSignals(True)
        for row in range(self.names.count()):
            item = self.names.item(row)
            item.setSelected(item.data(Qt.ItemDataRole.UserRole) in tracks)
        self.names.blockSignals(False)

    def height_for(self, room: int) -> int:
        """Pixels of height that it takes where there are `room`."""
        if not self.is_open:
            return _HEADER
        shows_names = self.pages.currentWidget() is self.names
        body = self.names.count() * _ROW + 6 if shows_names else _BAR
        return min(room, _HEADER + body + self.hint.sizeHint().height() + 6)

    @Slot(bool)
    def _toggled(self, is_open: bool) -> None:
        self.pages.setVisible(is_open)
        self.hint.setVisible(is_open)
        self.resized_itself.emit()

    @Slot()
    def _selected(self) -> None:
        chosen = (item.data(Qt.ItemDataRole.UserRole) for item in self.names.selectedItems())
        self.tracks_highlighted.emit(frozenset(chosen))


class _Names(QListWidget):
    """A click on the only highlighted track lets go of it."""

    def mousePressEvent(self, event: object) -> None:  # noqa: N802
        item = self.itemAt(event.position().toPoint())  # type: ignore[attr-defined]
        if item is not None and self.selectedItems() == [item]:
            self.clearSelection()
            return
        super().mousePressEvent(event)  # type: ignore[arg-type]


def _name_list() -> QListWidget:
    names = _Names()
    names.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
    names.setIconSize(QSize(10, 10))
    names.setUniformItemSizes(True)
    names.setFrameShape(QFrame.Shape.NoFrame)
    names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    names.setTextElideMode(Qt.TextElideMode.ElideRight)
    names.setAccessibleName("Tracks on the map")
    return names


def _swatch(colour: str) -> QIcon:
    pixmap = QPixmap(20, 20)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(1, 1, 18, 18)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


_SHEET = f"""
#legend {{ background: rgba(21, 24, 30, 215); border: 1px solid {theme.LINE}; border-radius: 6px; }}
#legend QToolButton {{ background: transparent; border: 0; font-weight: 600; padding: 5px 4px; }}
#legend QToolButton:hover, #legend QToolButton:focus {{ color: {theme.ACCENT}; }}
#legend QToolButton:checked {{ background: transparent; color: {theme.TEXT}; }}
#legend QListView {{ background: transparent; border: 0; outline: 0; }}
#legend QListView::item {{ height: {_ROW}px; padding: 0 3px; border-radius: 3px; }}
#legend QListView::item {{ color: {theme.TEXT}; }}
#legend QListView::item:hover {{ background: {theme.RAISED}; }}
#legend QListView::item:selected {{ background: {theme.LINE_STRONG}; color: {theme.TEXT}; }}
"""
