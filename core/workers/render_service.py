"""Latents as sound, in a worker that holds the model."""

from __future__ import annotations

import contextlib
import importlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from core import memory, presence, resources, settings
from core.arrangement.clip import ClipSource, LatentSource, RealSource
from core.errors import Cancelled, ModelError, TechnoVAEError
from core.library.models import model_for
from core.workers.segment_service import (
    Array,
    Emit,
    Opened,
    RenderedLoop,
    SegmentHelper,
    SeparatedLoop,
    bar_gain_db,
    first_bar,
    loop_gain_db,
    open_others,
)

if TYPE_CHECKING:
    from core.arrangement.project import Origin
    from core.progress import CancelFlag
    from core.render.decoder import Decoder
    from core.render.other_libraries import OtherLibraries
    from core.render.workspace import Workspace
    from core.vae.codec import Codec

_RENDERED_BYTES: Final = 16 << 20
"""Some six loops. The window keeps what it got; twice would be .4 GB in a long arrangement."""
_CODECS_KEPT: Final = 2
"""Models in memory: that of the session, and that of the one before, whose clips may go on."""
_FIRST_SOUND: Final = (
    "soundfile",
    "core.audio.levelling",
    "core.audio.stretch",
    "core.render.decoder",
    "core.render.workspace",
)
"""What is imported before a first sound."""
_MODEL_READERS: Final = ("h5py", "core.library.models", "core.vae.codec")
_LOG = logging.getLogger(__name__)


