"""Loops that the window has kept on disk, for a process that makes sound without it."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.arrangement.clip import RealSource, SingleSource
from core.session import Session
from core.workers.loop_files import LoopFiles
from core.workers.loop_names import LoopNames, loops_folder

Array = NDArray[np.float32]


class KeptLoops:
    """Finds loops of a session as they were played. Threads may share it; nothing is written."""

    def __init__(self, session: Session, files: LoopFiles | None = None) -> None:
        """
        Args:
            session: its library and model.
            files: default those of `loops_folder()`.
        """
        self._names = LoopNames(session)
        self._files = files or LoopFiles(loops_folder())
        self._lock = threading.Lock()

    def get(self, source: SingleSource, bpm: float) -> Array | None:
        """The loop of a source as it is played.

        Args:
            source: a segment or a latent of the session's library.
            bpm: the tempo.

        Returns:
            (settings.segment_frames(bpm), 2), read-only, in a file; None where it is not kept, or
            was not rendered as the source says, since the library's audio was gone.
        """
        name = self._names.of(source, bpm)
        with self._lock:
            found = self._files.read(name, settings.segment_frames(bpm)) if name else None
        if found is None:
            return None
        is_own = isinstance(source, RealSource) or found.renderer == source.renderer
        return found.loop if is_own else None
