"""Changing tempo and pitch independently, with Signalsmith Stretch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import python_stretch
import soxr
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
_SLACK_FRAMES = 1024
_NARROW = 3


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
    read: Callable[[int, int], Array],
    length: int,
    frames: int,
    first: int,
    count: int,
    until: int | None = None,
    *,
    narrow: bool = False,
) -> Array:
    """A passage of a loop at another tempo, without the work for all of it.

    Args:
        read: first sample, how many -> (n, c) of the loop while it repeats, at 44.1 kHz.
        length: samples of the loop.
        frames: samples that all of it would have at that tempo.
        first: of the passage, in those samples; may lie outside of 0..frames.
        count: its length in them.
        until: where it may end already; as far as that, it is the same but for rounding.
        narrow: whether what lies above 6 kHz may be lost, which takes a third of the time.

    Returns:
        (until or count, c) float32: in time with `stretch(loop, frames, loop=True)`, of other
        phases.

    Raises:
        InputError: as `stretch`.
    """
    ratio = frames / length
    if count < 1 or not 0.125 <= ratio <= 8.0:
        raise InputError(f"{length} samples cannot be stretched to {frames}; choose a nearer tempo")
    lead = round(_NEAR_FRAMES * ratio)
    wide = count + 2 * lead
    taken = round(wide / ratio)
    if until is not None and until < count:
        count = until
        taken, wide = _shorter(taken, wide, until + 2 * lead)
    source = read(round((first - lead) / ratio), taken)
    made = _process_narrow(source, wide) if narrow else _process(source, wide, 0)
    return made[lead : lead + count].copy()


def _shorter(taken: int, wide: int, least: int) -> tuple[int, int]:
    """Whole numbers of samples in the ratio of `taken` to `wide`, as nearly as can be, the second
    one `least` or a little more: by the ratio the stretcher finds where it takes each window."""
    if least + _SLACK_FRAMES >= wide:
        return taken, wide
    made = np.arange(least, least + _SLACK_FRAMES)
    wanted = made * (taken / wide)
    best = int(np.abs(wanted - np.rint(wanted)).argmin())
    return round(wanted[best]), int(made[best])


def _process(samples: Array, frames: int, semitones: int) -> Array:
    stretcher = python_stretch.Signalsmith.Stretch()
    stretcher.preset(samples.shape[1], SAMPLE_RATE)
    stretcher.setTimeFactor(len(samples) / frames)
    if semitones:
        stretcher.setTransposeSemitones(float(semitones))
    out = stretcher.process(np.ascontiguousarray(samples.T, dtype=np.float32)).T
    missing = max(0, frames - len(out))
    return np.ascontiguousarray(np.pad(out, ((0, missing), (0, 0)))[:frames])


def _process_narrow(samples: Array, frames: int) -> Array:
    """As `_process`, at a third of the rate: windows and their distances are whole thirds, so they
    lie where they would. Below 2.5 kHz music that comes out correlates by .98 and more."""
    stretcher = python_stretch.Signalsmith.Stretch()
    stretcher.preset(samples.shape[1], SAMPLE_RATE / _NARROW)
    stretcher.setTimeFactor(len(samples) / frames)
    slow = soxr.resample(samples, _NARROW, 1)
    out = stretcher.process(np.ascontiguousarray(slow.T, dtype=np.float32)).T
    wide = soxr.resample(np.ascontiguousarray(out), 1, _NARROW)[:frames]
    return np.pad(wide, ((0, frames - len(wide)), (0, 0)))


def _close(body: Array, before: Array) -> None:
    """Lead the end into what the stretcher made before the start: its phases drift over a round."""
    count = min(len(before), len(body))
    fade = (0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / count)).astype(np.float32)[
        :, None
    ]
    body[-count:] += fade * (before[-count:] - body[-count:])
