"""The legend of the dots' colours: tracks, which can be highlighted, a colour bar, or words."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QIcon,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
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
from technovae_gui.map.colouring import (
    KEY,
    KEYS,
    PART_ALIKE,
    TRACK,
    DotColours,
    format_attribute,
    key_palette,
)

WIDTH = 168
_ROW = 21
_HEADER = 30
_BAR = 190
_TICKS = 5
_INSET = 10
_MARGIN = 4


class Legend(QFrame):
    """The legend at the right edge of the map, which can be collapsed.

    Signals:
        tracks_highlighted(frozenset[str]): ids of the tracks that the user selected.
        height_changed(): `height_for` gives another height.
    """

    tracks_highlighted = Signal(object)
    height_changed = Signal()

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
        self.names = _track_list()
        self.names.itemSelectionChanged.connect(self._selection_changed)
        self.bar = ColourBar()
        self.wheel = KeyWheel()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setStyleSheet("padding: 2px 4px;")
        self.pages = QStackedWidget()
        for page in (self.names, self.bar, self.wheel, self.words):
            self.pages.addWidget(page)
        self.hint = _caption("Lit: close to your music")
        self.weights = _caption("")
        self.weights.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 2, _MARGIN, _MARGIN)
        column.setSpacing(0)
        for widget in (self.header, self.pages, self.hint, self.weights):
            column.addWidget(widget)
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether it is expanded."""
        return self.header.isChecked()

    def show_map(self, latent_map: LatentMap | None) -> None:
        """List the tracks of a map in the library's order; hide the legend without a map."""
        self.names.blockSignals(True)
        self.names.clear()
        for row, track in enumerate(latent_map.tracks.values() if latent_map else ()):
            item = QListWidgetItem(_swatch(theme.track_colour(row)), track.title)
            item.setData(Qt.ItemDataRole.UserRole, track.id)
            item.setToolTip(f"{track.title}: click to highlight, with Ctrl several")
            self.names.addItem(item)
        self.names.blockSignals(False)
        self.setVisible(latent_map is not None)

    def show_colours(self, colours: DotColours, coming: str = "") -> None:
        """Explain the colours of the dots.

        Args:
            colours: those that the dots have.
            coming: what they will show soon, one of `colouring.CHOICES`; empty where that is what
                they show.
        """
        title = "Tracks" if colours.name == TRACK else colours.name.capitalize()
        self.header.setText(f"Soon: {coming}" if coming else title)
        if colours.name == TRACK:
            self.pages.setCurrentWidget(self.names)
        elif colours.name == KEY:
            self.pages.setCurrentWidget(self.wheel)
        elif colours.name in PART_ALIKE:
            part = PART_ALIKE[colours.name]
            self.words.setText(
                f"Dots of like colours sound alike in their {part}, wherever they lie."
            )
            self.pages.setCurrentWidget(self.words)
        else:
            self.bar.show_scale(colours)
            self.pages.setCurrentWidget(self.bar)
        self.height_changed.emit()

    def show_weights(self, *, left_out: bool, more_often: bool) -> None:
        """Explain how dots look by what a training learns of them.

        Args:
            left_out: whether a training leaves any out.
            more_often: whether it learns any more often.
        """
        lines = ("Faint: never learned",) * left_out + ("Ringed: learned more",) * more_often
        self.weights.setText("\n".join(lines))
        self.weights.setVisible(bool(lines) and self.is_open)
        self.height_changed.emit()

    def show_highlighted(self, tracks: frozenset[str]) -> None:
        """Select the tracks with these ids in the list."""
        self.names.blockSignals(True)
        for row in range(self.names.count()):
            item = self.names.item(row)
            item.setSelected(item.data(Qt.ItemDataRole.UserRole) in tracks)
        self.names.blockSignals(False)

    def height_for(self, room: int) -> int:
        """Its height in pixels where `room` pixels are available."""
        if not self.is_open:
            return _HEADER
        if self.pages.currentWidget() is self.names:
            body = self.names.count() * _ROW + 6
        elif self.pages.currentWidget() is self.words:
            # As if they were narrower than they are: the frame takes some of their room.
            body = self.words.heightForWidth(WIDTH - 3 * _MARGIN) + 2 * _MARGIN
        elif self.pages.currentWidget() is self.wheel:
            body = WIDTH - 2 * _MARGIN + _ROW
        else:
            body = _BAR
        below = self.hint.sizeHint().height()
        if self.weights.text():
            below += self.weights.sizeHint().height()
        return min(room, _HEADER + body + below + 6)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Keep what the list has no more use for: the map below would zoom."""
        event.accept()

    @Slot(bool)
    def _toggled(self, is_open: bool) -> None:
        self.pages.setVisible(is_open)
        self.hint.setVisible(is_open)
        self.weights.setVisible(is_open and bool(self.weights.text()))
        self.height_changed.emit()

    @Slot()
    def _selection_changed(self) -> None:
        chosen = (item.data(Qt.ItemDataRole.UserRole) for item in self.names.selectedItems())
        self.tracks_highlighted.emit(frozenset(chosen))


class ColourBar(QWidget):
    """A vertical scale of colours with labelled values, high values at the top."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colours: DotColours | None = None
        self.setAccessibleName("Scale of the colours")

    def show_scale(self, colours: DotColours) -> None:
        """Show the scale of colours that stand for an attribute."""
        self.colours = colours
        self.setAccessibleDescription(" to ".join(self.labels()[::-4]))
        self.update()

    def labels(self) -> list[str]:
        """Texts of the labels, the highest value first."""
        if self.colours is None:
            return []
        low, high, name = self.colours.low, self.colours.high, self.colours.name
        fractions = (1.0 - row / (_TICKS - 1) for row in range(_TICKS))
        return [format_attribute(name, low + fraction * (high - low)) for fraction in fractions]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if self.colours is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(_INSET, _INSET, 12, self.height() - 2 * _INSET)
        ramp = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        last = len(self.colours.palette) - 1
        for number, colour in enumerate(self.colours.palette):
            ramp.setColorAt(number / last, colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ramp)
        painter.drawRoundedRect(bar, 3, 3)
        self._paint_labels(painter, bar)

    def _paint_labels(self, painter: QPainter, bar: QRectF) -> None:
        for row, text in enumerate(self.labels()):
            y = bar.top() + bar.height() * row / (_TICKS - 1)
            painter.setPen(QColor(theme.LINE_STRONG))
            painter.drawLine(QPointF(bar.right() + 2, y), QPointF(bar.right() + 6, y))
            painter.setPen(QColor(theme.TEXT))
            box = QRectF(bar.right() + 10, y - 9, self.width() - bar.right() - 10, 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)


