"""Loops of four bars: cut from a track, brought to a tempo, joined bar by bar."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core import scientific, settings
from core.arrangement.fades import LEAST_CORRELATION, crossfade, ramp
from core.audio.looping import passage
from core.errors import AudioError

Array = NDArray[np.float32]
SEAM_FRAMES = 1024
"""23 ms over which the end of a loop gives way to what precedes its downbeat."""
BAR_LINE_FRAMES = 512
_SIDE_DB = -4.0
"""Of a bar's side against its mid, at most: in mono nothing is missed, and 3 dB are asked for."""
_RESAMPLED_BELOW = 0.002
"""Tempi nearer than this are reached by resampling: 3.5 cents are inaudible, stretching may be."""


def closed_loop(samples: Array, preroll: int) -> Array:
    """Make a seamless loop of a passage.

    The last 23 ms give way to the 23 ms before the downbeat, which lead into it; the downbeat
    itself is left whole.

    Args:
        samples: (preroll + frames, c).
        preroll: frames before the first downbeat.

    Returns:
        (frames, c).

    Raises:
        AudioError: fewer samples than that takes.
    """
    if preroll < SEAM_FRAMES or len(samples) - preroll < 2 * SEAM_FRAMES:
        raise AudioError("a segment is too short to loop; import its track again")
    loop: Array = samples[preroll:].copy()
    loop[-SEAM_FRAMES:] = blended(loop[-SEAM_FRAMES:], samples[preroll - SEAM_FRAMES : preroll])
    return loop


def at_length(loop: Array, frames: int, semitones: int = 0) -> Array:
    """Bring a loop to another length, that is another tempo, and to another pitch.

    Args:
        loop: (n, c).
        frames: the wanted length.
        semitones: by how much higher the result is.

    Returns:
        (frames, c), still a loop: resampled where the tempo hardly changes, else stretched.
    """
    if len(loop) == frames and semitones == 0:
        return loop
    if semitones == 0 and not is_stretched(len(loop), frames):
        scientific.load(signal=True)  # here, since it is seldom needed and takes its time
        import scipy.signal

        # The Fourier method takes its input as periodic: exactly what a loop is.
        resampled: Array = scipy.signal.resample(loop, frames).astype(np.float32)
        return resampled
    from core.audio.stretch import stretch

    return stretch(loop, frames, loop=True, semitones=semitones)


def is_stretched(count: int, frames: int) -> bool:
    """Whether `at_length` has to stretch a loop, which is slow; else it is resampled.

    Args:
        count: frames of the loop.
        frames: the wanted length.

    Returns:
        True from .2 % of difference on.
    """
    return abs(frames / count - 1.0) >= _RESAMPLED_BELOW


def bar_repeated(bar: Array, frames: int) -> Array:
    """Four times the same bar.

    Args:
        bar: (about frames / 4, c).
        frames: of the result.

    Returns:
        (frames, c), a loop.
    """
    return np.concatenate([passage(bar, 0, b - a) for a, b in bar_edges(frames, 4)])


def mono_safe(loop: Array) -> Array:
    """A loop no wider than mono bears: its side 4 dB below mid at least, in every bar.

    Sounds of several tracks add up to more width than any of them had.

    Args:
        loop: (frames, 2).

    Returns:
        `loop`, or all of it narrower by one factor.
    """
    middle, side = 0.5 * (loop[:, 0] + loop[:, 1]), 0.5 * (loop[:, 0] - loop[:, 1])
    bars = [slice(*bar) for bar in bar_edges(len(loop), settings.BARS_PER_SEGMENT)]
    widest = max(float(side[b] @ side[b]) / max(float(middle[b] @ middle[b]), 1e-9) for b in bars)
    most = 10.0 ** (_SIDE_DB / 10.0)
    if widest <= most:
        return loop
    side *= np.float32(np.sqrt(most / widest))
    return np.stack([middle + side, middle - side], axis=1)


def joined_by_bar(loops: Sequence[Array]) -> Array:
    """Bar i of the i-th of `loops` (frames, c), one a bar, each giving way before the bar line.

    The last gives way to the first, so the result is a loop again.
    """
    frames = len(loops[0])
    out = np.empty_like(loops[0])
    for bar, (first, last) in enumerate(bar_edges(frames, len(loops))):
        loop, following = loops[bar], loops[(bar + 1) % len(loops)]
        out[first:last] = loop[first:last]
        if following is not loop:
            end = slice(last - BAR_LINE_FRAMES, last)
            out[end] = blended(loop[end], following[end])
    return out


def joined_rows(spectra: Sequence[Array] | Array) -> Array:
    """(512, 128) from `spectra` (1 or 4, 512, 128): bar i of the i-th.

    Over the last sixteenth of a bar levels move to what the next one says there, so the downbeat
    is already its own.
    """
    if len(spectra) == 1:
        only: Array = spectra[0]
        return only
    rows, blend = settings.FRAMES_PER_BAR, settings.FRAMES_PER_SIXTEENTH
    joined: Array = np.concatenate([s[k * rows : (k + 1) * rows] for k, s in enumerate(spectra)])
    share = ramp(blend)[:, None]
    for line in range(1, len(spectra)):
        end = slice(line * rows - blend, line * rows)
        joined[end] += share * (spectra[line][end] - joined[end])
    return joined


def blended(outgoing: Array, incoming: Array) -> Array:
    """A crossfade over the whole length, at a steady level whatever the correlation.

    Args:
        outgoing: (n, c).
        incoming: (n, c).

    Returns:
        (n, c).
    """
    out, into = crossfade(ramp(len(outgoing)), _correlation(outgoing, incoming))
    mixed: Array = outgoing * out[:, None] + incoming * into[:, None]
    return mixed


def bar_edges(frames: int, count: int) -> list[tuple[int, int]]:
    """Where the bars of a loop lie, each line between two of them rounded once.

    Args:
        frames: of the loop.
        count: bars in it.

    Returns:
        For each bar its first sample, and the one after its last.
    """
    lines = [round(bar * frames / count) for bar in range(count + 1)]
    return list(itertools.pairwise(lines))


def _correlation(a: Array, b: Array) -> float:
    power = float(np.sqrt((a**2).sum(dtype=np.float64) * (b**2).sum(dtype=np.float64)))
    if power <= 0.0:
        return 1.0
    return max(LEAST_CORRELATION, float((a * b).sum(dtype=np.float64)) / power)
