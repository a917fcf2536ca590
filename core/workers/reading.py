"""The reader child: real segments as loops at a tempo. It is there within a second, since it knows
no model; in the window's process bringing one to a tempo would hold everything up for .1 s."""

from __future__ import annotations

import contextlib
import importlib
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from core.arrangement.clip import ClipSource, RealSource
from core.errors import InputError, LibraryError
from core.progress import Progress
from core.workers.messages import Array, Heard, Open, Picture, Ready, Sound
from core.workers.serving import serve

if TYPE_CHECKING:
    from core.library.store import Library
    from core.render.real import FirstBar, RealMusic

ORIGINAL = "original"
"""The renderer of a real segment: none."""


def body(connection: Connection) -> None:
    """Of the process."""
    serve(connection, Reading)


class Reading:
    """`serving.Service` over the library's own music."""

    def __init__(self) -> None:
        self._opened = contextlib.ExitStack()
        self._library: Library | None = None
        self._music: RealMusic | None = None

    def open(self, order: Open) -> Ready:
        """Open the library to read."""
        from core.library.store import Library
        from core.render.real import RealMusic

        begun = time.perf_counter()
        self._library = self._music = None
        self._opened.close()
        self._library = self._opened.enter_context(Library.open(order.library, read_only=True))
        # Nothing is kept here: the window keeps what it got.
        self._music = RealMusic(self._library, _no_model, 0)
        _warm_up()
        return Ready("", self._library.id, time.perf_counter() - begun)

    def sound(self, order: Sound, begun: Callable[[Heard], None]) -> Heard:
        """The loop alone: its spectrogram may take a moment."""
        if self._music is None:
            raise LibraryError("no library is open; open one, or import some music")
        first = first_bar(order, lambda bar: begun(Heard(bar, None, ORIGINAL)))
        loop = self._music.loop(_segment(order.source), order.bpm, first)
        return Heard(loop, None, ORIGINAL)

    def picture(self, order: Picture) -> Array:
        """(512, 128) dB."""
        if self._library is None:
            raise LibraryError("no library is open; open one, or import some music")
        segment = self._library.segment(_segment(order.source))
        return self._library.segment_spectrogram(segment)

    def map(self, progress: Progress) -> None:
        """Not without a model."""
        raise InputError("the map takes a model")


def first_bar(order: Sound, hear: Callable[[Array], None]) -> FirstBar | None:
    """Who hears the bar that `order` asks for, if it asks for one."""
    from core.render.real import FirstBar

    return None if order.bar is None else FirstBar(order.bar, hear)


def _warm_up() -> None:
    """Import what reads and stretches before somebody waits for it."""
    for name in ("soundfile", "core.audio.stretch", "core.dsp.spectrogram"):
        importlib.import_module(name)


def _segment(source: ClipSource) -> str:
    if not isinstance(source, RealSource):
        raise InputError("a latent takes a model")
    return source.segment_id


def _no_model(latents: Array) -> Array:
    raise InputError("a latent takes a model")
