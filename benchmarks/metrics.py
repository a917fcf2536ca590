"""How near one piece of audio is to another: the figures that every benchmark of sound reports.

Each takes `reference` and `estimate` of equal length, (frames,) or (frames, channels) at 44.1 kHz;
channels are averaged first. What is said about one signal alone is reported against the reference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.ndimage
import scipy.signal
from numpy.typing import NDArray

SAMPLE_RATE = 44_100
_RESOLUTIONS = (512, 1024, 2048)
_RANGE_DB = 80.0
_ENVELOPE = 44
"""Samples of one step of the attack envelope: 1 ms."""
_MAX_ONSETS = 48

Signal = NDArray[Any]


def mr_stft_distance(reference: Signal, estimate: Signal) -> float:
    """Spectral convergence plus mean |ln magnitude ratio|, mean over windows 512, 1024, 2048.

    Yamamoto, Song and Kim 2020 (Parallel WaveGAN), hop a quarter of the window; magnitudes are
    floored 80 dB below the reference's largest. 0 is equal.
    """
    parts = []
    for n_fft in _RESOLUTIONS:
        a, b = _magnitudes(reference, n_fft), _magnitudes(estimate, n_fft)
        floor = a.max() * 10 ** (-_RANGE_DB / 20) + 1e-12
        logs = np.abs(np.log(np.maximum(a, floor) / np.maximum(b, floor)))
        parts.append(_relative(a, b) + float(logs.mean()))
    return float(np.mean(parts))


def spectral_convergence(reference: Signal, estimate: Signal) -> float:
    """Norm of the magnitude error over the norm of the reference's magnitudes, 2048/512."""
    return _relative(_magnitudes(reference, 2048), _magnitudes(estimate, 2048))


def log_spectral_distance(reference: Signal, estimate: Signal) -> float:
    """dB: root mean square over bins of the level difference, mean over frames, 2048/512."""
    a, b = _magnitudes(reference, 2048), _magnitudes(estimate, 2048)
    floor = a.max() * 10 ** (-_RANGE_DB / 20) + 1e-12
    difference = 20 * np.log10(np.maximum(a, floor) / np.maximum(b, floor))
    return float(np.sqrt((difference**2).mean(axis=1)).mean())


def onset_correlation(reference: Signal, estimate: Signal) -> float:
    """Pearson correlation of the onset strength envelopes (librosa, hop 256). 1 is the best."""
    a, b = _onset_strength(reference), _onset_strength(estimate)
    if a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def attack_slope(reference: Signal, estimate: Signal) -> float:
    """Steepest rise at the reference's onsets, as a ratio estimate / reference. 1: equally sharp.

    The rise is of the 1 ms envelope in dB over 5 ms, the largest within 25 ms of the onset; the
    ratio is of the means over onsets.
    """
    onsets = attack_times(reference)
    if len(onsets) == 0:
        return float("nan")
    slopes = [_slopes(_envelope_db(x), onsets).mean() for x in (reference, estimate)]
    return float(slopes[1] / max(slopes[0], 1e-9))


def pre_echo(reference: Signal, estimate: Signal) -> float:
    """dB by which the level 5 to 30 ms before the reference's onsets is too high (mean)."""
    onsets = attack_times(reference)
    if len(onsets) == 0:
        return float("nan")
    before = [_before(_envelope_db(x), onsets) for x in (reference, estimate)]
    return float((before[1] - before[0]).mean())


def crest(reference: Signal, estimate: Signal) -> float:
    """dB: crest factor of the estimate minus the reference's. 0 is equal, negative is duller."""
    return _crest_db(estimate) - _crest_db(reference)


def attack_times(reference: Signal) -> NDArray[np.int64]:
    """Onsets in ms: the steepest rises of the envelope, at least 60 ms apart and 6 dB high."""
    envelope = _envelope_db(reference)
    rise = _rise(envelope)
    largest = scipy.ndimage.maximum_filter1d(rise, 121)
    at = np.flatnonzero((rise == largest) & (rise > 6.0))
    at = at[(at > 40) & (at < len(envelope) - 40)]
    return np.sort(at[np.argsort(-rise[at])[:_MAX_ONSETS]])


ALL: dict[str, Callable[[Signal, Signal], float]] = {
    "mr_stft": mr_stft_distance,
    "convergence": spectral_convergence,
    "lsd_db": log_spectral_distance,
    "onset_corr": onset_correlation,
    "attack_ratio": attack_slope,
    "pre_echo_db": pre_echo,
    "crest_db": crest,
}
"""Name -> figure, in the order in which tables show them."""


def compare(reference: Signal, estimate: Signal) -> dict[str, float]:
    """All figures of `ALL`."""
    return {name: figure(reference, estimate) for name, figure in ALL.items()}


def _mono(x: Signal) -> NDArray[np.float32]:
    return (x if x.ndim == 1 else x.mean(axis=1)).astype(np.float32)


def _magnitudes(x: Signal, n_fft: int) -> NDArray[np.float32]:
    """(frames, bins)."""
    _, _, spectrum = scipy.signal.stft(
        _mono(x), nperseg=n_fft, noverlap=n_fft - n_fft // 4, boundary="zeros"
    )
    magnitudes: NDArray[np.float32] = np.abs(spectrum.T)
    return magnitudes


def _relative(a: Signal, b: Signal) -> float:
    return float(np.linalg.norm(a - b) / max(float(np.linalg.norm(a)), 1e-12))


def _onset_strength(x: Signal) -> NDArray[np.float32]:
    from librosa.onset import onset_strength

    strength: NDArray[np.float32] = onset_strength(y=_mono(x), sr=SAMPLE_RATE, hop_length=256)
    return strength


def _envelope_db(x: Signal) -> NDArray[np.float64]:
    """Level per ms in dB, floored 60 dB below the largest."""
    mono = _mono(x).astype(np.float64)
    whole = mono[: len(mono) // _ENVELOPE * _ENVELOPE].reshape(-1, _ENVELOPE)
    power = (whole**2).mean(axis=1)
    power = scipy.ndimage.uniform_filter1d(power, 3)
    return 10 * np.log10(np.maximum(power, power.max() * 1e-6 + 1e-14))


def _rise(envelope: NDArray[np.float64]) -> NDArray[np.float64]:
    rise = np.zeros_like(envelope)
    rise[5:] = envelope[5:] - envelope[:-5]
    return rise


def _slopes(envelope: NDArray[np.float64], onsets: NDArray[np.int64]) -> NDArray[np.float64]:
    rise = _rise(envelope)
    return rise[onsets[:, None] + np.arange(-25, 26)].max(axis=1)


def _before(envelope: NDArray[np.float64], onsets: NDArray[np.int64]) -> NDArray[np.float64]:
    power = 10 ** (envelope / 10)
    return 10 * np.log10(power[onsets[:, None] - np.arange(5, 31)].mean(axis=1))


def _crest_db(x: Signal) -> float:
    mono = _mono(x)
    rms = float(np.sqrt((mono.astype(np.float64) ** 2).mean()))
    return 20 * float(np.log10(max(float(np.abs(mono).max()), 1e-9) / max(rms, 1e-9)))
