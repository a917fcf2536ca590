"""A library, its model and the decoder over both, opened together for a job that makes sound."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core import resources

if TYPE_CHECKING:
    from core.library.store import Library
    from core.render.decoder import Decoder
    from core.vae.codec import Codec

EXPORT_CACHE_BYTES = 24 << 20
"""For a job that asks for every sound once, like an export: the mixdown keeps what comes again."""


@dataclass(frozen=True)
class Workspace:
    """What a job needs to make sound: a library, its model, and the decoder over both."""

    library_path: Path
    model_path: Path
    library: Library
    codec: Codec
    decoder: Decoder


@contextlib.contextmanager
def open_workspace(
    library: Path | None = None,
    model: Path | None = None,
    load: Callable[[Path], Codec] | None = None,
    cache_bytes: int | None = None,
    refined: bool = True,
) -> Iterator[Workspace]:
    """Open a library and its model; close the library, and forget its sounds, afterwards.

    Args:
        library: its folder; default the built-in demo.
        model: its file; default `model_for(library)`.
        load: reads the model; default `core.vae.codec.Codec.load`.
        cache_bytes: bounds the memory for rendered audio; default that of `Decoder`.
        refined: whether latents of the library are refined before they are used; the window lets
            many new ones do unrefined at first.

    Raises:
        LibraryError, ModelError: one of them is missing or cannot be used.
    """
    from core.library.models import is_demo, model_for
    from core.library.store import Library
    from core.render.decoder import CACHE_BYTES, Decoder
    from core.vae.codec import Codec

    library_path = library or resources.demo_library()
    with Library.open(library_path, read_only=is_demo(library_path)) as opened:
        model_path = model or model_for(library_path)
        codec = (load or Codec.load)(model_path)
        decoder = Decoder(opened, codec, cache_bytes=cache_bytes or CACHE_BYTES, refined=refined)
        try:
            yield Workspace(library_path, model_path, opened, codec, decoder)
        finally:
            decoder.close()
