"""The `guided` renderer: real audio, filtered until its spectrogram is the target.

Phases, stereo image and everything finer than the spectrogram remain those of the sources. Where
the sources are silent there is nothing to filter, and the `phase` renderer fills in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core import settings
from core.dsp.filtering import filtered
from core.dsp.phase import PhaseRenderer
from core.dsp.renderer import RenderSource, add_detail, bars_of, check_target, mix_sources
from core.dsp.spectrogram import db_to_power, of_loop, power_to_db
from core.progress import CancelFlag, check

Array = NDArray[np.float32]
_DEEPEST_DB = -60.0
_HIGHEST_DB = 24.0
_SMOOTHING = (1.0, 1.0)
"""Detail of single cells is no knowledge of the model, and applying it would blunt the transients
of sources that are nearly the target already."""
SLIGHT_SMOOTHING = (0.5, 0.5)
"""For sources that are not: there the target knows better when and how loud something sets in."""
_MISSING_SHARE = 0.1
"""A band is filled where more than this share of its power cannot be reached by gains."""
_AUDIBLE_SHARE = 1e-6
"""Bands with less than this share of the loudest band's power are inaudible and not filled."""


@dataclass(frozen=True)
class GuidedRenderer:
    """Mixes the sources and brings every time-frequency cell of the mix to the target by a gain.

    Attributes:
        passes: rounds of measuring and filtering.
        smoothing: standard deviations, in rows and bands, of the Gaussian that smooths the gains.
        fill: renders what the sources have too little of.
        name: of the renderer.
    """

    passes: int = 2
    smoothing: tuple[float, float] = _SMOOTHING
    fill: PhaseRenderer = field(default_factory=PhaseRenderer)
    name: str = "guided"

    def render(
        self,
        target_db: Array,
        frames: int,
        sources: Sequence[RenderSource] = (),
        seed: int = 0,
        cancel: CancelFlag | None = None,
    ) -> Array:
        """Render; see `Renderer.render`. As many channels as the widest source, one without any."""
        target = check_target(target_db, frames)
        bars = bars_of(target)
        if not sources:
            return self.fill.render(target, frames, seed=seed, cancel=cancel)
        mix = mix_sources(sources, frames)
        target = add_detail(target, sources)
        measured = of_loop(mix, bars)
        check(cancel)
        missing = _missing(target, measured)
        if (missing > settings.FLOOR_DB).any():
            mix = mix + self.fill.render(missing, frames, seed=seed, cancel=cancel)
            measured = of_loop(mix, bars)
        for remaining in reversed(range(self.passes)):
            check(cancel)
            gains = np.clip(target - measured, _DEEPEST_DB, _HIGHEST_DB)
            mix = filtered(mix, _smooth(gains, self.smoothing))
            measured = of_loop(mix, bars) if remaining else measured
        return mix


def _missing(target_db: Array, sources_db: Array) -> Array:
    """Levels (rows, 128) dB that the highest gain cannot reach, in bands where that is much."""
    target = db_to_power(target_db)
    reached = db_to_power(sources_db + np.float32(_HIGHEST_DB))
    out_of_reach = np.maximum(target - reached, np.float32(0.0))
    per_band = target.sum(axis=0)
    audible = per_band > per_band.max() * _AUDIBLE_SHARE
    filled = audible & (out_of_reach.sum(axis=0) > _MISSING_SHARE * per_band)
    return power_to_db(out_of_reach * filled)


def _smooth(gains: Array, deviations: tuple[float, float]) -> Array:
    """As `scipy.ndimage.gaussian_filter` with the modes "wrap" and "nearest" does, whose import
    takes a sixteenth of the renderer's start."""
    in_time, in_frequency = (_gaussian(deviation) for deviation in deviations)
    reach = len(in_time) - 1
    padded = np.pad(gains, ((reach, reach), (0, 0)), mode="wrap")
    smoothed = _correlated(padded, in_time)
    reach = len(in_frequency) - 1
    padded = np.pad(smoothed, ((0, 0), (reach, reach)), mode="edge")
    return np.ascontiguousarray(_correlated(padded.T, in_frequency).T)


def _gaussian(deviation: float) -> NDArray[np.float64]:
    """The middle of a Gaussian and what is to its right, as far as four deviations; with what is to
    its left, it sums to 1."""
    right = np.exp(-0.5 * (np.arange(int(4.0 * deviation + 0.5) + 1) / deviation) ** 2)
    right /= right[0] + 2.0 * right[1:].sum()
    return right


def _correlated(padded: Array, right: NDArray[np.float64]) -> Array:
    """Along the first axis, which is shorter by both margins then."""
    reach, last = len(right) - 1, len(padded)
    wide = padded.astype(np.float64)
    out = right[0] * wide[reach : last - reach]
    for k in range(reach, 0, -1):
        out += right[k] * (wide[reach - k : last - reach - k] + wide[reach + k : last - reach + k])
    correlated: Array = out.astype(np.float32)
    return correlated
