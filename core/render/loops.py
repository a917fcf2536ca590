"""Loops of four bars: cut from a track, brought to a tempo, joined bar by bar."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core import scientific, settings
from core.arrangement.fades import LEAST_CORRELATION, crossfade, ramp
from core.audio.k_weighting import k_weighting
from core.audio.looping import passage
from core.dsp.bank import bank
from core.dsp.spectrogram import db_to_power
from core.errors import AudioError

Array = NDArray[np.float32]
SEAM_FRAMES = 1024
"""23 ms over which the end of a loop gives way to what precedes its downbeat."""
BAR_LINE_FRAMES = 512
_SIDE_DB = -4.0
"""Of a bar's side against its mid, at most: in mono nothing is missed, and 3 dB are asked for."""
_MIDS_HZ = (150.0, 2500.0)
_SLOPE = 8
_MOST_WIDER_DB = 4.0
_MOST_APART_DB = 3.0
_NARROW_DB = -20.0
"""A side this far below mid is hardly heard."""
_SILENT_DB = -60.0
_ROW_STEP = 4
"""Loudness is compared by every fourth row: one in half a sixteenth, 58 ms at 130 BPM."""
_BLOCK_ROWS = settings.FRAMES_PER_BAR // settings.BEATS_PER_BAR
"""A beat, about as long as the 400 ms over which loudness is taken before it is gated."""
_GATE = 0.1
"""Of the mean power, as in BS.1770-4: what is quieter is taken for a pause."""
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


def bar_repeated(bar: Array, frames: int, beats: int = settings.BEATS_PER_BAR) -> Array:
    """Four times the same bar, or as often as fits its first beats.

    Args:
        bar: (about frames * beats / 16, c).
        frames: of the result.
        beats: of which it consists; they divide a bar.

    Returns:
        (frames, c), a loop.
    """
    count = settings.BARS_PER_SEGMENT * settings.BEATS_PER_BAR // beats
    return np.concatenate([passage(bar, 0, b - a) for a, b in bar_edges(frames, count)])


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


def even_width(loop: Array, amount: float = 1.0) -> Array:
    """A loop whose mids (150 Hz to 2.5 kHz) are about as wide in each bar.

    Two tracks take turns in them bar by bar. Where one is mono and the other is not, the whole
    would be heard to open and close with every bar. What is in the middle stays as it is.

    Args:
        loop: (frames, 2), of four bars.
        amount: how much of that is done, 0 .. 1.

    Returns:
        `loop`, with another side.
    """
    middle, side = 0.5 * (loop[:, 0] + loop[:, 1]), 0.5 * (loop[:, 0] - loop[:, 1])
    if amount <= 0.0 or not side.any():
        return loop
    mids = _mids(middle, side)
    bars = [slice(*bar) for bar in bar_edges(len(loop), settings.BARS_PER_SEGMENT)]
    widths = np.array([_width_db(mids[bar]) for bar in bars])
    usual = np.maximum(widths, _NARROW_DB - _MOST_WIDER_DB).mean()
    wider = np.minimum(usual, widths + _MOST_WIDER_DB)
    even = np.minimum(wider, max(wider.min() + _MOST_APART_DB, _NARROW_DB))
    factors = 10.0 ** (amount * (even - widths) / 20.0) - 1.0
    added = _by_bar(factors.astype(np.float32), bars) * mids.imag
    return np.stack([loop[:, 0] + added, loop[:, 1] - added], axis=1)


def _mids(middle: Array, side: Array) -> NDArray[np.complex64]:
    """The mids of two sounds, the second one as the imaginary part."""
    scientific.load("fft")
    import scipy.fft

    spectrum = scipy.fft.fft(middle + 1j * side)
    hertz = np.abs(np.fft.fftfreq(len(middle), 1.0 / settings.SAMPLE_RATE))
    low, high = ((hertz / corner) ** _SLOPE for corner in _MIDS_HZ)
    weights = (low / (1.0 + low) / (1.0 + high)).astype(np.float32)
    found: NDArray[np.complex64] = scipy.fft.ifft(weights * spectrum, overwrite_x=True)
    return found


def _width_db(mids: NDArray[np.complex64]) -> float:
    """Power of the side against the middle, at least `_SILENT_DB`, also of silence."""
    middle, side = (float(part @ part) for part in (mids.real.copy(), mids.imag.copy()))
    return max(_SILENT_DB, float(10.0 * np.log10((side + 1e-12) / (middle + 1e-6))))


def _by_bar(values: Array, bars: Sequence[slice]) -> Array:
    """A value for each frame: that of its bar, moving to the next one's in the last sixteenth."""
    sixteenth = (bars[0].stop - bars[0].start) // 16
    found = np.empty(bars[-1].stop, np.float32)
    for number, bar in enumerate(bars):
        now, following = values[number], values[(number + 1) % len(values)]
        found[bar] = now
        found[bar.stop - sixteenth : bar.stop] += (following - now) * ramp(sixteenth)
    return found


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


def louder_db(spectrogram: Array, rows: slice) -> float:
    """By how much all of a loop is louder than a passage of it, about as BS.1770 measures it: with
    its weights for frequencies, and pauses left out.

    Args:
        spectrogram: (512, 128) dB, of the loop.
        rows: the passage, a beat or more.

    Returns:
        dB; 0 where one of them is silent.
    """
    powers = db_to_power(spectrogram[::_ROW_STEP]) @ _k_weights()
    step = slice(rows.start // _ROW_STEP, rows.stop // _ROW_STEP)
    whole, part = _gated(powers), _gated(powers[step])
    return 10.0 * math.log10(whole / part) if whole > 0.0 and part > 0.0 else 0.0


def _gated(powers: Array) -> float:
    """The mean of the powers of rows (n,), by blocks, without those that are mere pauses."""
    count = _BLOCK_ROWS // _ROW_STEP
    blocks = np.convolve(powers, np.full(count, 1.0 / count), "valid")
    return float(blocks[blocks >= _GATE * blocks.mean()].mean())


@lru_cache(maxsize=1)
def _k_weights() -> Array:
    """(128,) what the power in each band of a spectrogram counts for in its loudness."""
    unit = np.exp(-2j * np.pi * bank().centres_hz.astype(np.float64) / settings.SAMPLE_RATE)
    powers = np.stack([np.ones_like(unit), unit, unit**2])
    gains = [(some[:3] @ powers) / (some[3:] @ powers) for some in k_weighting()]
    weights: Array = (bank().areas * np.abs(np.prod(gains, axis=0)) ** 2).astype(np.float32)
    return weights
