"""Where a training of the parts network stopped, in a file next to the model."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.atomic import replacing
from core.file_names import companion

Arrays = list[NDArray[Any]]
_KEYS = ("weights", "averages", "optimizer")


@dataclass(eq=False)
class TrainingState:
    """What resuming needs.

    Attributes:
        step: steps done.
        best: lowest validation score so far, of the model file beside it.
        history: what was measured, a row each time.
        weights: of the network as they are.
        averages: of the network's weights over the last steps, which are what is judged and kept.
        optimizer: its variables.
    """

    step: int = 0
    best: float = float("inf")
    history: list[dict[str, float]] = field(default_factory=list)
    weights: Arrays = field(default_factory=list)
    averages: Arrays = field(default_factory=list)
    optimizer: Arrays = field(default_factory=list)

    def write(self, model_path: Path) -> None:
        """Write it next to the model. Raises `OutputError`."""
        arrays = {f"{key}{i}": value for key in _KEYS for i, value in enumerate(getattr(self, key))}
        facts = {"step": self.step, "best": self.best, "history": self.history}
        with replacing(state_path(model_path)) as temporary, temporary.open("wb") as file:
            np.savez(file, facts=np.array(json.dumps(facts)), **arrays)

    def fits(self, weights: Arrays, optimizer: Arrays) -> bool:
        """Whether a training can be resumed with another program's or setting's network.

        Args:
            weights: arrays of the network.
            optimizer: arrays of its optimizer.

        Returns:
            True where all arrays have the shapes of the ones kept.
        """
        pairs = ((self.weights, weights), (self.averages, weights), (self.optimizer, optimizer))
        return all([a.shape for a in own] == [b.shape for b in other] for own, other in pairs)


def state_path(model_path: Path) -> Path:
    """Where the state of the model at `model_path` lies."""
    return companion(model_path, ".state.npz")


def read_state(model_path: Path) -> TrainingState | None:
    """The state next to `model_path`; None where it is missing or cannot be used."""
    try:
        with np.load(state_path(model_path), allow_pickle=False) as arrays:
            facts = json.loads(str(arrays["facts"]))
            return TrainingState(
                int(facts["step"]),
                float(facts["best"]),
                list(facts["history"]),
                *(_numbered(arrays, key) for key in _KEYS),
            )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _numbered(arrays: Any, key: str) -> Arrays:
    count = sum(name.startswith(key) for name in arrays.files)
    return [arrays[f"{key}{i}"] for i in range(count)]
