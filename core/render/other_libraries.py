"""Sounds of clips that are made from other libraries and models than the ones that are open."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from core import presence, resources
from core.arrangement.clip import ORIGINAL, Clip, ClipSource, PartsSource, RealSource
from core.arrangement.project import Origin, origin_of
from core.errors import InputError
from core.library.model_versions import find_version
from core.library.models import model_for
from core.library.store import Library
from core.render.parts import shared_separator
from core.render.real_segments import FirstBar, RealSegments
from core.render.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from core.render.decoder import Decoder
    from core.vae.codec import Codec

Array = NDArray[np.float32]
_MOST_OPEN: Final = 2
_CACHE_BYTES: Final = 64 << 20
"""Of loops of each library: some twenty-five."""
Opened = TypeVar("Opened")


class OtherLibraries:
    """Opens libraries and models when a clip needs them; the last two of each stay open.

    Threads may share it; they wait for each other.
    """

    def __init__(
        self, origins: Iterable[Origin] = (), load: Callable[[Path], Codec] | None = None
    ) -> None:
        """Open nothing yet.

        Args:
            origins: of the clips that `clip_audio` makes.
            load: reads a model; default `core.vae.codec.Codec.load`.
        """
        self._origins = tuple(origins)
        self._load = load
        self._lock = threading.RLock()
        self._readers: _Recent[tuple[Library, RealSegments]] = _Recent(_MOST_OPEN)
        self._workspaces: _Recent[Workspace] = _Recent(_MOST_OPEN)

    def __enter__(self) -> OtherLibraries:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every library."""
        with self._lock:
            self._readers.close()
            self._workspaces.close()

    def audio(
        self,
        origin: Origin,
        source: ClipSource,
        bpm: float,
        renderer: str | None = None,
        quality: str = "interactive",
        first: FirstBar | None = None,
    ) -> Array:
        """What `Decoder.audio` of the library and model of `origin` gives.

        Args:
            origin: what `source` is made from.
            source: a real segment or a latent.
            bpm: the tempo.
            renderer: for latents; None is the source's own.
            quality: "interactive" or "export".
            first: gets one bar before the rest is rendered.

        Returns:
            A loop (settings.segment_frames(bpm), 2), read-only.

        Raises:
            LibraryError: the library or the segment is gone.
            ModelError: there is no model that can decode the latent.
        """
        with self._lock:
            if isinstance(source, RealSource):
                return self._reader(origin)[1].loop(source.segment_id, bpm, first, source.transpose)
            return self.decoder(origin).audio(source, bpm, renderer, quality, first)

    def parts(
        self, origin: Origin, source: ClipSource, bpm: float, quality: str = "interactive"
    ) -> Array:
        """What `Decoder.parts` of the library and model of `origin` gives.

        Args:
            origin, source, bpm, quality: as for `audio`.

        Returns:
            (4, settings.segment_frames(bpm), 2), read-only.

        Raises:
            LibraryError, ModelError: as `audio`, and where there is no network for parts.
        """
        with self._lock:
            if isinstance(source, RealSource):
                return shared_separator().separate(self.audio(origin, source, bpm))
            return self.decoder(origin).parts(source, bpm, quality=quality)

    def spectrogram(self, origin: Origin, source: ClipSource) -> Array:
        """What `Decoder.spectrogram` of the library and model of `origin` gives.

        Args:
            origin: what `source` is made from.
            source: a real segment, a latent, or parts of them.

        Returns:
            (512, 128) dB.

        Raises:
            LibraryError, ModelError: as `audio`.
        """
        with self._lock:
            if isinstance(source, RealSource):
                library = self._reader(origin)[0]
                return library.segment_spectrogram(library.segment(source.segment_id))
            return self.decoder(origin).spectrogram(source)

    def kept_spectrogram(self, origin: Origin, segment_id: str) -> Array | None:
        """What `Library.kept_spectrogram` of the library of `origin` gives of a segment.

        Args:
            origin: what the segment is of.
            segment_id: which.

        Returns:
            (512, 128) dB; None where none is kept.

        Raises:
            LibraryError: the library or the segment is gone.
        """
        with self._lock:
            library = self._reader(origin)[0]
            return library.kept_spectrogram(library.segment(segment_id))

    def renderer_for(self, origin: Origin, source: ClipSource, renderer: str | None = None) -> str:
        """What `Decoder.renderer_for` of the library and model of `origin` gives.

        Args:
            origin: what `source` is made from.
            source: a real segment, a latent, or parts of them.
            renderer: as for `audio`.

        Returns:
            One of `settings.RENDERERS`; "original" for a real segment.

        Raises:
            LibraryError, ModelError: as `audio`.
        """
        if isinstance(source, RealSource):
            return ORIGINAL
        with self._lock:
            return self.decoder(origin).renderer_for(source, renderer)

    def clip_audio(
        self, main: Decoder | Origin, bpm: float, quality: str = "interactive"
    ) -> Callable[[Clip], Array]:
        """What a mixdown asks for the sound of its clips; any thread may call it.

        It gives a loop (frames, 2), or of a clip that plays parts (4, frames, 2), which sum to it.

        Args:
            main: makes the clips that are of none of the origins.
            bpm: the tempo.
            quality: "interactive" or "export".
        """

        parts_of = self.clip_parts(main, bpm, quality)

        def audio_of(clip: Clip) -> Array:
            if isinstance(clip.source, PartsSource):
                return parts_of(clip)
            made_by = origin_of(clip.source, self._origins) or main
            if isinstance(made_by, Origin):
                return self.audio(made_by, clip.source, bpm, quality=quality)
            return made_by.audio(clip.source, bpm, quality=quality)

        return audio_of

    def clip_parts(
        self, main: Decoder | Origin, bpm: float, quality: str = "interactive"
    ) -> Callable[[Clip], Array]:
        """What a mixdown asks for the parts of its clips; any thread may call it.

        Args:
            main: makes the clips that are of none of the origins.
            bpm: the tempo.
            quality: "interactive" or "export".

        Returns:
            A function: clip -> (4, settings.segment_frames(bpm), 2), which raises as `parts`.
        """

        def parts_of(clip: Clip) -> Array:
            made_by = origin_of(clip.source, self._origins) or main
            if isinstance(made_by, Origin):
                return self.parts(made_by, clip.source, bpm, quality)
            return made_by.parts(clip.source, bpm, quality=quality)

        return parts_of

    def _reader(self, origin: Origin) -> tuple[Library, RealSegments]:
        path = origin.library or resources.demo_library()

        def open_(stack: contextlib.ExitStack) -> tuple[Library, RealSegments]:
            library = stack.enter_context(Library.open(path, read_only=True))
            return library, RealSegments(library, _no_model, _CACHE_BYTES)

        return self._readers.get(path, open_)

    def decoder(self, origin: Origin) -> Decoder:
        """The decoder of library and model of an origin. It is good until two others are asked for.

        Raises:
            LibraryError, ModelError: one of them is gone or cannot be used.
        """
        path = origin.library or resources.demo_library()

        def open_(stack: contextlib.ExitStack) -> Workspace:
            model = model_of(origin)
            space = open_workspace(path, model, self._load, _CACHE_BYTES, refined=False)
            return stack.enter_context(space)

        return self._workspaces.get((path, origin.model, origin.model_hash), open_).decoder


