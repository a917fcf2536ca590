"""What a model carries beside its weights, measured: at the end of a training, or again later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.vae import checkpoint, steering
from core.vae.contrast import Contrast
from core.vae.data import Index, TrainingData
from core.vae.measure import Meter
from core.vae.model import SegmentVAE


def carried(model: SegmentVAE, meter: Meter, data: TrainingData, places: Index) -> dict[str, Any]:
    """Contrast and attribute axes over the windows at `places`, for a model file; some seconds."""
    contrast = Contrast.fit(model, data, places)
    axes = steering.steer(model, contrast, meter, data, places)
    return {"contrast": contrast and contrast.info(), "axes": axes}


def refit(path: Path, data: TrainingData) -> None:
    """Fit them again for the model file at `path`; its weights stay, its hash changes.

    Raises:
        ModelError, OutputError: as `checkpoint.load` and `checkpoint.save`.
    """
    model = checkpoint.load_model(path)
    found = carried(model, Meter(model), data, data.places())
    checkpoint.save(model, path, {**model.info, **found})
