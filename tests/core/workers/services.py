"""A child that makes sound without a model or a library, for the tests of the links."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from core.arrangement.clip import ClipSource, RealSource
from core.errors import InputError, LibraryError
from core.progress import Progress
from core.workers.messages import Array, Heard, Open, Picture, Ready, Sound
from core.workers.serving import serve

POISON = RealSource("poison")
SLOW = RealSource("slow")
WRONG = RealSource("wrong")
BUG = RealSource("bug")


def body(connection: Connection) -> None:
    serve(connection, Pretending)


class Pretending:
    """Its loops hold the tempo; its spectrograms the number in the library's name."""

    def __init__(self) -> None:
        self._number = 0

    def open(self, order: Open) -> Ready:
        if order.library == Path("none"):
            raise LibraryError("no such library")
        self._number = int(str(order.library))
        return Ready(f"model {self._number}", str(order.library), 0.0)

    def sound(self, order: Sound, begun: Callable[[Heard], None]) -> Heard:
        _act(order.source)
        if order.bar is not None:
            bar = np.full((50_000, 2), order.bar, np.float32)
            begun(Heard(bar, self.picture(Picture(order.source)), order.renderer or "own"))
        loop = np.full((50_000, 2), order.bpm, np.float32)
        return Heard(loop, self.picture(Picture(order.source)), order.renderer or "own")

    def picture(self, order: Picture) -> Array:
        return np.full((512, 128), self._number, np.float32)

    def map(self, progress: Progress) -> None:
        progress(1, 2, "half")
        time.sleep(0.0 if self._number < 9 else 60.0)


def _act(source: ClipSource) -> None:
    if source == POISON:
        os.kill(os.getpid(), signal.SIGKILL)
    if source == SLOW:
        time.sleep(0.3)
    if source == WRONG:
        raise InputError("not this one")
    if source == BUG:
        raise ZeroDivisionError("inside")


def tell_threads(connection: Connection) -> None:
    """Body of a child: on how many threads it multiplies matrices."""
    connection.send(os.environ.get("OPENBLAS_NUM_THREADS"))
