"""Progress and cancelling of long work, the same for the command line and for workers."""

from __future__ import annotations

from typing import Protocol

from core.errors import Cancelled


class Progress(Protocol):
    """Receives progress. Called from the thread that works, at most a few times a second."""

    def __call__(self, done: float, total: float, message: str = "") -> None:
        """Report progress.

        Args:
            done: how much is finished.
            total: of how much, in the same unit.
            message: what is under way.
        """


class CancelFlag(Protocol):
    """Anything with `is_set`: `threading.Event`, `multiprocessing.Event`."""

    def is_set(self) -> bool:
        """True once the user asked to stop."""


def silent(done: float, total: float, message: str = "") -> None:
    """A `Progress` that does nothing: the default wherever one is taken.

    Args:
        done, total, message: not used.
    """


def check(cancel: CancelFlag | None) -> None:
    """Raise `Cancelled` if `cancel` is set; to be polled between units of work."""
    if cancel is not None and cancel.is_set():
        raise Cancelled("stopped as asked; everything finished so far is kept")
