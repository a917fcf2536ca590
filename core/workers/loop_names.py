"""What the files of kept loops are called: by all that their sound depends on."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from core import resources, settings, user_folders
from core.arrangement.clip import ClipSource, PartsSource, RealSource
from core.session import Session

_SOUNDING: Final = ("audio", "dsp", "latent", "parts", "render", "vae", "numpy_layers.py")
"""Rooms and modules whose code changes what a loop sounds like."""


def loops_folder() -> Path:
    """Where loops are kept, in the user's cache; it need not exist yet."""
    return user_folders.cache_folder() / "loops"


class LoopNames:
    """Names for the loops of a session, which is gone through once, when the object is made.

    A loop is known by its source, tempo and model, by the segments that it may be rendered from,
    and by the code that renders it; where one of them is another, it is another loop.
    """

    def __init__(self, session: Session) -> None:
        self._music = _digest(_music(session))
        self._map = None if session.map is None else _digest(_map(session))
        self._model_hash = session.model_hash

    def of(self, source: ClipSource, bpm: float) -> str:
        """The name of a loop as it is played.

        Args:
            source: a segment, a latent or parts of the session's library.
            bpm: the tempo.

        Returns:
            64 hexadecimal digits; empty where it is not known yet what the loop depends on.
        """
        facts = [_code(), self._music, repr(bpm), repr(source)]
        if not isinstance(source, RealSource):
            if self._map is None:
                return ""
            facts += [self._model_hash, self._map]
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
