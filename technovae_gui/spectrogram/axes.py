"""The axes around a spectrogram: title, bars and beats, logarithmic frequency, the scale in dB."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter

from core import scientific
from core.settings import BEATS_PER_BAR, N_BANDS, SIXTEENTHS_PER_BAR, TOP_HZ
from technovae_gui import theme
from technovae_gui.spectrogram.colours import ColourScale
from technovae_gui.spectrogram.view_range import LOW_HZ, WHOLE, ViewRange

Array = NDArray[np.float32]
TICKS_HZ = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)
_ROWS = 256
_LEFT, _RIGHT, _TOP, _BOTTOM = 30, 58, 20, 16
_LABEL_HEIGHT = 13
_LEAST_SIXTEENTH = 5.0
_LEAST_BEAT_LABEL = 34.0
_RIGHT_ALIGNED = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT_ALIGNED = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def frequency_position(hertz: float) -> float:
    """Height of a frequency on the logarithmic axis: 0 at 30 Hz (bottom), 1 at 20 kHz (top)."""
    return float(np.log(hertz / LOW_HZ) / np.log(TOP_HZ / LOW_HZ))


def frequency_label(hertz: int) -> str:
    """Text of a tick: "50", "1k", "10k"."""
    return f"{hertz // 1000}k" if hertz >= 1000 else str(hertz)


def frequency_ticks(height: float, least: float) -> list[int]:
    """Choose the ticks that fit on an axis.

    Args:
        height: of the axis from 30 Hz to 20 kHz, in pixels.
        least: pixels that two ticks are apart at least.

    Returns:
        Frequencies in Hz out of `TICKS_HZ`, the lowest first.
    """
    chosen: list[int] = []
    for tick in TICKS_HZ:
        position = frequency_position(tick)
        if not chosen or (position - frequency_position(chosen[-1])) * height >= least:
            chosen.append(tick)
    return chosen


def to_log_frequency(bands: Array) -> Array:
    """Resample a spectrogram to rows at equal distances in octaves, as an image has them.

    Args:
        bands: (frames, 128) dB, the bands of `core.dsp.bank`.

    Returns:
        (256, frames), 20 kHz in the first row, 30 Hz in the last; linear between the centres of
        the bands. What lies below 30 Hz is left out.
    """
    lower, fraction = _band_positions()
    low, high = bands[:, lower], bands[:, lower + 1]
    return np.ascontiguousarray((low + fraction * (high - low)).T[::-1])


def level_at(bands: Array, time: float, hertz: float) -> float:
    """Read one level, linear between the centres of the bands.

    Args:
        bands: (frames, 128) dB, the bands of `core.dsp.bank`.
        time: 0..1 of the frames.
        hertz: a frequency.
    """
    from core.dsp.bank import bank

    row = bands[min(max(int(time * len(bands)), 0), len(bands) - 1)]
    return float(np.interp(hertz, bank().centres_hz, row))


@lru_cache(maxsize=1)
def _band_positions() -> tuple[NDArray[np.int64], Array]:
    # Imported here, because the bank needs scipy, which the window's first paint does without.
    # Whoever has a spectrogram to show has imported it already.
    scientific.load()
    from core.dsp.bank import bank

    hertz = np.geomspace(LOW_HZ, TOP_HZ, _ROWS)
    position = np.interp(hertz, bank().centres_hz, np.arange(N_BANDS))
    lower = np.minimum(position.astype(np.int64), N_BANDS - 2)
    return lower, (position - lower).astype(np.float32)


def plot_area(width: int, height: int) -> QRectF:
    """Where the spectrogram itself lies in a widget, between its axes.

    Args:
        width: of the widget, pixels.
        height: of the widget, pixels.

    Returns:
        The rectangle, at least one pixel wide and high.
    """
    return QRectF(_LEFT, _TOP, max(1, width - _LEFT - _RIGHT), max(1, height - _TOP - _BOTTOM))


def paint_title(painter: QPainter, area: QRectF, title: str, note: str) -> None:
    """Write a title above a spectrogram.

    Args:
        painter: of the widget.
        area: of the spectrogram.
        title: on the left, shortened where there is no room; may be empty.
        note: on the right; may be empty.
    """
    metrics = painter.fontMetrics()
    taken = metrics.horizontalAdvance(note) + 10 if note else 0
    box = QRectF(area.left(), 0, area.width() + _RIGHT - 4, _TOP - 2)
    if note:
        painter.setPen(QColor(theme.WARM))
        painter.drawText(box, _RIGHT_ALIGNED, note)
    painter.setPen(QColor(theme.TEXT))
    room = int(box.width()) - taken
    shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
    painter.drawText(box, _LEFT_ALIGNED, shown)


def paint_time_axis(painter: QPainter, area: QRectF, bars: int, view: ViewRange = WHOLE) -> None:
    """Draw lines at bars, beats and, where there is room, sixteenths, with numbers below.

    Args:
        painter: of the widget.
        area: of the spectrogram.
        bars: in the whole spectrogram.
        view: the part of it that is shown.
    """
    steps = bars * SIXTEENTHS_PER_BAR
    per_beat = SIXTEENTHS_PER_BAR // BEATS_PER_BAR
    width = area.width() / steps / (view.end - view.start)
    left = area.left() - view.start * steps * width
    shown = [n for n in range(steps + 1) if area.left() - 0.5 <= left + n * width < area.right()]
    for step in shown:
        x = left + step * width
        alpha = _line_alpha(step, per_beat, width)
        if alpha and step > 0:
            line = QRectF(round(x), area.top(), 1, area.height())
            painter.fillRect(line, QColor(232, 234, 240, alpha))
    painter.setPen(QColor(theme.DIM))
    labelled = per_beat if per_beat * width >= _LEAST_BEAT_LABEL else SIXTEENTHS_PER_BAR
    for step in (n for n in shown if n % labelled == 0):
        bar, beat = step // SIXTEENTHS_PER_BAR + 1, step % SIXTEENTHS_PER_BAR // per_beat + 1
        text = str(bar) if beat == 1 else f"{bar}.{beat}"
        box = QRectF(left + step * width + 1, area.bottom() + 1, 40, _BOTTOM - 2)
        painter.drawText(box, _LEFT_ALIGNED, text)


def paint_frequency_axis(painter: QPainter, area: QRectF, view: ViewRange = WHOLE) -> None:
    """Draw ticks in Hz on the left of a spectrogram.

    Args:
        painter: of the widget.
        area: of the spectrogram.
        view: the part of it that is shown.
    """
    for hertz in frequency_ticks(area.height() / (view.high - view.low), _LABEL_HEIGHT):
        share = view.y(frequency_position(hertz))
        if not 0.0 <= share <= 1.0:
            continue
        y = area.bottom() - share * area.height()
        painter.setPen(QColor(theme.LINE_STRONG))
        painter.drawLine(QPointF(area.left() - 3, y), QPointF(area.left() - 1, y))
        painter.setPen(QColor(theme.DIM))
        box = QRectF(0, y - 7, area.left() - 5, 14)
        painter.drawText(box, _RIGHT_ALIGNED, frequency_label(hertz))


def paint_colour_bar(painter: QPainter, area: QRectF, scale: ColourScale) -> None:
    """Draw a colour bar, labelled in dB, on the right of a spectrogram.

    Args:
        painter: of the widget.
        area: of the spectrogram.
        scale: its colours.
    """
    bar = QRectF(area.right() + 6, area.top(), 7, area.height())
    ramp = QLinearGradient(bar.bottomLeft(), bar.topLeft())
    for number, stop in enumerate(scale.stops):
        ramp.setColorAt(number / (len(scale.stops) - 1), QColor(stop))
    painter.fillRect(bar, ramp)
    painter.setPen(QColor(theme.DIM))
    step = 2 if len(scale.ticks) * _LABEL_HEIGHT > area.height() else 1
    for tick in scale.ticks[::step]:
        position = (tick - scale.low) / (scale.high - scale.low)
        y = bar.bottom() - position * bar.height()
        y = min(max(y, bar.top() + 5), bar.bottom() - 5)
        box = QRectF(bar.right() + 2, y - 7, _RIGHT - 15, 14)
        text = f"{tick:+d}" if scale.high > 0 and tick else f"{tick:d}"
        if tick == scale.ticks[0]:
            text += " dB"
        painter.drawText(box, _LEFT_ALIGNED, text)


def _line_alpha(step: int, per_beat: int, width: float) -> int:
    if step % SIXTEENTHS_PER_BAR == 0:
        return 90
    if step % per_beat == 0:
        return 38
    return 14 if width >= _LEAST_SIXTEENTH else 0
