"""A beat grid while it is corrected by hand."""

from __future__ import annotations

from collections.abc import Callable

from core.rhythm.grid import BeatGrid


class BeatGridEdit:
    """Corrections of one track's grid, with undo. The arithmetic is in `BeatGrid`.

    Attributes:
        base: the grid that the library has.
        grid: the corrected one.
    """

    def __init__(self, base: BeatGrid) -> None:
        self.base = base
        self.grid = base
        self._undo_stack: list[BeatGrid] = []
        self._drag_start: BeatGrid | None = None

    @property
    def is_changed(self) -> bool:
        """Whether there is something to apply."""
        return self.grid.sections != self.base.sections

    def change(self, correct: Callable[[BeatGrid], BeatGrid]) -> None:
        """Correct the grid as one step of undo.

        Raises:
            InputError: the grid cannot be corrected so; it stays as it was.
        """
        corrected = correct(self.grid)
        self._undo_stack.append(self.grid)
        self.grid = corrected

    def set_tempo(self, bpm: float) -> None:
        """Give the whole track one tempo; the first phrase stays where it is.

        Raises:
            InputError: `bpm` is out of range.
        """
        section = self.grid.sections[0]
        phrase = section.bar_start(section.phrase_bar)
        anchor = phrase if phrase <= self.grid.sections[-1].end else section.downbeat
        self.change(lambda grid: grid.with_tempo(bpm, anchor))

    def drag(self, seconds: float) -> None:
        """Move the grid `seconds` from where the drag started, by one bar at most."""
        if self._drag_start is None:
            self._drag_start = self.grid
        limit = min(section.bar_seconds for section in self._drag_start.sections)
        self.grid = self._drag_start.nudged(max(-limit, min(limit, seconds)))

    def finish_drag(self) -> None:
        """End the drag: it becomes one step of undo."""
        if self._drag_start is not None and self._drag_start.sections != self.grid.sections:
            self._undo_stack.append(self._drag_start)
        self._drag_start = None

    def undo(self) -> None:
        """Take back the last correction, if there is one."""
        if self._undo_stack:
            self.grid = self._undo_stack.pop()

    def revert(self) -> None:
        """Return to the library's grid, as one step of undo."""
        if self.is_changed:
            self.change(lambda _: self.base)


def shift(beats: float) -> Callable[[BeatGrid], BeatGrid]:
    """A correction that puts the downbeats `beats` later."""
    return lambda grid: grid.shifted(beats)


def nudge(milliseconds: float) -> Callable[[BeatGrid], BeatGrid]:
    """A correction that puts every beat `milliseconds` later."""
    return lambda grid: grid.nudged(milliseconds / 1000.0)
