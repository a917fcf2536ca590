"""Loops of clips kept on disk, by all that their sound depends on; read and written on a thread."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject

from core import resources, settings, user_folders
from core.arrangement.clip import ClipSource, PartsSource, RealSource
from core.session import Session
from core.workers.background import Background
from core.workers.loop_files import LoopFiles
from core.workers.segment_service import Loop

_SOUNDING: Final = ("audio", "dsp", "latent", "parts", "render", "vae", "numpy_layers.py")
"""Rooms and modules whose code changes what a loop sounds like."""
_LOG = logging.getLogger(__name__)


def loops_folder() -> Path:
    """Where loops are kept, in the user's cache; it need not exist yet."""
    return user_folders.cache_folder() / "loops"


class LoopStore(QObject):
    """Finds and keeps loops without making anybody wait. Nothing is read before the first request.

    A loop is known by its source, tempo and model, by the segments that it may be rendered from,
    and by the code that renders it; where one of them is another, it is another loop.
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
        self._session: Session | None = None
        self._music = self._map = ""

    def find(
        self, session: Session, source: ClipSource, bpm: float, then: Callable[[Loop | None], None]
    ) -> None:
        """Look for the loop of a source.

        Args:
            session: its library and model.
            source: a segment, a latent or parts of the library that is open.
            bpm: the tempo.
            then: gets the loop, or None, on the thread of this object.
        """

        def found() -> Loop | None:
            name = self._name(session, source, bpm)
            return self._opened().read(name, settings.segment_frames(bpm)) if name else None

        self._thread.submit(found, then, lambda line: then(None))

    def keep(
        self,
        session: Session,
        source: ClipSource,
        bpm: float,
        loop: Loop,
        then: Callable[[Loop | None], None] = lambda _: None,
    ) -> None:
        """Write a loop that was made, on the thread of the store; comes back at once.

        Args:
            session, source, bpm: as for `find`.
            loop: of four bars at that tempo.
            then: gets the same loop as it lies on disk, or None, on the thread of this object.
        """

        def write() -> Loop | None:
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
        if self._session is not session:
            self._session = session
            self._music, self._map = _digest(_music(session)), _digest(_map(session))
        facts = [_code(), self._music, repr(bpm), repr(source)]
        if not isinstance(source, RealSource):
            if session.map is None:
                return ""
            facts += [session.model_hash, self._map]
        if isinstance(source, PartsSource):
            facts.append(resources.digest(resources.parts_model()))
        return _digest(facts)


def _music(session: Session) -> Iterator[str]:
    """The tracks as they are heard."""
    yield session.library_id
    for track in session.tracks:
        yield f"{track.content_hash} {track.stored_gain_db!r} {track.grid!r} {track.sections!r}"


def _map(session: Session) -> Iterator[str]:
    """The segments that latents are rendered from, and their latents."""
    if session.map is not None:
        yield from (f"{it.id} {it.start_seconds!r} {it.bpm!r}" for it in session.map.segments)
        yield session.map.latents.tobytes().hex()


@functools.cache
def _code() -> str:
    """What the code that makes sound consists of; the version of the program where that cannot be
    read, as in a zipped install."""
    files = _sounding_files()
    if not files:
        from importlib import metadata

        return metadata.version("technovae")
    return _digest(path.read_text("utf-8") for path in files)


def _sounding_files() -> list[Path]:
    core = Path(settings.__file__).parent
    names = (name if name.endswith(".py") else f"{name}/**/*.py" for name in _SOUNDING)
    return sorted(path for name in names for path in core.glob(name))


def _digest(facts: Iterable[str]) -> str:
    import hashlib

    hashed = hashlib.sha256()
    for fact in facts:
        hashed.update(fact.encode() + b"\0")
    return hashed.hexdigest()
