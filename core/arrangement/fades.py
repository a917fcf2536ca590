"""Gain curves: fades to and from silence, crossfades that keep the level, pan.

All are float32 factors, 1.0 being unchanged.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from core.arrangement.values import db_to_gain

FloatArray = NDArray[np.float32]

LEAST_CORRELATION = -0.7
"""The crossfade of signals more opposed than this would raise them by more than 5 dB midway."""


def ramp(frames: int) -> FloatArray:
    """A straight line from 0 to 1, (frames,).

    It is sampled in the middle of each frame, so that it and its mirror image add up to 1.
    """
    places = np.arange(frames, dtype=np.float64) + 0.5
    return np.asarray(places / max(frames, 1), dtype=np.float32)


def fade_in(frames: int) -> FloatArray:
    """A quarter sine from 0 to 1, (frames,): with its mirror image the power stays constant."""
    return np.asarray(np.sin(0.5 * np.pi * ramp(frames)), dtype=np.float32)


def edge_fade(frames: int) -> FloatArray:
    """A half cosine from 0 to 1, (frames,), for edges so short that a corner would click."""
    return fade_in(frames) ** 2


def crossfade(
    position: FloatArray, correlation: FloatArray | float
) -> tuple[FloatArray, FloatArray]:
    """Compute the gains of a crossfade that keeps the power of two signals of equal power.

    With correlation rho, g_a^2 + g_b^2 + 2 rho g_a g_b = 1 everywhere: equal power for rho = 0,
    equal gain for rho = 1 (Fink, Holters and Zoelzer, "Signal-matched power-complementary
    cross-fading", DAFx 2016).

    Args:
        position: (frames,) 0 (the outgoing signal alone) to 1 (the incoming one alone).
        correlation: -1 .. 1 of the two signals, (frames,) or one for all; values below
            `LEAST_CORRELATION` are raised to it.

    Returns:
        The gains of the outgoing and of the incoming signal, (frames,) each.
    """
    rho = np.clip(correlation, LEAST_CORRELATION, 1.0)
    angle = 0.5 * np.pi * position
    out, into = np.cos(angle), np.sin(angle)
    norm = 1.0 / np.sqrt(1.0 + 2.0 * rho * out * into)
    return (out * norm).astype(np.float32), (into * norm).astype(np.float32)


def amplified(sound: FloatArray, gains: FloatArray, out: FloatArray | None = None) -> FloatArray:
    """Multiply a sound by gains, one a frame or one a channel.

    numpy takes (frames, 2) times (frames, 1) or (2,) two numbers at a time, which takes five times
    as long as each channel by itself.

    Args:
        sound: (frames, channels).
        gains: (frames, 1), or (channels,).
        out: (frames, channels) to put the result into; None for a new array.

    Returns:
        (frames, channels), to the bit `sound * gains`.
    """
    made = np.empty_like(sound) if out is None else out
    for channel in range(sound.shape[1]):
        gain = gains[channel] if gains.ndim == 1 else gains[:, 0]
        np.multiply(sound[:, channel], gain, out=made[:, channel])
    return made


def pan_gains(gain_db: float, pan: float) -> FloatArray:
    """Compute the gains of the two channels: constant power, 0 dB each in the middle.

    Args:
        gain_db: of both; -96 is silence.
        pan: -1 (left) .. 1 (right).

    Returns:
        (2,) factors of the left and the right channel.
    """
    angle = (pan + 1.0) * 0.25 * math.pi
    gains = np.array([math.cos(angle), math.sin(angle)]) * math.sqrt(2.0) * db_to_gain(gain_db)
    return gains.astype(np.float32)
