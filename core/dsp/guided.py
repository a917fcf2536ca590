"""The `guided` renderer: the user's own audio, filtered until its spectrogram is the target.

Phases, stereo image and everything finer than the spectrogram stay those of the sources. Where
these are silent there is nothing to filter, and the `phase` renderer fills in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from core import settings
from core.dsp.filtering import filtered
from core.dsp.phase import PhaseRenderer
from core.dsp.renderer import RenderSource, bars_of, checked_target, detailed, mixed
from core.dsp.spectrogram import db_to_power, of_loop, power_to_db

Array = NDArray[np.float32]
_DEEPEST_DB = -60.0
_HIGHEST_DB = 24.0
_SMOOTHING = (1.0, 1.0)
"""Standard deviation in rows and bands of the gains' blur: single cells are below what a model
knows, and following them wears off the sources' hits."""
_MISSING_SHARE = 0.1
"""A band is filled when more than this share of its power is out of the sources' reach."""
_HEARD_RANGE = 1e-6
"""Bands with less than this share of the loudest band's power are not worth filling."""


@dataclass(frozen=True)
class GuidedRenderer:
    """Gains per time-frequency cell bring the mix of the sources to the target, twice over.

    Attributes:
        passes: of measuring and filtering.
        fill: what renders cells for which the sources hold too little.
    """

    passes: int = 2
    fill: PhaseRenderer = field(default_factory=PhaseRenderer)
    name: str = "guided"

    def render(
        self, target_db: Array, frames: int, sources: Sequence[RenderSource] = (), seed: int = 0
    ) -> Array:
        """See `Renderer.render`; as many channels as the widest source, one without sources."""
        target = checked_target(target_db, frames)
        bars = bars_of(target)
        if not sources:
            return self.fill.render(target, frames, seed=seed)
        mix = mixed(sources, frames)
        target = detailed(target, sources)
        measured = of_loop(mix, bars)
        missing = _missing(target, measured)
        if (missing > settings.FLOOR_DB).any():
            mix = mix + self.fill.render(missing, frames, seed=seed)
            measured = of_loop(mix, bars)
        for remaining in reversed(range(self.passes)):
            gains = np.clip(target - measured, _DEEPEST_DB, _HIGHEST_DB)
            mix = filtered(mix, _smooth(gains))
            measured = of_loop(mix, bars) if remaining else measured
        return mix


def _missing(target_db: Array, sources_db: Array) -> Array:
    """dB (rows, 128) of what the highest gain does not reach, in bands where that is much."""
    wanted = db_to_power(target_db)
    reached = db_to_power(sources_db + np.float32(_HIGHEST_DB))
    out_of_reach = np.maximum(wanted - reached, np.float32(0.0))
    per_band = wanted.sum(axis=0)
    heard = per_band > per_band.max() * _HEARD_RANGE
    filled = heard & (out_of_reach.sum(axis=0) > _MISSING_SHARE * per_band)
    return power_to_db(out_of_reach * filled)


def _smooth(gains: Array) -> Array:
    smoothed: Array = scipy.ndimage.gaussian_filter(gains, _SMOOTHING, mode=("wrap", "nearest"))
    return smoothed
