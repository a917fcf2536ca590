"""Loops of clips kept on disk, by all that their sound depends on; read and written on a thread."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject

from core import settings
from core.arrangement.clip import ClipSource
from core.session import Session
from core.workers.background import Background
from core.workers.loop_files import LoopFiles
from core.workers.loop_names import LoopNames, loops_folder
from core.workers.segment_service import RenderedLoop

_LOG = logging.getLogger(__name__)


class LoopStore(QObject):
    """Finds and keeps loops without making anybody wait. Nothing is read before the first request.

    They are known by their names, see `LoopNames`.
    """

    def __init__(self, parent: QObject | None = None, *, files: LoopFiles | None = None) -> None:
        """
        Args:
            parent: the Qt parent.
            files: default those of `loops_folder()`.
        """
        super().__init__(parent)
        self._thread = Background(self, workers=1)
        self._thread.problem.connect(_LOG.warning)
        self._files = files
        self._named: tuple[Session, LoopNames] | None = None

    def find(
        self,
        session: Session,
        source: ClipSource,
        bpm: float,
        then: Callable[[RenderedLoop | None], None],
    ) -> None:
        """Look for the loop of a source.

        Args:
            session: its library and model.
            source: a segment, a latent or parts of the library that is open.
            bpm: the tempo.
            then: gets the loop, or None, on the thread of this object.
        """

        def found() -> RenderedLoop | None:
            name = self._name(session, source, bpm)
            return self._opened().read(name, settings.segment_frames(bpm)) if name else None

        self._thread.submit(found, then, lambda line: then(None))

    def keep(
        self,
        session: Session,
        source: ClipSource,
        bpm: float,
        loop: RenderedLoop,
        then: Callable[[RenderedLoop | None], None] = lambda _: None,
    ) -> None:
        """Write a loop that was made, on the thread of the store; comes back at once.

        Args:
            session, source, bpm: as for `find`.
            loop: of four bars at that tempo.
            then: gets the same loop as it lies on disk, or None, on the thread of this object.
        """

        def write() -> RenderedLoop | None:
            name = self._name(session, source, bpm)
            if not name or not self._opened().write(name, loop):
                return None
            return self._opened().read(name, len(loop.loop))

        self._thread.submit(write, then, lambda line: then(None))

    def close(self) -> None:
        """Finish what is being written; drop what waits."""
        self._thread.close()

    def _opened(self) -> LoopFiles:
        if self._files is None:
            self._files = LoopFiles(loops_folder())
        return self._files

    def _name(self, session: Session, source: ClipSource, bpm: float) -> str:
        """Of the file; empty where it is not known yet what the loop depends on."""
        if self._named is None or self._named[0] is not session:
            self._named = session, LoopNames(session)
        return self._named[1].of(source, bpm)
