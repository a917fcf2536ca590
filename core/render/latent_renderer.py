"""Latents rendered as loops, guided by the library's own music; the first bar before the rest.

After a click the first bar is enough to begin: bringing one bar of two segments to a tempo and
filtering it takes a third of what four bars take.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.arrangement.clip import LatentSource
from core.dsp import renderers
from core.dsp.filtering import weighted_sum
from core.dsp.renderers import GUIDED, RenderSource
from core.dsp.spectrogram import db_to_power
from core.errors import LibraryError
from core.progress import CancelFlag, check
from core.render.guides import Guide
from core.render.loops import bar_repeated, even_width, joined_by_bar, joined_rows, mono_safe
from core.render.real_segments import FirstBar, RealSegments
from core.settings import BEATS_PER_BAR

Array = NDArray[np.float32]
_LOG = logging.getLogger(__name__)
LoopOf = Callable[[Guide], Array]
_Alike = tuple[Guide, Array, float]
"""A guide, what the model makes of it (512, 128) dB, and its likeness to a target, 0 .. 1."""
_ALIKE_DB: Final = 3.0
_AT_ONCE: Final = 3
"""Guides that are read for a first bar at the same time: of two that are stretched, one waits for
the other."""
_REST_TAKES: Final = 8.0
"""Times as long as the first beat, at most, until the rest is rendered and sounds."""
_LEAST_WEIGHT: Final = 0.01
"""Bands that count for less do not count."""
_LEAST_LIKENESS: Final = 0.02
"""Below, a guide's detail moves the target by a tenth of a decibel, and need not be read."""


