"""Blocks of any rate to 44.1 kHz."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from core.settings import SAMPLE_RATE

Array = NDArray[np.float32]


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
        """Resampled blocks for `samples` (n, 1 or 2) at `rate` Hz."""
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
