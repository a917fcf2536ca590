"""The best model so far: in memory at once, on disk soon, and at the end for certain."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.vae import checkpoint
from core.vae.measure import Measure
from core.vae.model import SegmentVAE

_SAVE_EVERY = 60.0
"""Seconds. Writing takes one or two, and who watches makes a map of it: more often would cost
training time."""
_FIRST_AFTER = 5.0
"""Where there is no model at all, somebody waits for the first map."""
_STILL = 1e-3
"""A latent that hardly varies is not blown up to a deviation of 1."""


class Keeper:
    """Keeps the weights with the lowest score and writes them to `path`.

    Attributes:
        score: the lowest so far.
        epoch: its epoch.
    """

    def __init__(self, model: SegmentVAE, path: Path) -> None:
        self._model, self._path = model, path
        self._weights: list[NDArray[Any]] = []
        self._wait = _SAVE_EVERY if path.exists() else _FIRST_AFTER
        self._saved_at = time.monotonic()
        self._unsaved = False
        self._wrote = False
        self.score, self.epoch = math.inf, 0

    def offer(self, score: float, epoch: int, *, saved: bool = False) -> bool:
        """Take the model as it is now if `score` is the lowest; says whether it is.

        `saved`: the file holds it, or what became of it, already.
        """
        if not score < self.score:
            return False
        self.score, self.epoch, self._unsaved = score, epoch, not saved
        self._weights = [checkpoint.rounded(w) for w in self._model.get_weights()]
        return True

    def put_back(self) -> None:
        """Give the model the best weights."""
        self._model.set_weights(self._weights)

    def save(
        self, info: Callable[[], dict[str, Any]], aggregate: Callable[[], Measure], *, now: bool
    ) -> bool:
        """Write the best if it is new and it is time, or `now` if it is of this run, its latents
        standardised over what `aggregate` measures; says whether it did. `info` sees the model as
        it is written. The model is left as it was. Raises `OutputError`."""
        due = time.monotonic() - self._saved_at >= self._wait
        wanted = self._unsaved or self._wrote if now else self._unsaved and due
        if not wanted:
            return False
        last = self._model.get_weights()
        try:
            self.put_back()
            means = aggregate().means
            deviation = means.std(axis=0)
            self._model.standardise(
                means.mean(axis=0), np.where(deviation > _STILL, deviation, 1.0)
            )
            checkpoint.save(self._model, self._path, {**info(), "epoch": self.epoch})
        finally:
            self._model.set_weights(last)
        self._unsaved, self._wrote = False, True
        self._wait, self._saved_at = _SAVE_EVERY, time.monotonic()
        return True
