"""Chroma of a track: how strongly each of the twelve pitch classes sounds, over time.

librosa folds spectra into pitch classes. It is imported when the first chroma is computed, which
costs seconds in a process: importing music and the window do without it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp.stft import hann

if TYPE_CHECKING:
    import soxr

Array = NDArray[np.float32]

PITCH_CLASSES: Final = 12
_RATE: Final = 11_025
_N_FFT: Final = 8192
_HOP: Final = 4096
SECONDS_PER_FRAME: Final = _HOP / _RATE
"""0.37 s; frame m is centred on m times that."""

_LOWEST_HZ, _HIGHEST_HZ = 100.0, 3500.0
"""Below is the drum of a kick, tuned or not, and basses are heard by their overtones; above, hats.
"""
_FLOOR_BINS: Final = 16
"""Width of the bands whose median is the noise between the partials: 22 Hz."""
_ABOVE_FLOOR: Final = 4.0
"""Times the power of the noise that a partial has at least."""
_SILENCE: Final = 1e-3
"""Sum of magnitudes of a frame, full scale 1, under which it counts less and less: -80 dB."""
_FRAMES_AT_ONCE: Final = 128


class ChromaStream:
    """The chroma of audio that comes in blocks.

    The powers of the channels are added, not their samples: a sound in opposite phase left and
    right counts like any other.
    """

    def __init__(self) -> None:
        self._resampler: soxr.ResampleStream | None = None
        self._held = np.zeros((0, 1), np.float32)
        self._frames = 0
        self._parts: list[Array] = []

    def feed(self, block: Array) -> None:
        """Take the next `block`, (n, channels) float32 at 44.1 kHz; channels stay the same."""
        if self._resampler is None:
            import soxr

            channels = block.shape[1]
            self._resampler = soxr.ResampleStream(
                settings.SAMPLE_RATE, _RATE, channels, dtype="float32", quality="HQ"
            )
            self._held = np.zeros((_N_FFT // 2, channels), np.float32)
        self._take(self._resampler.resample_chunk(np.ascontiguousarray(block)))

    def finish(self) -> Array:
        """The chroma of all that was fed.

        Returns:
            (frames, 12) float32, C first, `SECONDS_PER_FRAME` apart: the share of a frame's
            magnitudes between 100 and 3500 Hz that lies in the partials of each pitch class. A row
            of noise or silence is near zero, one of held tones sums up to a few tenths.
        """
        if self._resampler is None:
            return np.zeros((0, PITCH_CLASSES), np.float32)
        channels = self._held.shape[1]
        rest = self._resampler.resample_chunk(np.zeros((0, channels), np.float32), last=True)
        self._take(np.concatenate([rest, np.zeros((_N_FFT // 2, channels), np.float32)]))
        self._resampler = None
        return np.concatenate([*self._parts, np.zeros((0, PITCH_CLASSES), np.float32)])

    def _take(self, samples: Array) -> None:
        self._held = np.concatenate([self._held, samples])
        count = (len(self._held) - _N_FFT) // _HOP + 1
        for first in range(0, max(0, count), _FRAMES_AT_ONCE):
            here = min(_FRAMES_AT_ONCE, count - first)
            end = (first + here - 1) * _HOP + _N_FFT
            self._parts.append(_chroma(self._held[first * _HOP : end]))
        if count > 0:
            self._held = self._held[count * _HOP :]


def _chroma(samples: Array) -> Array:
    """(frames, 12) of samples (n, channels) at `_RATE`, one frame every `_HOP`."""
    power = sum(_power(channel) for channel in samples.T) / samples.shape[1]
    total = np.sqrt(power[:, _band()]).sum(axis=1, keepdims=True)
    shares = np.sqrt(_partials(power)) / np.maximum(total, np.float32(_SILENCE))
    folded: Array = shares @ _pitch_classes()
    return folded


@cache
def _pitch_classes() -> Array:
    """(bins, 12): what each bin adds to each pitch class; C first.

    `librosa.feature.chroma_stft` makes it anew in each call, and `librosa.core`, which it brings,
    looks through all modules as it is imported: seconds where keras is among them.
    """
    from librosa.filters import chroma

    return np.ascontiguousarray(chroma(sr=_RATE, n_fft=_N_FFT, tuning=0.0).T, np.float32)


def _power(samples: Array) -> Array:
    """(frames, bins): power of (n,) at `_RATE`; a full-scale sine has 1."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, _N_FFT)[::_HOP]
    spectra = np.fft.rfft(frames * hann(_N_FFT), axis=1)
    return (np.abs(spectra).astype(np.float32) * np.float32(4.0 / _N_FFT)) ** 2


def _partials(power: Array) -> Array:
    """What (frames, bins) has above the noise, on the peaks of partials alone."""
    used = (power.shape[1] - 1) // _FLOOR_BINS * _FLOOR_BINS
    bands = power[:, :used].reshape(len(power), -1, _FLOOR_BINS)
    floor = np.repeat(np.median(bands, axis=2), _FLOOR_BINS, axis=1)
    partials = np.zeros_like(power)
    partials[:, :used] = np.maximum(power[:, :used] - _ABOVE_FLOOR * floor, 0.0)
    inner = power[:, 1:-1]
    partials[:, 1:-1] *= (inner > power[:, :-2]) & (inner >= power[:, 2:])
    return partials * _band()


def _band() -> NDArray[np.bool_]:
    hertz = np.arange(_N_FFT // 2 + 1) * (_RATE / _N_FFT)
    return (hertz >= _LOWEST_HZ) & (hertz <= _HIGHEST_HZ)
