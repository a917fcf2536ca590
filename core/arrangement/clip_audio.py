"""The sound of one clip, prepared: its edges shaped by gains, its middle read from the loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.arrangement import crossover, fades
from core.arrangement.bands import N_BANDS
from core.arrangement.loop_stream import LoopStream
from core.settings import PARTS

FloatArray = NDArray[np.float32]
Bands = Callable[[int, int], list[FloatArray]]
"""(first frame, first frame after it) -> lows, mids and highs of a stretch of a clip."""


@dataclass(frozen=True)
class GainEnvelope:
    """Gains over a stretch of a clip: a fade, or one side of a transition.

    Attributes:
        start: first frame in the arrangement.
        gains: (frames, 1) for the whole sound, (frames, 3) for the bands of the crossover, or
            (frames, 4) for the parts.
    """

    start: int
    gains: FloatArray

    @property
    def end(self) -> int:
        """The first frame after it."""
        return self.start + len(self.gains)


@dataclass(frozen=True)
class PreparedClip:
    """A clip whose sound only has to be added to a mix.

    Attributes:
        start: first frame in the arrangement.
        end: first frame after it.
        stream: its sound wherever no piece lies.
        pieces: start frame and samples (n, 2) of the stretches with a gain envelope, in order.
    """

    start: int
    end: int
    stream: LoopStream
    pieces: tuple[tuple[int, FloatArray], ...]

    @classmethod
    def of(
        cls,
        stream: LoopStream,
        start: int,
        end: int,
        envelopes: Iterable[GainEnvelope],
        parts: Sequence[LoopStream] = (),
        bands: Bands | None = None,
    ) -> PreparedClip:
        """Apply gain envelopes to the sound of a clip.

        Args:
            stream: the sound.
            start: first frame.
            end: first frame after the clip.
            envelopes: in any order; where some overlap, their gains are multiplied. Empty ones are
                left out.
            parts: its parts, which sum to it; needed where an envelope has gains for them.
            bands: gives `split_stream` of `stream`, for whoever has it already.
        """
        bands = bands or partial(split_stream, stream)
        wanted = [envelope for envelope in envelopes if envelope.start < envelope.end]
        pieces = tuple(_with_gains(stream, parts, bands, group) for group in _overlapping(wanted))
        return cls(start, end, stream, pieces)

    def parts(self, start: int, end: int) -> Iterator[tuple[int, FloatArray]]:
        """Give the slices that make up the clip between two frames; nothing is copied.

        Args:
            start: first frame in the arrangement.
            end: first frame after the stretch; what lies outside the clip is left out.

        Yields:
            The frame at which a slice starts, and its samples (n, 2).
        """
        start, end = max(start, self.start), min(end, self.end)
        for begin, samples in self.pieces:
            stop = begin + len(samples)
            if start < begin:
                yield from self.stream.parts(start, min(begin, end))
                start = min(begin, end)
            if start < min(stop, end):
                yield start, samples[start - begin : min(stop, end) - begin]
                start = min(stop, end)
        if start < end:
            yield from self.stream.parts(start, end)


def _overlapping(envelopes: list[GainEnvelope]) -> list[list[GainEnvelope]]:
    """Groups of envelopes that overlap, in order."""
    groups: list[list[GainEnvelope]] = []
    for envelope in sorted(envelopes, key=lambda envelope: envelope.start):
        if groups and envelope.start < max(other.end for other in groups[-1]):
            groups[-1].append(envelope)
        else:
            groups.append([envelope])
    return groups


def _with_gains(
    stream: LoopStream,
    parts: Sequence[LoopStream],
    bands_of: Bands,
    envelopes: list[GainEnvelope],
) -> tuple[int, FloatArray]:
    """First frame and samples of the stretch that the envelopes cover, with all their gains."""
    start, end = envelopes[0].start, max(envelope.end for envelope in envelopes)
    widths = {envelope.gains.shape[1] for envelope in envelopes}
    gains = {width: np.ones((end - start, width), np.float32) for width in (widths - {1} or {1})}
    for envelope in envelopes:
        inside = slice(envelope.start - start, envelope.end - start)
        width = envelope.gains.shape[1]
        gains[width if width in gains else min(gains)][inside] *= envelope.gains
    sounds = [stream]
    if len(PARTS) in gains:
        sounds = list(parts)
    shaped = []
    for number, sound in enumerate(sounds):
        if N_BANDS in gains:
            whole = sound is stream
            bands = bands_of(start, end) if whole else split_stream(sound, start, end)
            by_band = gains[N_BANDS]
            heard = _sum(fades.amplified(it, by_band[:, i, None]) for i, it in enumerate(bands))
        else:
            heard = sound.read(start, end)
        own = gains.get(len(PARTS), gains.get(1))
        shaped.append(heard if own is None else fades.amplified(heard, own[:, number, None]))
    return start, np.ascontiguousarray(_sum(shaped))


def _sum(sounds: Iterable[FloatArray]) -> FloatArray:
    """The sum of sounds, in the place of the first."""
    first, *others = sounds
    for other in others:
        first += other
    return first


def split_stream(stream: LoopStream, start: int, end: int) -> list[FloatArray]:
    """Split a stretch of a clip's sound into bands.

    Args:
        stream: the sound.
        start: first frame in the arrangement.
        end: first frame after the stretch.

    Returns:
        Lows, mids and highs, (end - start, 2) each.
    """
    return crossover.split_bands(stream.read(start - crossover.CONTEXT, end + crossover.CONTEXT))
