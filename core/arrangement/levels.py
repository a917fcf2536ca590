"""How loud a spectrogram sounds, and the gains that let a walk follow its form."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from core.audio.loudness import k_weighting
from core.dsp.bank import bank
from core.dsp.spectrogram import db_to_power
from core.settings import SAMPLE_RATE

Array = NDArray[np.float32]
Doubles = NDArray[np.float64]

RANGE_DB: Final = 8.0
"""Between the calmest part of a form and the fullest."""
_SHARE: Final = 0.7
_MOST_DB: Final = 6.0


def loudness_db(spectrum: Array) -> float:
    """Level of `spectrum` (rows, 128) dB as BS.1770 weighs it, in dB, the origin arbitrary."""
    power = db_to_power(spectrum).mean(axis=0, dtype=np.float64)
    return float(10.0 * np.log10(max(float(power @ _weights()), 1e-12)))


def gains_db(loudness: Sequence[float], energy: Sequence[float]) -> list[float]:
    """Gains that bring steps most of the way to the levels that their `energy` (0..1) asks for.

    Only differences count: the gains are 0 on average, before they are limited to 6 dB.
    """
    wanted = RANGE_DB * (np.asarray(energy) - 1.0)
    gains = _SHARE * (wanted - np.asarray(loudness))
    gains = np.clip(gains - gains.mean(), -_MOST_DB, _MOST_DB)
    return [round(float(gain), 2) for gain in gains]


@cache
def _weights() -> Doubles:
    """(128,) of each band's power: its width times the K-weighting's gain at its centre."""
    centres = bank().centres_hz.astype(np.float64)
    _, response = scipy.signal.sosfreqz(k_weighting(), centres, fs=SAMPLE_RATE)
    return np.asarray(bank().areas * np.abs(response) ** 2, np.float64)
