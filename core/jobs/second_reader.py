"""A reader child of the decoder child's own: of two segments that a sound needs, it reads one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.errors import LibraryError
from core.jobs import reading, wire
from core.jobs.child import Child
from core.jobs.messages import Array, Heard, Open, Picture, Ready, Sound
from core.timeline.clip import RealSource


class SecondReader:
    """`core.decoder.real.Beside`. Where the child is gone, or not there yet, `ask` says so."""

    def __init__(self, library: Path) -> None:
        """Start it on `library`; takes some milliseconds, the child itself most of a second.

        Raises:
            OSError: the system has no room for it.
        """
        self._child = Child(reading.body, (), name="second reader", niceness=0)
        self._child.send(Open(library, None))
        self._opened = False
        self._busy = threading.Lock()

    @property
    def pid(self) -> int:
        """Of the child."""
        return self._child.pid

    def close(self) -> None:
        """End the child."""
        self._child.kill()
        self._child.reap()

    def ask(self, segment_id: str, bpm: float) -> Callable[[], tuple[Array, Array]] | None:
        """See `Beside`."""
        if not self._busy.acquire(blocking=False):
            return None
        if not self._there():
            self._busy.release()
            return None
        source = RealSource(segment_id)
        self._child.send(Sound(source, bpm))
        self._child.send(Picture(source))
        return self._answer

    def _answer(self) -> tuple[Array, Array]:
        try:
            heard, seen = (wire.receive(self._child.connection) for _ in range(2))
        except (EOFError, OSError) as error:
            self._opened = False
            raise LibraryError("the second reader ended") from error
        finally:
            self._busy.release()
        if isinstance(heard, Heard) and isinstance(seen, np.ndarray):
            return heard.loop, seen
        raise LibraryError(getattr(heard, "message", ""))

    def _there(self) -> bool:
        """Whether the library is open; a child that could not open it is never asked again."""
        try:
            if not self._opened and self._child.connection.poll():
                self._opened = isinstance(wire.receive(self._child.connection), Ready)
        except (EOFError, OSError):
            self._opened = False
        return self._opened
