"""The master meter: two bars of peak level with hold, on a scale in dB."""

from __future__ import annotations

import math
from itertools import pairwise

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from technovae_gui import theme
from technovae_gui.widgets.tool_tip_below import ToolTipBelow

FLOOR_DB = -60.0
TOP_DB = 6.0
_FALL_DB = 1.1
"""Per update: at 30 updates a second 33 dB/s."""
_HOLD_UPDATES = 45
"""For so many updates the highest peak is marked."""
_STEPS = (6, 12, 24)
"""Of the scale in dB: the finest one whose labels have room."""


def decibels(peak: float) -> float:
    """A linear peak in dB, not below `FLOOR_DB`."""
    return max(FLOOR_DB, 20.0 * math.log10(peak)) if peak > 0 else FLOOR_DB


class LevelMeter(QWidget):
    """Peak levels of left and right with hold; call `feed` about 30 times a second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._levels = [FLOOR_DB, FLOOR_DB]
        self._hold = [FLOOR_DB, FLOOR_DB]
        self._age = [0, 0]
        self._labels: list[tuple[int, QRectF]] = []
        self._labelled_width = -1
        self.setMinimumWidth(108)
        self.setFixedHeight(26)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Master level")
        self.setToolTip("Master peak level in dB of full scale, left and right")
        ToolTipBelow(self)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(190, 26)

    @property
    def levels(self) -> tuple[float, float]:
        """The levels shown now (left, right), in dB."""
        return self._levels[0], self._levels[1]

    def feed(self, peaks: tuple[float, float]) -> None:
        """Take linear `peaks` (left, right): levels rise at once and fall slowly."""
        before = (*self._levels, *self._hold)
        for side, peak in enumerate(peaks):
            level = min(decibels(peak), TOP_DB)
            self._levels[side] = max(level, self._levels[side] - _FALL_DB, FLOOR_DB)
            self._age[side] += 1
            if level >= self._hold[side] or self._age[side] > _HOLD_UPDATES:
                self._hold[side], self._age[side] = max(level, self._levels[side]), 0
        if before != (*self._levels, *self._hold):
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.GROUND))
        for side in range(2):
            top = 2 + side * 6
            self._bar(painter, top, self._levels[side], self._hold[side])
        self._scale(painter)

    def _x(self, level: float) -> float:
        return (level - FLOOR_DB) / (TOP_DB - FLOOR_DB) * self.width()

    def _bar(self, painter: QPainter, top: float, level: float, held: float) -> None:
        painter.fillRect(QRectF(0, top, self.width(), 5), QColor(theme.RAISED))
        for start, end, colour in (
            (FLOOR_DB, -12.0, theme.GOOD), (-12.0, 0.0, theme.CAUTION), (0.0, TOP_DB, theme.BAD),
        ):  # fmt: skip
            if level > start:
                x = self._x(start)
                width = self._x(min(level, end)) - x
                painter.fillRect(QRectF(x, top, width, 5), QColor(colour))
        if held > FLOOR_DB:
            colour = theme.BAD if held > 0 else theme.TEXT
            painter.fillRect(QRectF(self._x(held) - 1, top, 2, 5), QColor(colour))

    def _scale(self, painter: QPainter) -> None:
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(QColor(theme.DIM))
        for tick, box in self.labels:
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{tick:d}")

    @property
    def labels(self) -> list[tuple[int, QRectF]]:
        """The labels of the scale for which there is room: levels in dB, and where they are."""
        if self._labelled_width != self.width():  # not for each of sixty pictures a second
            self._labelled_width = self.width()
            self._labels = self._placed(QFontMetrics(theme.font(theme.SMALL)))
        return self._labels

    def _placed(self, metrics: QFontMetrics) -> list[tuple[int, QRectF]]:
        for step in _STEPS:
            placed = [(tick, self._box(tick, metrics)) for tick in range(0, round(FLOOR_DB), -step)]
            boxes = [box for _, box in placed]
            if all(low.right() + theme.SPACE <= high.left() for high, low in pairwise(boxes)):
                break
        return placed

    def _box(self, tick: int, metrics: QFontMetrics) -> QRectF:
        half = metrics.horizontalAdvance(f"{tick:d}") / 2
        x = min(max(self._x(tick), half), self.width() - half)
        return QRectF(x - half - 1, 13, 2 * half + 2, 13)