class KeyWheel(QWidget):
    """The colours of keys on the Camelot wheel: neighbours mix well, minor keys are inside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Colours of the keys on the Camelot wheel")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = float(min(self.width(), self.height() - _ROW))
        centre = QPointF(self.width() / 2, room / 2)
        for minor in (False, True):
            self._paint_ring(painter, centre, room * (0.33 if minor else 0.47), minor=minor)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.PANEL))
        painter.drawEllipse(centre, room * 0.17, room * 0.17)
        painter.setBrush(key_palette()[-1])
        painter.drawEllipse(QPointF(_INSET, room + _ROW / 2), 5, 5)
        painter.setPen(QColor(theme.TEXT))
        box = QRectF(2 * _INSET, room, self.width(), _ROW)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, "No key")

    def _paint_ring(
        self, painter: QPainter, centre: QPointF, radius: float, *, minor: bool
    ) -> None:
        turn = 360.0 / KEYS
        painter.setFont(theme.font(theme.SMALL, theme.SEMIBOLD))
        for number in range(1, KEYS + 1):
            middle = 90.0 - number * turn
            painter.setPen(QPen(QColor(theme.PANEL), 1.5))
            painter.setBrush(key_palette()[2 * (number - 1) + (not minor)])
            whole = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
            painter.drawPie(whole, round(16 * (middle - turn / 2)), round(16 * turn))
            place = (
                QLineF.fromPolar(radius * (0.76 if minor else 0.85), middle).translated(centre).p2()
            )
            painter.setPen(QColor(theme.GROUND))
            text = QRectF(place.x() - 14, place.y() - 8, 28, 16)
            painter.drawText(text, Qt.AlignmentFlag.AlignCenter, f"{number}{'AB'[not minor]}")


class _TrackList(QListWidget):
    """A list in which a click on the only selected item clears the selection.

    Letters are keys of the map, also here: they do not search the list.
    """

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.text().isprintable() and event.text().strip():
            event.ignore()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        item = self.itemAt(event.position().toPoint())
        if item is not None and self.selectedItems() == [item]:
            self.clearSelection()
            return
        super().mousePressEvent(event)


def _caption(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("caption", True)
    label.setStyleSheet("padding: 2px 4px;")
    return label


def _track_list() -> QListWidget:
    names = _TrackList()
    names.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
    names.setIconSize(QSize(10, 10))
    names.setUniformItemSizes(True)
    names.setFrameShape(QFrame.Shape.NoFrame)
    names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    names.setTextElideMode(Qt.TextElideMode.ElideMiddle)
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
#legend {{ background: rgba(21, 24, 30, 215); border: 1px solid {theme.LINE};
    border-radius: {theme.RADIUS}px; }}
#legend QToolButton {{ background: transparent; border: 0; font-weight: 600; padding: 5px 4px; }}
#legend QToolButton:hover, #legend QToolButton:focus {{ color: {theme.ACCENT}; }}
#legend QToolButton:checked {{ background: transparent; color: {theme.TEXT}; }}
#legend QListView {{ background: transparent; border: 0; outline: 0; }}
#legend QListView::item {{ height: {_ROW}px; padding: 0 3px; border-radius: {theme.RADIUS}px; }}
#legend QListView::item {{ color: {theme.TEXT}; }}
#legend QListView::item:hover {{ background: {theme.RAISED}; }}
#legend QListView::item:selected {{ background: {theme.LINE_STRONG}; color: {theme.TEXT}; }}
"""
