"""A tempo that is tapped by hand."""

from __future__ import annotations

from typing import Final

_MIN_TAPS: Final = 4
_MAX_TAPS: Final = 16
_PAUSE_SECONDS: Final = 2.0


class TapTempo:
    """The tempo of taps in a row; a pause of two seconds starts a new row."""

    def __init__(self) -> None:
        self._times: list[float] = []

    @property
    def count(self) -> int:
        """Taps in this row."""
        return len(self._times)

    def tap(self, seconds: float) -> float | None:
        """Add a tap.

        Args:
            seconds: when, on any clock that only goes forward.

        Returns:
            60 / median interval of the last 16 taps, in BPM; None before the fourth.
        """
        if self._times and seconds - self._times[-1] > _PAUSE_SECONDS:
            self._times.clear()
        self._times = [*self._times[1 - _MAX_TAPS :], seconds]
        if len(self._times) < _MIN_TAPS:
            return None
        intervals = [b - a for a, b in zip(self._times, self._times[1:], strict=False)]
        import statistics  # brings fractions and decimal, which nothing else of the window needs

        median = statistics.median(intervals)
        return 60.0 / median if median > 0 else None
