"""How sure something is, as a small bar in a table."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from core.rhythm.grid import STEADY
from technovae_gui import theme
from technovae_gui.library.track_model import CONFIDENCE, Index

_HEIGHT = 6.0
_MARGIN = 6.0


def colour(confidence: float) -> QColor:
    """Good, doubtful, or not to be trusted."""
    if confidence >= 0.75:
        return QColor(theme.GOOD)
    return QColor(theme.WARM if confidence >= STEADY else theme.BAD)


def paint_bar(painter: QPainter, place: QRectF, confidence: float) -> None:
    """A bar as long as `confidence` (0..1) of `place`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.LINE))
    painter.drawRoundedRect(place, _HEIGHT / 2, _HEIGHT / 2)
    painter.setBrush(colour(confidence))
    filled = QRectF(place)
    filled.setWidth(max(_HEIGHT, place.width() * confidence))
    painter.drawRoundedRect(filled, _HEIGHT / 2, _HEIGHT / 2)
    painter.restore()


class ConfidenceDelegate(QStyledItemDelegate):
    """Paints the bar over an empty cell."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        confidence = index.data(CONFIDENCE)
        if confidence is None:
            return
        cell = QRectF(option.rect)
        width = cell.width() - 2 * _MARGIN
        top = cell.center().y() - _HEIGHT / 2
        paint_bar(painter, QRectF(cell.left() + _MARGIN, top, width, _HEIGHT), confidence)