@dataclass(frozen=True)
class LatentRenderer:
    """Renders latents for `core.render.decoder.Decoder`.

    Attributes:
        real: the library's music.
        guides: latent (64,), name of the renderer -> the real segments it is rendered from, and
            their shares.
        spectra: a source -> (1 or 4, 512, 128) dB, read-only.
    """

    real: RealSegments
    guides: Callable[[Array, str], tuple[Guide, ...]]
    spectra: Callable[[LatentSource], Array]

    def loop(
        self,
        source: LatentSource,
        bpm: float,
        name: str,
        quality: str,
        first: FirstBar | None = None,
        cancel: CancelFlag | None = None,
    ) -> Array:
        """Render four bars.

        Args:
            source: one latent, or one for each bar.
            bpm: the tempo.
            name: of the renderer; one that takes guides becomes `phase` where the library's audio
                is gone.
            quality: "interactive" or "export".
            first: takes one bar before the others are rendered.
            cancel: polled between the steps, each some tens of milliseconds.

        Returns:
            (frames, 2), a seamless loop.

        Raises:
            LibraryError: the library has no segments.
            Cancelled: as asked; guides that were read stay in memory.
        """
        guides = self._around(source, name)
        mixes = self._mixes(source, guides, bpm, name, first, cancel) if guides else ()
        target = joined_rows(self.spectra(source))
        frames = settings.segment_frames(bpm)
        made = _rendered(name, quality, target, frames, mixes, source.seed, cancel)
        return _of_one_width(made, guides)

    def finished(
        self, source: LatentSource, played: Array, name: str, cancel: CancelFlag | None = None
    ) -> Array:
        """What a loop of quality "interactive" of `mosaic` becomes in an export: measured and
        filtered once more, a tenth of the work of rendering it anew.

        Args:
            source: as for `loop`.
            played: its loop (frames, 2), as `loop` gives it.
            name: of the renderer.
            cancel: polled between the steps.

        Returns:
            (frames, 2), a seamless loop.

        Raises:
            LibraryError: the spectrogram of a guide cannot be read.
            Cancelled: as asked.
        """
        guides, targets = self._around(source, name), self.spectra(source)
        details = []
        for around, target in zip(guides, targets, strict=True):
            check(cancel)
            details.append(self._detail(self._alike(around, target), target))
        target, detail = joined_rows(targets), joined_rows(details)
        sources = (RenderSource(played, 1.0, detail),)
        made = renderers.last_pass().render(target, len(played), sources, source.seed, cancel)
        return _of_one_width(made, guides)

    def mix(self, guides: Iterable[Guide], loop_of: LoopOf) -> Array:
        """The sum of loops weighted by the guides' shares, in each band its own.

        Args:
            guides: real segments with shares.
            loop_of: guide -> its loop, (frames, 2).

        Returns:
            (frames, 2).
        """
        some = list(guides)
        if _are_several(some):
            return weighted_sum(map(loop_of, some), (guide.shares() for guide in some))
        shares = [np.float32(guide.weight) * loop_of(guide) for guide in some]
        mix: Array = np.sum(shares, axis=0)
        return mix

    def detail(
        self,
        guides: Iterable[Guide],
        target: Array,
        bar: int | None = None,
        beats: int = BEATS_PER_BAR,
    ) -> Array:
        """What the model leaves out of the guides and `target` takes over.

        Args:
            guides: real segments with shares.
            target: (512, 128) dB, as decoded.
            bar: 0..3 for what is added to that bar alone; None for all.
            beats: how many of that bar.

        Returns:
            (512, 128) or (beats * 32, 128) dB to add to `target`: each guide's spectrogram less
            what the model makes of it, weighted by share and by likeness to `target`. The detail of
            a guide of some bands leaves the level of each bar there as it is: guides take turns,
            and one that is less like the target would be heard as a quieter bar.
        """
        some = list(guides)
        if bar is None:
            return self._detail(self._alike(some, target), target)
        pairs = zip(some, self.real.decoded_together(some), strict=True)
        return self._detail(_alike_among(pairs, target), target, bar, beats)

    def _detail(
        self,
        alike: Iterable[_Alike],
        target: Array,
        bar: int | None = None,
        beats: int = BEATS_PER_BAR,
    ) -> Array:
        """As `detail`, of guides that were compared with `target` before."""
        rows = slice(None) if bar is None else settings.bar_rows(bar, beats)
        detail = np.zeros_like(target[rows])
        for guide, decoded, like in alike:
            if bar is None:
                real = self.real.spectra(guide.segment_id, guide.latent)[0]
            else:
                real = self.real.bar_spectrum(guide.segment_id, bar)[: len(detail)]
            missing = real - decoded[rows]
            if guide.bands is None:
                detail += np.float32(guide.weight * like) * missing
            else:
                shares = guide.shares()
                shares = shares[rows] if shares.ndim == 2 else shares
                detail += shares * _evened(np.float32(like) * missing, target[rows], guide.bands)
        return detail

    def _alike(self, guides: Iterable[Guide], target: Array) -> Iterator[_Alike]:
        pairs = ((guide, self.real.decoded(guide.segment_id, guide.latent)) for guide in guides)
        return _alike_among(pairs, target)

    def _bar(
        self,
        source: LatentSource,
        guides: tuple[Guide, ...],
        bpm: float,
        name: str,
        bar: int,
        beats: int,
    ) -> Array:
        """The first `beats` of bar `bar` (0..3) of `source`, guided by `guides`, over and over.

        Somebody waits: the network runs while audio is read and stretched, and what is there is
        mixed meanwhile. What is stretched takes longest: it comes first, and is mixed last.
        """
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="first bar") as pool:
            in_turn = sorted(guides, key=lambda guide: guide.varispeed)
            started = {
                guide: pool.submit(self.real.guide_bar, guide, bpm, bar, beats) for guide in in_turn
            }
            spectra = self.spectra(source)
            detail = self.detail(guides, spectra[_row(source, bar)], bar, beats)
            mix = self.mix(reversed(in_turn), lambda guide: started[guide].result())
        sounding = (RenderSource(mix, 1.0, detail),)
        target = joined_rows(spectra)[settings.bar_rows(bar, beats)]
        made = _rendered(name, "interactive", target, len(mix), sounding, source.seed)
        made = mono_safe(made) if _are_several(guides) else made
        return bar_repeated(made, settings.segment_frames(bpm), beats)

    def _around(self, source: LatentSource, name: str) -> list[tuple[Guide, ...]]:
        """The guides of each latent of `source`; none for a renderer that takes none."""
        if name not in GUIDED:
            return []
        guides = [self.guides(latent, name) for latent in source.array]
        if len(guides) == 1:
            return guides
        return [_heard_in(around, bar) for bar, around in enumerate(guides)]

    def _mixes(
        self,
        source: LatentSource,
        guides: list[tuple[Guide, ...]],
        bpm: float,
        name: str,
        first: FirstBar | None,
        cancel: CancelFlag | None,
    ) -> tuple[RenderSource, ...]:
        """The real audio to render `source` from; none where the library's audio is gone."""

        try:
            if first is not None:
                heard = _heard_in(guides[_row(source, first.bar)], first.bar)
                around = tuple(replace(guide, needs=(first.bar,)) for guide in heard)
                begun = time.perf_counter()
                heard_first = self._bar(source, around, bpm, name, first.bar, first.beats)
                rest = _REST_TAKES * (time.perf_counter() - begun)
                first.deliver(heard_first)
                check(cancel)
                if first.beats < BEATS_PER_BAR and rest > 60.0 / bpm * first.beats:
                    first.deliver(self._bar(source, around, bpm, name, first.bar, BEATS_PER_BAR))
                    check(cancel)
            targets = self.spectra(source)
            alike = [list(self._alike(*pair)) for pair in zip(guides, targets, strict=True)]
            wanted = {guide.segment_id for guide, _, _ in itertools.chain(*alike)}
            self.real.load(itertools.chain(*guides), bpm, wanted, cancel)
            mixes, details = [], []
            for around, near, target in zip(guides, alike, targets, strict=True):
                check(cancel)
                mixes.append(self.mix(around, lambda guide: self.real.guide_loop(guide, bpm)))
                details.append(self._detail(near, target))
        except LibraryError as error:
            _LOG.warning("rendered without the library's audio: %s", error)
            return ()
        mix = mixes[0] if len(mixes) == 1 else joined_by_bar(mixes)
        return (RenderSource(mix, 1.0, joined_rows(details)),)


