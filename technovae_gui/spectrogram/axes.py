"""What surrounds the picture of a spectrogram: title, time in bars, frequency, the scale in dB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter

from core.settings import BEATS_PER_BAR, SIXTEENTHS_PER_BAR
from technovae_gui import theme
from technovae_gui.spectrogram import frequency

if TYPE_CHECKING:
    from technovae_gui.spectrogram.pane import Scale

_LEFT, _RIGHT, _TOP, _BOTTOM = 30, 58, 20, 16
_TEXT = 13
"""Pixels of height that a number takes."""
_LEAST_SIXTEENTH = 5.0
_LEAST_BEAT_LABEL = 34.0


def picture_area(width: int, height: int) -> QRectF:
    """Where the picture is in a pane of `width` x `height` pixels."""
    return QRectF(_LEFT, _TOP, max(1, width - _LEFT - _RIGHT), max(1, height - _TOP - _BOTTOM))


def paint_title(painter: QPainter, area: QRectF, title: str, note: str) -> None:
    """`title` over `area`, `note` at its right end."""
    metrics = painter.fontMetrics()
    taken = metrics.horizontalAdvance(note) + 10 if note else 0
    box = QRectF(area.left(), 0, area.width() + _RIGHT - 4, _TOP - 2)
    if note:
        painter.setPen(QColor(theme.WARM))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, note)
    painter.setPen(QColor(theme.TEXT))
    room = int(box.width()) - taken
    shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def paint_time(painter: QPainter, area: QRectF, bars: int) -> None:
    """Lines on bars, beats and, where there is room, sixteenths; numbers below."""
    steps = bars * SIXTEENTHS_PER_BAR
    per_beat = SIXTEENTHS_PER_BAR // BEATS_PER_BAR
    width = area.width() / steps
    for step in range(steps + 1):
        x = area.left() + step * width
        alpha = _line_alpha(step, per_beat, width)
        if alpha and 0 < step < steps:
            line = QRectF(round(x), area.top(), 1, area.height())
            painter.fillRect(line, QColor(232, 234, 240, alpha))
    painter.setPen(QColor(theme.DIM))
    named = per_beat if per_beat * width >= _LEAST_BEAT_LABEL else SIXTEENTHS_PER_BAR
    for step in range(0, steps, named):
        bar, beat = step // SIXTEENTHS_PER_BAR + 1, step % SIXTEENTHS_PER_BAR // per_beat + 1
        text = str(bar) if beat == 1 else f"{bar}.{beat}"
        box = QRectF(area.left() + step * width + 1, area.bottom() + 1, 40, _BOTTOM - 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def paint_frequency(painter: QPainter, area: QRectF) -> None:
    """Ticks in Hz at the left."""
    for hertz in frequency.spaced(area.height(), _TEXT):
        y = area.bottom() - frequency.share(hertz) * area.height()
        painter.setPen(QColor(theme.LINE_STRONG))
        painter.drawLine(QPointF(area.left() - 3, y), QPointF(area.left() - 1, y))
        painter.setPen(QColor(theme.DIM))
        box = QRectF(0, y - 7, area.left() - 5, 14)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, flags, frequency.name(hertz))


def paint_scale(painter: QPainter, area: QRectF, scale: Scale) -> None:
    """The colours of the levels at the right, with numbers in dB."""
    bar = QRectF(area.right() + 6, area.top(), 7, area.height())
    ramp = QLinearGradient(bar.bottomLeft(), bar.topLeft())
    for number, stop in enumerate(scale.stops):
        ramp.setColorAt(number / (len(scale.stops) - 1), QColor(stop))
    painter.fillRect(bar, ramp)
    painter.setPen(QColor(theme.DIM))
    step = 2 if len(scale.ticks) * _TEXT > area.height() else 1
    for tick in scale.ticks[::step]:
        share = (tick - scale.low) / (scale.high - scale.low)
        y = bar.bottom() - share * bar.height()
        y = min(max(y, bar.top() + 5), bar.bottom() - 5)
        box = QRectF(bar.right() + 2, y - 7, _RIGHT - 15, 14)
        text = f"{tick:+d}" if scale.high > 0 and tick else f"{tick:d}"
        if tick == scale.ticks[0]:
            text += " dB"
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, flags, text)


def _line_alpha(step: int, per_beat: int, width: float) -> int:
    if step % SIXTEENTHS_PER_BAR == 0:
        return 90
    if step % per_beat == 0:
        return 38
    return 14 if width >= _LEAST_SIXTEENTH else 0
