"""Changing tempo and pitch independently, with Signalsmith Stretch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import python_stretch
from numpy.typing import NDArray

from core.audio.looping import extended
from core.errors import InputError
from core.settings import SAMPLE_RATE

Array = NDArray[np.float32]
_PAD_FRAMES = 1 << 14
"""Context on each side, longer than the stretcher's window at any sensible ratio."""
_NEAR_FRAMES = 1 << 13
"""The same for a passage of a loop, whose ends are cut off or faded: more than the stretcher's
window of .12 s, so that what is kept has been overlapped in full."""
_CROSSFADE_FRAMES = 441


def stretch(samples: Array, frames: int, *, loop: bool = False, semitones: int = 0) -> Array:
    """`samples` (n, c) at another tempo, exactly (frames, c); transients keep their relative place.

    The latency of the stretcher is made up for. At the same length and pitch the input is returned
    as it is.

    Args:
        samples: (n, c) at 44.1 kHz.
        frames: samples of the result.
        loop: take the input as circular; the result loops as seamlessly as it did.
        semitones: by how much higher the result is.

    Returns:
        (frames, c) float32.

    Raises:
        InputError: no samples, `frames` below 1, or a ratio outside 1/8..8.
    """
    count = len(samples)
    if count < 1 or frames < 1 or not 0.125 <= frames / count <= 8.0:
        raise InputError(f"{count} samples cannot be stretched to {frames}; choose a nearer tempo")
    if frames == count and semitones == 0:
        return samples.copy()
    ratio = frames / count
    pad_out = round(_PAD_FRAMES * ratio)
    if loop:
        pad = extended(samples, _PAD_FRAMES, _PAD_FRAMES)
    else:
        pad = np.pad(samples, ((_PAD_FRAMES,) * 2, (0, 0)))
    out = _process(pad, frames + 2 * pad_out, semitones)
    body = out[pad_out : pad_out + frames].copy()
    if loop:
        _close(body, out[pad_out - _CROSSFADE_FRAMES : pad_out])
    return body


def stretch_passage(
    read: Callable[[int, int], Array], length: int, frames: int, first: int, count: int
) -> Array:
    """A passage of a loop at another tempo, without the work for all of it.

    Args:
        read: first sample, how many -> (n, c) of the loop while it repeats, at 44.1 kHz.
        length: samples of the loop.
        frames: samples that all of it would have at that tempo.
        first: of the passage, in those samples; may lie outside of 0..frames.
        count: its length in them.

    Returns:
        (count, c) float32: in time with `stretch(loop, frames, loop=True)`, of other phases.

    Raises:
        InputError: as `stretch`.
    """
    ratio = frames / length
    if count < 1 or not 0.125 <= ratio <= 8.0:
        raise InputError(f"{length} samples cannot be stretched to {frames}; choose a nearer tempo")
    lead = round(_NEAR_FRAMES * ratio)
    wide = count + 2 * lead
    source = read(round((first - lead) / ratio), round(wide / ratio))
    return _process(source, wide, 0)[lead : lead + count].copy()


def _process(samples: Array, frames: int, semitones: int) -> Array:
    stretcher = python_stretch.Signalsmith.Stretch()
    stretcher.preset(samples.shape[1], SAMPLE_RATE)
    stretcher.setTimeFactor(len(samples) / frames)
    if semitones:
        stretcher.setTransposeSemitones(float(semitones))
    out = stretcher.process(np.ascontiguousarray(samples.T, dtype=np.float32)).T
    missing = max(0, frames - len(out))
    return np.ascontiguousarray(np.pad(out, ((0, missing), (0, 0)))[:frames])


def _close(body: Array, before: Array) -> None:
    """Lead the end into what the stretcher made before the start: its phases drift over a round."""
    count = min(len(before), len(body))
    fade = (0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / count)).astype(np.float32)[
        :, None
    ]
    body[-count:] += fade * (before[-count:] - body[-count:])
