"""What a model file carries besides weights, measured: its contrast and its attribute axes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.dsp import attributes
from core.dsp.sharpness import sharpness
from core.keras_backend import compiled
from core.latent.axes import NAMES, AttributeAxes
from core.latent.sampling import AggregatePosterior
from core.vae import network_file
from core.vae.contrast import Contrast, fast_power
from core.vae.data import (
    FOLDED,
    Array,
    Index,
    TrainingData,
    in_decibels,
    unfold,
    unrolled,
)
from core.vae.evaluation import Evaluator
from core.vae.model import SegmentVAE

_MOST_WINDOWS = 400
_POINTS = 48
_LEAST_WINDOWS = 8
_BATCH = 64

Doubles = NDArray[np.float64]


def calibrate(
    model: SegmentVAE, evaluator: Evaluator, data: TrainingData, places: Index
) -> dict[str, Any]:
    """Measure contrast and attribute axes of a trained model; takes some seconds.

    Args:
        model: the model.
        evaluator: of that model.
        data: the library's windows.
        places: (n, 2), which of them to measure on.

    Returns:
        "contrast" (see `measured_contrast`), "axes" (see `attribute_axes`) and "sharpness" (see
        `measured_sharpness`), for the model file.
    """
    contrast = measured_contrast(model, data, places)
    axes = attribute_axes(model, contrast, evaluator, data, places)
    return {
        "contrast": contrast and contrast.info(),
        "axes": axes,
        "sharpness": measured_sharpness(model, contrast, data, places),
    }


def recalibrate(path: Path, data: TrainingData) -> None:
    """Calibrate the model file at `path` again; its weights stay, its hash changes.

    Args:
        path: the model file, which is written anew.
        data: windows to measure on; all are used.

    Raises:
        ModelError, OutputError: as `network_file.load` and `network_file.save`.
    """
    model = network_file.load(path)
    found = calibrate(model, Evaluator(model), data, data.places())
    network_file.save(model, path, {**model.info, **found})


def measured_contrast(model: SegmentVAE, data: TrainingData, places: Index) -> Contrast | None:
    """How rich in contrast a library is, for what the model decodes to be so again.

    Args:
        model: the model.
        data: the library's windows.
        places: (n, 2), which of them; at most 400 are measured.

    Returns:
        None for a handful of windows, which say nothing.
    """
    if len(places) < _LEAST_WINDOWS:
        return None

    def run(windows: Any) -> tuple[Any, Any]:
        mean = model.encode(windows)[0]
        return mean, model.decode(mean)

    fast = compiled(run, (None, *FOLDED), variables=model.variables)
    some = _spread(places, _MOST_WINDOWS)
    parts = []
    for first in range(0, len(some), _BATCH):
        windows = data.batch(some[first : first + _BATCH])
        latents, decoded = (np.asarray(out) for out in fast(windows))
        parts.append((latents, fast_power(unrolled(windows)), fast_power(unrolled(decoded))))
    return Contrast.fit(
        *(np.concatenate(part).astype(np.float64) for part in zip(*parts, strict=True))
    )


def measured_sharpness(
    model: SegmentVAE, contrast: Contrast | None, data: TrainingData, places: Index
) -> float | None:
    """How sharp decoded windows are beside the real ones, see `core.dsp.sharpness`.

    Args:
        model: the model.
        contrast: applied to what it decodes.
        data: the library's windows.
        places: (n, 2), which of them; at most 48 are measured.

    Returns:
        1: as sharp as the music; None for no windows.
    """
    if not len(places):
        return None
    windows = data.batch(_spread(places, _POINTS))
    latents = np.asarray(model.encode(windows)[0])
    decoded = _for_the_ear(np.asarray(model.decode(latents)), latents, contrast)
    return round(sharpness(unfold(windows), decoded), 3)


def attribute_axes(
    model: SegmentVAE,
    contrast: Contrast | None,
    evaluator: Evaluator,
    data: TrainingData,
    places: Index,
) -> dict[str, object]:
    """Directions in the latent space along which attributes of the decoded sound rise.

    A regression over at most 400 windows, corrected by what 48 latents drawn among them decode to;
    two seconds.

    Args:
        model: the model.
        contrast: applied to what it decodes.
        evaluator: of the model.
        data: the library's windows.
        places: (n, 2), which of them to measure on.

    Returns:
        For each of `core.latent.axes.NAMES` the step, 64 numbers, that raises it by one standard
        deviation. Empty for a handful of windows, which show no direction.
    """
    if len(places) < _LEAST_WINDOWS:
        return {}
    some = _spread(places, _MOST_WINDOWS)
    latents = evaluator(data, some).means
    windows = [unfold(data.batch(some[i : i + _BATCH])) for i in range(0, len(some), _BATCH)]
    values = _measured(np.concatenate(windows))
    decode = compiled(model.decode, (None, model.latents), variables=model.variables)

    def decoded(z: Array) -> Mapping[str, Doubles]:
        rows = [z[i : i + _BATCH] for i in range(0, len(z), _BATCH)]
        parts = [_measured(_for_the_ear(np.asarray(decode(z)), z, contrast)) for z in rows]
        return {name: np.concatenate([part[name] for part in parts]) for name in NAMES}

    drawn = AggregatePosterior.fit(latents).sample(_POINTS, np.random.default_rng(0))
    deviations = {name: float(column.std()) for name, column in values.items()}
    axes = AttributeAxes.fit(latents, values).calibrated(drawn, decoded, deviations)
    return {name: axes.direction(name).round(5).tolist() for name in NAMES}


def _measured(spectra: Array) -> dict[str, Doubles]:
    found = [attributes.measure(spectrum) for spectrum in spectra]
    return {name: np.array([getattr(one, name) for one in found]) for name in NAMES}


def _spread(places: Index, count: int) -> Index:
    """At most `count` of `places` (n, 2), evenly spread."""
    some: Index = places[np.linspace(0, len(places) - 1, min(len(places), count)).astype(np.int64)]
    return some


def _for_the_ear(windows: Array, latents: Array, contrast: Contrast | None) -> Array:
    """What is heard of decoded `windows` (n, 128, 128, 4): (n, 512, 128) dB, with contrast."""
    rows = unrolled(windows)
    return in_decibels(rows if contrast is None else contrast.restored(rows, latents))
