"""What the grid is fitted to: band levels, attacks and coarse spectra of a track, streamed.

Everything is made for speed and sharp timing: two cheap decimations by four, differences as high
passes, causal filters (nothing answers before it happens), block powers of 1.45 ms. The sides of a
stereo track are analysed as half their sum and half their difference, whose powers add up to the
mean of the sides' powers: what is out of phase between them is not lost, and mono costs one signal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import scipy.fft
import scipy.signal
from numpy.typing import NDArray

from core.errors import InputError
from core.settings import SAMPLE_RATE

Floats = NDArray[np.float32]

HOP: Final = 64
"""Samples per frame of `attacks`."""
RATE: Final = SAMPLE_RATE / HOP
"""Frames of `attacks` per second, 689.06."""
POWER_HOP: Final = 256
"""Samples per frame of `powers`."""
POWER_RATE: Final = SAMPLE_RATE / POWER_HOP
BANDS: Final = ("sub", "punch", "mid", "high")
"""Below 110 Hz, 110-420 Hz, about 1-5 kHz, above about 8 kHz."""

SPECTRUM_HOP: Final = 2048
"""Samples per frame of `spectra`."""
SPECTRUM_RATE: Final = SAMPLE_RATE / SPECTRUM_HOP

_DECIMATION: Final = 4
_CHUNK: Final = 1 << 16
"""Samples that are worked on at once: fits the cache, whole in every hop used here."""
_TAPS: Final = 12
_N_FFT: Final = 2048
_FFT_RATE: Final = SAMPLE_RATE / _DECIMATION
_FFT_HOP: Final = SPECTRUM_HOP // _DECIMATION
_BAND_EDGES_HZ: Final = np.geomspace(55.0, 5200.0, 25)
_CHROMA_HZ: Final = (110.0, 1760.0)
SPECTRUM_BANDS: Final = len(_BAND_EDGES_HZ) - 1
CHROMA: Final = 12

_MID_SIDE: Final = np.array([[0.5, 0.5], [0.5, -0.5]], np.float32)

_AFTER: Final = 8
_BEFORE: Final = 12
# An attack this far below the band's loud ones counts for nothing.
_ATTACK_FLOOR: Final = 10 ** (-3.2)
_SILENT_POWER: Final = 1e-16
_FAINT: Final = 0.1
"""Share of the power of the louder signal below which the fainter one does not colour `spectra`."""


@dataclass(frozen=True)
class OnsetFeatures:
    """Features of one whole track; frame n begins at sample n * hop. About 11 kB per second.

    Attributes:
        attacks: (n, 4) float16, per band of `BANDS`: natural log of the power just after the
            frame's beginning over that just before it, not below 0; a click at sample t peaks
            there.
        powers: (n / 4, 4) float32, mean square per band and frame of `POWER_HOP`.
        spectra: (m, 24 + 12) float32, frames of `SPECTRUM_HOP`: log-spaced bands then chroma, in
            nats.
        frames: samples in the track.
    """

    attacks: NDArray[np.float16]
    powers: Floats
    spectra: Floats
    frames: int

    @property
    def seconds(self) -> float:
        """Length of the track."""
        return self.frames / SAMPLE_RATE


class OnsetStream:
    """Feed a track block by block, then `finish`; keeps about 14 kB per second of audio.

    A difference of the sides that is silent at first and begins later counts from there on.
    """

    def __init__(self) -> None:
        self._frames = 0
        self._rest: list[Floats] = []
        self._signals: list[_Signal] = []
        self._low = _Crossover()
        self._spectra = _Spectra()
        self._powers: list[Floats] = []

    def feed(self, block: Floats) -> None:
        """Take the next `block` (n, c) float32 at 44.1 kHz; any n, any number of channels.

        Raises:
            InputError: not two-dimensional.
        """
        if block.ndim != 2:
            raise InputError(f"audio must be (frames, channels) here, not {block.shape}")
        self._frames += len(block)
        signals = _decorrelated(block)
        self._begin(signals)
        self._rest = [np.concatenate(both) for both in zip(self._rest, signals, strict=True)]
        whole = len(self._rest[0]) - len(self._rest[0]) % _CHUNK
        for start in range(0, whole, _CHUNK):
            self._analyse([rest[start : start + _CHUNK] for rest in self._rest])
        self._rest = [rest[whole:].copy() for rest in self._rest]

    def _begin(self, signals: list[Floats]) -> None:
        """Take in how many signals there are; those that begin late were silent so far."""
        waiting = len(self._rest[0]) if self._rest else 0
        while len(self._rest) < len(signals):
            self._rest.append(np.zeros(waiting, np.float32))
            self._signals.append(_Signal())
        for _ in range(len(self._rest) - len(signals)):
            signals.append(np.zeros(len(signals[0]), np.float32))

    def finish(self) -> OnsetFeatures:
        """The features of all that was fed."""
        if self._rest and len(self._rest[0]):
            missing = _CHUNK - len(self._rest[0])
            self._analyse([np.pad(rest, (0, missing)) for rest in self._rest])
            self._rest = []
        count = -(-self._frames // HOP)
        powers = np.concatenate([*self._powers, np.zeros((0, len(BANDS)), np.float32)])
        self._powers = []
        return OnsetFeatures(
            attacks=_attacks(powers[:count]),
            powers=_pooled(powers)[: -(-self._frames // POWER_HOP)],
            spectra=self._spectra.finish(-(-self._frames // SPECTRUM_HOP)),
            frames=self._frames,
        )

    def _analyse(self, chunks: list[Floats]) -> None:
        parts = [signal(chunk) for signal, chunk in zip(self._signals, chunks, strict=True)]
        lows = self._low(np.stack([part.sixteenth for part in parts]))
        powers = [_block_power(low, HOP // _DECIMATION**2) for low in lows]
        powers.append(sum((part.mid for part in parts[1:]), parts[0].mid))
        powers.append(sum((part.high for part in parts[1:]), parts[0].high))
        self._powers.append(np.stack(powers, axis=1))
        self._spectra.feed([part.quarter for part in parts])


class _Decimated(NamedTuple):
    """A chunk of a signal: every fourth sample, every sixteenth, powers of middle and high band."""

    quarter: Floats
    sixteenth: Floats
    mid: Floats
    high: Floats


class _Signal:
    """One signal, chunk by chunk."""

    def __init__(self) -> None:
        self._first = _Decimator()
        self._second = _Decimator()
        self._high = _Difference(order=2)
        self._mid = _Difference(order=1)

    def __call__(self, chunk: Floats) -> _Decimated:
        quarter = self._first(chunk)
        return _Decimated(
            quarter,
            self._second(quarter),
            _block_power(self._mid(quarter)[None], HOP // _DECIMATION),
            _block_power(self._high(chunk)[None], HOP),
        )


def _decorrelated(block: Floats) -> list[Floats]:
    """(n, c) -> signals (n,) whose powers add up to the mean power of the channels.

    Of two channels half their sum, and half their difference unless it is silent; of more their
    scaled selves; of one that one.
    """
    channels = block.shape[1]
    if channels == 2:
        middle, side = (block @ column for column in _MID_SIDE)
        return [middle, side] if side.any() else [middle]
    scale = np.float32(max(1, channels) ** -0.5)
    columns = [np.ascontiguousarray(column) * scale for column in block.T]
    return columns or [np.zeros(len(block), np.float32)]


def features_of(samples: Floats) -> OnsetFeatures:
    """The features of a whole track in memory, (frames, channels) float32 at 44.1 kHz."""
    stream = OnsetStream()
    stream.feed(samples)
    return stream.finish()


@dataclass
class _Decimator:
    """Every fourth sample of a signal low-passed by a 12-tap filter."""

    tail: Floats = field(default_factory=lambda: np.zeros(_TAPS - _DECIMATION, np.float32))

    def __call__(self, chunk: Floats) -> Floats:
        joined = np.concatenate([self.tail, chunk])
        self.tail = joined[-(_TAPS - _DECIMATION) :]
        groups = joined.reshape(-1, _DECIMATION)
        parts = groups @ _decimation_taps()
        count = len(chunk) // _DECIMATION
        total: Floats = parts[:count, 0] + parts[1 : count + 1, 1] + parts[2 : count + 2, 2]
        return total


@dataclass
class _Difference:
    """The first or second difference of a signal: a high pass of 6 or 12 dB per octave."""

    order: int
    tail: Floats = field(default_factory=lambda: np.zeros(2, np.float32))

    def __call__(self, chunk: Floats) -> Floats:
        joined = np.concatenate([self.tail[-self.order :], chunk])
        self.tail = joined[-2:]
        return np.diff(joined, n=self.order)


class _Crossover:
    """Sub and punch bands of signals at a sixteenth of the sample rate; causal filters."""

    def __init__(self) -> None:
        rate = SAMPLE_RATE / _DECIMATION**2
        self._filters = [
            scipy.signal.butter(2, 110.0, "low", fs=rate, output="sos"),
            scipy.signal.butter(2, (110.0, 420.0), "band", fs=rate, output="sos"),
        ]
        self._states = [np.zeros((len(sos), 0, 2)) for sos in self._filters]

    def __call__(self, chunk: Floats) -> list[Floats]:
        """(signals, n) -> that, twice."""
        bands = []
        for k, (sos, state) in enumerate(zip(self._filters, self._states, strict=True)):
            padded = np.pad(state, ((0, 0), (0, len(chunk) - state.shape[1]), (0, 0)))
            band, self._states[k] = scipy.signal.sosfilt(sos, chunk, axis=1, zi=padded)
            bands.append(band.astype(np.float32))
        return bands


class _Spectra:
    """Log-band levels and chroma of the quarter-rate signal; frames centred on their time."""

    def __init__(self) -> None:
        self._rest: list[Floats] = [np.zeros(_N_FFT // 2, np.float32)]
        self._frames: list[Floats] = []

    def feed(self, quarters: list[Floats]) -> None:
        while len(self._rest) < len(quarters):
            self._rest.append(np.zeros(len(self._rest[0]), np.float32))
        waiting = [np.concatenate(both) for both in zip(self._rest, quarters, strict=True)]
        count = max(0, (len(waiting[0]) - _N_FFT) // _FFT_HOP + 1)
        if count:
            loudness = [float(np.dot(signal, signal)) for signal in waiting]
            counted = [
                signal
                for signal, loud in zip(waiting, loudness, strict=True)
                if loud > _FAINT * max(loudness)
            ]
            power = sum(_power(signal, count) for signal in counted or waiting[:1])
            self._frames.append(np.log(power @ _spectrum_weights() + _SILENT_POWER))
        self._rest = [signal[count * _FFT_HOP :] for signal in waiting]

    def finish(self, count: int) -> Floats:
        missing = count - sum(map(len, self._frames))
        if missing > 0:
            silence = np.zeros(missing * _FFT_HOP + _N_FFT, np.float32)
            self.feed([silence] * len(self._rest))
        empty = np.zeros((0, SPECTRUM_BANDS + CHROMA), np.float32)
        return np.concatenate([*self._frames, empty])[:count]


def _power(signal: Floats, count: int) -> Floats:
    """(count, 1025) power spectra of the first `count` frames of a quarter-rate signal."""
    view = np.lib.stride_tricks.sliding_window_view(signal, _N_FFT)[::_FFT_HOP][:count]
    spectrum = scipy.fft.rfft(view * _window(), axis=1)
    power: Floats = spectrum.real**2 + spectrum.imag**2
    return power


def _pooled(powers: Floats) -> Floats:
    """(n, b) frames of `HOP` -> (n / 4, b) frames of `POWER_HOP`; n is whole chunks."""
    mean: Floats = powers.reshape(-1, POWER_HOP // HOP, powers.shape[1]).mean(axis=1)
    return mean


def _attacks(powers: Floats) -> NDArray[np.float16]:
    """(n, b) -> (n, b): log ratio of a falling window after each frame to a flat one before it.

    The window after falls, so that a short event still counts most on its first frame.
    """
    n, bands = powers.shape
    out = np.zeros(powers.shape, np.float16)
    for band in range(bands):
        wide = np.zeros(_BEFORE + n + _AFTER, np.float32)
        wide[_BEFORE : _BEFORE + n] = powers[:, band]
        after = np.zeros(n, np.float32)
        for k in range(_AFTER):
            after += (_AFTER - k) * wide[_BEFORE + k : _BEFORE + k + n]
        before = np.zeros(n, np.float32)
        for k in range(1, _BEFORE + 1):
            before += wide[_BEFORE - k : _BEFORE - k + n]
        after *= 2.0 / (_AFTER * (_AFTER + 1))
        before /= _BEFORE
        floor = _ATTACK_FLOOR * _loud(after) + _SILENT_POWER
        out[:, band] = np.maximum(0.0, np.log((after + floor) / (before + floor)))
    return out


def _loud(power: Floats) -> float:
    """A level that the loud events of a track reach: the 98th percentile of `power`."""
    return float(np.percentile(power[::4], 98)) if len(power) else 0.0


def _block_power(signals: Floats, size: int) -> Floats:
    """(signals, n) -> (n / size,) sum of their mean squares over blocks of `size`."""
    blocks = signals.reshape(len(signals), -1, size)
    power: Floats = np.einsum("kij,kij->i", blocks, blocks) / np.float32(size)
    return power


@lru_cache(maxsize=1)
def _decimation_taps() -> Floats:
    """(4, 3): the low pass, cut into the three groups of four samples that it spans."""
    taps = scipy.signal.firwin(_TAPS, 0.8 / _DECIMATION)
    return np.ascontiguousarray(taps.reshape(-1, _DECIMATION).T.astype(np.float32))


@lru_cache(maxsize=1)
def _window() -> Floats:
    window: Floats = scipy.signal.get_window("hann", _N_FFT).astype(np.float32)
    return window


@lru_cache(maxsize=1)
def _spectrum_weights() -> Floats:
    """(1025, 24 + 12): mean over each log-spaced band, then over each pitch class."""
    hz = np.arange(_N_FFT // 2 + 1) * _FFT_RATE / _N_FFT
    band = np.searchsorted(_BAND_EDGES_HZ, hz, side="right") - 1
    weights = np.zeros((len(hz), SPECTRUM_BANDS + CHROMA))
    inside = (band >= 0) & (band < SPECTRUM_BANDS)
    weights[np.flatnonzero(inside), band[inside]] = 1.0
    tonal = np.flatnonzero((hz >= _CHROMA_HZ[0]) & (hz <= _CHROMA_HZ[1]))
    pitch = np.round(12 * np.log2(hz[tonal] / 440.0)).astype(int) % CHROMA
    # Higher octaves have more bins; one over frequency gives every octave the same weight.
    weights[tonal, SPECTRUM_BANDS + pitch] = _CHROMA_HZ[0] / hz[tonal]
    total = weights.sum(axis=0) * (_N_FFT / 4) ** 2
    return (weights / np.where(total > 0, total, 1.0)).astype(np.float32)
