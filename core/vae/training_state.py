"""Where a training run stopped, in a file next to the model: enough to resume it."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.atomic import replacing
from core.file_names import companion
from core.keras_backend import values
from core.vae.history import History
from core.vae.model import SegmentVAE
from core.vae.schedule import ReduceOnPlateau

_KEYS = ("weights", "optimizer")


@dataclass(frozen=True, eq=False)
class TrainingState:
    """What `resume` needs.

    Attributes:
        history: all epochs so far.
        plateau: the state of the learning-rate schedule.
        weights: the last ones (the model file holds the best), without the linear path's.
        optimizer: the optimizer's variables.
    """

    history: History
    plateau: ReduceOnPlateau
    weights: list[NDArray[Any]]
    optimizer: list[NDArray[Any]]

    @classmethod
    def of(cls, model: SegmentVAE, history: History, plateau: ReduceOnPlateau) -> TrainingState:
        """The state of a training as it is now.

        Args:
            model: compiled.
            history: all epochs so far.
            plateau: of the learning rate.

        Returns:
            Copies of all weights and of the optimizer's variables.
        """
        return cls(history, plateau, values(_moving(model)), values(model.optimizer.variables))

    @property
    def finite(self) -> bool:
        """Whether every number is one; after a failed step none may be."""
        return all(np.isfinite(value).all() for value in (*self.weights, *self.optimizer))

    def restore(self, model: SegmentVAE) -> bool:
        """Put everything back into a compiled `model`; False, and nothing done, if it differs."""
        targets = [*_moving(model), *model.optimizer.variables]
        values = [*self.weights, *self.optimizer]
        if [tuple(t.shape) for t in targets] != [v.shape for v in values]:
            return False
        for target, value in zip(targets, values, strict=True):
            target.assign(value)
        return True

    def write(self, model_path: Path) -> None:
        """Write it next to the model. Raises `OutputError`."""
        arrays = {f"weights{i}": value for i, value in enumerate(self.weights)}
        arrays |= {f"optimizer{i}": value for i, value in enumerate(self.optimizer)}
        arrays["history"] = np.array(self.history.to_json())
        arrays["plateau"] = np.array(json.dumps(asdict(self.plateau)))
        with replacing(state_path(model_path)) as temporary, temporary.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]


def state_path(model_path: Path) -> Path:
    """Where the state of the model at `model_path` lies."""
    return companion(model_path, ".state.npz")


def read_state(model_path: Path) -> TrainingState | None:
    """The state next to `model_path`; None where it is missing or cannot be used."""
    try:
        with np.load(state_path(model_path), allow_pickle=False) as arrays:
            return TrainingState(
                History.from_json(str(arrays["history"])),
                ReduceOnPlateau(**json.loads(str(arrays["plateau"]))),
                *(_numbered(arrays, key) for key in _KEYS),
            )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _numbered(arrays: Any, key: str) -> list[NDArray[Any]]:
    count = sum(name.startswith(key) for name in arrays.files)
    return [arrays[f"{key}{i}"] for i in range(count)]


def _moving(model: SegmentVAE) -> list[Any]:
    """All weights but the linear path's, which training leaves alone and the file has."""
    frozen = {id(weight) for weight in model.linear.weights}
    return [weight for weight in model.weights if id(weight) not in frozen]
