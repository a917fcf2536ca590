"""Sounds whose loudness is measured, and that are mastered."""

from __future__ import annotations

import numpy as np

RATE = 44_100


def noise(seconds: float, seed: int = 0, channels: int = 2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (0.1 * rng.standard_normal((round(seconds * RATE), channels))).astype(np.float32)


def kicks_in_noise(seconds: float = 6.0) -> np.ndarray:
    """Quiet noise with a loud, decaying low tone every half second, so that a limiter works."""
    samples = noise(seconds)
    times = np.arange(RATE // 2) / RATE
    kick = np.exp(-12 * times) * np.sin(2 * np.pi * 60 * times)
    for first in range(0, len(samples) - len(kick) + 1, RATE // 2):
        samples[first : first + len(kick)] += kick[:, None].astype(np.float32)
    return samples
