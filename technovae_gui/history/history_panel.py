"""The list of heard places: pictures, names and stars; a click plays, a drag places."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QIcon, QImage, QKeyEvent, QMouseEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from core.arrangement.clip import ClipSource, RealSource
from technovae_gui import mime, theme
from technovae_gui.widgets import forms
from technovae_gui.widgets.icons import icon

if TYPE_CHECKING:
    from core.arrangement.audition_history import AuditionedPlace, AuditionHistory

Index: TypeAlias = QModelIndex | QPersistentModelIndex
_PLACE: Final = Qt.ItemDataRole.UserRole
_ROW: Final = 44
_PICTURE: Final = QSize(92, 36)
_STAR: Final = 26
"""Pixels at the right of a row that a click stars."""
_EMPTY: Final = "Places of the map that you hear are listed here."
_NO_STARS: Final = "A click on a star keeps a place here."


class HistoryPanel(QWidget):
    """Shows places, newest first.

    Signals:
        play_requested(AuditionedPlace): it was clicked.
        place_requested(list of DraggedSource): put it on the timeline.
        star_requested(ClipSource, bool): give it a star, or take it away.
        removal_requested(ClipSource): take it from the list.
        clearing_requested(): take all that have no star from the list.
        picture_missed(AuditionedPlace): it is in view, and its picture is not known.
    """

    play_requested = Signal(object)
    place_requested = Signal(object)
    star_requested = Signal(object, bool)
    removal_requested = Signal(object)
    clearing_requested = Signal()
    picture_missed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places: tuple[AuditionedPlace, ...] = ()
        self._built = False
        self.model = _Places(self)
        self.setAccessibleName("Heard places")

    def _build(self) -> None:
        """When it is shown first: no start of the window waits for it."""
        self._built = True
        self.stars = QPushButton("Favourites")
        self.stars.setCheckable(True)
        self.stars.setToolTip("Show only places with a star")
        self.clear = forms.button("Clear", "Take all places without a star from the list")
        self.empty = forms.note(_EMPTY)
        self.list = _List(self.model)
        self.list.setItemDelegate(_Rows(self))
        column = QVBoxLayout(self)
        column.setContentsMargins(*[3 * theme.SPACE] * 4)
        column.setSpacing(2 * theme.SPACE)
        column.addLayout(forms.row(self.stars, 1, self.clear))
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        self.stars.toggled.connect(self._refresh)
        self.clear.clicked.connect(self.clearing_requested)
        self.list.clicked.connect(self._clicked)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        if not self._built:
            self._build()
        super().showEvent(event)

    def show_places(self, places: AuditionHistory) -> None:
        """Show these, and no others."""
        self._places = places.places
        known = {it.source for it in self._places}
        self.model.pictures = {k: v for k, v in self.model.pictures.items() if k in known}
        self._refresh()

    def set_playing(self, source: ClipSource | None) -> None:
        """Mark the place that sounds; None for none."""
        if source != self.model.playing:
            self.model.playing = source
            self._repaint()

    def set_picture(self, source: ClipSource, picture: QImage) -> None:
        """Show the spectrogram of a place.

        Args:
            source: what was heard there.
            picture: scaled when it is painted.
        """
        self.model.pictures[source] = picture
        self._repaint()

    def has_picture(self, source: ClipSource) -> bool:
        """Whether the spectrogram of a place is known."""
        return source in self.model.pictures

    @property
    def is_complete(self) -> bool:
        """Whether all pictures are known."""
        return all(self.has_picture(it.source) for it in self._places)

    def _repaint(self) -> None:
        if self._built:
            self.list.viewport().update()

    @Slot()
    def _refresh(self) -> None:
        if not self._built:
            return
        starred = self.stars.isChecked()
        self.model.show([it for it in self._places if it.favourite or not starred])
        self.empty.setText(_NO_STARS if starred else _EMPTY)
        self.empty.setVisible(not self.model.rowCount())
        self.clear.setEnabled(any(not it.favourite for it in self._places))

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        place: AuditionedPlace = index.data(_PLACE)
        if self.list.pressed_x >= self.list.visualRect(index).right() - _STAR:
            self.star_requested.emit(place.source, not place.favourite)
        else:
            self.play_requested.emit(place)

    @Slot(QPoint)
    def _open_menu(self, at: QPoint) -> None:
        index = self.list.indexAt(at)
        if index.isValid():
            self.menu(index.data(_PLACE)).popup(self.list.viewport().mapToGlobal(at))

    def menu(self, place: AuditionedPlace) -> QMenu:
        """A context menu for a place; it deletes itself once it is closed."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction("Listen").triggered.connect(lambda: self.play_requested.emit(place))
        menu.addAction("Place at the playhead").triggered.connect(
            lambda: self.place_requested.emit([mime.DraggedSource(place.source, place.name)])
        )
        menu.addAction("Take the star away" if place.favourite else "Star").triggered.connect(
            lambda: self.star_requested.emit(place.source, not place.favourite)
        )
        menu.addSeparator()
        menu.addAction("Remove from the list").triggered.connect(
            lambda: self.removal_requested.emit(place.source)
        )
        return menu


