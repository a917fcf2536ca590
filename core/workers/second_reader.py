"""A reader child of the decoder child's own: of two segments that a sound needs, it reads one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

from core.arrangement.clip import RealSource
from core.errors import LibraryError
from core.workers import wire
from core.workers.child import Child
from core.workers.messages import Array, Heard, Open, Picture, Ready, Sound
from core.workers.reading import Reading
from core.workers.serving import serve


def body(connection: Connection) -> None:
    """Of the process."""
    serve(connection, _Both)


class _Both(Reading):
    """Loop and spectrogram in one answer: who waits for them is too busy to take one meanwhile, and
    the pipe holds neither."""

    def sound(self, order: Sound, begun: Callable[[Heard], None]) -> Heard:
        heard = super().sound(order, begun)
        return replace(heard, spectrogram=self.picture(Picture(order.source)))


class SecondReader:
    """`core.render.real.Beside`. Where the child is gone, or not there yet, `ask` says so."""

    def __init__(self, library: Path) -> None:
        """Start it on `library`; takes some milliseconds, the child itself most of a second.

        Raises:
            OSError: the system has no room for it.
        """
        self._child = Child(body, (), name="second reader", niceness=0)
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
        self._child.send(Sound(RealSource(segment_id), bpm))
        return self._answer

    def _answer(self) -> tuple[Array, Array]:
        try:
            heard = wire.receive(self._child.connection)
        except (EOFError, OSError) as error:
            self._opened = False
            raise LibraryError("the second reader ended") from error
        finally:
            self._busy.release()
        if isinstance(heard, Heard) and heard.spectrogram is not None:
            return heard.loop, heard.spectrogram
        raise LibraryError(getattr(heard, "message", ""))

    def _there(self) -> bool:
        """Whether the library is open; a child that could not open it is never asked again."""
        try:
            if not self._opened and self._child.connection.poll():
                self._opened = isinstance(wire.receive(self._child.connection), Ready)
        except (EOFError, OSError):
            self._opened = False
        return self._opened
