"""The card beside the dot under the mouse: what it is, in words, bars and a small spectrogram."""

from __future__ import annotations

from collections import OrderedDict

from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from core.library.latent_map import ATTRIBUTES, LatentMap
from core.settings import BARS_PER_SEGMENT
from technovae_gui import theme
from technovae_gui.map.colouring import read_out, spread
from technovae_gui.spectrogram.colours import thumbnail

_WIDTH, _PICTURE = 236, 62
_MARGIN, _ROW = 10, 17
_KEPT = 96
_AWAY = 18
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_SIZE = QSize(_WIDTH, 2 * _MARGIN + 40 + _PICTURE + 8 + _ROW * len(ATTRIBUTES))


class HoverCard(QWidget):
    """Transparent to the mouse, a child of the canvas; beside the dot, never over it."""

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
        """Bars run from the lowest to the highest value of `latent_map`."""
        self._ranges = {}
        self._pictures.clear()
        if latent_map is not None:
            self._ranges = {name: spread(latent_map.values(name)) for name in ATTRIBUTES}
        self.hide()

    def show_dot(self, latent_map: LatentMap, row: int, at: QPointF) -> None:
        """Show the dot in `row`, which is at the pixel `at`."""
        segment = latent_map.segments[row]
        self.segment_id = segment.id
        self.title = latent_map.tracks[segment.track_id].title
        last = segment.bar + BARS_PER_SEGMENT
        self.detail = f"bars {segment.bar + 1} to {last} · {segment.bpm:.1f} BPM"
        values = [(name, getattr(segment.attributes, name)) for name in ATTRIBUTES]
        self.rows = [(n.capitalize(), read_out(n, v), self._share(n, v)) for n, v in values]
        self.move(_beside(at, self._canvas.size()).topLeft())
        self.show()
        self.raise_()
        self.update()

    def set_picture(self, segment_id: str, spectrogram_db: ArrayLike) -> None:
        """The spectrogram (512, 128) dB of a segment, kept for the next time."""
        ratio = self.devicePixelRatioF()
        width, height = round((_WIDTH - 2 * _MARGIN) * ratio), round(_PICTURE * ratio)
        self._pictures[segment_id] = thumbnail(spectrogram_db, width, height)
        self._pictures.move_to_end(segment_id)
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)
        if segment_id == self.segment_id:
            self.update()

    def has_picture(self, segment_id: str) -> bool:
        """Whether its spectrogram is there already."""
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
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(theme.TEXT))
        shown = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(_MARGIN, _MARGIN - 2, room, 20), _LEFT, shown)
        font.setBold(False)
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
        name, value, share = self.rows[number]
        top = _MARGIN + 40 + _PICTURE + 6 + number * _ROW
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(QColor(theme.DIM))
        painter.drawText(QRect(_MARGIN, top, 70, _ROW), _LEFT, name)
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(QRect(_WIDTH - _MARGIN - 92, top, 92, _ROW), _RIGHT, value)
        groove = QRect(_MARGIN + 70, top + _ROW // 2 - 1, 52, 3)
        painter.fillRect(groove, QColor(theme.LINE))
        groove.setWidth(round(groove.width() * share))
        painter.fillRect(groove, QColor(theme.ACCENT))

    def _share(self, name: str, value: float) -> float:
        low, high = self._ranges[name]
        return min(max((value - low) / (high - low), 0.0), 1.0)


def _beside(at: QPointF, room: QSize) -> QRect:
    """The card's place for a dot at `at`: at its right if it fits, inside `room` in any case."""
    box = QRect(round(at.x()) + _AWAY, round(at.y()) - _SIZE.height() // 2, *_SIZE.toTuple())
    if box.right() > room.width() - 6:
        box.moveRight(round(at.x()) - _AWAY)
    box.moveLeft(max(6, box.left()))
    box.moveTop(max(6, min(box.top(), room.height() - box.height() - 6)))
    return box