class _Places(QAbstractListModel):
    """Places as rows, which are dragged as sources of clips."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._places: list[AuditionedPlace] = []
        self.pictures: dict[ClipSource, QImage] = {}
        self.playing: ClipSource | None = None

    def show(self, places: list[AuditionedPlace]) -> None:
        """Show places, newest first, in the place of those that are shown."""
        if places != self._places:
            self.beginResetModel()
            self._places = places
            self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        return 0 if parent is not None and parent.isValid() else len(self._places)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        place = self._places[index.row()]
        if role == _PLACE:
            return place
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return place.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{place.name}: a click plays it, a drag puts it on the timeline"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:  # noqa: N802
        return [mime.SOURCES]

    def mimeData(self, indexes: Any) -> QMimeData:  # noqa: N802
        places = [self._places[index.row()] for index in indexes]
        return mime.encode([mime.DraggedSource(it.source, it.name) for it in places])


class _List(QListView):
    """The list; Return plays, and clicks know where they began."""

    def __init__(self, model: _Places) -> None:
        super().__init__()
        self.pressed_x = 0
        self.setModel(model)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setMinimumHeight(4 * _ROW)
        self.setAccessibleName("Heard places")

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.pressed_x = event.position().toPoint().x()
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.pressed_x = 0
            self.clicked.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        returns = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        overrides = event.type() is QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and event.key() in returns:
            event.accept()
            return True
        return super().event(event)


class _Rows(QStyledItemDelegate):
    """Paints a row: its spectrogram, its name, what it is, and its star."""

    def __init__(self, panel: HistoryPanel) -> None:
        super().__init__(panel)
        self._panel = panel

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(120, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        place: AuditionedPlace = index.data(_PLACE)
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(theme.ACCENT_GROUND))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, QColor(theme.RAISED_HOVER))
        playing = self._panel.model.playing == place.source
        if playing:
            painter.fillRect(area.left(), area.top(), 3, area.height(), QColor(theme.WARM))
        box = QRect(area.topLeft() + QPoint(8, (_ROW - _PICTURE.height()) // 2), _PICTURE)
        painter.fillRect(box, QColor(theme.GROUND))
        picture = self._panel.model.pictures.get(place.source)
        if picture is None:
            self._panel.picture_missed.emit(place)
        else:
            painter.drawImage(box, picture)
        self._paint_words(painter, place, area.adjusted(_PICTURE.width() + 18, 4, -_STAR - 4, -4))
        star = QRect(0, 0, 18, 18)
        star.moveCenter(QPoint(area.right() - _STAR // 2, area.center().y()))
        _star(place.favourite, theme.TEXT).paint(painter, star)

    def _paint_words(self, painter: QPainter, place: AuditionedPlace, box: QRect) -> None:
        painter.setFont(theme.font(theme.BODY))
        painter.setPen(QColor(theme.TEXT))
        flags = Qt.AlignmentFlag.AlignLeft
        name = painter.fontMetrics().elidedText(
            place.name, Qt.TextElideMode.ElideMiddle, box.width()
        )
        painter.drawText(box, flags | Qt.AlignmentFlag.AlignTop, name)
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(QColor(theme.DIM))
        what = "segment" if isinstance(place.source, RealSource) else "decoded"
        painter.drawText(box, flags | Qt.AlignmentFlag.AlignBottom, what)


@cache
def _star(full: bool, _colour: str) -> QIcon:
    """Made when a row is painted first, and with each colour of texts again."""
    return icon("star_full" if full else "star")
