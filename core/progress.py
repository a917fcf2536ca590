"""How long work reports back and is asked to stop; the same for the command line and jobs."""

from __future__ import annotations

from typing import Protocol

from core.errors import Cancelled


class Progress(Protocol):
    """Receives progress. Called from the thread that works, at most a few times a second."""

    def __call__(self, done: float, total: float, message: str = "") -> None:
        """`done` of `total` (same unit, any) is finished; `message` says what is under way."""


class CancelFlag(Protocol):
    """Anything with `is_set`: `threading.Event`, `multiprocessing.Event`."""

    def is_set(self) -> bool:
        """True once the user asked to stop."""


def silent(done: float, total: float, message: str = "") -> None:
    """A `Progress` that ignores what it is told."""


def check(cancel: CancelFlag | None) -> None:
    """Raise `Cancelled` if `cancel` is set; to be polled between units of work."""
    if cancel is not None and cancel.is_set():
        raise Cancelled("stopped as asked; everything finished so far is kept")
