"""A four-bar loop read as an endless stream whose every repetition starts on its own rounded tick.

Four bars are seldom a whole number of samples. Were the loop simply repeated, it would slide off
the grid by up to half a sample each time round. Here each repetition starts at the sample nearest
to its tick, and where that makes one a sample longer or shorter than the loop, the last few samples
fade from the old alignment to the new.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.arrangement.arrangement import frame_at
from core.arrangement.clip import Clip, ClipShape
from core.arrangement.crossover import CONTEXT, sum_bands
from core.arrangement.fades import ramp
from core.errors import InputError
from core.settings import TICKS_PER_BAR, TICKS_PER_SEGMENT

FloatArray = NDArray[np.float32]

_SEAM: Final = 64
"""Frames over which a repetition's alignment moves by one sample."""


@dataclass(frozen=True)
class Loop:
    """Four bars of stereo, or as many as a group has.

    Attributes:
        samples: (frames, 2) float32.
        seams: the last frames of a repetition that is so many samples longer (negative: shorter).
    """

    samples: FloatArray
    seams: dict[int, FloatArray]

    @classmethod
    def of(cls, samples: ArrayLike, bpm: float, ticks: int = TICKS_PER_SEGMENT) -> Loop:
        """Make a loop.

        Args:
            samples: (frames, 1 or 2), of that length, give or take a sample.
            bpm: their tempo.
            ticks: how long it is; four bars but for groups.

        Returns:
            The loop, in stereo.

        Raises:
            InputError: another shape or length, or samples that are not finite.
        """
        stereo = _stereo(np.asarray(samples, dtype=np.float32))
        frames = frame_at(ticks, bpm)
        if abs(len(stereo) - frames) > 1:
            bars = "four" if ticks == TICKS_PER_SEGMENT else f"{ticks / TICKS_PER_BAR:g}"
            raise InputError(
                f"a loop of {len(stereo)} frames is not {bars} bars at {bpm:g} "
                f"BPM ({frames} frames); render it at the arrangement's tempo"
            )
        if not np.isfinite(stereo).all():
            raise InputError("a clip's sound holds values that are not numbers; render it again")
        return cls._seamed(stereo)

    def shaped(self, shape: ClipShape) -> Loop:
        """The same loop with some of its bands, narrower, or backwards."""
        samples = self.samples
        if not all(shape.bands):
            around = (samples[-CONTEXT:], samples, samples[:CONTEXT])
            samples = sum_bands(np.concatenate(around), shape.bands)
        if shape.width != 1.0:
            middle = samples.mean(axis=1, keepdims=True)
            samples = middle + np.float32(shape.width) * (samples - middle)
        if shape.reverse:
            samples = samples[::-1]
        return self if samples is self.samples else Loop._seamed(_stereo(samples))

    @classmethod
    def _seamed(cls, stereo: FloatArray) -> Loop:
        return cls(stereo, {step: _seam(stereo, step) for step in (-2, -1, 1, 2)})


class LoopStream:
    """The loop of one clip at its position: audio for the clip's frames and some on either side.

    Args:
        loop: what the clip repeats.
        clip: where it lies.
        bpm: tempo of the arrangement.
    """

    def __init__(self, loop: Loop, clip: Clip, bpm: float) -> None:
        self.loop = loop
        first, period = clip.origin - clip.period, clip.period
        repetitions = range(first, clip.end + 2 * period, period)
        self._starts = [frame_at(tick, bpm) for tick in repetitions]

    def parts(self, start: int, end: int) -> Iterator[tuple[int, FloatArray]]:
        """Give the slices that make up a stretch; nothing is copied.

        Args:
            start: first frame of the arrangement.
            end: first frame after the stretch.

        Yields:
            The frame at which a slice starts, and its samples (n, 2).
        """
        repetition = bisect_right(self._starts, start) - 1
        while start < end:
            begin, after = self._starts[repetition], self._starts[repetition + 1]
            step = after - begin - len(self.loop.samples)
            body = after if step == 0 else after - _SEAM
            if start < body:
                stop = min(body, end)
                yield start, self.loop.samples[start - begin : stop - begin]
            else:
                stop = min(after, end)
                yield start, self.loop.seams[step][start - body : stop - body]
            start = stop
            repetition += start == after

    def read(self, start: int, end: int) -> FloatArray:
        """Copy a stretch.

        Args:
            start: first frame in the arrangement.
            end: first frame after the stretch.

        Returns:
            (end - start, 2) float32.
        """
        return np.concatenate([samples for _, samples in self.parts(start, end)])


def _stereo(samples: FloatArray) -> FloatArray:
    if samples.ndim == 1:
        samples = samples[:, None]
    if samples.ndim != 2 or samples.shape[1] not in (1, 2) or len(samples) < 2 * _SEAM:
        raise InputError(f"a clip's sound must be (frames, 1 or 2), not {samples.shape}")
    return np.ascontiguousarray(np.broadcast_to(samples, (len(samples), 2)))


def _seam(loop: FloatArray, step: int) -> FloatArray:
    """The last frames of a repetition that is `step` samples longer than `loop`."""
    places = np.arange(len(loop) + step - _SEAM, len(loop) + step)
    old = np.take(loop, places, axis=0, mode="wrap")
    new = np.take(loop, places - (len(loop) + step), axis=0, mode="wrap")
    weight = ramp(_SEAM)[:, None]
    return old + weight * (new - old)
