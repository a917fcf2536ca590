"""Attribute axes of a model, measured on what it decodes, for the file to carry."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.dsp import attributes
from core.latent.axes import NAMES, AttributeAxes
from core.latent.sampling import AggregatePosterior
from core.vae.backend import compiled
from core.vae.contrast import Contrast, decoding
from core.vae.data import Array, Index, TrainingData, unfold
from core.vae.measure import Meter
from core.vae.model import SegmentVAE

_MOST_WINDOWS = 400
_POINTS = 48
_LEAST_WINDOWS = 8
_BATCH = 64

Doubles = NDArray[np.float64]


def steer(
    model: SegmentVAE, contrast: Contrast | None, meter: Meter, data: TrainingData, places: Index
) -> dict[str, object]:
    """Name -> the step (64) that raises an attribute of `core.latent.axes.NAMES` by one deviation.

    Regression over at most 400 of the windows at `places`, then corrected by what 48 latents drawn
    among them decode to (with `contrast`); two seconds. Nothing for a handful of windows, which
    show no direction.
    """
    if len(places) < _LEAST_WINDOWS:
        return {}
    some = places[np.linspace(0, len(places) - 1, min(len(places), _MOST_WINDOWS)).astype(np.int64)]
    latents = meter(data, some).means
    windows = [unfold(data.batch(some[i : i + _BATCH])) for i in range(0, len(some), _BATCH)]
    values = _measured(np.concatenate(windows))
    decode = compiled(decoding(model, contrast), (None, model.latents))

    def decoded(z: Array) -> Mapping[str, Doubles]:
        rows = [z[i : i + _BATCH] for i in range(0, len(z), _BATCH)]
        parts = [_measured(unfold(np.asarray(decode(some)))) for some in rows]
        return {name: np.concatenate([part[name] for part in parts]) for name in NAMES}

    drawn = AggregatePosterior.fit(latents).sample(_POINTS, np.random.default_rng(0))
    deviations = {name: float(column.std()) for name, column in values.items()}
    axes = AttributeAxes.fit(latents, values).calibrated(drawn, decoded, deviations)
    return {name: axes.direction(name).round(5).tolist() for name in NAMES}


def _measured(spectra: Array) -> dict[str, Doubles]:
    found = [attributes.measure(spectrum) for spectrum in spectra]
    return {name: np.array([getattr(one, name) for one in found]) for name in NAMES}
