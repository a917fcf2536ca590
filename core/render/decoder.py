"""The decoder: a latent or a real segment -> spectrogram and audio at a tempo."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.arrangement.clip import (
    DEFAULT_RENDERER,
    ORIGINAL,
    Clip,
    ClipSource,
    LatentSource,
    PartsSource,
    RealSource,
    SingleSource,
    loop_source,
    main_source,
    muted_parts,
    part_gains_db,
    part_sources,
    single_sources,
)
from core.arrangement.values import db_to_gain
from core.dsp import renderers
from core.dsp.renderers import RenderSource
from core.dsp.spectrogram import db_to_power, power_to_db
from core.errors import InputError
from core.library.latents import part_map_name
from core.progress import CancelFlag, Progress, check, silent
from core.render.cache import ByteCache
from core.render.guides import BandGuides, Guide, Guides
from core.render.latent_migration import LatentMigration
from core.render.latent_renderer import LatentRenderer, stereo
from core.render.library_latents import ensure_latents, ensure_map
from core.render.loops import at_length, joined_rows
from core.render.parts import PartsSeparator, shared_separator
from core.render.real_segments import FirstBar, RealSegments

if TYPE_CHECKING:
    from core.library.segments import Segment
    from core.library.store import Library
    from core.vae.codec import Codec

Array = NDArray[np.float32]
CACHE_BYTES = 384 << 20
DECODED_BYTES = 16 << 20
"""Spectrograms of latents: enough for those on screen and what was just rendered."""
PARTS_BYTES = 48 << 20
"""Loops taken apart: at 130 BPM some four, for what is auditioned and what is locked beside it."""
TEMPO_RANGE = (20.0, 400.0)
_AHEAD = 2
"""Sounds that each thread of `render_many` may be ahead."""
KeptLoop = Callable[[SingleSource, float], Array | None]
"""Gives the loop of a source at a tempo as `Decoder.audio` of quality "interactive" made it before,
or None."""


class Decoder:
    """Sounds of a library and a model. Results are kept in memory and are read-only.

    Equal arguments give equal bits, whatever was decoded before. Threads may share it.
    """

    def __init__(
        self,
        library: Library,
        codec: Codec,
        *,
        cache_bytes: int = CACHE_BYTES,
        separator: PartsSeparator | None = None,
        refined: bool = True,
    ) -> None:
        """
        Args:
            library: an open library.
            codec: its model.
            cache_bytes: bounds the memory for rendered audio; real loops get as much again.
            separator: takes loops apart; by default that of all decoders.
            refined: latents of the library are refined before they are used; see `ensure_latents`.
        """
        self.library = library
        self.codec = codec
        self.real = RealSegments(library, self.decode, cache_bytes)
        self.renderer = LatentRenderer(self.real, self.guides, self._spectra)
        self._migration = LatentMigration(library, codec.hash, self.latents)
        self._rendered = ByteCache(cache_bytes)
        self._decoded = ByteCache(DECODED_BYTES)
        self._separator = separator or shared_separator()
        self._refined = refined
        self._parts = ByteCache(PARTS_BYTES)
        self._lock = threading.RLock()
        self._latents: tuple[list[str], Array] | None = None
        self._guides: dict[str, Guides | BandGuides] = {}
        self.kept_loop: KeptLoop = _nothing_kept

    def latents(
        self, *, progress: Progress = silent, cancel: CancelFlag | None = None
    ) -> tuple[list[str], Array]:
        """The latents of the library's map segments under this model.

        What the library does not hold yet is encoded and stored in it.

        Args:
            progress: segments encoded, of how many.
            cancel: polled while some are encoded.

        Returns:
            Ids of n segments, and their latents (n, 64).

        Raises:
            LibraryError: the library has no segments.
            Cancelled: as asked; what was encoded so far is kept.
        """
        with self._lock:
            if self._latents is None:
                self._latents = ensure_latents(
                    self.library, self.codec, progress, cancel, refined=self._refined
                )
            ids, latents = self._latents
            return list(ids), latents

    def map(
        self, *, progress: Progress = silent, cancel: CancelFlag | None = None
    ) -> tuple[list[str], Array]:
        """The positions of the library's map segments on the map.

        A map that is missing is made and kept in the library.

        Args:
            progress: as for `latents`.
            cancel: as for `latents`.

        Returns:
            Ids of n segments, and their positions (n, 2).

        Raises:
            LibraryError, Cancelled: as `latents`.
        """
        with self._lock:
            ids, latents = self.latents(progress=progress, cancel=cancel)
            return ids, ensure_map(self.library, self.codec.hash, ids, latents, self.decode)

    def part_map(
        self, part: int, *, progress: Progress = silent, cancel: CancelFlag | None = None
    ) -> tuple[list[str], Array]:
        """As `map`, by one part of the sound alone, which is laid over the map.

        Args:
            part: number of it, in `settings.PARTS`.
            progress: of listening to all segments, some 25 ms each.
            cancel: polled between some of them.

        Raises:
            ModelError: there is no network that tells parts apart.
        """
        ids, xy = self.map(progress=progress, cancel=cancel)
        name = part_map_name(self.codec.hash, settings.PARTS[part])
        known, kept = self.library.map(name)
        if set(known) == set(ids):
            positions = dict(zip(known, kept, strict=True))
            return ids, np.stack([positions[i] for i in ids])
        from core.render.part_maps import lay_out, part_fingerprints  # here: it brings scipy

        shares_of = self._separator.shares_of_many
        latents = self.latents()[1]
        seen = part_fingerprints(latents, self.decode, shares_of, part, progress, cancel)
        placed = lay_out(seen, xy)
        self.library.save_map(name, ids, placed)
        return ids, placed

    def refresh(self) -> None:
        """Forget what came from the library, after it changed."""
        with self._lock:
            self._latents = None
            self._guides = {}
        self._migration.clear()
        self.real.clear()
        self._rendered.clear()
        self._parts.clear()

    def close(self) -> None:
        """Give back the memory of everything that was read and rendered.

        Parts of a decoder refer to each other in circles: let go of, it stays until Python searches
        for such, which a worker with large arrays and few objects does hardly ever.
        """
        self.refresh()
        self._decoded.clear()

    @property
    def kept_bytes(self) -> int:
        """Of all sounds and spectrograms in memory."""
        caches = (self._rendered, self._decoded, self._parts)
        return self.real.kept_bytes + sum(cache.size for cache in caches)

    def keep_rendered(self, limit: int) -> None:
        """Keep at most `limit` bytes of rendered latents, where the caller keeps them too."""
        self._rendered.shrink(limit)

    def decode(self, latents: Array) -> Array:
        """Spectra (n, 512, 128) dB of `latents` (n, 64)."""
        return self.codec.decode(latents)

    def spectrogram(self, source: ClipSource) -> Array:
        """(512, 128) dB of a real segment, of a latent as the model decodes it, or of parts.

        Raises:
            LibraryError: no such segment.
            ModelError: the latent is of a model that this library was never encoded with, or parts
                are asked for and there is no network that tells them apart.
        """
        source = loop_source(source)
        if isinstance(source, PartsSource):
            return self._parts_spectrogram(source)
        if isinstance(source, RealSource):
            return self.library.segment_spectrogram(self.library.segment(source.segment_id))
        return joined_rows(self._spectra(self._migration.migrate(source)))

    def part_spectrograms(self, source: ClipSource) -> Array:
        """The spectrogram of each part of a source, as it is heard.

        Args:
            source: any.

        Returns:
            (4, 512, 128) dB in the order of `settings.PARTS`; muted ones are silent.

        Raises:
            LibraryError, ModelError: as `spectrogram`, and where there is no network for parts.
        """
        heard = {single: self._powers_of_parts(single) for single in single_sources(source)}
        parts = zip(part_sources(source), muted_parts(source), part_gains_db(source), strict=True)
        factors = [0.0 if muted else db_to_gain(gain_db) ** 2 for _, muted, gain_db in parts]
        powers = [
            heard[single][..., number] * np.float32(factor)
            for number, (single, factor) in enumerate(
                zip(part_sources(source), factors, strict=True)
            )
        ]
        return power_to_db(np.stack(powers))

    def _powers_of_parts(self, source: SingleSource) -> Array:
        """(512, 128, 4)."""
        seen = self.spectrogram(source)
        return db_to_power(seen)[..., None] * self._separator.shares(seen)

    def audio(
        self,
        source: ClipSource,
        bpm: float,
        renderer: str | None = None,
        quality: str = "interactive",
        first: FirstBar | None = None,
        cancel: CancelFlag | None = None,
    ) -> Array:
        """Render a source as a seamless loop of four bars.

        Args:
            source: a real segment or a latent.
            bpm: the tempo, 20 to 400.
            renderer: for latents; None is the source's own. `guided` and `mosaic` become `phase`
                where the library's audio is gone (`renderer_for` says so beforehand).
            quality: "interactive" or "export".
            first: takes one bar before the rest is rendered, where that takes its time.
            cancel: polled while a latent is rendered.

        Returns:
            (frames, 2) of exactly `settings.segment_frames(bpm)` frames, read-only.

        Raises:
            InputError: a tempo, renderer or quality that is out of range.
            Cancelled: as asked.
            LibraryError: no such segment, or its audio is gone.
            ModelError: the latent is of a model that this library was never encoded with, or parts
                are asked for and there is no network that tells them apart.
        """
        if not TEMPO_RANGE[0] <= bpm <= TEMPO_RANGE[1]:
            raise InputError(f"a tempo of {bpm:g} BPM is not possible; give 20 to 400")
        source = loop_source(source)
        if isinstance(source, PartsSource):
            return _sum(self.parts(source, bpm, renderer, quality, _of_sum(first), cancel))
        if isinstance(source, RealSource):
            kept = self.kept_loop(source, bpm)
            if kept is not None:
                return kept
            return self.real.loop(source.segment_id, bpm, first, source.transpose)
        name = renderer or source.renderer
        if quality == "interactive" and name == source.renderer:
            kept = self.kept_loop(source, bpm)
            if kept is not None:
                return kept
        key = (self.codec.hash, self._migration.migrate(source), name, bpm, quality)
        return self._rendered.get(
            key, lambda: self._render(source, bpm, name, quality, first, cancel)
        )

    def parts(
        self,
        source: ClipSource,
        bpm: float,
        renderer: str | None = None,
        quality: str = "interactive",
        first: FirstBar | None = None,
        cancel: CancelFlag | None = None,
    ) -> Array:
        """Render a source and take it apart, which costs about a third of rendering it.

        Args:
            source, bpm, renderer, quality, cancel: as for `audio`.
            first: gets one bar in parts, (4, frames, 2), before the rest is rendered, where all but
                one of the sources are in memory.

        Returns:
            (4, frames, 2) in the order of `settings.PARTS`, read-only, at their gains; muted ones
            are silent. They sum to what `audio` gives.

        Raises:
            InputError, LibraryError, ModelError, Cancelled: as `audio`.
        """
        source = loop_source(source)
        if not isinstance(source, PartsSource):
            return self._single_parts(source, bpm, renderer, quality, first, cancel)
        missing = [
            single
            for single in single_sources(source)
            if self._parts_key(single, bpm, renderer, quality) not in self._parts
        ]
        found: dict[SingleSource, Array] = {}

        def deliver(bar: Array, single: SingleSource, deliver: Callable[[Array], None]) -> None:
            deliver(_put_together(source, {**found, single: bar}))

        for single in sorted(single_sources(source), key=missing.__contains__):
            early = None
            if first is not None and missing == [single]:
                then = partial(deliver, single=single, deliver=first.deliver)
                early = replace(first, deliver=then)
            found[single] = self._single_parts(single, bpm, renderer, quality, early, cancel)
        return _put_together(source, found)

    @property
    def tells_parts(self) -> bool:
        """There is a network that tells parts apart."""
        return self._separator.available

    def prepare_parts(self) -> None:
        """Load what tells parts apart. Raises `ModelError` where it is missing or damaged."""
        self._separator.prepare()

    def shares(self, spectrogram: Array) -> Array:
        """Of the parts in a spectrogram (512, 128) dB; see `PartsSeparator.shares`."""
        return self._separator.shares(spectrogram)

    def renderer_for(self, source: ClipSource, renderer: str | None = None) -> str:
        """The name of the renderer that `audio` will use.

        Args:
            source: a real segment or a latent.
            renderer: as for `audio`.

        Returns:
            One of `settings.RENDERERS`; "original" for a real segment; of parts, that of most.
        """
        source = main_source(source)
        if isinstance(source, RealSource):
            return ORIGINAL
        name = renderer or source.renderer
        if name not in renderers.GUIDED:
            return name
        latents = self._migration.migrate(source).array
        ids = {guide.segment_id for row in latents for guide in self.guides(row, name)}
        return name if self.real.has_audio(ids) else "phase"

    def can_decode(self, model_hash: str) -> bool:
        """Whether latents of this model can be decoded: of its own, or of an earlier one that the
        library was encoded with."""
        return self._migration.can_migrate(model_hash)

    def guides(
        self, latent: Array, renderer: str = DEFAULT_RENDERER, without: Collection[str] = ()
    ) -> tuple[Guide, ...]:
        """The real segments that a latent is rendered from, and their shares.

        Args:
            latent: (64,).
            renderer: `guided`: the nearest. `mosaic`: in each band others.
            without: ids of segments that are left out, as if the library did not hold them.
        """
        with self._lock:
            if renderer not in self._guides:
                ids, latents = self.latents()
                if renderer == "guided":
                    self._guides[renderer] = Guides(ids, latents, self.decode)
                else:
                    tracks = [self.library.segment(i).track_id for i in ids]
                    self._guides[renderer] = BandGuides(ids, tracks, latents, self.decode)
        return self._guides[renderer].around(latent, without)

    def clip_audio(self, bpm: float, quality: str = "interactive") -> Callable[[Clip], Array]:
        """A function that gives the audio of clips, for a mixdown.

        Args:
            bpm: the tempo.
            quality: "interactive" or "export".

        Returns:
            clip -> loop (frames, 2), or of one that plays parts (4, frames, 2), which sum to it;
            any thread may call it.
        """

        def audio_of(clip: Clip) -> Array:
            sound = self.parts if isinstance(clip.source, PartsSource) else self.audio
            return sound(clip.source, bpm, quality=quality)

        return audio_of

    def clip_parts(self, bpm: float, quality: str = "interactive") -> Callable[[Clip], Array]:
        """What a mixdown asks for the parts of its clips.

        Args:
            bpm: the tempo.
            quality: "interactive" or "export".

        Returns:
            A function: clip -> (4, settings.segment_frames(bpm), 2), which raises as `parts`.
        """
        return lambda clip: self.parts(clip.source, bpm, quality=quality)

    def render_many(
        self,
        sources: Iterable[ClipSource],
        bpm: float,
        *,
        quality: str = "interactive",
        workers: int = 2,
        progress: Progress = silent,
        cancel: CancelFlag | None = None,
    ) -> Iterator[Array]:
        """Render several sources, a few ahead of what is taken, so that any number fits in memory.

        Args:
            sources: real segments and latents.
            bpm: the tempo of all.
            quality: "interactive" or "export".
            workers: threads that render.
            progress: called after each.
            cancel: polled between them.

        Yields:
            What `audio` gives for each, in order.

        Raises:
            Cancelled: as asked; what is done is in the cache. What `audio` raises is passed on.
        """
        waiting = deque(sources)
        count = len(waiting)
        jobs: deque[Future[Array]] = deque()
        with ThreadPoolExecutor(workers, thread_name_prefix="render") as pool:
            try:
                for number in range(count):
                    check(cancel)
                    while waiting and len(jobs) < _AHEAD * workers:
                        jobs.append(pool.submit(self.audio, waiting.popleft(), bpm, None, quality))
                    made = jobs.popleft().result()
                    progress(number + 1, count, "rendering")
                    yield made
                    del made
            finally:
                pool.shutdown(cancel_futures=True)

    def reconstruct(
        self,
        segment: Segment,
        *,
        renderer: str = "guided",
        exact: bool = False,
        quality: str = "interactive",
        seed: int = 0,
    ) -> Array:
        """Render a segment from what the model keeps of its spectrogram.

        Args:
            segment: of this library.
            renderer: `guided` filters the segment's own audio.
            exact: render the real spectrogram, without the model.
            quality: "interactive" or "export".
            seed: of the renderer's noise.

        Returns:
            (frames, 2) at the segment's own tempo.
        """
        target = self.library.segment_spectrogram(segment)
        if not exact:
            mean, _ = self.codec.encode(target[None])
            target = self.codec.decode(mean)[0]
        guides: tuple[RenderSource, ...] = ()
        if renderer == "guided":
            guides = (RenderSource(self.real.loop(segment.id, segment.bpm)),)
        return stereo(renderers.get(renderer, quality).render(target, segment.frames, guides, seed))

    def _render(
        self,
        source: LatentSource,
        bpm: float,
        name: str,
        quality: str,
        first: FirstBar | None,
        cancel: CancelFlag | None,
    ) -> Array:
        """The loop of a latent, transposed as a whole."""
        semitones, latent = source.transpose, self._migration.migrate(source)
        if semitones and first is not None:
            deliver = first.deliver
            first = replace(first, deliver=lambda bar: deliver(at_length(bar, len(bar), semitones)))
        if quality == "export" and name == "mosaic" and self.renderer_for(source, name) == name:
            played = self.audio(replace(source, transpose=0), bpm, name, first=first, cancel=cancel)
            loop = self.renderer.finished(latent, played, name, cancel)
        else:
            loop = self.renderer.loop(latent, bpm, name, quality, first, cancel)
        return at_length(loop, len(loop), semitones)

    def _single_parts(
        self,
        source: SingleSource,
        bpm: float,
        renderer: str | None,
        quality: str,
        first: FirstBar | None,
        cancel: CancelFlag | None,
    ) -> Array:
        def made() -> Array:
            early = None
            if first is not None:
                deliver = first.deliver
                early = replace(first, deliver=lambda bar: deliver(self._separator.separate(bar)))
            loop = self.audio(source, bpm, renderer, quality, early, cancel)
            check(cancel)
            known = isinstance(source, RealSource) and not source.transpose
            return self._separator.separate(loop, self.spectrogram(source) if known else None)

        return self._parts.get(self._parts_key(source, bpm, renderer, quality), made)

    def _parts_key(
        self, source: SingleSource, bpm: float, renderer: str | None, quality: str
    ) -> Hashable:
        return (self.codec.hash, source, renderer, bpm, quality)

    def _parts_spectrogram(self, source: PartsSource) -> Array:
        return power_to_db(db_to_power(self.part_spectrograms(source)).sum(axis=0))

    def _spectra(self, source: LatentSource) -> Array:
        """(1 or 4, 512, 128) dB, read-only."""
        key = (self.codec.hash, source.latents)
        return self._decoded.get(key, lambda: self.decode(source.array))


def _nothing_kept(_source: SingleSource, _bpm: float) -> None:
    """The `KeptLoop` of a decoder that is given no other."""


def _put_together(source: PartsSource, parts: Mapping[SingleSource, Array]) -> Array:
    """(4, frames, 2): each part of its source, of those with parts in `parts`, at its gain; muted
    are silent."""
    out = np.zeros_like(next(iter(parts.values())))
    for number, (single, muted, gain_db) in enumerate(
        zip(part_sources(source), muted_parts(source), part_gains_db(source), strict=True)
    ):
        if not muted:
            np.multiply(parts[single][number], np.float32(db_to_gain(gain_db)), out=out[number])
    out.flags.writeable = False
    return out


def _sum(parts: Array) -> Array:
    mixed: Array = parts.sum(axis=0)
    mixed.flags.writeable = False
    return mixed


def _of_sum(first: FirstBar | None) -> FirstBar | None:
    """Gets a bar in parts, and delivers their sum."""
    if first is None:
        return None
    deliver = first.deliver
    return replace(first, deliver=lambda parts: deliver(_sum(parts)))
