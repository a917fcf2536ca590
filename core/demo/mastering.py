"""Mastering: tonal balance, glue, clipping, loudness."""

from __future__ import annotations

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from core.audio.mastering import master_gain
from core.demo.effects.dynamics import compression, soft_clip_parts
from core.demo.signal import bell, decibels, faded, filtered, high_pass, mono, shelf, single
from core.demo.song import Finish
from core.settings import SAMPLE_RATE

Signal = NDArray[np.float32]
_CEILING_DBTP = -0.6
_WORKING_RMS = -15.0
_BASS_MONO_HZ = 110.0
_CENTRES = np.array([50.0, 80, 125, 250, 500, 1000, 2000, 4000, 8000, 13000])
_TARGET = np.array([-12.5, -8.5, -9.0, -9.0, -10.8, -13.0, -16.0, -15.5, -19.0, -23.0])
"""Octave levels, dB, of well-balanced club music relative to one another; only the shape counts."""
_MOST_DB = 5.0


def finish(signal: Signal, plan: Finish) -> Signal:
    """Master a mix.

    Args:
        signal: (n, 2).
        plan: loudness, equaliser and drive.

    Returns:
        (n, 2) at `plan.lufs`, peaks under -0.6 dBTP, with short fades at both ends.
    """
    return single(finish_parts(signal[None], plan)[0])


def finish_parts(parts: Signal, plan: Finish) -> Signal:
    """Master a mix whose parts are known.

    Filters, equaliser, compressor and limiter are set by the mix and do the same to each part. The
    soft clipper, too, is a gain: at every sample each part is multiplied by what is left of the
    mix there.

    Args:
        parts: (p, n, 2), the mix being their sum.
        plan: loudness, equaliser and drive.

    Returns:
        (p, n, 2), the mastered mix being their sum. A silent part stays silent.
    """
    out = np.stack([filtered(_mono_bass(part), high_pass(24.0)) for part in parts])
    mix = single(out.sum(axis=0))
    level = np.float32(decibels(_WORKING_RMS) / max(float(mix.std()), 1e-6))
    sections = _balance(mix * level, plan)
    out = np.stack([filtered(part * level, sections) for part in out])
    mix = single(out.sum(axis=0))
    gain = compression(mix, threshold=-16.0, ratio=1.8, attack=0.03, release=0.16)
    level = np.float32(decibels(_WORKING_RMS) / max(float((mix * gain[:, None]).std()), 1e-6))
    out = soft_clip_parts(out * (gain * level)[:, None], plan.drive)
    mix = single(out.sum(axis=0))
    out *= master_gain(mix, lufs=plan.lufs, ceiling_dbtp=_CEILING_DBTP)[:, None]
    return np.stack([faded(part, 0.0, 0.02) for part in out])


def octave_levels(signal: Signal) -> NDArray[np.float64]:
    """dB in the octave bands around 50 Hz to 13 kHz, (10,)."""
    hertz, power = scipy.signal.welch(signal, SAMPLE_RATE, nperseg=8192, axis=0)
    power = power.mean(axis=1)
    edges = np.sqrt(_CENTRES[1:] * _CENTRES[:-1])
    bands = np.split(power, np.searchsorted(hertz, [30.0, *edges, 18_000.0]))[1:-1]
    return np.asarray(10 * np.log10([band.sum() + 1e-12 for band in bands]))


def _balance(mix: Signal, plan: Finish) -> NDArray[np.float64]:
    """Sections that bring `mix` halfway (`plan.balance`) to the common balance, by broad bells;
    then the track's own."""
    difference = _TARGET - octave_levels(mix)
    gains = np.clip(difference - np.median(difference), -_MOST_DB * 2, _MOST_DB * 2) * plan.balance
    gains = np.clip(gains, -_MOST_DB, _MOST_DB)
    sections = [bell(float(hz), float(gain), 1.0) for hz, gain in zip(_CENTRES, gains, strict=True)]
    sections += [bell(*one) for one in plan.bells]
    sections += [shelf(90.0, plan.low_shelf, False), shelf(7000.0, plan.high_shelf, True)]
    return np.concatenate(sections)


def _mono_bass(signal: Signal) -> Signal:
    """The sides below 110 Hz are taken away: the low end stands in the middle."""
    middle = mono(signal)
    side = filtered(signal - middle, high_pass(_BASS_MONO_HZ))
    return single(middle + side)
