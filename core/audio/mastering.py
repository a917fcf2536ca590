"""Bringing sound to a loudness, its true peaks kept under a ceiling by the limiter.

Limiting takes loudness away, so the gain before it has to be searched for. What it takes is known
from energies of steps of 32 frames (`loudness.StepEnergies`), without limiting anything.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.audio.limiter import Limiter, PeakEnvelope, limited_gains
from core.audio.loudness import (
    LoudnessMeter,
    SoundLevels,
    SoundMeasurement,
    decibels,
    split_blocks,
)
from core.settings import CEILING_DBTP, TARGET_LUFS

Array = NDArray[np.float32]
Blocks = Callable[[], Iterable[Array]]
"""Gives the blocks (n, c) of a sound from its beginning, every time it is called."""

_MARGIN_DB: Final = 0.05
"""The limiter aims so far below the ceiling: its gain moves between the samples it was made for."""
_CLOSE_ENOUGH_LU: Final = 0.02
"""A tenth of what loudness meters round to."""
_CORRECTIONS: Final = 2
_FORESEEN_LU: Final = 0.002
_TRIALS: Final = 12
_FIRST_SLOPE: Final = 2.0 / 3.0
"""LU a dB before anything is known of a sound: limiting takes a third of a gain away again."""
_LEAST_SLOPE: Final = 0.2
_MOST_LIMITED_DB: Final = 18.0
"""What cannot be as loud even then only gets worse."""


def master(samples: Array, lufs: float = TARGET_LUFS, ceiling_dbtp: float = CEILING_DBTP) -> Array:
    """Master a sound that is in memory; see `master_blocks`.

    Args:
        samples: (n, c).
        lufs: wanted integrated loudness.
        ceiling_dbtp: the highest true peak, dBTP.

    Returns:
        (n, c) float32.
    """
    made, _ = master_blocks(lambda: split_blocks(samples), _measured(samples), lufs, ceiling_dbtp)
    return np.concatenate([samples[:0], *made()])


def master_blocks(
    blocks: Blocks,
    measured: SoundMeasurement,
    lufs: float = TARGET_LUFS,
    ceiling_dbtp: float = CEILING_DBTP,
) -> tuple[Blocks, SoundLevels]:
    """Bring a sound to a loudness, its true peaks kept under a ceiling by the limiter.

    Gain and limiter are tuned together, by reading the sound one to three times. Silence stays
    silence.

    Args:
        blocks: the sound at 44.1 kHz.
        measured: all of the same sound, finished.
        lufs: integrated loudness of the result (ITU-R BS.1770-4).
        ceiling_dbtp: largest true peak of the result, in dBTP.

    Returns:
        The mastered sound, made anew from `blocks` every time it is read, and its levels.
    """
    if not math.isfinite(measured.lufs):
        return blocks, measured.levels
    tuning, levels = _tuned(blocks, measured, lufs, ceiling_dbtp)
    return lambda: _limited(blocks, measured, tuning), levels


def limit_blocks(
    blocks: Blocks, measured: SoundMeasurement, ceiling_dbtp: float = CEILING_DBTP
) -> Blocks:
    """Keep the true peaks of a sound under a ceiling, as the player's limiter does, bit for bit.

    Args:
        blocks: the sound at 44.1 kHz.
        measured: all of the same sound, finished.
        ceiling_dbtp: largest true peak of the result, in dBTP.

    Returns:
        The sound, made anew from `blocks` every time it is read; `blocks` where it needs nothing.
    """
    ceiling = limiter_ceiling(ceiling_dbtp)
    if float(measured.envelope.max(initial=0.0)) <= ceiling:
        return blocks
    return lambda: _limited(blocks, measured, _Tuning(0.0, ceiling))


def master_gain(
    samples: Array, lufs: float = TARGET_LUFS, ceiling_dbtp: float = CEILING_DBTP
) -> Array:
    """What `master` multiplies each frame by: for sounds that are to be mastered alike.

    Args:
        samples: (n, c).
        lufs: wanted integrated loudness.
        ceiling_dbtp: the highest true peak, dBTP.

    Returns:
        (n,) float32; 1 for silence.
    """
    ones = np.ones((len(samples), 1), np.float32)
    measured = _measured(samples)
    if not math.isfinite(measured.lufs):
        return ones[:, 0]
    tuning, _ = _tuned(lambda: split_blocks(samples), measured, lufs, ceiling_dbtp)
    blocks = _limited(lambda: split_blocks(ones), measured, tuning)
    return np.concatenate(list(blocks))[:, 0]


def limiter_ceiling(ceiling_dbtp: float = CEILING_DBTP) -> float:
    """What a limiter is to aim at, full scale 1.0, so that its result stays under a ceiling."""
    return float(10.0 ** ((ceiling_dbtp - _MARGIN_DB) / 20.0))


def gain_before_limiter(
    lufs_at: Callable[[float], float], lufs: float, first_db: float, most_db: float, close_lu: float
) -> float:
    """Search the gain before a limiter with which a sound comes out of it at a loudness.

    By the secant method: loudness grows with the gain, by less than 1 LU a dB where peaks are
    limited.

    Args:
        lufs_at: takes a gain in dB, gives the loudness after the limiter in LUFS.
        lufs: the loudness that is wanted.
        first_db: the gain to begin with.
        most_db: the largest that is allowed.
        close_lu: what is so near to `lufs` is near enough, LU.

    Returns:
        Of the gains that were tried, in dB, the one that came nearest.
    """
    gain_db = first_db
    tried: dict[float, float] = {}
    slope = _FIRST_SLOPE
    for _ in range(_TRIALS):
        found = lufs_at(gain_db)
        if tried:
            last_gain, last_found = next(reversed(tried.items()))
            slope = min(max((found - last_found) / (gain_db - last_gain), _LEAST_SLOPE), 1.0)
        tried[gain_db] = found
        following = min(gain_db + (lufs - found) / slope, most_db)
        if abs(lufs - found) < close_lu or following in tried:
            break
        gain_db = following
    return min(tried, key=lambda gain: abs(lufs - tried[gain]))


@dataclass(frozen=True)
class _Tuning:
    """How a sound is limited.

    Attributes:
        gain_db: before the limiter.
        ceiling: of the limiter, full scale 1.0.
        scale: what all is multiplied by after it, where peaks are still over; else None.
    """

    gain_db: float
    ceiling: float
    scale: np.float32 | None = None


def _measured(samples: Array) -> SoundMeasurement:
    measured = SoundMeasurement()
    for block in split_blocks(samples):
        measured.feed(block)
    measured.finish()
    return measured


def _tuned(
    blocks: Blocks, measured: SoundMeasurement, lufs: float, ceiling_dbtp: float
) -> tuple[_Tuning, SoundLevels]:
    """Find what brings a sound that is not silent to `lufs`, under a ceiling; and what results."""
    ceiling = limiter_ceiling(ceiling_dbtp)

    def foreseen_lufs(gain_db: float) -> float:
        gains = limited_gains(measured.envelope, 10.0 ** (gain_db / 20.0), ceiling)
        return measured.energies.lufs(gains)

    aimed = lufs
    for _ in range(1 + _CORRECTIONS):
        plain_db = aimed - measured.lufs
        gain_db = gain_before_limiter(
            foreseen_lufs, aimed, plain_db, plain_db + _MOST_LIMITED_DB, _FORESEEN_LU
        )
        meter, peaks = LoudnessMeter(true_peak=False), PeakEnvelope(keep=False)
        for block in _limited(blocks, measured, _Tuning(gain_db, ceiling)):
            meter.feed(block)
            peaks.feed(block)
        missing = lufs - meter.integrated
        if abs(missing) < _CLOSE_ENOUGH_LU:
            break
        aimed += missing
    peaks.finish()
    found = SoundLevels(meter.integrated, decibels(peaks.highest))
    over = found.true_peak_dbtp - ceiling_dbtp
    if over <= 0:
        return _Tuning(gain_db, ceiling), found
    tuning = _Tuning(gain_db, ceiling, np.float32(10.0 ** (-over / 20.0)))
    return tuning, SoundLevels(found.lufs - over, ceiling_dbtp)


def _limited(blocks: Blocks, measured: SoundMeasurement, tuning: _Tuning) -> Iterator[Array]:
    gain = 10.0 ** (tuning.gain_db / 20.0)
    limiter = Limiter(measured.envelope, gain, tuning.ceiling, measured.phase)
    for block in blocks():
        limited = limiter.process(block)
        yield limited if tuning.scale is None else limited * tuning.scale
