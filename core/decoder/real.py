"""The library's own music as a decoder needs it: loops at a tempo, and how the model sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.decoder.cache import ByteCache
from core.decoder.loops import SEAM_FRAMES, at_length, closed_loop
from core.errors import LibraryError

if TYPE_CHECKING:
    from core.decoder.guides import Guide
    from core.library.store import Library

Array = NDArray[np.float32]
_SPECTRA_SHARE = 4


class Beside(Protocol):
    """Another process that reads the same library: the stretcher holds Python's lock, so a second
    thread would only wait for it."""

    def ask(self, segment_id: str, bpm: float) -> Callable[[], tuple[Array, Array]] | None:
        """Let it begin with a segment; None if it cannot now.

        What is returned has to be called: it waits for the loop (settings.segment_frames(bpm), 2)
        and the spectrogram (512, 128) dB, and raises `LibraryError` if they do not come.
        """


class RealMusic:
    """Segments of a library, kept in memory while there is room. Threads may share it."""

    def __init__(
        self, library: Library, decode: Callable[[Array], Array], cache_bytes: int
    ) -> None:
        """`decode`: latents (n, 64) -> spectra (n, 512, 128) dB."""
        self._library = library
        self._decode = decode
        self._loops = ByteCache(cache_bytes)
        self._spectra = ByteCache(cache_bytes // _SPECTRA_SHARE)
        self.beside: Beside | None = None

    def loop(self, segment_id: str, bpm: float) -> Array:
        """A segment as a seamless loop (settings.segment_frames(bpm), 2), read-only.

        Raises:
            LibraryError: no such segment, or its audio is gone or damaged.
        """
        frames = settings.segment_frames(bpm)
        return self._loops.get((segment_id, frames), lambda: self._read(segment_id, frames))

    def spectra(self, segment_id: str, latent: Array) -> Array:
        """(2, 512, 128) dB: a segment as it is, and as the model decodes its `latent` (64,)."""
        return self._spectra.get(segment_id, lambda: self._both(segment_id, latent))

    def gather(self, guides: Iterable[Guide], bpm: float) -> None:
        """Make `loop` and `spectra` of `guides` ready, every other one `beside`, if that is there.

        Raises:
            LibraryError: as `loop`.
        """
        if self.beside is None:
            return
        frames = settings.segment_frames(bpm)
        by_id = {guide.segment_id: guide for guide in guides}
        missing = [guide for i, guide in by_id.items() if (i, frames) not in self._loops]
        for here, there in zip(missing[::2], missing[1::2], strict=False):
            answer = self.beside.ask(there.segment_id, bpm)
            try:
                self.loop(here.segment_id, bpm)
                self.spectra(here.segment_id, here.latent)
            finally:
                if answer is not None:
                    self._take(there, frames, answer)

    def heard(self, segment_ids: Iterable[str]) -> bool:
        """Whether the audio of all these segments is there."""
        tracks = {self._library.segment(i).track_id for i in segment_ids}
        paths = [self._library.audio_path(self._library.track(track)) for track in tracks]
        return all(path.is_file() for path in paths)

    def forget(self) -> None:
        """Drop what is kept, after the library changed."""
        self._loops.clear()
        self._spectra.clear()

    def _take(self, guide: Guide, frames: int, answer: Callable[[], tuple[Array, Array]]) -> None:
        try:
            loop, own = answer()
        except LibraryError:
            return  # it is read here when it is needed, which tells what is wrong
        self._loops.get((guide.segment_id, frames), lambda: loop)
        self._spectra.get(guide.segment_id, lambda: self._with_decoded(own, guide.latent))

    def _read(self, segment_id: str, frames: int) -> Array:
        segment = self._library.segment(segment_id)
        samples = self._library.segment_audio(segment, preroll_frames=SEAM_FRAMES)
        return at_length(closed_loop(samples, SEAM_FRAMES), frames)

    def _both(self, segment_id: str, latent: Array) -> Array:
        own = self._library.segment_spectrogram(self._library.segment(segment_id))
        return self._with_decoded(own, latent)

    def _with_decoded(self, own: Array, latent: Array) -> Array:
        return np.stack([own, self._decode(latent[None])[0]])
