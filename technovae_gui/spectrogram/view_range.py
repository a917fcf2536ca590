"""Which part of a spectrogram is shown, and what lies under the mouse there: pure arithmetic."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Final

from core.settings import BARS_PER_SEGMENT, BEATS_PER_BAR, SIXTEENTHS_PER_BAR, TOP_HZ

LOW_HZ: Final = 30.0
"""Frequency at the bottom of the whole; `TOP_HZ` is at the top."""
_LEAST_TIME: Final = 1.0 / (BARS_PER_SEGMENT * BEATS_PER_BAR)
_LEAST_PITCH: Final = 0.1
_NOTES: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_A4_HZ: Final = 440.0
_A4: Final = 69


@dataclass(frozen=True)
class ViewRange:
    """A part of four bars and of the logarithmic axis of frequency, as shares of the whole.

    Attributes:
        start, end: of the time, 0 .. 1.
        low, high: of the frequencies, 0 (30 Hz) .. 1 (20 kHz).
    """

    start: float = 0.0
    end: float = 1.0
    low: float = 0.0
    high: float = 1.0

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self == WHOLE

    def x(self, time: float) -> float:
        """Where a time, 0 .. 1 of the whole, lies in the view; 0 is its left edge, 1 its right."""
        return (time - self.start) / (self.end - self.start)

    def y(self, pitch: float) -> float:
        """Where a place on the axis of frequency lies in the view; 0 is its lower edge."""
        return (pitch - self.low) / (self.high - self.low)

    def time(self, x: float) -> float:
        """The time at a share of the view's width."""
        return self.start + x * (self.end - self.start)

    def pitch(self, y: float) -> float:
        """The place on the axis of frequency at a share of the view's height from below."""
        return self.low + y * (self.high - self.low)

    def zoomed(self, factor: float, x: float) -> ViewRange:
        """Zoom in time, down to a beat.

        Args:
            factor: above 1 shows less.
            x: share of the width that stays where it is, 0 .. 1.

        Returns:
            The view.
        """
        start, end = _zoomed(self.start, self.end, factor, x, _LEAST_TIME)
        return dataclasses.replace(self, start=start, end=end)

    def zoomed_in_pitch(self, factor: float, y: float) -> ViewRange:
        """Zoom in frequency, down to an octave.

        Args:
            factor: above 1 shows less.
            y: share of the height, from below, that stays where it is, 0 .. 1.

        Returns:
            The view.
        """
        low, high = _zoomed(self.low, self.high, factor, y, _LEAST_PITCH)
        return dataclasses.replace(self, low=low, high=high)

    def moved(self, dx: float, dy: float) -> ViewRange:
        """Move as far as there is something to see.

        Args:
            dx: shares of the view to later times.
            dy: shares of the view to higher frequencies.

        Returns:
            The view.
        """
        across = min(max(dx * (self.end - self.start), -self.start), 1.0 - self.end)
        up = min(max(dy * (self.high - self.low), -self.low), 1.0 - self.high)
        return ViewRange(self.start + across, self.end + across, self.low + up, self.high + up)


WHOLE: Final = ViewRange()


def hertz(pitch: float) -> float:
    """The frequency at a place on the logarithmic axis, 0 .. 1."""
    return LOW_HZ * math.exp(pitch * math.log(TOP_HZ / LOW_HZ))


def note_name(frequency: float) -> str:
    """The nearest note of equal temperament at 440 Hz: "A4" is 440 Hz, "C-1" 8.2 Hz."""
    number = round(_A4 + 12.0 * math.log2(frequency / _A4_HZ))
    return f"{_NOTES[number % 12]}{number // 12 - 1}"


def frequency_text(frequency: float) -> str:
    """With its unit: "98 Hz", "2.35 kHz"."""
    return f"{frequency / 1000:.2f} kHz" if frequency >= 1000.0 else f"{frequency:.0f} Hz"


def position_text(time: float, bars: int) -> str:
    """Write a time as bar, beat and sixteenth, each counted from 1.

    Args:
        time: 0 .. 1 of the spectrogram.
        bars: in the spectrogram.

    Returns:
        For example "2.4.1".
    """
    sixteenth = min(int(time * bars * SIXTEENTHS_PER_BAR + 1e-9), bars * SIXTEENTHS_PER_BAR - 1)
    bar, rest = divmod(max(0, sixteenth), SIXTEENTHS_PER_BAR)
    beat, rest = divmod(rest, SIXTEENTHS_PER_BAR // BEATS_PER_BAR)
    return f"{bar + 1}.{beat + 1}.{rest + 1}"


def _zoomed(low: float, high: float, factor: float, at: float, least: float) -> tuple[float, float]:
    size = min(max((high - low) / factor, least), 1.0)
    fixed = low + at * (high - low)
    start = min(max(fixed - at * size, 0.0), 1.0 - size)
    return start, start + size
