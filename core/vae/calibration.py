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
from core.vae import checkpoint
from core.vae.contrast import Contrast, decoding
from core.vae.data import Array, Index, TrainingData, unfold
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
        "contrast" (see `Contrast.info`; None for a handful of windows), "axes" (see
        `attribute_axes`) and "sharpness" (see `measured_sharpness`), for the model file.
    """
    contrast = Contrast.fit(model, data, places)
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
        ModelError, OutputError: as `checkpoint.load` and `checkpoint.save`.
    """
    model = checkpoint.load_model(path)
    found = calibrate(model, Evaluator(model), data, data.places())
    checkpoint.save(model, path, {**model.info, **found})


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
    some = places[np.linspace(0, len(places) - 1, min(len(places), _POINTS)).astype(np.int64)]
    windows = data.batch(some)
    decoded = decoding(model, contrast)(model.encode(windows)[0])
    return round(sharpness(unfold(windows), unfold(np.asarray(decoded))), 3)


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
    some = places[np.linspace(0, len(places) - 1, min(len(places), _MOST_WINDOWS)).astype(np.int64)]
    latents = evaluator(data, some).means
    windows = [unfold(data.batch(some[i : i + _BATCH])) for i in range(0, len(some), _BATCH)]
    values = _measured(np.concatenate(windows))
    decode = compiled(decoding(model, contrast), (None, model.latents), variables=model.variables)

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