def _alike_among(pairs: Iterable[tuple[Guide, Array]], target: Array) -> Iterator[_Alike]:
    """Of guides, each as decoded (512, 128) dB, those whose detail counts, and their likeness."""
    for guide, decoded in pairs:
        like = likeness(target, decoded, guide.bands)
        if like >= _LEAST_LIKENESS:
            yield guide, decoded, like


def likeness(a: Array, b: Array, bands: Array | None = None) -> float:
    """How much two spectrograms are alike: exp(-(difference / 3 dB)^2).

    What the model loses of a segment (single hits, hiss, reverberation) still belongs to the sound
    of its near neighbours. Put back in full, it brought renderings of real segments from others of
    their track nearer to the originals (3.1 dB, not 3.5), from other tracks farther (5.4, not 4.4).

    Args:
        a: (rows, 128) dB.
        b: (rows, 128) dB.
        bands: (128,) how much each band counts; None: all the same.

    Returns:
        1 for equal ones, .37 at 3 dB mean absolute difference, .06 at 5.
    """
    apart = np.abs(a - b)
    if bands is None:
        difference = float(apart.mean(dtype=np.float64))
    else:
        difference = float(np.average(apart.mean(axis=0, dtype=np.float64), weights=bands))
    return float(np.exp(-((difference / _ALIKE_DB) ** 2)))


def _evened(detail: Array, target: Array, bands: Array) -> Array:
    """`detail` less by what it adds to the level of each bar.

    Args:
        detail: (rows, 128) dB, to be added to `target` as far as bands count.
        target: (rows, 128) dB, of whole bars or of less than one.
        bands: (128,) how much each band counts.
    """
    some = bands > _LEAST_WEIGHT
    rows = min(settings.FRAMES_PER_BAR, len(target))
    powers = [
        db_to_power(spectrum[:, some]).reshape(-1, rows, some.sum())
        for spectrum in (target, target + bands * detail)
    ]
    before, after = (power.mean(axis=1, dtype=np.float64) @ bands[some] for power in powers)
    louder = 10.0 * np.log10(np.maximum(after, 1e-12) / np.maximum(before, 1e-12))
    evened: Array = detail - np.repeat(louder, rows)[:, None].astype(np.float32)
    return evened


def stereo(samples: Array) -> Array:
    """(frames, 2) of (frames, 1 or 2)."""
    return samples if samples.shape[1] == 2 else np.repeat(samples, 2, axis=1)


def _are_several(guides: Iterable[Guide]) -> bool:
    """Whether what is heard is put together from bands of several segments, and so is nobody's."""
    return any(guide.bands is not None for guide in guides)


def _of_one_width(loop: Array, guides: Sequence[Sequence[Guide]]) -> Array:
    """A loop that is put together from several segments, about as wide in each bar and no wider
    than mono bears."""
    if not _are_several(itertools.chain(*guides)):
        return loop
    alone = [sum(guide.weight for guide in some if guide.bands is None) for some in guides]
    return mono_safe(even_width(loop, 1.0 - max(alone)))


def _heard_in(guides: Iterable[Guide], bar: int) -> tuple[Guide, ...]:
    """The guides that are heard in a bar, as if they were in all of them."""
    return tuple(replace(guide, bars=None) for guide in guides if guide.is_heard_in(bar))


def _row(source: LatentSource, bar: int) -> int:
    """Which of its latents `bar` is made from."""
    return bar if len(source.latents) > 1 else 0


def _rendered(
    name: str,
    quality: str,
    target: Array,
    frames: int,
    sources: tuple[RenderSource, ...],
    seed: int,
    cancel: CancelFlag | None = None,
) -> Array:
    engine = renderers.get("phase" if name in GUIDED and not sources else name, quality)
    return stereo(engine.render(target, frames, sources, seed, cancel))
