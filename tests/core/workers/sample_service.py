"""A service that makes sound without a model or a library."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrangement.clip import ClipSource, RealSource
from core.arrangement.project import Origin
from core.errors import InputError, LibraryError
from core.workers.segment_service import Opened, RenderedLoop

Array = NDArray[np.float32]
POISON = RealSource("poison")
WRONG = RealSource("wrong")


class SampleService:
    """Its loops hold the tempo; its spectrograms the number in the library's name."""

    def __init__(self) -> None:
        self._number = 0

    def open(self, library: Path, model: Path | None) -> Opened:
        if library == Path("none"):
            raise LibraryError("no such library")
        self._number = int(str(library))
        return Opened(f"model {self._number}", str(library), 0.0)

    def loop(
        self,
        source: ClipSource,
        bpm: float,
        renderer: str | None,
        bar: int | None,
        emit: Callable[[Any], None],
        origin: Origin | None = None,
        beats: int = 4,
    ) -> RenderedLoop:
        if source == POISON:
            os.kill(os.getpid(), signal.SIGKILL)
        if source == WRONG:
            raise InputError("not this one")
        if bar is not None:
            samples = np.full((50_000, 2), bar, np.float32)
            emit(RenderedLoop(samples, self.spectrogram(source), renderer or "own", beats=beats))
        samples = np.full((50_000, 2), bpm, np.float32)
        return RenderedLoop(samples, self.spectrogram(source), renderer or "own")

    def spectrogram(self, source: ClipSource, origin: Origin | None = None) -> Array:
        return np.full((512, 128), self._number, np.float32)
