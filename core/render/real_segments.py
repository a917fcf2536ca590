"""Real segments as the renderer needs them: loops at a tempo, and spectrograms with and without
the model."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from core import presence, settings
from core.audio.looping import passage
from core.audio.varispeed import semitones, varispeed
from core.errors import LibraryError
from core.progress import CancelFlag, check
from core.render.cache import ByteCache
from core.render.loops import (
    SEAM_FRAMES,
    at_length,
    bar_edges,
    bar_repeated,
    blended,
    closed_loop,
    is_stretched,
)

if TYPE_CHECKING:
    from core.library.segments import Segment
    from core.library.store import Library
    from core.render.guides import Guide

Array = NDArray[np.float32]
_SPECTRA_SHARE = 4
_DECODED_BYTES = 6 << 20
"""What guides are as decoded, from when they are compared with a target until they are needed."""
_MOST_SEMITONES = 4.0
_REST_TAKES = 10.0
"""Times as long as the first beat, at most, until the whole loop is stretched; mostly six."""
_MOST_LOOKED_UP = 4096
"""Segments that are not looked up again, about a kilobyte each."""
_AROUND_FRAMES = settings.N_FFT
"""On either side of a bar and the sixteenth before it: what filters look at beyond its edges."""


@dataclass(frozen=True)
class FirstBar:
    """One bar, or its first beats, to deliver before the rest of a loop is rendered.

    Attributes:
        bar: which, 0..3.
        deliver: called with that bar four times over, or with its first beats as often as they
            fit, (settings.segment_frames(bpm), 2): a loop as long as the whole one.
        beats: how many of its beats are delivered: 4, 2 or 1. Where the rest might take longer
            than they sound, the whole bar is delivered, too, before the rest.
    """

    bar: int
    deliver: Callable[[Array], None]
    beats: int = settings.BEATS_PER_BAR


GuideAnswer = Callable[[], tuple[Array, Array | None]]
BarAnswer = Callable[[], Array]


class SegmentHelper(Protocol):
    """Another process that reads the same library: the stretcher holds Python's lock, so a second
    thread would only wait for it."""

    def request(
        self, segment_id: str, bpm: float, bars: Sequence[int] | None, *, spectrogram: bool
    ) -> GuideAnswer | None:
        """Let it begin with a segment.

        Args:
            segment_id: which.
            bpm: the tempo of the loop.
            bars: as for `RealSegments.some_bars`; None: the whole loop.
            spectrogram: whether its spectrogram is needed, too.

        Returns:
            None if it cannot now; else a function that has to be called: it waits for the loop
            (settings.segment_frames(bpm), 2) and the spectrogram (512, 128) dB, or None, and
            raises `LibraryError` if they do not come.
        """

    def request_bar(
        self,
        segment_id: str,
        bpm: float,
        bar: int,
        beats: int = settings.BEATS_PER_BAR,
        *,
        narrow: bool = False,
        wait: bool = False,
    ) -> BarAnswer | None:
        """Let it begin to stretch one bar of a segment.

        Args:
            segment_id: which.
            bpm: the tempo of the loop.
            bar: which bar, 0..3.
            beats: how many of it.
            narrow: whether its treble is not needed.
            wait: until another thread has its answer.

        Returns:
            None if it cannot now; else a function that has to be called: it waits for what
            `RealSegments.stretched_bar` gives, and raises `LibraryError` if that does not come.
        """


class RealSegments:
    """Segments of a library, kept in memory while there is room. Threads may share it."""

    def __init__(
        self, library: Library, decode: Callable[[Array], Array], cache_bytes: int
    ) -> None:
        """
        Args:
            library: an open library.
            decode: latents (n, 64) -> spectrograms (n, 512, 128) dB.
            cache_bytes: bounds the memory for loops; spectrograms get a quarter as much again.
        """
        self._library = library
        self._decode = decode
        self._loops = ByteCache(cache_bytes)
        self._spectra = ByteCache(cache_bytes // _SPECTRA_SHARE)
        self._decoded = ByteCache(min(_DECODED_BYTES, cache_bytes // _SPECTRA_SHARE))
        self._segments: dict[str, Segment] = {}
        self.helper: SegmentHelper | None = None

    def loop(
        self, segment_id: str, bpm: float, first: FirstBar | None = None, semitones: int = 0
    ) -> Array:
        """A segment as a seamless loop.

        Args:
            segment_id: which.
            bpm: the tempo.
            first: its bar is delivered beforehand where the loop has to be stretched.
            semitones: by how much higher it is to sound.

        Returns:
            (settings.segment_frames(bpm), 2), read-only.

        Raises:
            LibraryError: no such segment, or its audio is gone or damaged.
        """
        frames = settings.segment_frames(bpm)
        key = (segment_id, frames, semitones)
        if (
            first is not None
            and key not in self._loops
            and (semitones or self._is_stretched(segment_id, frames))
        ):
            begun = time.perf_counter()
            beats = self.bar(segment_id, bpm, first.bar, semitones, first.beats)
            rest = _REST_TAKES / first.beats * (time.perf_counter() - begun)
            first.deliver(bar_repeated(beats, frames, first.beats))
            if first.beats < settings.BEATS_PER_BAR and rest > 60.0 / bpm * first.beats:
                bar = self.bar(segment_id, bpm, first.bar, semitones)
                first.deliver(bar_repeated(bar, frames))
        return self._loops.get(key, lambda: self._read(segment_id, frames, semitones))

    def guide_loop(self, guide: Guide, bpm: float) -> Array:
        """The segment of a guide as a seamless loop, as `loop`.

        Where the guide allows it and the pitch changes by at most four semitones, it is played
        faster or slower instead of stretched. Where it has to be stretched and only some of its
        bars are needed (`Guide.needed_bars`), the others are silent.

        Args:
            guide: a segment, and how it may be brought to the tempo.
            bpm: the tempo.

        Returns:
            (settings.segment_frames(bpm), 2), read-only.

        Raises:
            LibraryError: as `loop`.
        """
        frames = settings.segment_frames(bpm)
        if self._is_varied(guide, frames):
            key = (guide.segment_id, frames, "varispeed")
            return self._loops.get(
                key, lambda: varispeed(self._unstretched(guide.segment_id), frames)
            )
        bars = self._bars_apart(guide, frames)
        if bars is None:
            return self.loop(guide.segment_id, bpm)
        return self.some_bars(guide.segment_id, bpm, bars)

    def guide_bar(
        self, guide: Guide, bpm: float, bar: int, beats: int = settings.BEATS_PER_BAR
    ) -> Array:
        """One bar of the segment of a guide as a loop of its own; see `guide_loop`.

        What has to be stretched the `helper` stretches, if it can: threads of this process go on
        meanwhile, which they could not if it was done here.

        Args:
            guide: a segment, and how it may be brought to the tempo.
            bpm: the tempo.
            bar: which bar, 0..3.
            beats: how many of it.

        Returns:
            (settings.bar_frames(bpm, beats), 2).

        Raises:
            LibraryError: as `loop`.
        """
        frames, length = settings.segment_frames(bpm), settings.bar_frames(bpm, beats)
        if self._is_varied(guide, frames):
            return varispeed(self._unstretched_bar(guide.segment_id, bar, beats), length)
        if self._bars_apart(guide, frames) is None:
            return self.bar(guide.segment_id, bpm, bar, beats=beats)
        before = _lead_frames(frames) - SEAM_FRAMES
        narrow = beats < settings.BEATS_PER_BAR and not guide.has_treble
        piece = self.stretched_bar(guide.segment_id, bpm, bar, beats, narrow=narrow, wait=True)
        return closed_loop(piece[before : before + SEAM_FRAMES + length], SEAM_FRAMES)

    def some_bars(self, segment_id: str, bpm: float, bars: Sequence[int]) -> Array:
        """Some bars of a segment at another tempo, each with the sixteenth before it.

        Args:
            segment_id: which.
            bpm: the tempo.
            bars: which bars, 0..3, no two of them neighbours.

        Returns:
            (settings.segment_frames(bpm), 2), read-only; silent elsewhere.

        Raises:
            LibraryError: as `loop`.
        """
        frames = settings.segment_frames(bpm)

        def put_together() -> Array:
            out = np.zeros((frames, 2), np.float32)
            for bar in bars:
                piece = self.stretched_bar(segment_id, bpm, bar)
                first = bar_edges(frames, settings.BARS_PER_SEGMENT)[bar][0] - _lead_frames(frames)
                out[np.arange(first, first + len(piece)) % frames] = piece
            return out

        return self._loops.get((segment_id, frames, tuple(bars)), put_together)

    def bar(
        self,
        segment_id: str,
        bpm: float,
        bar: int,
        semitones: int = 0,
        beats: int = settings.BEATS_PER_BAR,
    ) -> Array:
        """One bar of a segment as a loop of its own.

        Args:
            segment_id: which segment.
            bpm: the tempo.
            bar: which bar, 0..3.
            semitones: by how much higher it is to sound.
            beats: how many of it.

        Returns:
            (settings.bar_frames(bpm, beats), 2).

        Raises:
            LibraryError: as `loop`.
        """
        loop = self._unstretched_bar(segment_id, bar, beats)
        return at_length(loop, settings.bar_frames(bpm, beats), semitones)

    def spectra(self, segment_id: str, latent: Array) -> Array:
        """Spectrograms of a segment with and without the model.

        Args:
            segment_id: which.
            latent: its own, (64,).

        Returns:
            (2, 512, 128) dB: as it is, and as the model decodes it; read-only.
        """
        return self._spectra.get(segment_id, lambda: self._both(segment_id, latent))

    def decoded(self, segment_id: str, latent: Array) -> Array:
        """A segment as the model decodes it: the second of `spectra` alone.

        Args:
            segment_id: which.
            latent: its own, (64,).

        Returns:
            (512, 128) dB.
        """
        kept = self._kept_decoded(segment_id)
        if kept is not None:
            return kept
        return self._decoded.get(segment_id, lambda: self._decode(latent[None])[0].copy())

    def decoded_together(self, guides: Sequence[Guide]) -> list[Array]:
        """As `decoded`, of several at once, which takes half the time.

        Args:
            guides: real segments.

        Returns:
            (512, 128) dB each; by some 4e-5 dB they depend on what is decoded with them, so this is
            for what is heard once.
        """
        known = {guide.segment_id: self._kept_decoded(guide.segment_id) for guide in guides}
        latents = {guide.segment_id: guide.latent for guide in guides}
        missing = [segment_id for segment_id, kept in known.items() if kept is None]
        made = {}
        if missing:
            decoded = self._decode(np.stack([latents[segment_id] for segment_id in missing]))
            made = dict(zip(missing, decoded, strict=True))
        found = {i: made[i] if kept is None else kept for i, kept in known.items()}
        return [found[guide.segment_id] for guide in guides]

    def bar_spectrum(self, segment_id: str, bar: int) -> Array:
        """One bar of the first of `spectra`.

        Args:
            segment_id: which.
            bar: which bar, 0..3.

        Returns:
            (128, 128) dB.
        """
        kept = self._spectra.peek(segment_id)
        if kept is not None:
            real: Array = kept[0][settings.bar_rows(bar)]
            return real
        return self._library.segment_spectrogram(self._segment(segment_id), bar)

    def load(
        self,
        guides: Iterable[Guide],
        bpm: float,
        with_spectra: Collection[str] = (),
        cancel: CancelFlag | None = None,
    ) -> None:
        """Make `guide_loop` and `spectra` of guides ready, every other one by the `helper`.

        Args:
            guides: real segments.
            bpm: the tempo of the loops.
            with_spectra: ids of the segments whose `spectra` are needed as well.
            cancel: polled before each of them.

        Raises:
            LibraryError: as `loop`.
            Cancelled: as asked; what was read stays in memory.
        """
        frames = settings.segment_frames(bpm)
        some = list(guides)
        stretched = [guide for guide in some if not self._is_varied(guide, frames)]
        by_key = {self._key(guide, frames): guide for guide in stretched}
        missing = [guide for key, guide in by_key.items() if key not in self._loops]
        # The helper keeps nothing: what a first bar has left in memory is used here.
        missing.sort(key=lambda guide: not self._has_piece(guide, frames))
        for number in range(0, len(missing), 2):
            first, *other = missing[number : number + 2]
            check(cancel)
            answer = self._asked(other, bpm, with_spectra)
            try:
                self._read_guide(first, bpm, with_spectra)
            finally:
                if answer is not None:
                    self._take(other[0], frames, answer)

        for guide in some:
            check(cancel)
            self._read_guide(guide, bpm, with_spectra)

    def has_audio(self, segment_ids: Iterable[str]) -> bool:
        """Whether the audio files of all these segments exist."""
        tracks = {self._segment(i).track_id for i in segment_ids}
        paths = [self._library.audio_path(self._library.track(track)) for track in tracks]
        return all(presence.is_file(path) for path in paths)

    def clear(self) -> None:
        """Forget everything, after the library changed."""
        self._segments.clear()
        self._loops.clear()
        self._spectra.clear()
        self._decoded.clear()

    @property
    def kept_bytes(self) -> int:
        """Of all loops and spectrograms in memory."""
        return self._loops.size + self._spectra.size + self._decoded.size

    def _segment(self, segment_id: str) -> Segment:
        """A segment, looked up once: a first bar asks some twenty times, from several threads."""
        found = self._segments.get(segment_id)
        if found is None:
            if len(self._segments) >= _MOST_LOOKED_UP:
                self._segments.clear()
            found = self._segments[segment_id] = self._library.segment(segment_id)
        return found

    def _kept_decoded(self, segment_id: str) -> Array | None:
        """What `decoded` gives, if it is in memory."""
        both = self._spectra.peek(segment_id)
        kept: Array | None = self._decoded.peek(segment_id) if both is None else both[1]
        return kept

    def _read_guide(self, guide: Guide, bpm: float, with_spectra: Collection[str]) -> None:
        self.guide_loop(guide, bpm)
        if guide.segment_id in with_spectra:
            self.spectra(guide.segment_id, guide.latent)

    def _asked(
        self, guides: list[Guide], bpm: float, with_spectra: Collection[str]
    ) -> GuideAnswer | None:
        if self.helper is None or not guides:
            return None
        segment_id = guides[0].segment_id
        bars = self._bars_apart(guides[0], settings.segment_frames(bpm))
        unknown = segment_id in with_spectra and segment_id not in self._spectra
        return self.helper.request(segment_id, bpm, bars, spectrogram=unknown)

    def _is_varied(self, guide: Guide, frames: int) -> bool:
        """Whether the loop of a guide is to be played faster or slower for a length of `frames`."""
        if not guide.varispeed:
            return False
        change = semitones(self._segment(guide.segment_id).frames, frames)
        return abs(change) <= _MOST_SEMITONES

    def _bars_apart(self, guide: Guide, frames: int) -> tuple[int, ...] | None:
        """The bars that are stretched one by one, since not all are needed; None: all at once."""
        bars = guide.needed_bars
        if bars is None or any((bar + 1) % settings.BARS_PER_SEGMENT in bars for bar in bars):
            return None
        return bars if self._is_stretched(guide.segment_id, frames) else None

    def _has_piece(self, guide: Guide, frames: int) -> bool:
        """Whether one of the bars that are stretched one by one is in memory."""
        bars = self._bars_apart(guide, frames) or ()
        return any((guide.segment_id, frames, "bar", bar) in self._loops for bar in bars)

    def _key(self, guide: Guide, frames: int) -> Hashable:
        return (guide.segment_id, frames, self._bars_apart(guide, frames) or 0)

    def stretched_bar(
        self,
        segment_id: str,
        bpm: float,
        bar: int,
        beats: int = settings.BEATS_PER_BAR,
        *,
        narrow: bool = False,
        wait: bool = False,
    ) -> Array:
        """A bar of a segment at another tempo, with what lies around it.

        Args:
            segment_id: which.
            bpm: the tempo.
            bar: which bar, 0..3.
            beats: how many of it; fewer than all are the beginning of what all give.
            narrow: of fewer than all, what is above 6 kHz may be missing.
            wait: for the `helper` while it serves another thread, rather than to stretch here.

        Returns:
            (n, 2), read-only: a sixteenth and some more, the bar, and some more.

        Raises:
            LibraryError: as `loop`.
        """
        frames = settings.segment_frames(bpm)

        def stretched() -> Array:
            helper = self.helper
            answer = None
            if helper is not None:
                answer = helper.request_bar(segment_id, bpm, bar, beats, narrow=narrow, wait=wait)
            if answer is not None:
                # Where it fails, reading it in this process says what is wrong.
                with contextlib.suppress(LibraryError):
                    return answer()
            from core.audio.stretch import stretch_passage  # as late as in `at_length`

            length = self._segment(segment_id).frames
            first, last = bar_edges(frames, settings.BARS_PER_SEGMENT)[bar]
            lead = _lead_frames(frames)
            count = lead + last - first + _AROUND_FRAMES
            read = partial(self._passage, segment_id)
            until = None
            if beats < settings.BEATS_PER_BAR:
                until = lead + settings.bar_frames(bpm, beats)
            return stretch_passage(read, length, frames, first - lead, count, until, narrow=narrow)

        key = (segment_id, frames, "bar", bar)
        if beats < settings.BEATS_PER_BAR:
            whole = self._loops.peek(key)
            return stretched() if whole is None else whole
        return self._loops.get(key, stretched)

    def _is_stretched(self, segment_id: str, frames: int) -> bool:
        return is_stretched(self._segment(segment_id).frames, frames)

    def _take(self, guide: Guide, frames: int, answer: GuideAnswer) -> None:
        try:
            loop, real = answer()
        except LibraryError:
            return  # reading it in this process, when it is needed, says what is wrong
        self._loops.get(self._key(guide, frames), lambda: loop)
        if real is not None:
            both = self._with_decoded(guide.segment_id, real, guide.latent)
            self._spectra.get(guide.segment_id, lambda: both)

    def _read(self, segment_id: str, frames: int, semitones: int) -> Array:
        return at_length(self._unstretched(segment_id), frames, semitones)

    def _unstretched(self, segment_id: str) -> Array:
        """A segment as a loop at its own tempo."""
        segment = self._segment(segment_id)
        samples = self._library.segment_audio(segment, preroll_frames=SEAM_FRAMES)
        return closed_loop(samples, SEAM_FRAMES)

    def _passage(self, segment_id: str, first: int, count: int) -> Array:
        """Samples of `_unstretched` while it repeats; only they are read where that is enough."""
        segment = self._segment(segment_id)
        after = first + count

        def read(first: int, count: int) -> Array:
            start = segment.start_seconds + first / settings.SAMPLE_RATE
            return self._library.audio(segment.track_id, start, count)

        if first >= 0 and after <= segment.frames - SEAM_FRAMES:
            return read(first, count)
        if -segment.frames <= first <= -SEAM_FRAMES and 0 <= after <= segment.frames - SEAM_FRAMES:
            end, start = (
                read(segment.frames + first, -first),
                read(-SEAM_FRAMES, SEAM_FRAMES + after),
            )
            seam = blended(end[-SEAM_FRAMES:], start[:SEAM_FRAMES])
            return np.concatenate([end[:-SEAM_FRAMES], seam, start[SEAM_FRAMES:]])
        return passage(self._unstretched(segment_id), first, count)

    def _unstretched_bar(self, segment_id: str, bar: int, beats: int) -> Array:
        segment = self._segment(segment_id)
        seconds = segment.seconds / settings.BARS_PER_SEGMENT
        preroll = SEAM_FRAMES / settings.SAMPLE_RATE
        samples = self._library.audio(
            segment.track_id,
            segment.start_seconds + bar * seconds - preroll,
            SEAM_FRAMES + settings.bar_frames(segment.bpm, beats),
        )
        return closed_loop(samples, SEAM_FRAMES)

    def _both(self, segment_id: str, latent: Array) -> Array:
        real = self._library.segment_spectrogram(self._segment(segment_id))
        return self._with_decoded(segment_id, real, latent)

    def _with_decoded(self, segment_id: str, real: Array, latent: Array) -> Array:
        return np.stack([real, self.decoded(segment_id, latent)])


def _lead_frames(frames: int) -> int:
    """What is kept before a bar of a loop of `frames`: a sixteenth, over which bars give way to
    each other, and some more."""
    sixteenths = settings.BARS_PER_SEGMENT * settings.SIXTEENTHS_PER_BAR
    return -(-frames // sixteenths) + _AROUND_FRAMES
