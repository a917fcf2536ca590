"""Log spectrograms with rows at musical positions.

A whole track is analysed once, in blocks, at a fixed hop (`SpectrogramStream`), before its beat
grid is known. `musical` then computes rows from it: row r of a bar is exactly r / 128 bars after
the downbeat and holds the mean power from half a row before to half a row after. With the mean,
unlike with a sample at that point, a hit between two rows keeps its energy, and the row that it is
in does not depend on the phase of the hop.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.audio.looping import extended
from core.dsp.band_power import HOP, band_power
from core.errors import InputError

Array = NDArray[np.float32]
_BARS_AT_ONCE = 16
_LOOP_MARGIN = 16 * HOP
"""Samples of a loop that are repeated at either end of it: more than a window and a row."""


@dataclass(frozen=True, eq=False)
class BandFrames:
    """Band power of a track at a fixed hop.

    Attributes:
        power: (n, 128), 1 for a full-scale sine; frame k is centred on sample k * hop.
        hop: samples.
    """

    power: Array
    hop: int = HOP

    @property
    def seconds(self) -> float:
        """Time of the last frame."""
        return (len(self.power) - 1) * self.hop / settings.SAMPLE_RATE


@dataclass(eq=False)
class SpectrogramStream:
    """Analyses a track that is fed in blocks of any size. An object is used once.

    The power of a band is the mean of its powers in the channels, so that sounds in opposite phase
    do not cancel. Memory: 512 bytes a frame, 172 frames a second (5 MB a minute).

    Example:
        >>> stream = SpectrogramStream()
        >>> for block in blocks:
        ...     stream.feed(block)
        >>> rows = musical(stream.finish(), grid.downbeat, grid.bpm, bars=4)
    """

    _pending: Array | None = None
    _done: list[Array] = field(default_factory=list)
    _finished: bool = False

    def feed(self, block: Array) -> None:
        """Add a block.

        Args:
            block: (n, channels) or (n,) at 44.1 kHz, with as many channels as the first block.

        Raises:
            InputError: another number of channels, or the stream is finished.
        """
        if self._finished:
            raise InputError("this spectrogram is finished; start another SpectrogramStream")
        rows = np.asarray(block, np.float32).reshape(len(block), -1).T
        if self._pending is None:
            self._pending = np.zeros((len(rows), settings.N_FFT // 2), np.float32)
        if len(rows) != len(self._pending):
            raise InputError(f"{len(self._pending)} channels came first, and now {len(rows)}")
        self._pending = np.concatenate([self._pending, rows], axis=1)
        self._drain()

    def finish(self) -> BandFrames:
        """Return the frames of all blocks; frame 0 is centred on the first sample."""
        if self._pending is not None and not self._finished:
            tail = np.zeros((len(self._pending), settings.N_FFT // 2), np.float32)
            self._pending = np.concatenate([self._pending, tail], axis=1)
            self._drain()
        self._finished = True
        self._pending = None
        whole = np.concatenate([np.zeros((0, settings.N_BANDS), np.float32), *self._done])
        self._done = [whole]
        return BandFrames(whole)

    def _drain(self) -> None:
        assert self._pending is not None
        count = (self._pending.shape[1] - settings.N_FFT) // HOP + 1
        if count > 0:
            self._done.append(band_power(self._pending))
            self._pending = self._pending[:, count * HOP :].copy()


def musical(frames: BandFrames, start_seconds: float, bpm: float, bars: float) -> Array:
    """Compute rows at musical positions.

    Args:
        frames: of a track.
        start_seconds: time of the first row in the track; time outside the track is silence.
        bpm: tempo.
        bars: number of bars, or of whole beats in bars.

    Returns:
        (bars * 128, 128) dB; row r is the mean power of one row's length around r / 128 bars.

    Raises:
        InputError: `bpm` or `bars` is not positive.
    """
    if not (bpm > 0 and bars > 0):
        raise InputError(f"tempo and bars must be positive, got {bpm} BPM and {bars} bars")
    row_seconds = settings.BEATS_PER_BAR * 60.0 / bpm / settings.FRAMES_PER_BAR
    per_row = row_seconds * settings.SAMPLE_RATE / frames.hop
    first_edge = start_seconds * settings.SAMPLE_RATE / frames.hop - per_row / 2
    rows = round(bars * settings.FRAMES_PER_BAR)
    step = _BARS_AT_ONCE * settings.FRAMES_PER_BAR
    edges = first_edge + per_row * np.arange(rows + 1, dtype=np.float64)
    parts = [_mean_power(frames.power, edges[r : r + step + 1]) for r in range(0, rows, step)]
    return power_to_db(np.concatenate(parts))


def of_segment(samples: Array) -> Array:
    """Compute the spectrogram of a segment.

    Args:
        samples: (frames, channels), exactly four bars, taken as a loop.

    Returns:
        (512, 128) dB.

    Raises:
        InputError: shorter than a window.
    """
    return of_loop(samples, settings.BARS_PER_SEGMENT)


def of_loop(samples: Array, bars: float) -> Array:
    """Compute the spectrogram of a loop.

    Args:
        samples: (frames, channels), exactly `bars` bars.
        bars: number of bars, or of whole beats in bars, which with the length gives the tempo.

    Returns:
        (bars * 128, 128) dB.

    Raises:
        InputError: shorter than a window.
    """
    beats = bars * settings.BEATS_PER_BAR
    if len(samples) < settings.N_FFT:
        raise InputError(f"{len(samples)} samples are too short for a loop of {beats:g} beats")
    stream = SpectrogramStream()
    stream.feed(extended(samples, _LOOP_MARGIN, _LOOP_MARGIN))
    bpm = beats * 60.0 * settings.SAMPLE_RATE / len(samples)
    return musical(stream.finish(), _LOOP_MARGIN / settings.SAMPLE_RATE, bpm, bars)


def power_to_db(power: Array) -> Array:
    """Power -> 10 log10(power) dB, clipped to `FLOOR_DB`. Any shape."""
    floor = np.float32(10.0 ** (settings.FLOOR_DB / 10.0))
    decibels: Array = np.float32(10.0) * np.log10(np.maximum(power, floor), dtype=np.float32)
    return decibels


def db_to_power(decibels: Array) -> Array:
    """Level in dB -> power 10^(dB / 10); `FLOOR_DB` is silence and gives 0. Any shape."""
    power: Array = np.power(np.float32(10.0), np.asarray(decibels, np.float32) / np.float32(10.0))
    silenced: Array = np.where(decibels > settings.FLOOR_DB, power, np.float32(0.0))
    return silenced


def to_unit(decibels: Array) -> Array:
    """Level in dB -> 0 (`FLOOR_DB`) to 1 (`CEILING_DB`), clipped. Any shape."""
    span = settings.CEILING_DB - settings.FLOOR_DB
    unit: Array = (np.asarray(decibels, np.float32) - settings.FLOOR_DB) / np.float32(span)
    return np.clip(unit, np.float32(0.0), np.float32(1.0))


def _mean_power(power: Array, edges: NDArray[np.float64]) -> Array:
    """Mean between successive `edges` (in frames) of linearly interpolated power; 0 outside."""
    rows = np.zeros((len(edges) - 1, power.shape[1]), np.float32)
    if len(power) < 2:
        return rows
    inside = np.clip(edges, 0.0, len(power) - 1.0)
    first, shares = _shares(inside[:-1], inside[1:])
    shares /= np.diff(edges)
    for k, share in enumerate(shares.astype(np.float32)):
        rows += share[:, None] * power[np.minimum(first + k, len(power) - 1)]
    return rows


def _shares(
    start: NDArray[np.float64], end: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The integral of a linear interpolation from each `start` to its `end`, as a sum of frames.

    Returns:
        First frames (rows,), and what each of the frames from there on counts, (frames, rows).
    """
    first = start.astype(np.int64)
    most = int((np.ceil(end).astype(np.int64) - first).max(initial=0)) + 1
    shares = np.zeros((most + 1, len(first)))
    for k in range(most):
        a = np.clip(start - first - k, 0.0, 1.0)
        b = np.clip(end - first - k, 0.0, 1.0)
        risen = (b * b - a * a) / 2  # from frame k to the next: 1 - t of the one, t of the other
        shares[k] += (b - a) - risen
        shares[k + 1] += risen
    return first, shares
