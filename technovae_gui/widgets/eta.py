"""How long work will still take, from how far it got."""

from __future__ import annotations

import time
from collections.abc import Callable

_SURE_SECONDS = 2.0
_SURE_SHARE = 0.02


class Eta:
    """Fed with progress; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """Work begins now."""
        self._begun = self._clock()
        self._first: float | None = None

    def seconds(self, share: float) -> float | None:
        """Seconds left at `share` (0..1) done; None while it would be a guess.

        What was done when the first report came (a resumed job) does not count as speed.
        """
        now = self._clock()
        if self._first is None:
            self._first, self._begun = share, now
        gained = share - self._first
        elapsed = now - self._begun
        if elapsed < _SURE_SECONDS or gained < _SURE_SHARE:
            return None
        return elapsed / gained * max(0.0, 1.0 - share)


def words(seconds: float | None) -> str:
    """`about 3 min left`; empty for None."""
    if seconds is None:
        return ""
    if seconds < 10:
        return "a few seconds left"
    if seconds < 60:
        return f"about {5 * round(seconds / 5):.0f} s left"
    if seconds < 3600:
        return f"about {round(seconds / 60):.0f} min left"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"about {hours:.0f} h {minutes:.0f} min left"
