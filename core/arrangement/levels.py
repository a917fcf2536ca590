"""How loud a spectrogram sounds, and the gains that let a composition follow its form."""

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
    """The level of a spectrogram (rows, 128) dB with the K-weighting of ITU-R BS.1770.

    It is in dB against an arbitrary reference: only differences mean something.
    """
    power = db_to_power(spectrum).mean(axis=0, dtype=np.float64)
    return float(10.0 * np.log10(max(float(power @ _weights()), 1e-12)))


def gains_db(loudness: Sequence[float], energy: Sequence[float]) -> list[float]:
    """Compute gains that bring steps most of the way to the levels that their energy asks for.

    Args:
        loudness: dB of each step, as `loudness_db` gives it.
        energy: wanted for each step, 0 (calmest) .. 1 (fullest), `RANGE_DB` apart.

    Returns:
        A gain in dB for each step, within 6 dB; before that limit they are 0 on average.
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
