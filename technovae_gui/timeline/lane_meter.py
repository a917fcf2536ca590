"""The level of a lane: a thin bar that jumps up at once and falls slowly."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from technovae_gui import theme
from technovae_gui.timeline import ink

_FLOOR_DB = -54.0
_TOP_DB = 6.0
_FALL_DB_PER_SECOND = 30.0
_HOT_DB = 0.0


class LaneMeter(QWidget):
    """Fed with linear peaks; paints only the part that changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = _FLOOR_DB
        self._fed = time.monotonic()
        self._shown = 0
        self.setFixedWidth(5)
        self.setAccessibleName("Lane level")

    def feed(self, peak: float) -> None:
        """A linear peak since the last call; 0 lets the bar fall."""
        now = time.monotonic()
        fallen = self._level - _FALL_DB_PER_SECOND * (now - self._fed)
        self._fed = now
        level = 20.0 * math.log10(peak) if peak > 0.0 else _FLOOR_DB
        self._level = max(level, fallen, _FLOOR_DB)
        shown = self._pixels(self._level)
        if shown != self._shown:
            high, low = max(shown, self._shown), min(shown, self._shown)
            self._shown = shown
            self.update(0, self.height() - high, self.width(), high - low + 1)

    @property
    def level_db(self) -> float:
        """What the bar shows."""
        return self._level

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(5, 30)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(event.rect(), ink.GROUND)
        hot = self._pixels(_HOT_DB)
        height, width = self.height(), self.width()
        lower = min(self._shown, hot)
        painter.fillRect(QRect(0, height - lower, width, lower), ink.colour(theme.GOOD))
        if self._shown > hot:
            over = self._shown - hot
            painter.fillRect(QRect(0, height - self._shown, width, over), ink.colour(theme.BAD))
        painter.end()

    def _pixels(self, level_db: float) -> int:
        part = (level_db - _FLOOR_DB) / (_TOP_DB - _FLOOR_DB)
        return round(min(max(part, 0.0), 1.0) * self.height())
