"""A beat grid under correction: what it was, what it is now, and the way back."""

from __future__ import annotations

from collections.abc import Callable

from core.rhythm.grid import BeatGrid


class GridEdit:
    """Holds grids; their arithmetic is `BeatGrid`'s own.

    Attributes:
        base: the grid that the library has.
        grid: the corrected one.
    """

    def __init__(self, base: BeatGrid) -> None:
        self.base = base
        self.grid = base
        self._before: list[BeatGrid] = []
        self._pressed: BeatGrid | None = None

    @property
    def is_changed(self) -> bool:
        """Whether there is something to apply."""
        return self.grid.sections != self.base.sections

    @property
    def can_undo(self) -> bool:
        """Whether there is a step back."""
        return bool(self._before)

    def change(self, how: Callable[[BeatGrid], BeatGrid]) -> None:
        """Correct the grid. Raises `InputError` if that cannot be; nothing has changed then."""
        after = how(self.grid)
        self._before.append(self.grid)
        self.grid = after

    def set_tempo(self, bpm: float) -> None:
        """One tempo, the first phrase staying where it is. Raises `InputError`."""
        section = self.grid.sections[0]
        phrase = section.bar_start(section.phrase_bar)
        anchor = phrase if phrase <= self.grid.sections[-1].end else section.downbeat
        self.change(lambda grid: grid.with_tempo(bpm, anchor))

    def drag(self, seconds: float) -> None:
        """The grid is `seconds` from where it was taken; a bar at most."""
        if self._pressed is None:
            self._pressed = self.grid
        limit = min(section.bar_seconds for section in self._pressed.sections)
        self.grid = self._pressed.nudged(max(-limit, min(limit, seconds)))

    def drop(self) -> None:
        """The drag is over: it becomes one step."""
        if self._pressed is not None and self._pressed.sections != self.grid.sections:
            self._before.append(self._pressed)
        self._pressed = None

    def undo(self) -> None:
        """One step back, if there is one."""
        if self._before:
            self.grid = self._before.pop()

    def revert(self) -> None:
        """Back to what the library has; that is a step, too."""
        if self.is_changed:
            self.change(lambda _: self.base)


def shift(beats: float) -> Callable[[BeatGrid], BeatGrid]:
    """Downbeats `beats` later."""
    return lambda grid: grid.shifted(beats)


def nudge(milliseconds: float) -> Callable[[BeatGrid], BeatGrid]:
    """Every beat `milliseconds` later."""
    return lambda grid: grid.nudged(milliseconds / 1000.0)
