"""A tempo from taps."""

from __future__ import annotations

import statistics

_ENOUGH = 4
_MOST = 16
_PAUSE_SECONDS = 2.0


class Taps:
    """Feed it the times of taps; a pause of two seconds begins anew."""

    def __init__(self) -> None:
        self._times: list[float] = []

    @property
    def count(self) -> int:
        """Taps in a row."""
        return len(self._times)

    def tap(self, seconds: float) -> float | None:
        """One tap; gives BPM by the median interval, None before the fourth."""
        if self._times and seconds - self._times[-1] > _PAUSE_SECONDS:
            self._times.clear()
        self._times = [*self._times[1 - _MOST :], seconds]
        if len(self._times) < _ENOUGH:
            return None
        gaps = [b - a for a, b in zip(self._times, self._times[1:], strict=False)]
        middle = statistics.median(gaps)
        return 60.0 / middle if middle > 0 else None
