"""Rooms: responses made of decaying noise, convolved."""

from __future__ import annotations

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from core.demo.signal import filtered, high_pass, low_pass, mono, noise, stereo
from core.demo.song import Hall
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]
_BANDS = (180.0, 700.0, 2600.0, 7500.0)
_REFLECTIONS = 14


def response(hall: Hall, rng: np.random.Generator) -> Signal:
    """Make the impulse response of a room: reflections, then noise that dies faster the higher.

    Args:
        hall: the room.
        rng: gives the noise and the reflections.

    Returns:
        (n, 2), of unit energy a side; 6 s after the pre-delay it is over.
    """
    frames = round(min(hall.seconds * 1.1, 6.0) * SAMPLE_RATE)
    t = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    swell = 1.0 - np.exp(-t / (0.006 + 0.012 * hall.seconds))
    out = np.zeros((frames, 2), np.float32)
    for band, hz in zip(
        _split(noise(rng, frames, 2)), (90.0, 350.0, 1300.0, 4500.0, 11000.0), strict=True
    ):
        seconds = hall.seconds / (1.0 + (hz / hall.tone) ** 1.2)
        out += band * (swell * np.exp(-6.9 * t / seconds))[:, None]
    _reflect(out, hall, rng)
    out = filtered(out, high_pass(hall.low_cut))
    out = np.concatenate([np.zeros((round(hall.before * SAMPLE_RATE), 2), np.float32), out])
    tail = np.linspace(1.0, 0.0, len(out) // 8, dtype=np.float32)[:, None]
    out[-len(tail) :] *= tail
    return out / np.float32(np.sqrt((out**2).sum() / 2))


def convolve(signal: Signal, impulse: Signal) -> Signal:
    """Convolve a signal with a room, (n, 2).

    Args:
        signal: (n, 1 or 2).
        impulse: (m, 2), the room's response; what rings beyond n is cut.
    """
    sides = [
        scipy.signal.oaconvolve(side, impulse[:, k])[: len(signal)]
        for k, side in enumerate(stereo(signal).T)
    ]
    return np.stack(sides, axis=1).astype(np.float32)


def reverberate(signal: Signal, hall: Hall, rng: np.random.Generator) -> Signal:
    """Only the room's answer to a sound, which crosses over by a third between the sides.

    Args:
        signal: (n, 1 or 2).
        hall: the room.
        rng: gives the room's noise and reflections.

    Returns:
        (n, 2).
    """
    return convolve(crossed(signal), response(hall, rng))


def crossed(signal: Signal) -> Signal:
    """`signal` (n, c) as a room hears it: a third of both sides is in the middle, (n, 2)."""
    wide = stereo(signal)
    middle = mono(wide)
    return 0.67 * wide + 0.33 * middle


def _split(raw: Signal) -> list[Signal]:
    """Bands below, between and above the four corner frequencies."""
    bands, rest = [], raw
    for hz in _BANDS:
        low = filtered(rest, low_pass(hz))
        bands.append(low)
        rest = rest - low
    return [*bands, rest]


def _reflect(out: Signal, hall: Hall, rng: np.random.Generator) -> None:
    """Early reflections between 3 and 70 ms, scaled to the room."""
    scale = min(hall.seconds / 2.5, 1.0) ** 0.5
    for at in np.sort(rng.uniform(0.003, 0.07, _REFLECTIONS)) * scale:
        place = round(at * SAMPLE_RATE)
        if place < len(out):
            out[place] += rng.normal(0, 1, 2) * 4.0 * np.exp(-at / 0.03)
