"""Blocks of any rate and number of channels to 44.1 kHz, mono or stereo."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from core.settings import SAMPLE_RATE

Array = NDArray[np.float32]


_M3 = 2.0**-0.5
"""-3 dB: the weight of centre and surrounds in ITU-R BS.775-3, annex 4."""

_LEFT, _RIGHT, _BOTH, _NONE = (1.0, 0.0), (0.0, 1.0), (_M3, _M3), (0.0, 0.0)
_LEFT_BACK, _RIGHT_BACK = (_M3, 0.0), (0.0, _M3)

# Channel orders of WAVE_FORMAT_EXTENSIBLE and FLAC (RFC 9639, 9.1.3) by number of channels.
_ORDERS: dict[int, tuple[tuple[float, float], ...]] = {
    3: (_LEFT, _RIGHT, _BOTH),
    4: (_LEFT, _RIGHT, _LEFT_BACK, _RIGHT_BACK),
    5: (_LEFT, _RIGHT, _BOTH, _LEFT_BACK, _RIGHT_BACK),
    6: (_LEFT, _RIGHT, _BOTH, _NONE, _LEFT_BACK, _RIGHT_BACK),
    7: (_LEFT, _RIGHT, _BOTH, _NONE, _BOTH, _LEFT_BACK, _RIGHT_BACK),
    8: (_LEFT, _RIGHT, _BOTH, _NONE, _LEFT_BACK, _RIGHT_BACK, _LEFT_BACK, _RIGHT_BACK),
}


def to_stereo(samples: Array) -> Array:
    """Mix (n, c) down to (n, 1) if c is 1, else to (n, 2).

    Centre and surrounds are added at -3 dB, the low-frequency channel is left out (ITU-R BS.775-3).
    More than eight channels: even ones left, odd ones right, averaged.
    """
    channels = samples.shape[1]
    if channels <= 2:
        return samples
    if channels not in _ORDERS:
        return np.stack([samples[:, 0::2].mean(axis=1), samples[:, 1::2].mean(axis=1)], axis=1)
    return samples @ np.array(_ORDERS[channels], dtype=np.float32)


class Resampler:
    """Streams blocks to 44.1 kHz; whatever the rate and channels of a block, stereo or mono out.

    Rate and channels may change from block to block (they do in odd files): what was resampled at
    the old rate is flushed first, and once two channels were seen, mono blocks are doubled.
    """

    def __init__(self, channels: int) -> None:
        self.channels = channels
        self._rate = SAMPLE_RATE
        self._stream: soxr.ResampleStream | None = None

    def feed(self, samples: Array, rate: int) -> list[Array]:
        """Take the next block.

        Args:
            samples: (n, 1 or 2), any number of them.
            rate: of `samples`, in Hz.

        Returns:
            Blocks (n, channels) at 44.1 kHz that are ready by now; maybe none.
        """
        done = self.flush() if rate != self._rate else []
        if rate != self._rate:
            self._rate = rate
            self._stream = self._open(rate)
        samples = self._shaped(samples)
        if self._stream is not None:
            samples = self._stream.resample_chunk(np.ascontiguousarray(samples))
        return [*done, samples] if len(samples) else done

    def flush(self) -> list[Array]:
        """What the filter still holds; to be called once at the end."""
        if self._stream is None:
            return []
        rest = self._stream.resample_chunk(np.zeros((0, self.channels), np.float32), last=True)
        self._stream = None
        return [rest] if len(rest) else []

    def _open(self, rate: int) -> soxr.ResampleStream | None:
        if rate == SAMPLE_RATE:
            return None
        return soxr.ResampleStream(rate, SAMPLE_RATE, self.channels, dtype="float32", quality="HQ")

    def _shaped(self, samples: Array) -> Array:
        if samples.shape[1] == self.channels:
            return samples
        if self.channels == 2:
            return np.repeat(samples, 2, axis=1)
        return np.asarray(samples.mean(axis=1, keepdims=True), dtype=np.float32)