class RenderService:
    """Makes loops and spectrograms with a library and a model, in a worker. Both may change."""

    def __init__(self) -> None:
        self._exit = contextlib.ExitStack()
        self._space: Workspace | None = None
        self._codecs: OrderedDict[str, Codec] = OrderedDict()
        self._others: OtherLibraries | None = None

    def prepare(self, library: Path) -> None:
        """Bring into memory what a first sound takes of the program, and the model of a library.

        That is most of what opening it takes, and can be done before it is known what is in it.

        Args:
            library: folder of the library that will be opened, most likely. What is wrong with it
                is told when it is.
        """
        for name in _MODEL_READERS:  # here, so that two threads do not import at once
            importlib.import_module(name)

        def load() -> None:
            with contextlib.suppress(TechnoVAEError):
                self._loaded(model_for(library))

        # Unpacking a model hardly holds Python's lock, and importing hardly lets go of it.
        with ThreadPoolExecutor(1, thread_name_prefix="model") as pool:
            loading = pool.submit(load)
            for name in _FIRST_SOUND:
                importlib.import_module(name)
            _run_kernels()
            loading.result()

    def open(self, library: Path, model: Path | None) -> Opened:
        """Open library and model, and make a first sound, so that what that needs is in memory.

        Args:
            library: folder of the library.
            model: its model; None for the one that belongs to it. Where there is none, only
                latents of other libraries can be rendered.

        Raises:
            LibraryError, ModelError: one of them is missing or cannot be used.
        """
        started = time.perf_counter()
        self._space = self._others = None
        self._exit.close()
        memory.trim()
        if model is None and not _has_model(library):
            return Opened("", "", time.perf_counter() - started)
        from core.render.workspace import open_workspace

        space = self._exit.enter_context(
            open_workspace(library, model, self._loaded, refined=False)
        )
        space.decoder.keep_rendered(_RENDERED_BYTES)
        _warm_up(space)
        self._space = space
        try:
            helper = self._exit.enter_context(contextlib.closing(SegmentHelper(library)))
            space.decoder.real.helper = helper
        except OSError:  # slower without
            _LOG.warning("no room for a second reader of segments", exc_info=True)
        return Opened(space.codec.hash, space.library.id, time.perf_counter() - started)

    def loop(
        self,
        source: ClipSource,
        bpm: float,
        renderer: str | None,
        bar: int | None,
        emit: Emit,
        origin: Origin | None = None,
        cancel: CancelFlag | None = None,
        beats: int = settings.BEATS_PER_BAR,
    ) -> RenderedLoop:
        """A loop with its spectrogram.

        Args:
            source: a latent, or a real segment.
            bpm: how fast.
            renderer: None for the source's own.
            bar: 0..3: this bar is emitted beforehand, as often as it fits; None: only the whole.
            emit: gets a `RenderedLoop` with that bar.
            origin: library and model that the source is of; None for those that are open.
            cancel: gives it up; what was read for it stays in memory.
            beats: how many of its beats are emitted first.

        Raises:
            TechnoVAEError: as `Decoder.audio`.
        """
        decoder = self._decoder_of(origin)
        name = decoder.renderer_for(source, renderer)

        def emit_bar(samples: Array, rows: slice, beats: int) -> None:
            seen = self.spectrogram(source, origin)
            emit(RenderedLoop(samples, seen, name, bar_gain_db(samples, seen, rows), beats))

        first = first_bar(bar, emit_bar, beats)
        loop = decoder.audio(source, bpm, renderer, first=first, cancel=cancel)
        return RenderedLoop(loop, self.spectrogram(source, origin), name, loop_gain_db(loop))

    def separated_loop(
        self,
        source: ClipSource,
        bpm: float,
        renderer: str | None,
        bar: int | None,
        emit: Emit,
        origin: Origin | None = None,
        cancel: CancelFlag | None = None,
        beats: int = settings.BEATS_PER_BAR,
    ) -> SeparatedLoop:
        """A loop with its parts and its spectrogram.

        Args:
            source, bpm, renderer, bar, origin, cancel, beats: as for `loop`.
            emit: gets a `SeparatedLoop` with that bar.

        Returns:
            The loop; `parts` sum to it.

        Raises:
            TechnoVAEError: as `Decoder.parts`.
        """
        decoder = self._decoder_of(origin)
        name = decoder.renderer_for(source, renderer)

        def whole(
            parts: Array, gain_db_of: Callable[[Array, Array | None], float]
        ) -> SeparatedLoop:
            loop: Array = parts.sum(axis=0)
            seen = None if isinstance(source, RealSource) else self.spectrogram(source, origin)
            return SeparatedLoop(loop, seen, name, gain_db_of(loop, seen), parts=parts)

        def bar_gain(loop: Array, seen: Array | None, rows: slice) -> float:
            if isinstance(source, RealSource):  # making it would hold the bar up
                library = decoder.library
                seen = library.kept_spectrogram(library.segment(source.segment_id))
            return bar_gain_db(loop, seen, rows)

        def emit_bar(parts: Array, rows: slice, beats: int) -> None:
            made = whole(parts, lambda loop, seen: bar_gain(loop, seen, rows))
            emit(replace(made, beats=beats))

        first = first_bar(bar, emit_bar, beats)
        parts = decoder.parts(source, bpm, renderer, first=first, cancel=cancel)
        return whole(parts, lambda loop, _: loop_gain_db(loop))

    def prepare_parts(self) -> None:
        """Load the network that tells parts apart, so that the first mute does not wait for it.

        Raises:
            ModelError: it is missing or damaged, or no model is open.
        """
        self._decoder_of(None).prepare_parts()

    def spectrogram(self, source: ClipSource, origin: Origin | None = None) -> Array:
        """The spectrogram of a source, without a sound.

        Args:
            source: a latent, a real segment, or parts of them.
            origin: library and model that it is of; None for those that are open.

        Returns:
            (512, 128) dB.

        Raises:
            TechnoVAEError: as `Decoder.spectrogram`.
        """
        found = self._decoder_of(origin).spectrogram(source)
        return np.ascontiguousarray(found, dtype=np.float32)

    def part_spectrograms(self, source: ClipSource, origin: Origin | None = None) -> Array:
        """The spectrogram of each part of a source, without a sound.

        Args:
            source: a latent, a real segment, or parts of them.
            origin: library and model that it is of; None for those that are open.

        Returns:
            (4, 512, 128) dB in the order of `settings.PARTS`.

        Raises:
            TechnoVAEError: as `Decoder.part_spectrograms`.
        """
        found = self._decoder_of(origin).part_spectrograms(source)
        return np.ascontiguousarray(found, dtype=np.float32)

    def _decoder_of(self, origin: Origin | None) -> Decoder:
        if origin is not None:
            if self._others is None:
                self._others = open_others(self._exit, self._loaded)
            return self._others.decoder(origin)
        if self._space is None:
            raise ModelError("no model is open; train one, or open the demo")
        return self._space.decoder

    def _loaded(self, model: Path) -> Codec:
        """As it is in memory, unless the file holds another since: a library is opened again after
        every import and when its map is there, and loading takes a third of a second."""
        from core.vae.codec import Codec

        kept = self._codecs.pop(resources.digest(model), None) if presence.is_file(model) else None
        codec = kept or Codec.load(model)
        self._codecs[codec.hash] = codec
        while len(self._codecs) > _CODECS_KEPT:
            self._codecs.popitem(last=False)
        return codec


def _has_model(library: Path) -> bool:
    try:
        model_for(library)
    except ModelError:
        return False
    return True


def _run_kernels() -> None:
    """Compiled loops of a first bar: the first use loads them and what numba knows of types."""
    from core.dsp import filtering

    silence = np.zeros((2 * settings.N_FFT, 2), np.float32)
    weights = np.ones((settings.FRAMES_PER_BAR, settings.N_BANDS), np.float32)
    filtering.filtered(filtering.weighted_sum([silence], [weights]), weights)


def _warm_up(space: Workspace) -> None:
    """One decoding; and one bar between dots, where the library has not to be encoded first."""
    space.decoder.decode(np.zeros((1, settings.LATENT_SIZE), np.float32))
    known = set(space.library.latents(space.codec.hash, with_unrefined=True)[0])
    segments = space.library.segments()
    if segments and all(segment.id in known for segment in segments):
        latents = space.decoder.latents()[1]
        between = 0.5 * (latents[0] + latents[-1])  # a dot needs less than what is clicked next
        source = LatentSource(between, model_hash=space.codec.hash)
        enough = threading.Event()
        first = first_bar(0, lambda *_: enough.set(), beats=1)
        with contextlib.suppress(Cancelled):
            space.decoder.audio(source, space.library.tempo, first=first, cancel=enough)
