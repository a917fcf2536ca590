"""A real segment above what the model makes of it now."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from technovae_gui import theme
from technovae_gui.spectrogram.colours import thumbnail

_PIXELS = (512, 128)
_GAP = 3
_NAMES = ("real", "decoded")


class Reconstruction(QWidget):
    """Two pictures below each other on the same scale; says what it will show while empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures: tuple[QImage, QImage] | None = None
        self.setFixedHeight(176)
        self.setAccessibleName("A real segment above its reconstruction")
        self.setToolTip("A segment of the library above what the model makes of it now")

    def show_picture(self, real: ArrayLike, decoded: ArrayLike) -> None:
        """Two spectrograms (512, 128) dB."""
        self.pictures = (
            thumbnail(np.asarray(real), *_PIXELS),
            thumbnail(np.asarray(decoded), *_PIXELS),
        )
        self.update()

    def clear(self) -> None:
        """Nothing to show."""
        self.pictures = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.pictures is None:
            painter.fillRect(self.rect(), QColor(theme.GROUND))
            painter.setPen(QColor(theme.DIM))
            text = "During training: a real segment, and what the model makes of it"
            place = self.rect().adjusted(12, 0, -12, 0)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(place, flags, text)
            return
        height = (self.height() - _GAP) // 2
        for number, (picture, name) in enumerate(zip(self.pictures, _NAMES, strict=True)):
            place = QRect(0, number * (height + _GAP), self.width(), height)
            painter.drawImage(place, picture)
            _label(painter, place, name)


def _label(painter: QPainter, place: QRect, name: str) -> None:
    width = painter.fontMetrics().horizontalAdvance(name) + 12
    badge = QRect(place.left() + 5, place.top() + 5, width, 18)
    ground = QColor(theme.GROUND)
    ground.setAlpha(200)
    painter.fillRect(badge, ground)
    painter.setPen(QColor(theme.TEXT))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, name)
