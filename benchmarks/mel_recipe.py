"""How the original recipe came from a spectrogram to sound, to measure renderers against.

22.05 kHz, hop 512, 128 Slaney mels, librosa's `mel_to_audio` with 64 iterations of Griffin-Lim.
"""

from __future__ import annotations

import librosa
import numpy as np
import soxr
from librosa.filters import mel as mel_filters
from numpy.typing import NDArray

from core.dsp.bank import bank
from core.dsp.inversion import linear_magnitudes
from core.dsp.spectrogram import db_to_power, of_segment
from core.settings import SAMPLE_RATE

Array = NDArray[np.float32]
_RATE = 22_050
_N_FFT = 2048
_HOP = 512
_MELS = 128


def mel_of_audio(samples: Array) -> Array:
    """(128, n) mel power of `samples` (frames, channels) at 44.1 kHz, as the recipe takes it."""
    mono = soxr.resample(samples.mean(axis=1), SAMPLE_RATE, _RATE)
    mel: Array = librosa.feature.melspectrogram(
        y=mono, sr=_RATE, n_fft=_N_FFT, hop_length=_HOP, n_mels=_MELS
    )
    return mel


def mel_of_spectrogram(target_db: Array, frames: int) -> Array:
    """(128, n) mel power that says what `target_db` (512, 128) says, as far as mels can."""
    hop = _HOP * SAMPLE_RATE / _RATE
    place = np.arange(int(frames / hop) + 1) * (hop * len(target_db) / frames)
    lower = place.astype(np.int64)
    rows = np.concatenate([target_db, target_db[:2]])
    levels = rows[lower] + (place - lower)[:, None] * (rows[lower + 1] - rows[lower])
    magnitudes = linear_magnitudes(levels.astype(np.float32), bank(), iterations=4)
    bins = np.arange(_N_FFT // 2 + 1)
    power = ((magnitudes[:, bins // 2] + magnitudes[:, (bins + 1) // 2]) / 2) ** 2
    mel: Array = mel_filters(sr=_RATE, n_fft=_N_FFT, n_mels=_MELS) @ power.T
    return mel


def render(mel: Array, frames: int) -> Array:
    """(frames, 1) at 44.1 kHz from `mel`."""
    mono = librosa.feature.inverse.mel_to_audio(
        mel, sr=_RATE, n_fft=_N_FFT, hop_length=_HOP, n_iter=64
    )
    wide = soxr.resample(mono, _RATE, SAMPLE_RATE)[:frames]
    out: Array = np.pad(wide, (0, frames - len(wide))).astype(np.float32)[:, None]
    return out


def levelled(samples: Array, target_db: Array) -> Array:
    """`samples` at the level of `target_db`: mels made from another spectrogram lose theirs."""
    wanted = db_to_power(target_db).mean()
    got = db_to_power(of_segment(samples)).mean()
    out: Array = samples * np.float32(np.sqrt(wanted / max(float(got), 1e-12)))
    return out