def model_of(origin: Origin) -> Path:
    """The model of an origin; if it is gone, the version that is the same, else the one of its
    library by now.

    Raises:
        ModelError: there is neither.
    """
    if origin.model is not None and presence.is_file(origin.model):
        return origin.model
    demo = resources.demo_model()
    if origin.model is None and origin.model_hash and origin.model_hash == resources.digest(demo):
        return demo
    version = find_version(origin.library or resources.demo_library(), origin.model_hash)
    if version is not None:
        return version
    return model_for(origin.library or resources.demo_library())


class _Recent(Generic[Opened]):
    """The things used last, each closed when it falls out."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[Opened, contextlib.ExitStack]] = OrderedDict()

    def get(self, key: Hashable, open_: Callable[[contextlib.ExitStack], Opened]) -> Opened:
        """What is open under `key`; else what `open_` returns, which enters what is to be closed
        into the stack that it gets."""
        if key not in self._kept:
            with contextlib.ExitStack() as stack:
                opened = open_(stack)
                self._kept[key] = opened, stack.pop_all()
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)[1][1].close()
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def close(self) -> None:
        """Close everything."""
        while self._kept:
            self._kept.popitem()[1][1].close()


def _no_model(latents: Array) -> Array:
    raise InputError("only a model can decode a latent; open one, or train one")
