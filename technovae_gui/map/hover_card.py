"""Hovering: which dot the mouse is on, and the card that describes it."""

from __future__ import annotations

from collections import OrderedDict

from numpy.typing import ArrayLike
from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from core.dsp.key import Key
from core.library.latent_map import ATTRIBUTES, LatentMap
from core.library.training_weights import STARRED, USUAL, how_often
from core.settings import BARS_PER_SEGMENT
from technovae_gui import theme
from technovae_gui.map.canvas import Canvas
from technovae_gui.map.colouring import format_attribute, value_range
from technovae_gui.spectrogram.colours import thumbnail

_WIDTH, _PICTURE = 236, 62
_MARGIN, _ROW = 10, 17
_KEPT_PICTURES = 96
_DISTANCE = 18
HOVER_INTERVAL_MS = 30
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_SIZE = QSize(_WIDTH, 2 * _MARGIN + 40 + _PICTURE + 8 + _ROW * (len(ATTRIBUTES) + 1))


class HoverTracker(QObject):
    """Finds the dot under the mouse, at most every 30 ms.

    Signals:
        hovered(int | None): row of the dot that the mouse is on now; None for no dot.
    """

    hovered = Signal(object)

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._pos: QPointF | None = None
        self._row: int | None = None
        self._timer = QTimer(self, singleShot=True, interval=HOVER_INTERVAL_MS)
        self._timer.timeout.connect(self._find)
        canvas.mouse_moved.connect(self._mouse_moved)

    def reset(self) -> None:
        """Forget the dot: the scene has another map."""
        self._timer.stop()
        self._row = None

    @Slot(object)
    def _mouse_moved(self, pos: QPointF | None) -> None:
        self._pos = pos
        if pos is None:
            self._timer.stop()
            self._find()
        elif not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _find(self) -> None:
        row = None if self._pos is None else self._canvas.hit_test(self._pos).row
        if row != self._row:
            self._row = row
            self.hovered.emit(row)


class HoverCard(QWidget):
    """Describes a dot by words, bars and a small spectrogram.

    It is a child of the canvas, lies next to the dot, never over it, and lets the mouse through.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._canvas = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(_SIZE)
        self.setAccessibleName("About the dot under the mouse")
        self.segment_id = ""
        self.title, self.detail = "", ""
        self.rows: list[tuple[str, str, float]] = []
        self._pictures: OrderedDict[str, QImage] = OrderedDict()
        self._ranges: dict[str, tuple[float, float]] = {}
        self.hide()

    def set_map(self, latent_map: LatentMap | None) -> None:
        """Let the bars run from the lowest to the highest value on this map."""
        self._ranges = {}
        self._pictures.clear()
        if latent_map is not None:
            self._ranges = {name: value_range(latent_map.values(name)) for name in ATTRIBUTES}
        self.hide()

    def show_dot(
        self,
        latent_map: LatentMap,
        row: int,
        at: QPointF,
        weight: float = USUAL,
        key: Key | None = None,
    ) -> None:
        """Show the card for a dot.

        Args:
            latent_map: the map.
            row: of the dot.
            at: its pixel on the canvas.
            weight: how often a training learns it.
            key: of its segment; None where there is none, or it is not known.
        """
        segment = latent_map.segments[row]
        self.segment_id = segment.id
        self.title = latent_map.tracks[segment.track_id].title
        last = segment.bar + BARS_PER_SEGMENT
        self.detail = f"bars {segment.bar + 1} to {last} · {segment.bpm:.1f} BPM"
        if key is not None:
            self.detail += f" · {key.camelot}"
        values = [(name, getattr(segment.attributes, name)) for name in ATTRIBUTES]
        self.rows = [
            (n.capitalize(), format_attribute(n, v), self._fraction(n, v)) for n, v in values
        ]
        self.rows.append(("Learned", how_often([(weight, weight)]), weight / STARRED))
        self.move(_card_rect(at, self._canvas.size()).topLeft())
        self.show()
        self.raise_()
        self.update()

    def set_picture(self, segment_id: str, spectrogram_db: ArrayLike) -> None:
        """Show a spectrogram on the card of a segment, and keep it for the next time.

        Args:
            segment_id: the segment; another one's card may be shown by now.
            spectrogram_db: (512, 128) dB.
        """
        ratio = self.devicePixelRatioF()
        width, height = round((_WIDTH - 2 * _MARGIN) * ratio), round(_PICTURE * ratio)
        self._pictures[segment_id] = thumbnail(spectrogram_db, width, height)
        self._pictures.move_to_end(segment_id)
        while len(self._pictures) > _KEPT_PICTURES:
            self._pictures.popitem(last=False)
        if segment_id == self.segment_id:
            self.update()

    def has_picture(self, segment_id: str) -> bool:
        """Whether the spectrogram of a segment is kept."""
        return segment_id in self._pictures

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.LINE_STRONG))
        painter.setBrush(QColor(theme.PANEL))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 6, 6)
        self._paint_words(painter)
        self._paint_picture(painter)
        for number in range(len(self.rows)):
            self._paint_row(painter, number)

    def _paint_words(self, painter: QPainter) -> None:
        room = _WIDTH - 2 * _MARGIN
        font = painter.font()
        font.setWeight(theme.SEMIBOLD)
        painter.setFont(font)
        painter.setPen(QColor(theme.TEXT))
        shown = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QRect(_MARGIN, _MARGIN - 2, room, 20), _LEFT, shown)
        font.setWeight(theme.REGULAR)
        painter.setFont(font)
        painter.setPen(QColor(theme.DIM))
        painter.drawText(QRect(_MARGIN, _MARGIN + 17, room, 18), _LEFT, self.detail)

    def _paint_picture(self, painter: QPainter) -> None:
        box = QRect(_MARGIN, _MARGIN + 40, _WIDTH - 2 * _MARGIN, _PICTURE)
        painter.fillRect(box, QColor(theme.GROUND))
        picture = self._pictures.get(self.segment_id)
        if picture is not None:
            painter.drawImage(box, picture)

    def _paint_row(self, painter: QPainter, number: int) -> None:
        name, value, fraction = self.rows[number]
        top = _MARGIN + 40 + _PICTURE + 6 + number * _ROW
        font = painter.font()
        font.setPixelSize(theme.SMALL)
        painter.setFont(font)
        painter.setPen(QColor(theme.DIM))
        painter.drawText(QRect(_MARGIN, top, 70, _ROW), _LEFT, name)
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(QRect(_WIDTH - _MARGIN - 92, top, 92, _ROW), _RIGHT, value)
        groove = QRect(_MARGIN + 70, top + _ROW // 2 - 1, 52, 3)
        painter.fillRect(groove, QColor(theme.LINE))
        groove.setWidth(round(groove.width() * fraction))
        painter.fillRect(groove, QColor(theme.MEASURED))

    def _fraction(self, name: str, value: float) -> float:
        low, high = self._ranges[name]
        return min(max((value - low) / (high - low), 0.0), 1.0)


def _card_rect(at: QPointF, room: QSize) -> QRect:
    """Where the card goes for a dot at `at`: to its right if it fits, inside `room` in any case."""
    box = QRect(QPoint(round(at.x()) + _DISTANCE, round(at.y()) - _SIZE.height() // 2), _SIZE)
    if box.right() > room.width() - 6:
        box.moveRight(round(at.x()) - _DISTANCE)
    box.moveLeft(max(6, box.left()))
    box.moveTop(max(6, min(box.top(), room.height() - box.height() - 6)))
    return box
