"""The decoder child: it holds the model, and turns latents into sound."""

from __future__ import annotations

import contextlib
import importlib
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from core import resources, settings
from core.arrangement.clip import ClipSource, LatentSource
from core.errors import ModelError
from core.progress import Progress
from core.workers.messages import Array, Heard, Open, Picture, Ready, Sound
from core.workers.reading import first_bar
from core.workers.second_reader import SecondReader
from core.workers.serving import serve

if TYPE_CHECKING:
    from core.render import Decoder
    from core.render.workspace import Workspace
    from core.vae.checkpoint import Codec

_RENDERED_BYTES: Final = 16 << 20
"""Some six loops. The window keeps what it got; twice would be .4 GB in a long arrangement."""


def body(connection: Connection) -> None:
    """Of the process."""
    serve(connection, Decoding)


class Decoding:
    """`serving.Service` over a `Decoder`."""

    def __init__(self) -> None:
        self._open = contextlib.ExitStack()
        self._space: Workspace | None = None
        self._codec: Codec | None = None

    def open(self, order: Open) -> Ready:
        """Open library and model, and make a first sound, which compiles what has to be."""
        begun = time.perf_counter()
        _import_network()
        from core.render.workspace import open_workspace

        self._space = None
        self._open.close()
        space = self._open.enter_context(open_workspace(order.library, order.model, self._loaded))
        space.decoder.keep_rendered(_RENDERED_BYTES)
        _warm_up(space)
        self._space = space
        with contextlib.suppress(OSError):  # slower without
            reader = self._open.enter_context(contextlib.closing(SecondReader(order.library)))
            space.decoder.real.beside = reader
        return Ready(space.codec.hash, space.library.id, time.perf_counter() - begun)

    def sound(self, order: Sound, begun: Callable[[Heard], None]) -> Heard:
        """Loop, spectrogram, and what sounded."""
        decoder = self._decoder
        name = decoder.renderer_for(order.source, order.renderer)

        def heard(loop: Array) -> Heard:
            return Heard(loop, self._seen(order.source), name)

        first = first_bar(order, lambda bar: begun(heard(bar)))
        return heard(decoder.audio(order.source, order.bpm, order.renderer, first=first))

    def picture(self, order: Picture) -> Array:
        """The spectrogram alone, without a sound."""
        return self._seen(order.source)

    def map(self, progress: Progress) -> None:
        """Encode and place what the library has not under this model yet."""
        self._decoder.map(progress=progress)

    @property
    def _decoder(self) -> Decoder:
        if self._space is None:
            raise ModelError("no model is open; train one, or open the demo")
        return self._space.decoder

    def _loaded(self, model: Path) -> Codec:
        """As it is in memory, unless the file holds another since: a library is opened again after
        every import and when its map is there, and loading and compiling takes a second or two."""
        from core.vae import checkpoint

        kept, self._codec = self._codec, None
        if kept is None or not model.is_file() or resources.digest(model) != kept.hash:
            kept = checkpoint.load(model)
        self._codec = kept
        return kept

    def _seen(self, source: ClipSource) -> Array:
        return np.ascontiguousarray(self._decoder.spectrogram(source), dtype=np.float32)


def _import_network() -> None:
    """Import keras without scikit-learn and matplotlib, which it takes in only to wrap and to plot
    what is never wrapped or plotted here: a quarter of the time that importing it takes."""
    hidden = [name for name in ("sklearn", "matplotlib") if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: not to be found
    try:
        importlib.import_module("core.vae.checkpoint")
    finally:
        for name in hidden:
            del sys.modules[name]


def _warm_up(space: Workspace) -> None:
    """One decoding; and one sound, where that does not mean encoding the library first."""
    space.decoder.decode(np.zeros((1, settings.LATENT_SIZE), np.float32))
    known = set(space.library.latents(space.codec.hash)[0])
    segments = space.library.segments()
    if segments and all(segment.id in known for segment in segments):
        latent = space.decoder.latents()[1][0]
        source = LatentSource(latent, model_hash=space.codec.hash)
        space.decoder.audio(source, space.library.tempo)
