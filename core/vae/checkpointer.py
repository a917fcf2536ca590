"""The best model so far: in memory at once, on disk soon, and at the end for certain."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.keras_backend import keras
from core.vae import network_file
from core.vae.callbacks import Logs
from core.vae.evaluation import Evaluation
from core.vae.model import SegmentVAE

_SAVE_SECONDS: Final = 60.0
"""Between two writes. Each takes one or two seconds, and the window makes a map of it: more often
would cost training time."""
_FIRST_SECONDS: Final = 5.0
"""Where there is no model at all, somebody waits for the first map."""
_STILL: Final = 1e-3
"""A latent that hardly varies is not scaled up to a deviation of 1."""


class Checkpointer(keras.callbacks.Callback):
    """Keeps the weights with the lowest score and writes them to a file, once a minute at most.

    Attributes:
        score: the lowest so far.
        epoch: its epoch.
        aggregate: measures the library, so that the latents of what is written can be standardised.
        info: facts for the file, about the model as it is written.
        saved: called with the epoch when the file holds a better model.
    """

    def __init__(self, model: SegmentVAE, path: Path) -> None:
        """
        Args:
            model: whose weights are kept.
            path: the model file.
        """
        super().__init__()
        self.set_model(model)
        self._path = path
        self._weights: list[NDArray[Any]] = []
        self._wait = _SAVE_SECONDS if path.exists() else _FIRST_SECONDS
        self._saved_at = time.monotonic()
        self._unsaved = False
        self._wrote = False
        self.score, self.epoch = math.inf, 0
        self.aggregate: Callable[[], Evaluation]
        self.info: Callable[[], dict[str, Any]] = dict
        self.saved: Callable[[int], None] | None = None

    def offer(self, score: float, epoch: int, *, saved: bool = False) -> bool:
        """Take the model as it is now if it is the best.

        Args:
            score: of the model; lower is better.
            epoch: its number.
            saved: the file holds this model, or what became of it, already.

        Returns:
            Whether `score` is the lowest.
        """
        if not score < self.score:
            return False
        self.score, self.epoch, self._unsaved = score, epoch, not saved
        self._weights = [network_file.rounded(w) for w in self.model.get_weights()]
        return True

    def restore(self) -> None:
        """Give the model the best weights."""
        self.model.set_weights(self._weights)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Write the best model if it is new and the last write is long enough ago."""
        if self._unsaved and time.monotonic() - self._saved_at >= self._wait:
            self._write(self.info)

    def finish(self, info: Callable[[], dict[str, Any]]) -> None:
        """Write the best model if it is of this run.

        Args:
            info: facts for the file, measured on the model as it is written.

        Raises:
            OutputError: the file cannot be written.
        """
        if self._unsaved or self._wrote:
            self._write(info)

    def _write(self, info: Callable[[], dict[str, Any]]) -> None:
        last = self.model.get_weights()
        try:
            self.restore()
            means = self.aggregate().means
            deviation = means.std(axis=0)
            self.model.standardise(means.mean(axis=0), np.where(deviation > _STILL, deviation, 1.0))
            network_file.save(self.model, self._path, {**info(), "epoch": self.epoch})
        finally:
            self.model.set_weights(last)
        self._unsaved, self._wrote = False, True
        self._wait, self._saved_at = _SAVE_SECONDS, time.monotonic()
        if self.saved is not None:
            self.saved(self.epoch)
